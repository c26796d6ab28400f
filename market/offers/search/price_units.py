"""What else a price that is said without a unit may be for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market.offers.customary_units import usual_units
from market.offers.search.limit_labels import format_range
from market.offers.search.parsed_text import PieceKind
from market.products.units import UNITS

if TYPE_CHECKING:
    from market.offers.search.results_page import ResultsPage


def other_units(page: ResultsPage) -> list[tuple[str, str]]:
    """(the price by another unit than was understood, the address that says so) where the text
    names none and its price is in force."""
    asked = page.question.understood
    prices = [piece for piece in asked.pieces if piece.kind is PieceKind.PRICE]
    if asked.has_price_unit or len(prices) != 1 or "price" not in page.question.in_force:
        return []
    end, rows = prices[0].end, []
    for unit in usual_units(asked.products[0] if len(asked.products) == 1 else ""):
        if unit != asked.price_unit:
            text = f"{asked.text[:end]}/{UNITS[unit].name}{asked.text[end:]}"
            rows.append((format_range(asked.price_min, asked.price_max, unit), page.url(q=text)))
    return rows
