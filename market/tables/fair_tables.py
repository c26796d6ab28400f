"""A fair's tables, of its whole region or of one inside it, each as a Table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from market.accounts.models import TraderType
from market.deals.labels import format_evidence
from market.fairs.models import Fair
from market.offers.labels import SIDES
from market.products.units import UNITS
from market.regions.labels import level_word
from market.tables import queries
from market.tables.evidence import EVIDENCE_DEFINITION, evidence_cells, evidence_columns
from market.tables.figures import FIGURES, PRODUCT_FIGURES, kind_of, last_entry_of
from market.tables.table import Block, Column, ColumnKind, RegionName, Table, TableRow
from market.tallies.comparisons import totals_of_every_day
from market.tallies.evidence import EvidenceCounts, county_evidence
from market.tallies.figures import FIGURE_NAMES, Basis, known
from market.tallies.quantities import format_quantities, product_quantities, together
from market.tallies.queries import (
    CountyRow,
    Prefecture,
    StoredCount,
    Totals,
    group_by_prefecture,
    stored_count,
)
from market.tallies.region_queries import masked_name, region_products
from market.tallies.trees import Node
from market.text.days import local_day
from market.web.filters import format_datetime, local_name
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l


@dataclass(frozen=True)
class TableSource:
    """What a table is of.

    Attributes:
        region: as it was at the fair.
        count: the fair's last count.
        full: the parties' names as they are; masked otherwise.
    """

    fair: Fair
    region: Node
    count: StoredCount
    full: bool = False

    @classmethod
    def now(cls, fair: Fair, code: str, full: bool = False) -> TableSource:
        """The figures of the region of that code as they were last counted.

        Raises:
            KeyError: the fair has no such region.
        """
        count = stored_count(fair)
        return cls(fair, count.tree.nodes[code], count, full)

    @property
    def rows(self) -> Sequence[CountyRow]:
        """The reporting counties inside the region."""
        return self.count.inside(self.region)

    @property
    def totals(self) -> Totals:
        """What the region has."""
        return self.count.totals(self.region)

    @property
    def codes(self) -> list[str]:
        """The codes of the reporting counties."""
        return [row.code for row in self.rows]

    def table(self, name: str, label: Any, columns: Sequence[Column], **values: Any) -> Table:
        """A Table with the head that every table of this source has."""
        place, fair = local_name(self.region), local_name(self.fair)
        if self.region.code == self.fair.region_code:
            title = _("%(fair)s: %(table)s", fair=fair, table=label)
        else:
            title = _("%(fair)s: %(table)s of %(region)s", fair=fair, table=label, region=place)
        if self.fair.is_replay:
            title += " " + _("(real totals, invented detail)")
        lines = (_("Reporting unit: %(region)s", region=place), self.time_line())
        return Table(name, str(label), title, lines, columns, **values)

    def time_line(self) -> str:
        """As of when, and of which entry of the ledger."""
        time = format_datetime(self.count.at) or _("not counted yet")
        return _(
            "Cut-off time: %(time)s; ledger entry %(entry)s",
            time=time,
            entry=last_entry_of(self.count),
        )


def counties(source: TableSource) -> Table:
    """A row for each reporting county, by prefecture, with their sums."""
    groups = group_by_prefecture(source.rows)
    rank = Column(_("Rank"), ColumnKind.COUNT)
    blocks = [
        Block(
            [(region_name(p), region_name(c), c.rank, *figure_cells(c)) for c in p.counties],
            None
            if source.region.is_leaf
            else (_("%(name)s subtotal", name=local_name(p)), "", "", *figure_cells(p.total)),
        )
        for p in groups
    ]
    return source.table(
        "counties",
        TABLE_LABELS["counties"],
        (*_place_columns(groups), rank, *figure_columns()),
        blocks=blocks,
        total=(_("Total"), "", "", *figure_cells(source.totals)),
    )


def _place_columns(groups: Sequence[Prefecture]) -> tuple[Column, Column]:
    """Where a county is: the columns that lead its row."""
    return (
        Column(str(level_word(p.code for p in groups)), width=22, is_region=True),
        Column(_("County"), width=22, is_region=True),
    )


def prefectures(source: TableSource) -> Table:
    """A row for each prefecture."""
    groups = group_by_prefecture(source.rows)
    return source.table(
        "prefectures",
        TABLE_LABELS["prefectures"],
        (
            Column(str(level_word(p.code for p in groups)), width=22, is_region=True),
            Column(_("Counties"), ColumnKind.COUNT, True),
            *figure_columns(),
        ),
        blocks=[
            Block([(region_name(p), len(p.counties), *figure_cells(p.total)) for p in groups]),
        ],
        total=(
            _("Total"),
            sum(len(p.counties) for p in groups),
            *figure_cells(source.totals),
        ),
    )


def products(source: TableSource) -> Table:
    """A row for each product listed or dealt in, by category, with their sums."""
    known, dealt = queries.goods(), product_quantities(source.fair, source.count, source.region)
    groups: dict[tuple[str, str], list[tuple[Any, Any]]] = defaultdict(list)
    for row in region_products(source.fair, source.region):
        good = known[row.code]
        groups[
            good.top or good.inner, joined_name(good, "top") or joined_name(good, "inner")
        ].append((row, good))
    columns = (
        Column(_("Category"), width=16),
        Column(_("Subcategory"), width=16),
        Column(_("Product"), width=20),
        *figure_columns(PRODUCT_FIGURES),
        Column(_("Other quantities"), width=20),
    )
    blocks = []
    for (_code, name), found in sorted(groups.items()):
        rows = [
            (
                name,
                joined_name(good, "inner"),
                local_name(good),
                *figure_cells(row, PRODUCT_FIGURES),
            )
            for row, good in found
        ]
        others = [dealt.get(row.code, {}) for row, _good in found]
        sums = (_("%(name)s subtotal", name=name), "", "", *_sum_products(rows))
        full_rows = [(*row, format_quantities(of)) for row, of in zip(rows, others, strict=True)]
        blocks.append(Block(full_rows, (*sums, format_quantities(together(others)))))
    sums = _sum_products([b.subtotal[:-1] for b in blocks if b.subtotal])
    total = (_("Total"), "", "", *sums, format_quantities(together(dealt.values())))
    return source.table("products", TABLE_LABELS["products"], columns, blocks=blocks, total=total)


def _sum_products(rows: Sequence[Any]) -> tuple[Any, ...]:
    """The figures of products, from the fourth column on, added."""
    sums = dict(zip(PRODUCT_FIGURES, sum_columns(rows, 3, len(PRODUCT_FIGURES)), strict=True))
    return tuple(known(name, value, sums["deals"]) for name, value in sums.items())


def days(source: TableSource) -> Table:
    """A row for each day of the fair so far."""
    names = [name for name in FIGURE_NAMES if FIGURES[name].additive]
    rows = [
        (day, *figure_cells(t, names)) for day, t in totals_of_every_day(source.fair, source.region)
    ]
    columns = (Column(_("Day"), ColumnKind.DATE), *figure_columns(names, Basis.AGREED))
    total = (_("Total"), *figure_cells(source.totals, names))
    return source.table("days", TABLE_LABELS["days"], columns, blocks=[Block(rows)], total=total)


def evidence(source: TableSource) -> Table:
    """A row for each reporting county: how many of its deals have a proof or were called back."""
    found = county_evidence(source.fair, source.codes, last_entry_of(source.count))
    groups = group_by_prefecture(source.rows)

    def cells(counties: Sequence[CountyRow]) -> tuple[Any, ...]:
        return evidence_cells(found.get(county.code, EvidenceCounts()) for county in counties)

    blocks = [
        Block(
            [(region_name(p), region_name(c), *cells([c])) for c in p.counties],
            None
            if source.region.is_leaf
            else (_("%(name)s subtotal", name=local_name(p)), "", *cells(p.counties)),
        )
        for p in groups
    ]
    return source.table(
        "evidence",
        TABLE_LABELS["evidence"],
        (*_place_columns(groups), *evidence_columns()),
        blocks=blocks,
        total=(_("Total"), "", *cells(source.rows)),
        definition=str(EVIDENCE_DEFINITION),
    )


def deals(source: TableSource) -> Table:
    """Every counted deal; the parties' names masked unless the source is full."""
    places, goods = queries.places(), queries.goods()
    masked = lru_cache(maxsize=None)(masked_name)

    def party(id_: int | None, name: str, kind: TraderType) -> str:
        # Whoever has no account stands in no file: nothing has to be made anew when they ask.
        return name if source.full and id_ is not None else masked(name, kind)

    def rows() -> Iterator[TableRow]:
        for d in queries.deals(source.fair, source.codes, last_entry_of(source.count)):
            seller, buyer = places[d.seller_region_code], places[d.buyer_region_code]
            home = places[d.region_code]
            yield (
                *(d.id, d.agreed_on, local_name(goods[d.product_code])),
                *(d.quantity, units[d.unit], d.unit_price, d.amount_fen),
                *(parent_name(home), region_name(home)),
                *(party(d.seller_id, d.seller, d.seller_type), region_name(seller)),
                *(party(d.buyer_id, d.buyer, d.buyer_type), region_name(buyer)),
                format_evidence(d.evidence),
            )

    units = {code: str(unit.name) for code, unit in UNITS.items()}
    columns = (
        Column(_("Deal number"), ColumnKind.COUNT),
        Column(_("Day agreed"), ColumnKind.DATE),
        Column(_("Product"), width=16),
        Column(_("Quantity"), ColumnKind.NUMBER),
        Column(_("Unit"), width=8),
        Column(_("Unit price (CNY)"), ColumnKind.NUMBER),
        Column(_("Amount (CNY)"), ColumnKind.YUAN, True, 16),
        Column(_("Counted in prefecture"), width=16, is_region=True),
        Column(_("Counted in county"), width=16, is_region=True),
        Column(_("Seller"), width=24),
        Column(_("Seller's county"), width=16, is_region=True),
        Column(_("Buyer"), width=24),
        Column(_("Buyer's county"), width=16, is_region=True),
        Column(_("Stands on"), width=16),
    )
    total: list[Any] = [""] * len(columns)
    total[6] = source.totals.amount_fen
    return source.table(
        "deals", TABLE_LABELS["deals"], columns, blocks=[Block(rows())], total=tuple(total)
    )


def listings(source: TableSource) -> Table:
    """Every listing that counts; the merchants' names masked unless the source is full, and
    then without the numbers of the offers, whose pages say the names."""
    places = {code: (parent_name(p), region_name(p)) for code, p in queries.places().items()}
    goods = {code: local_name(good) for code, good in queries.goods().items()}
    units = {code: str(unit.name) for code, unit in UNITS.items()}
    sides = {side: str(label) for side, label in SIDES.items()}
    yes, no, zone = _("yes"), _("no"), home_zone()
    name = _name if source.full else lru_cache(maxsize=None)(masked_name)
    day_of = lru_cache(maxsize=None)(lambda hour: local_day(hour, zone))

    def rows() -> Iterator[TableRow]:
        for o in queries.listings(source.fair, source.codes):
            yield (
                *((o.offer_id,) if source.full else ()),
                *(
                    day_of(o.listed_at.replace(minute=0, second=0, microsecond=0)),
                    sides[o.side],
                    goods[o.product_code],
                ),
                *(o.quantity, units[o.unit], o.price_low, o.price_high, units[o.price_unit]),
                *places[o.region_code],
                *(name(o.owner, o.trader_type), yes if o.verified else no),
            )

    columns = (
        *((Column(_("Offer number"), ColumnKind.COUNT),) if source.full else ()),
        Column(_("Day listed"), ColumnKind.DATE),
        Column(_("Side"), width=8),
        Column(_("Product"), width=16),
        Column(_("Quantity"), ColumnKind.NUMBER),
        Column(_("Unit"), width=8),
        Column(_("Price from (CNY)"), ColumnKind.NUMBER),
        Column(_("Price to (CNY)"), ColumnKind.NUMBER),
        Column(_("Price unit"), width=8),
        Column(_("Prefecture"), width=16, is_region=True),
        Column(_("County"), width=16, is_region=True),
        Column(_("Merchant"), width=24),
        Column(_("Verified"), width=8),
    )
    return source.table("listings", TABLE_LABELS["listings"], columns, blocks=[Block(rows())])


def _name(name: str, _type: Any) -> str:
    return name


def figure_columns(
    names: Sequence[str] = FIGURE_NAMES, basis: Basis | None = None
) -> tuple[Column, ...]:
    """The columns of these figures; `basis`: of figures of days, by which day."""
    found = [FIGURES[n].by(basis) for n in names]
    return tuple(Column(f.heading, kind_of(f.name), f.additive) for f in found)


def figure_cells(row: Any, names: Sequence[str] = FIGURE_NAMES) -> tuple[Any, ...]:
    """The row's figures in the order of figure_columns."""
    return tuple(FIGURES[name].of(row) for name in names)


def region_name(place: Any) -> RegionName:
    """A region as a cell."""
    return RegionName(local_name(place), place.code)


def parent_name(place: Any) -> RegionName:
    """Of a joined row, the region above as a cell."""
    return RegionName(joined_name(place, "parent"), place.parent_code or "")


def joined_name(row: Any, prefix: str) -> str:
    """Of a joined row, the name in the page's language of what the prefix says."""
    return local_name(
        _JoinedName(getattr(row, f"{prefix}_name"), getattr(row, f"{prefix}_name_en"))
    )


@dataclass(frozen=True)
class _JoinedName:
    name: str | None
    name_en: str | None


def sum_columns(rows: Sequence[Any], first: int, width: int = 0) -> tuple[int | Decimal, ...]:
    """The sum of each column of the rows from `first` on; `width` zeros where there is no row."""
    columns = zip(*(row[first:] for row in rows), strict=True)
    return tuple(sum(value or 0 for value in of) for of in columns) or (0,) * width


TABLE_LABELS = {
    "counties": _l("County table"),
    "prefectures": _l("Prefecture table"),
    "products": _l("Product table"),
    "days": _l("Day table"),
    "evidence": _l("Evidence table"),
    "deals": _l("Deal table"),
    "listings": _l("Listing table"),
}
TABLES: dict[str, Callable[[TableSource], Table]] = {
    "counties": counties,
    "prefectures": prefectures,
    "products": products,
    "days": days,
    "evidence": evidence,
    "deals": deals,
    "listings": listings,
}


def table_names(region: Node) -> list[str]:
    """Which tables there are of a region: a county has no prefectures."""
    return [name for name in TABLES if not (region.is_leaf and name == "prefectures")]
