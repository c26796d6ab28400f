"""The tables of daily matching 日常对接, by county, month and product, and deal by deal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _

from market.deals.labels import format_evidence
from market.products.units import UNITS
from market.regions.labels import level_word
from market.regions.queries import home_region
from market.tables.fair_tables import TABLE_LABELS, figure_cells, figure_columns, region_name
from market.tables.table import Block, Column, ColumnKind, Table
from market.tallies.daily_deals import every_daily_deal
from market.tallies.daily_matching import (
    DAILY_FIGURES,
    DailyCount,
    DailyFigures,
    format_month,
)
from market.tallies.quantities import format_quantities
from market.web.filters import local_name
from market.web.language import lazy_gettext as _l

NAMES = tuple(figure.name for figure in DAILY_FIGURES)
DAILY_LABELS = {
    **{name: TABLE_LABELS[name] for name in ("counties", "products", "deals")},
    "months": _l("Month table"),
}


def counties(count: DailyCount) -> Table:
    """A row for each county that dealt, by prefecture, with their sums."""
    heads = (
        Column(str(level_word(p.code for p in count.prefectures)), width=22, is_region=True),
        Column(_("County"), width=22, is_region=True),
    )
    blocks = [
        Block(
            [(region_name(p), region_name(c), *_cells(c.figures)) for c in p.counties],
            (_("%(name)s subtotal", name=local_name(p)), "", *_cells(p.figures)),
        )
        for p in count.prefectures
    ]
    return _table("counties", count, heads, blocks)


def months(count: DailyCount) -> Table:
    """A row for each month in which deals were agreed."""
    rows = [(format_month(m.year, m.month), *_cells(m.figures)) for m in count.months]
    return _table("months", count, (Column(_("Month agreed"), width=16),), [Block(rows)])


def products(count: DailyCount) -> Table:
    """A row for each product that was dealt in, the most valuable first."""
    rows = [(p.code, local_name(p), *_cells(p.figures)) for p in count.products]
    heads = Column(_("Product code"), width=12), Column(_("Product"), width=20)
    return _table("products", count, heads, [Block(rows)])


def deals(count: DailyCount) -> Table:
    """Every verified deal, the latest first; the names masked for everyone."""
    columns = (
        Column(_("Deal number"), ColumnKind.COUNT),
        Column(_("Day agreed"), ColumnKind.DATE),
        Column(_("Product"), width=16),
        Column(_("Quantity"), ColumnKind.NUMBER),
        Column(_("Unit"), width=8),
        Column(_("Unit price (CNY)"), ColumnKind.NUMBER),
        Column(_("Amount (CNY)"), ColumnKind.YUAN, True, 16),
        Column(_("Seller"), width=24),
        Column(_("Seller's county"), width=16, is_region=True),
        Column(_("Buyer"), width=24),
        Column(_("Buyer's county"), width=16, is_region=True),
        Column(_("Stands on"), width=16),
    )
    rows = [
        (
            *(d.id, d.day, local_name(d.product), d.quantity, str(UNITS[d.unit].name)),
            *(d.unit_price, d.amount_fen, d.seller, region_name(d.seller_region)),
            *(d.buyer, region_name(d.buyer_region), format_evidence(d.evidence)),
        )
        for d in every_daily_deal(count.chosen)
    ]
    total = (*[""] * 6, count.total.amount_fen, *[""] * 5)
    return _headed("deals", count, columns, blocks=[Block(rows)], total=total)


DAILY_TABLES: dict[str, Callable[[DailyCount], Table]] = {
    "counties": counties,
    "months": months,
    "products": products,
    "deals": deals,
}


def _table(name: str, count: DailyCount, heads: Sequence[Column], blocks: Sequence[Block]) -> Table:
    columns = *heads, *figure_columns(NAMES), Column(_("Other quantities"), width=20)
    total = (_("Total"), *[""] * (len(heads) - 1), *_cells(count.total))
    return _headed(name, count, columns, blocks=blocks, total=total)


def _headed(name: str, count: DailyCount, columns: Sequence[Column], **values: Any) -> Table:
    """A table with its title, of where and when the deals are, and up to which entry."""
    chosen, label = count.chosen, DAILY_LABELS[name]
    month = format_month(chosen.year, chosen.month) if chosen.year and chosen.month else ""
    lines = (
        _("Reporting unit: %(region)s", region=local_name(count.region or home_region())),
        " · ".join(
            filter(
                None,
                [
                    month or str(chosen.year or ""),
                    local_name(count.product) if count.product else "",
                    _("ledger entry %(entry)s", entry=count.ledger[0]),
                ],
            )
        ),
    )
    title = _("Daily matching: %(table)s", table=label)
    return Table(name, str(label), title, lines, columns, **values)


def _cells(figures: DailyFigures) -> tuple[Any, ...]:
    return *figure_cells(figures, NAMES), format_quantities(figures.quantities)
