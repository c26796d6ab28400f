"""What an official's pages show of their own regions, each as a Table; unfiltered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _

from market.accounts.models import Account
from market.database import utcnow
from market.fairs.models import Fair
from market.monitoring import activity as activities
from market.monitoring import labels, prices, queries
from market.products.units import UNITS, Dimension, base_unit
from market.regions.queries import region_lexicon
from market.statements import overview
from market.statements.rules import Rates
from market.tables.fair_tables import region_name
from market.tables.table import Block, Column, ColumnKind, Table, TableRow
from market.web.filters import format_datetime, local_name
from market.web.language import lazy_gettext as _l


def activity(account: Account) -> Table:
    """A row for each reporting county of the account's, the longest idle first."""
    paths = queries.official_paths(account)
    found, at = activities.activity_rows(paths)
    added = activities.columns
    columns = (
        Column(_("Rank"), ColumnKind.COUNT),
        Column(_("County"), width=16, is_region=True),
        Column(_("Prefecture"), width=16, is_region=True),
        Column(_("Level"), width=8),
        Column(_("Idle (days)"), ColumnKind.COUNT),
        Column(_("Last offer"), ColumnKind.DATE),
        Column(_("Last verification"), ColumnKind.DATE),
        Column(_("Last deal"), ColumnKind.DATE),
        *(Column(str(column.label), ColumnKind.DATE) for column in added),
        Column(_("What is missing"), width=40),
    )
    rows = [
        (
            *(n, region_name(row.place), region_name(row.prefecture) if row.prefecture else ""),
            *(_level(row.level), row.idle),
            *(row.last_offer, row.last_verification, row.last_deal),
            *(row.extra.get(column.name) for column in added),
            _("; ").join(str(labels.MISSING_LABELS[lack]) for lack in row.missing),
        )
        for n, row in enumerate(found, 1)
    ]
    return make_desk_table("activity", paths, at, columns, rows)


def market(account: Account) -> Table:
    """A row for each glut or shortage in the account's counties, the gravest first."""
    paths = queries.official_paths(account)
    found = queries.find_imbalances(paths)
    columns = (
        Column(_("County"), width=16, is_region=True),
        Column(_("Product"), width=16),
        Column(_("Kind"), width=8),
        Column(_("Level"), width=8),
        Column(_("Unit"), width=8),
        Column(_("For sale"), ColumnKind.NUMBER),
        Column(_("Wanted"), ColumnKind.NUMBER),
        Column(_("Difference"), ColumnKind.NUMBER),
        Column(_("Times"), ColumnKind.NUMBER),
        Column(_("Posted (days)"), ColumnKind.COUNT),
        Column(_("Deals in %(days)s days", days=queries.limits().quiet), ColumnKind.COUNT),
    )
    rows = []
    for finding in found.rows:
        position, one = finding.position, finding.imbalance
        unit = _unit(position.measure, "ton")
        sizes = (position.sell.quantity, position.buy.quantity, one.gap)
        rows.append(
            (
                *(region_name(finding.place), local_name(finding.product)),
                *(str(labels.KIND_LABELS[one.kind]), _level(one.level), str(UNITS[unit].name)),
                *(size / UNITS[unit].factor for size in sizes),
                *(_rounded(one.ratio, "0.1"), one.heavy.days, one.heavy.deals),
            )
        )
    return make_desk_table("market", paths, found.at, columns, rows)


def price_table(account: Account) -> Table:
    """A row for each product with a price this week in the account's regions."""
    paths = queries.official_paths(account)
    found, at = prices.price_rows(paths)
    columns = (
        Column(_("Product"), width=16),
        Column(_("Level"), width=8),
        Column(_("Price unit"), width=8),
        Column(_("This week"), ColumnKind.NUMBER),
        Column(_("Four weeks before"), ColumnKind.NUMBER),
        Column(_("Change"), ColumnKind.SHARE),
        Column(_("Year ago"), ColumnKind.NUMBER),
        Column(_("Deals this week"), ColumnKind.NUMBER),
        Column(_("Everywhere"), ColumnKind.NUMBER),
    )
    rows = []
    for row in found:
        unit, asked = _unit(row.measure, "jin"), row.asked
        money = [
            _rounded(value * UNITS[unit].factor, "0.01") if value is not None else None
            for value in (asked.now, asked.before, asked.year_ago, row.dealt.now, row.home.now)
        ]
        rows.append(
            (
                *(local_name(row.product), _level(row.level)),
                _("CNY/%(unit)s", unit=UNITS[unit].name),
                *(*money[:2], _rounded(asked.change, "0.001"), *money[2:]),
            )
        )
    return make_desk_table("prices", paths, at, columns, rows)


def punctuality(account: Account, fair: Fair) -> Table:
    """A row for each prefecture, by its counties, and each county the account acts over."""
    now = utcnow()
    found = overview.punctuality(account, fair, now)
    columns = (
        Column(_("Prefecture"), width=16, is_region=True),
        Column(_("County"), width=16, is_region=True),
        Column(_("Rank"), ColumnKind.COUNT),
        Column(_("Due so far"), ColumnKind.COUNT),
        Column(_("Handed in"), ColumnKind.COUNT),
        Column(_("Reporting rate"), ColumnKind.SHARE),
        Column(_("On time"), ColumnKind.COUNT),
        Column(_("Punctuality rate"), ColumnKind.SHARE),
    )
    above: list[TableRow] = [
        (region_name(row.unit), "", row.rank, *_rates(row.counties or row.rates))
        for row in found.prefectures
    ]
    below = [
        (
            region_name(row.unit.parent) if row.unit.parent else "",
            *(region_name(row.unit), row.rank, *_rates(row.rates)),
        )
        for row in found.counties
    ]
    paths = queries.official_paths(account)
    return make_desk_table("punctuality", paths, now, columns, [*above, *below], local_name(fair))


def make_desk_table(
    name: str,
    paths: Collection[str],
    at: datetime,
    columns: Sequence[Column],
    rows: Sequence[TableRow],
    *more_lines: str,
) -> Table:
    """A table of the account's regions, with what it is of and as of when above it.

    Args:
        name: its word in addresses, as added with add_desk_table().
    """
    places = {place.path: place for place in region_lexicon().places.values()}
    where = _(", ").join(local_name(places[path]) for path in paths if path in places)
    title = _("%(table)s: %(place)s", table=DESK_TABLE_LABELS[name], place=where)
    lines = (*more_lines, _("Cut-off time: %(time)s", time=format_datetime(at)))
    return Table(name, str(DESK_TABLE_LABELS[name]), title, lines, columns, [Block(rows)])


def _unit(measure: str, of_mass: str) -> str:
    """The unit (code) of a row: a weight in `of_mass`, all else in its base unit."""
    return of_mass if measure == Dimension.MASS else base_unit(measure)


def _level(level: Any) -> str:
    return str(labels.LEVEL_LABELS[level]) if level else ""


def _rounded(value: Decimal | None, to: str) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(to), ROUND_HALF_UP)


def _rates(rates: Rates) -> tuple[Any, ...]:
    return rates.due, rates.submitted, rates.completeness, rates.on_time, rates.punctuality


DESK_TABLE_LABELS = {
    "activity": _l("Activity of the counties"),
    "market": _l("Supply and demand"),
    "prices": _l("Price watch"),
    "punctuality": _l("Who reported in time"),
}
# By their word in addresses; punctuality is of a fair and has its own address.
DESK_TABLES: dict[str, Callable[[Account], Table]] = {
    "activity": activity,
    "market": market,
    "prices": price_table,
}


def add_desk_table(name: str, label: Any, make: Callable[[Account], Table]) -> None:
    """Add a table of a higher room to those that officials take away."""
    DESK_TABLE_LABELS[name] = label
    DESK_TABLES[name] = make
