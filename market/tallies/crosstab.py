"""Counting a cross-tabulation from the ledger and the listings.

Everything is counted when it is asked for and nothing is stored. SQL groups by what the rows of
the tables hold (leaf region, product, day); what stands above that, prefectures, categories,
weeks and months, is added up from it here, in integers and exact decimals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Integer, func, literal, literal_column, select, type_coerce

from market.database import db
from market.deals.models import Channel, Deal, LedgerEntry
from market.deals.unregistered_models import Evidence
from market.fairs.models import FairListing
from market.fairs.rules import listing_window
from market.products.units import UNITS, in_base, measure
from market.tallies.crosstab_query import (
    LISTED,
    PRODUCT_DIGITS,
    TIME_AXES,
    WEIGHTED,
    Axis,
    CrosstabQuery,
    EvidenceKind,
    Key,
    Measure,
    facts_of,
    key_maker,
    period_end,
    period_start,
)
from market.tallies.models import FairDay
from market.text.days import local_day
from market.web.home_time import home_zone

# Of a mean price, in yuan.
PRICE_PLACES = Decimal("0.01")


def count_crosstab(query: CrosstabQuery) -> dict[Key, Any]:
    """The value of each cell by its keys in the order of the axes; cells with nothing are left
    out. Without axes the one cell has the key ()."""
    if query.measure is Measure.MERCHANTS:
        cells = _summed(query, _merchants(query))
    elif query.measure in LISTED:
        cells = _summed(query, _listings(query))
    elif query.measure in WEIGHTED:
        return _quantities(query)
    else:
        cells = _summed(query, _entries(query))
    return {key: value for key, value in cells.items() if value}


def _summed(query: CrosstabQuery, rows: Iterator[tuple[Key, int]]) -> dict[Key, int]:
    """Facts with a number each, added up by the keys of the axes."""
    key_of, found = key_maker(query), defaultdict[Key, int](int)
    for facts, number in rows:
        found[key_of(facts)] += number
    return found


def _quantities(query: CrosstabQuery) -> dict[Key, Decimal]:
    """Quantities in the base unit, or with the amounts beside them mean prices."""
    key_of = key_maker(query)
    quantities: dict[Key, Decimal] = defaultdict(Decimal)
    amounts: dict[Key, int] = defaultdict(int)
    for (*facts, unit), thousandths, fen in _weighed_entries(query):
        key = key_of(tuple(facts))
        quantities[key] += in_base(Decimal(thousandths).scaleb(-3), unit)
        amounts[key] += fen
    if query.measure is Measure.QUANTITY:
        return {key: quantity for key, quantity in quantities.items() if quantity}
    return {
        key: (Decimal(amounts[key]) / 100 / quantity).quantize(PRICE_PLACES, ROUND_HALF_UP)
        for key, quantity in quantities.items()
        if quantity
    }


def _product_fact(query: CrosstabQuery, column: Any) -> Any:
    digits = max((PRODUCT_DIGITS.get(axis, 0) for axis in query.axes), default=0)
    # Written out: PostgreSQL takes two parameters of one value for two expressions.
    return func.substr(column, literal_column("1"), literal_column(str(digits)))


def _ledger_place(query: CrosstabQuery) -> Any:
    """The region that an entry counts in: its home, or that of the side that is looked at."""
    sides = {
        Measure.SOLD: LedgerEntry.seller_region_code,
        Measure.BOUGHT: LedgerEntry.buyer_region_code,
    }
    return sides.get(query.measure, LedgerEntry.region_code)


def _ledger_facts(query: CrosstabQuery) -> list[Any]:
    columns = {
        "region": _ledger_place(query),
        "product": _product_fact(query, LedgerEntry.product_code),
        "day": Deal.agreed_on,
        "fair": LedgerEntry.fair_id,
        "channel": LedgerEntry.channel,
    }
    return [columns[fact] for fact in facts_of(query)]


def _ledger_where(query: CrosstabQuery) -> Iterator[Any]:
    yield LedgerEntry.id <= query.entry
    yield _ledger_place(query).in_(sorted(query.leaves))
    if query.in_fairs:
        yield LedgerEntry.fair_id.in_(query.fairs)
    if query.channel:
        yield LedgerEntry.channel == query.channel
    if query.product:
        yield LedgerEntry.product_code.startswith(query.product, autoescape=True)
    if query.first:
        yield Deal.agreed_on >= query.first
    if query.last:
        yield Deal.agreed_on <= query.last
    if query.evidence:
        stands_on = (
            None if query.evidence is EvidenceKind.ACCOUNTS else Evidence(query.evidence.value)
        )
        yield Deal.evidence == stands_on


def _entries(query: CrosstabQuery) -> Iterator[tuple[Key, int]]:
    """(facts, number of deals or fen) of the ledger's entries."""
    facts = _ledger_facts(query)
    counted = LedgerEntry.deals if query.measure is Measure.DEALS else LedgerEntry.amount_fen
    rows = db.session.execute(
        select(*facts, func.sum(counted))
        .join(Deal, Deal.id == LedgerEntry.deal_id)
        .where(*_ledger_where(query))
        .group_by(*facts)
    )
    for *row, number in rows:
        yield tuple(row), int(number or 0)


def _weighed_entries(query: CrosstabQuery) -> Iterator[tuple[Key, int, int]]:
    """(facts with the unit last, thousandths of the unit, fen) of the entries of the dimension."""
    facts = [*_ledger_facts(query), Deal.unit]
    thousandths = type_coerce(Deal.quantity, Integer)
    units = [code for code in UNITS if measure(code) == query.dimension]
    rows = db.session.execute(
        select(
            *facts,
            func.sum(LedgerEntry.deals * thousandths),
            func.sum(LedgerEntry.amount_fen),
        )
        .join(Deal, Deal.id == LedgerEntry.deal_id)
        .where(*_ledger_where(query), Deal.unit.in_(units))
        .group_by(*facts)
    )
    for *row, quantity, fen in rows:
        yield tuple(row), int(quantity or 0), int(fen or 0)


def _listings(query: CrosstabQuery) -> Iterator[tuple[Key, int]]:
    """(facts, how many) of the listings of the fairs."""
    if query.channel is Channel.DAILY:
        return
    for start, window in _windows(query):
        columns = {
            "region": FairListing.region_code,
            "product": _product_fact(query, FairListing.product_code),
            "day": literal(0),
            "fair": FairListing.fair_id,
            "channel": literal(Channel.FAIR.value),
        }
        facts = facts_of(query)
        grouped = [columns[fact] for fact in facts if fact not in ("day", "channel")]
        rows = db.session.execute(
            select(*(columns[fact] for fact in facts), func.count())
            .where(*_listings_where(query), *window)
            .group_by(*grouped)
        )
        place = facts.index("day") if "day" in facts else None
        for *row, number in rows:
            if place is not None:
                row[place] = start
            yield tuple(row), number


def _listings_where(query: CrosstabQuery) -> Iterator[Any]:
    yield FairListing.fair_id.in_(query.fairs)
    yield FairListing.counts
    # Every listing of a fair is of one of its leaves: to look for them takes a fifth of the time.
    if not (query.in_fairs and len(query.leaves) == len(query.tree.leaves())):
        yield FairListing.region_code.in_(sorted(query.leaves))
    if side := LISTED[query.measure]:
        yield FairListing.side == side
    if query.product:
        yield FairListing.product_code.startswith(query.product, autoescape=True)


def _windows(query: CrosstabQuery) -> Iterator[tuple[date | None, tuple[Any, ...]]]:
    """(first day, what holds of the instants) of each period that listings are looked for in: one
    for each of the time axis, else one for all. Local days are no column, so a period is a range
    of the index."""
    asked = [axis for axis in query.axes if axis in TIME_AXES]
    # A week may be of two months: both are read from the days.
    axis = (asked[0] if len(asked) == 1 else Axis.DAY) if asked else None
    if axis is None and not query.first and not query.last:
        yield None, ()
        return
    span = _listed_span(query)
    if span is None:
        return
    first, last = max(query.first or span[0], span[0]), min(query.last or span[1], span[1])
    while first <= last:
        start = period_start(axis, first) if axis else first
        end = min(period_end(axis, start), last) if axis else last
        begin, until = listing_window(first, end, home_zone())
        yield start, (FairListing.listed_at >= begin, FairListing.listed_at < until)
        first = end + timedelta(days=1)


def _listed_span(query: CrosstabQuery) -> tuple[date, date] | None:
    """The local days of the first and the last listing of the fairs; None without any."""
    first, last = db.session.execute(
        select(func.min(FairListing.listed_at), func.max(FairListing.listed_at)).where(
            FairListing.fair_id.in_(query.fairs)
        )
    ).one()
    if first is None or last is None:
        return None
    return local_day(first, home_zone()), local_day(last, home_zone())


def _merchants(query: CrosstabQuery) -> Iterator[tuple[Key, int]]:
    """(facts, effective merchants) as the fairs were last counted: each is of one region and one
    day of a fair, so that both add up. They are of no product."""
    if query.channel is Channel.DAILY:
        return
    columns: dict[str, Any] = {
        "region": FairDay.region_code,
        "day": FairDay.day,
        "fair": FairDay.fair_id,
        "channel": literal(Channel.FAIR.value),
    }
    facts = facts_of(query)
    grouped = [columns[fact] for fact in facts if fact != "channel"]
    where: list[Any] = [FairDay.fair_id.in_(query.fairs)]
    where.append(FairDay.region_code.in_(sorted(query.leaves)))
    where += [FairDay.day >= query.first] if query.first else []
    where += [FairDay.day <= query.last] if query.last else []
    rows = db.session.execute(
        select(*(columns[fact] for fact in facts), func.sum(FairDay.merchants))
        .where(*where)
        .group_by(*grouped)
    )
    for *row, number in rows:
        yield tuple(row), int(number or 0)
