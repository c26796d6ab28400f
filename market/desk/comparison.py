"""A deal or an offer beside those it may be the same as: rows of a table, differences marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from market.deals.labels import STATUSES
from market.deals.models import Deal
from market.offers.labels import VERIFICATIONS
from market.offers.models import Offer
from market.products.quantities import format_price, full_quantity
from market.web.filters import day, format_datetime, local_name, trimmed, yuan
from market.web.language import lazy_gettext as _l

ComparedField = tuple[Any, Callable[[Any], str]]
DEAL_ROWS: tuple[ComparedField, ...] = (
    (_l("Sold by"), lambda d: f"{d.seller_name} · {local_name(d.seller_region)}"),
    (_l("Bought by"), lambda d: f"{d.buyer_name} · {local_name(d.buyer_region)}"),
    (_l("Product"), lambda d: local_name(d.product)),
    (_l("Quantity"), lambda d: full_quantity(d.quantity, d.unit)),
    (_l("Unit price (CNY)"), lambda d: trimmed(d.unit_price)),
    (_l("Amount (CNY)"), lambda d: yuan(d.amount_fen)),
    (_l("Agreed on"), lambda d: day(d.agreed_on)),
    (_l("Proposed on"), lambda d: format_datetime(d.created_at)),
    (_l("State"), lambda d: str(STATUSES[d.status])),
    (_l("Note"), lambda d: d.note),
)
OFFER_ROWS: tuple[ComparedField, ...] = (
    (_l("Owner"), lambda o: o.owner.name),
    (_l("Title"), lambda o: o.title),
    (_l("Product"), lambda o: local_name(o.product)),
    (_l("Quantity"), lambda o: full_quantity(o.quantity, o.unit)),
    (_l("Price"), lambda o: format_price(o.price_low, o.price_high, o.price_unit)),
    (_l("Grade"), lambda o: o.grade),
    (_l("Description"), lambda o: o.description),
    (_l("Published"), lambda o: format_datetime(o.published_at)),
    (_l("State"), lambda o: str(VERIFICATIONS[o.verification])),
)


@dataclass(frozen=True)
class ComparisonRow:
    """A row of the table: the text of one, and of each other (text, whether it differs)."""

    label: Any
    own: str
    others: list[tuple[str, bool]]


def compare(own: Deal | Offer, others: Sequence[Any]) -> list[ComparisonRow]:
    """The rows of a table that compares `own` with the others; empty rows are left out."""
    rows = []
    for label, format_field in DEAL_ROWS if isinstance(own, Deal) else OFFER_ROWS:
        text, other_texts = format_field(own), [format_field(other) for other in others]
        if text or any(other_texts):
            rows.append(ComparisonRow(label, text, [(each, each != text) for each in other_texts]))
    return rows
