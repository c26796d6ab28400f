"""Quantities dealt in another measure than weight: 320 head, 40 boxes. Never added to mass.

Computed from the ledger's entries up to a given one, so that figures of any time, frozen ones
too, can show their quantities.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Integer, Row, bindparam, select

from market.database import db, read
from market.deals.models import Deal, LedgerEntry
from market.fairs.models import Fair
from market.products.quantities import full_quantity
from market.products.units import UNITS, Dimension, base_unit, in_base, measure
from market.tallies.figures import FigureKind, exact, format_figure
from market.tallies.queries import StoredCount
from market.tallies.trees import Node
from market.web.language import gettext as _

# By measure (products.units.measure), in base units of it.
Quantities = Mapping[str, Decimal]
# More than any entry's number.
LAST = 2**31 - 1
# Less is 0.00 tonnes.
LEAST_SHOWN_KG = 5
UNWEIGHED = [code for code, unit in UNITS.items() if unit.dimension is not Dimension.MASS]


def product_quantities(fair: Fair, count: StoredCount, node: Node) -> Mapping[str, Quantities]:
    """By product, what was dealt in inside `node` as of the fair's count."""
    codes = tuple(row.code for row in count.inside(node))
    return _of_counties(db.engine.url, fair.id, codes, count.ledger_id)


def quantities_until(fair_id: int, entries: Mapping[str, int]) -> Mapping[str, Quantities]:
    """By product, what was dealt in in each of these leaf regions up to an entry of its own."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in _unweighed(db.engine.url, fair_id, max(entries.values(), default=0)):
        if row.id <= entries.get(row.region_code, -1):
            quantity = in_base(row.quantity, row.unit) * row.deals
            found[row.product_code][measure(row.unit)] += quantity
    return {code: {m: q for m, q in of.items() if q} for code, of in found.items()}


def together(several: Iterable[Quantities]) -> Quantities:
    """The sum of several, measure by measure."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in several:
        for name, quantity in one.items():
            found[name] += quantity
    return found


def dealt_together(products: Iterable[Any], dealt: Mapping[str, Quantities]) -> Quantities:
    """What was dealt in of these products (each has a `code`) together."""
    return together(dealt.get(product.code, {}) for product in products)


def format_quantities(quantities: Quantities | None) -> str:
    """320 head, 40 boxes; empty for nothing."""
    items = sorted((quantities or {}).items())
    return _(", ").join(full_quantity(quantity, base_unit(name)) for name, quantity in items)


def format_dealt(mass_kg: Decimal | None, quantities: Quantities | None = None) -> str:
    """All that was dealt in, each in its own measure; a dash for nothing."""
    parts = [_format_mass(mass_kg) if mass_kg else "", format_quantities(quantities)]
    return _(", ").join(filter(None, parts)) or "–"


def _format_mass(mass_kg: Decimal) -> str:
    """In tonnes; in kilograms where two decimals of a tonne would be none."""
    if abs(mass_kg) < LEAST_SHOWN_KG:
        return exact(mass_kg, FigureKind.MASS)
    tonnes = format_figure(mass_kg, FigureKind.MASS)
    return _("%(quantity)s %(unit)s", quantity=tonnes, unit=_("tonnes"))


@lru_cache(maxsize=256)
def _of_counties(
    database: URL, fair_id: int, codes: Sequence[str], ledger_id: int
) -> Mapping[str, Quantities]:
    # A stale count names no entry.
    entry = ledger_id if ledger_id >= 0 else LAST
    return quantities_until(fair_id, dict.fromkeys(codes, entry))


@lru_cache(maxsize=32)
def _unweighed(database: URL, fair_id: int, entry: int) -> list[Row[Any]]:
    return list(read(_ENTRIES, fair=fair_id, entry=entry, units=UNWEIGHED))


# Made once: putting these together takes longer than running them.
_ENTRIES = (
    select(
        *(LedgerEntry.id, LedgerEntry.region_code, LedgerEntry.product_code, LedgerEntry.deals),
        *(Deal.quantity, Deal.unit),
    )
    .join(Deal, Deal.id == LedgerEntry.deal_id)
    .where(
        LedgerEntry.fair_id == bindparam("fair"),
        LedgerEntry.id <= bindparam("entry", type_=Integer),
        Deal.unit.in_(bindparam("units", expanding=True)),
    )
)
