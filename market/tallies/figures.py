"""The figures of a fair in the one order in which tables, pages and files show them.

Each is named like the attribute of `tallies.queries.Totals` that holds it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from market.fairs.figure_names import FIGURE_LABELS
from market.web.filters import money_parts, trimmed, wan, yuan
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l

KILOGRAMS_A_TONNE = 1000


class FigureKind(enum.StrEnum):
    """What a figure is counted in: numbers, fen (shown by filters.wan), kilograms (shown in
    tonnes), or hundredths (deals for each 100 listings)."""

    COUNT = "count"
    FEN = "fen"
    MASS = "mass"
    RATE = "rate"


class Basis(enum.StrEnum):
    """By which day a figure stands in a table over days 口径: the two have different names,
    because what is agreed on one day may be verified on another."""

    AGREED = "agreed"
    VERIFIED = "verified"


@dataclass(frozen=True)
class Figure:
    """A figure and its words.

    Attributes:
        unit: what stands beside or in the head of a column; empty for plain counts.
        additive: whether counties add up to their prefecture.
        basis: the day it is assigned to, where another day would give another figure; see by().
    """

    name: str
    label: Any
    kind: FigureKind = FigureKind.COUNT
    unit: Any = ""
    additive: bool = True
    basis: Any = ""

    def by(self, basis: Basis | str | None) -> Figure:
        """The same figure of days on that basis: its name says so."""
        words = _BASES[Basis(basis)].get(self.name) if basis else None
        return replace(self, basis=words) if words else self

    @property
    def named(self) -> str:
        """The label, with the basis where it has one."""
        if not self.basis:
            return str(self.label)
        return _("%(figure)s (%(unit)s)", figure=self.label, unit=self.basis)

    @property
    def heading(self) -> str:
        """The head of its column: the label with its unit, and its basis where it has one."""
        if not self.unit:
            return self.named
        if self.basis:
            words = {"figure": self.label, "unit": self.unit, "basis": self.basis}
            return _("%(figure)s (%(unit)s, %(basis)s)", **words)
        return _("%(figure)s (%(unit)s)", figure=self.label, unit=self.unit)

    def alone(self, value: Any) -> tuple[str, str]:
        """A value where it stands alone: (number, unit after it); both empty where not known."""
        if value is None:
            return "", ""
        return (
            money_parts(value)
            if self.kind is FigureKind.FEN
            else (self.format(value), str(self.unit))
        )

    def of(self, totals: Any) -> Any:
        """Its stored value: a number, fen or kilograms; None where not known."""
        return known(self.name, getattr(totals, self.name, None), getattr(totals, "deals", 0))

    def shown(self, totals: Any) -> str:
        """Its value as pages tell it, in `unit`; empty where not known."""
        return self.format(self.of(totals))

    def format(self, value: Any) -> str:
        """A value of this figure as pages tell it."""
        return format_figure(value, self.kind)


def known(name: str, value: Any, deals: Any) -> Any:
    """The value of a figure beside so many deals; None where it is not known.

    What is dealt by other measures than weight has a mass nobody knows; where nothing is
    dealt there is none, and that is known.
    """
    return None if name == "mass_kg" and not value and deals else value


def format_figure(value: Any, kind: FigureKind) -> str:
    """A value as pages tell it, empty where not known; a rate has one decimal, money and mass
    have two."""
    if value is None:
        return ""
    if kind is FigureKind.FEN:
        return wan(value)
    if kind is FigureKind.MASS:
        tonnes = Decimal(value) / KILOGRAMS_A_TONNE
        return f"{tonnes.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return f"{value:,.1f}" if kind is FigureKind.RATE else trimmed(value)


def format_pair(was: Any, now: Any, kind: FigureKind) -> tuple[str, str]:
    """Two values side by side: exact where the rounded ones would look the same."""
    pair = format_figure(was, kind), format_figure(now, kind)
    return pair if was == now or pair[0] != pair[1] else (exact(was, kind), exact(now, kind))


def format_figure_pair(name: str, was: Any, now: Any) -> tuple[str, str]:
    """Two values of the figure of that name, as format_pair()."""
    return format_pair(was, now, BY_NAME[name].kind)


def exact(value: Any, kind: FigureKind) -> str:
    """A value to the fen or the gram, with its unit."""
    if kind is FigureKind.FEN:
        return _("CNY %(amount)s", amount=yuan(value))
    if kind is FigureKind.MASS:
        return _("%(quantity)s %(unit)s", quantity=trimmed(value), unit=_("kg"))
    return format_figure(value, kind)


def rounding_note() -> str:
    """Why the rows of a table may not add up to the total that is shown."""
    return _(
        "Totals are of the exact figures: rows as they are rounded may add up to a little else."
    )


_WAN, _TONNES = _l("CNY million"), _l("tonnes")


def _figure(name: str, *of: Any, **more: Any) -> Figure:
    return Figure(name, FIGURE_LABELS[name], *of, **more)


FIGURES = (
    _figure("amount_fen", FigureKind.FEN, _WAN),
    _figure("deals"),
    _figure("mass_kg", FigureKind.MASS, _TONNES),
    _figure("listings"),
    _figure("sell"),
    _figure("buy"),
    _figure("varieties", additive=False),
    _figure("merchants"),
    _figure("sold_fen", FigureKind.FEN, _WAN),
    _figure("bought_fen", FigureKind.FEN, _WAN),
)
# Worked out from the others; they add up nowhere.
RATES = (
    _figure("conversion", FigureKind.RATE, additive=False),
    _figure("average_fen", FigureKind.FEN, _WAN, additive=False),
)
# In the order in which pages and files show them.
FIGURE_NAMES = tuple(figure.name for figure in FIGURES)
BY_NAME = {figure.name: figure for figure in (*FIGURES, *RATES)}
# What differs by the basis, and what each is called. A listing is of the day it was posted on
# either; a merchant of the day of the first verified listing, or of the day it was verified.
_OF_DEALS = ("amount_fen", "deals", "mass_kg", "sold_fen", "bought_fen")
_BASES = {
    Basis.AGREED: {
        **dict.fromkeys(_OF_DEALS, _l("by day agreed")),
        "merchants": _l("by day posted"),
    },
    Basis.VERIFIED: dict.fromkeys((*_OF_DEALS, "merchants"), _l("by day verified")),
}
# What a map or a ranking can be by.
MEASURES = tuple(BY_NAME[name] for name in ("amount_fen", "deals", "listings"))
# What an earlier fair known by its totals alone may be compared by, and what it can't be.
COMPARED = tuple(BY_NAME[name] for name in ("listings", "merchants", "deals", "amount_fen"))
# Varieties are not counted by day.
COMPARED_BY_DAY = (BY_NAME["mass_kg"],)
COMPARED_IN_DETAIL = tuple(BY_NAME[name] for name in ("varieties", "mass_kg"))
