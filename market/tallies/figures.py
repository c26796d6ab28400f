"""The figures of a fair in the one order in which tables, pages and files tell them.

Each is named like the attribute of `tallies.queries.Totals` that holds it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from market.filters import trimmed, wan, yuan
from market.language import gettext as _
from market.language import lazy_gettext as _l

KILOGRAMS_A_TONNE = 1000


class Kind(enum.StrEnum):
    """What a figure is counted in: numbers, fen (told in 万元), kilograms (told in tonnes),
    or hundredths (deals for each 100 listings)."""

    COUNT = "count"
    FEN = "fen"
    MASS = "mass"
    RATE = "rate"


@dataclass(frozen=True)
class Figure:
    """A figure and its words.

    Attributes:
        unit: what stands beside or in the head of a column; empty for plain counts.
        additive: whether counties add up to their prefecture.
    """

    name: str
    label: Any
    kind: Kind = Kind.COUNT
    unit: Any = ""
    additive: bool = True

    @property
    def heading(self) -> str:
        """The head of its column: the label with its unit."""
        if not self.unit:
            return str(self.label)
        return _("%(figure)s (%(unit)s)", figure=self.label, unit=self.unit)

    @property
    def after(self) -> Any:
        """The unit as it stands after a number."""
        return _("× 10,000 yuan") if self.kind is Kind.FEN else self.unit

    def unit_of(self, value: Any) -> Any:
        """The unit as it stands after this value: none after a value that is not there."""
        return "" if value is None or (self.kind is Kind.MASS and not value) else self.after

    def of(self, totals: Any) -> Any:
        """Its value as it is kept: a number, fen or kilograms; None where not known."""
        return getattr(totals, self.name, None)

    def shown(self, totals: Any) -> str:
        """Its value as pages tell it, in `unit`; empty where not known."""
        return self.told(self.of(totals))

    def told(self, value: Any) -> str:
        """A value of this figure as pages tell it."""
        return told(value, self.kind)


def told(value: Any, kind: Kind) -> str:
    """A value as pages tell it; a rate has one decimal, money and mass have two.

    What is not weighed has no mass: a dash, not one of zero.
    """
    if value is None:
        return ""
    if kind is Kind.FEN:
        return wan(value)
    if kind is Kind.MASS and not value:
        return "–"
    if kind is Kind.MASS:
        tonnes = Decimal(value) / KILOGRAMS_A_TONNE
        return f"{tonnes.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return f"{value:,.1f}" if kind is Kind.RATE else trimmed(value)


def told_pair(was: Any, now: Any, kind: Kind) -> tuple[str, str]:
    """Two values beside each other: exact where they differ by less than what is told."""
    pair = told(was, kind), told(now, kind)
    return pair if was == now or pair[0] != pair[1] else (exact(was, kind), exact(now, kind))


def exact(value: Any, kind: Kind) -> str:
    """A value to the fen or the gram, with its unit."""
    if kind is Kind.FEN:
        return _("%(amount)s yuan", amount=yuan(value))
    if kind is Kind.MASS:
        return _("%(quantity)s %(unit)s", quantity=trimmed(value), unit=_("kg"))
    return told(value, kind)


def rounding_note() -> str:
    """Why the rows of a table may not add up to the total that is shown."""
    return _(
        "Totals are of the exact figures: rows as they are rounded may add up to a little else."
    )


_WAN, _TONNES = _l("10,000 yuan"), _l("tonnes")
FIGURES = (
    Figure("amount_fen", _l("Deal value"), Kind.FEN, _WAN),
    Figure("deals", _l("Deals")),
    Figure("mass_kg", _l("Mass"), Kind.MASS, _TONNES),
    Figure("listings", _l("Listings")),
    Figure("sell", _l("Supply")),
    Figure("buy", _l("Demand")),
    Figure("varieties", _l("Varieties"), additive=False),
    Figure("merchants", _l("Merchants")),
    Figure("sold_fen", _l("Sold"), Kind.FEN, _WAN),
    Figure("bought_fen", _l("Bought"), Kind.FEN, _WAN),
)
# Worked out from the others; they add up nowhere.
RATES = (
    Figure("conversion", _l("Deals for each 100 listings"), Kind.RATE, additive=False),
    Figure("average_fen", _l("Average for each merchant"), Kind.FEN, _WAN, additive=False),
)
BY_NAME = {figure.name: figure for figure in (*FIGURES, *RATES)}
# What a map or a ranking can be by.
MEASURES = tuple(BY_NAME[name] for name in ("amount_fen", "deals", "listings"))
# What an earlier fair known by its totals alone may be compared by, and what it can't be.
COMPARED = tuple(BY_NAME[name] for name in ("listings", "merchants", "deals", "amount_fen"))
# Varieties are not kept by day.
COMPARED_BY_DAY = (BY_NAME["mass_kg"],)
COMPARED_IN_DETAIL = tuple(BY_NAME[name] for name in ("varieties", "mass_kg"))
