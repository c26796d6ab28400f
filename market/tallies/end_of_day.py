"""What a fair has at the end of each of its local days 日终: the cut-off of daily statements.

Figures of the ledger (deals, their value, sold and bought) go by the time of the entries,
so they are the same whenever they are read, and a later reversal belongs to the later day. The
other figures (listings, effective merchants, varieties, the mass of the deals) are counted once
the day is over and stored. The worker's calendar does so within a minute of midnight; if it was
not running, the first later change to a listing of the fair, or the first statement of the day,
has the day counted first, so that the figures are the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, exists, insert, or_, select

from market.calendar.services import stopped_clock
from market.database import AdvisoryLock, UTCDateTime, advisory_lock, db, read, utcnow
from market.deals.models import Deal, LedgerEntry
from market.fairs.models import HELD, Fair, FairStatus
from market.fairs.queries import first_reported_day
from market.fairs.rules import listing_window
from market.fairs.signals import listing_changing
from market.products.models import Product
from market.tallies.counting import effective_merchants, listings_until, mass_of
from market.tallies.models import FairDayEnd
from market.tallies.queries import ADDITIVE, Totals
from market.tallies.region_queries import ProductRow
from market.tallies.trees import fair_tree
from market.text.days import local_day
from market.web.home_time import home_zone

# Days counted in one turn of the calendar: after an upgrade there may be many.
MAX_DAYS_PER_TURN = 10


@dataclass(frozen=True)
class DayListings:
    """The stored figures of a county at the end of a day.

    Attributes:
        products: by product code, listings to sell, listings to buy, kilograms dealt.
    """

    merchants: int = 0
    products: Mapping[str, tuple[int, int, Decimal]] = field(default_factory=dict)

    def totals(self) -> Totals:
        """The sums as Totals."""
        rows = list(self.products.values())
        sell, buy = sum(row[0] for row in rows), sum(row[1] for row in rows)
        return Totals(
            sell=sell,
            buy=buy,
            listings=sell + buy,
            merchants=self.merchants,
            mass_kg=sum((row[2] for row in rows), Decimal(0)),
            varieties=sum(1 for row in rows if row[0] or row[1]),
        )


@dataclass(frozen=True)
class DayEnd:
    """A county at the end of a day.

    Attributes:
        totals: from the fair's first day on; increment: of the day alone.
        days: the increment of each day so far on which anything was counted.
        products: from the fair's first day on, the most valuable first.
    """

    totals: Totals
    increment: Totals
    days: Sequence[tuple[date, Totals]]
    products: Sequence[ProductRow]


def cut_off(day: date) -> datetime:
    """The instant, in UTC, at which the local day is over; what comes then is of the next."""
    return listing_window(day, day, home_zone())[1]


def is_reported_daily(fair: Fair) -> bool:
    """Whether daily statements are made of the fair at all, now or ever."""
    return not fair.totals_only and not fair.is_replay and fair.status in HELD


def days_until(fair: Fair, day: date) -> list[date]:
    """The reported days of the fair up to `day`, the first first."""
    first = first_reported_day(fair)
    return [first + timedelta(days=n) for n in range((min(day, fair.ends_on) - first).days + 1)]


def day_ends(fair: Fair, codes: Collection[str], day: date) -> dict[str, DayEnd]:
    """Each of these counties at the end of the fair's day; writes nothing.

    A day that is not stored yet is counted as save_day_end() would store it now.
    """
    days = days_until(fair, day)
    listed = _listings_by_day(fair, codes, days)
    ledger = _LedgerSums(fair, codes, days)
    names = {row.code: row for row in read(_PRODUCTS)}
    return {code: _day_end(code, days, listed[code], ledger, names) for code in codes}


def _day_end(
    code: str,
    days: Sequence[date],
    listed: Mapping[date, DayListings],
    ledger: _LedgerSums,
    names: Any,
) -> DayEnd:
    increments: list[tuple[date, Totals]] = []
    before = total = Totals(varieties=0)
    sums: dict[str, Any] = {**_NOTHING}
    for day in days:
        for name, value in ledger.days[code].get(day, {}).items():
            sums[name] += value
        total = replace(listed[day].totals(), **sums)
        increments.append((day, _difference(total, before)))
        before = total
    last = listed[days[-1]] if days else DayListings()
    dealt = ledger.products[code]
    rows = []
    for product in {*last.products, *dealt}:
        sell, buy, mass = last.products.get(product, (0, 0, Decimal(0)))
        deals, fen = dealt.get(product, (0, 0))
        if not (sell or buy or deals or fen):
            continue
        name = names[product]
        words = (name.code, name.name, name.name_en, name.category_code[:2])
        rows.append(ProductRow(*words, sell, buy, deals, fen, mass))
    rows.sort(key=lambda r: (-r.amount_fen, -r.listings, r.code))
    return DayEnd(
        totals=total,
        increment=increments[-1][1] if increments else Totals(),
        days=[(d, t) for d, t in increments if any(getattr(t, n) for n in ADDITIVE)],
        products=rows,
    )


def _difference(now: Totals, before: Totals) -> Totals:
    """The additive figures of `now` less those of `before`."""
    return Totals(**{n: getattr(now, n) - getattr(before, n) for n in ADDITIVE})


class _LedgerSums:
    """The sums of the ledger's entries by county and day, and by county and product."""

    def __init__(self, fair: Fair, codes: Collection[str], days: Sequence[date]) -> None:
        self.days: dict[str, dict[date, dict[str, int]]] = defaultdict(
            lambda: defaultdict(_NOTHING.copy)
        )
        self.products: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        if not days:
            return
        zone, until, wanted = home_zone(), cut_off(days[-1]), set(codes)
        for row in read(_ENTRIES, fair=fair.id, until=until, codes=list(wanted)):
            # Nothing is reported of days before the first: what there is belongs to that one.
            day = max(days[0], local_day(row.at, zone))
            if row.region_code in wanted:
                own = self.days[row.region_code][day]
                own["deals"] += row.deals
                own["amount_fen"] += row.amount_fen
                goods = self.products[row.region_code]
                deals, fen = goods.get(row.product_code, (0, 0))
                goods[row.product_code] = (deals + row.deals, fen + row.amount_fen)
            for name, code in (("sold_fen", row.seller), ("bought_fen", row.buyer)):
                if code in wanted:
                    self.days[code][day][name] += row.amount_fen


def _listings_by_day(
    fair: Fair, codes: Collection[str], days: Sequence[date]
) -> dict[str, dict[date, DayListings]]:
    """The stored figures of each county and day; days not stored are counted."""
    saved = _saved_days(fair)
    counted = {day: count_day_end(fair, day) for day in days if day not in saved}
    found: dict[str, dict[date, DayListings]] = {
        code: {day: counted.get(day, {}).get(code, DayListings()) for day in days} for code in codes
    }
    for code, day, figures in read(_SAVED, fair=fair.id, codes=list(codes)):
        if day in found[code]:
            found[code][day] = _parse_listings(figures)
    return found


def count_day_end(fair: Fair, day: date) -> dict[str, DayListings]:
    """The figures of every county at the end of the day, as far as they can still be counted."""
    until = cut_off(day)
    products: dict[str, dict[str, list[Any]]] = defaultdict(dict)

    def row(code: str, product: str) -> list[Any]:
        return products[code].setdefault(product, [0, 0, Decimal(0)])

    for code, product, sell, buy in listings_until(fair, until):
        row(code, product)[:2] = sell, buy
    for entry in read(_DEALT, fair=fair.id, until=until):
        mass = mass_of(entry.quantity, entry.unit) * entry.deals
        row(entry.region_code, entry.product_code)[2] += mass
    merchants: dict[str, int] = defaultdict(int)
    for code, _at in effective_merchants(fair, until):
        merchants[code] += 1
    return {
        code: DayListings(
            merchants[code],
            {product: (r[0], r[1], r[2]) for product, r in products[code].items() if any(r)},
        )
        for code in {*products, *merchants, *(leaf.code for leaf in fair_tree(fair).leaves())}
    }


def save_day_end(fair: Fair, day: date, counted: Mapping[str, DayListings]) -> bool:
    """Store the figures of a day's end unless they are stored already; inside transaction()."""
    advisory_lock(AdvisoryLock.COUNTS)
    if db.session.scalar(select(exists().where(*_of(fair.id, day)))):
        return False
    now = utcnow()
    rows = [
        {
            **{"fair_id": fair.id, "day": day, "region_code": code},
            **{"figures": _format_listings(listed), "counted_at": now},
        }
        for code, listed in sorted(counted.items())
    ]
    db.session.execute(insert(FairDayEnd), rows)
    return True


def save_day_ends_until(fair: Fair, day: date) -> None:
    """Count and store every reported day up to `day`, which must be over."""
    for missing in _missing(fair, day):
        save_day_end(fair, missing, count_day_end(fair, missing))


def unsaved_day_ends(now: datetime) -> list[tuple[int, date]]:
    """(fair id, day) of the days that are over and not stored, the first first; at most
    MAX_DAYS_PER_TURN."""
    fairs = db.session.scalars(
        select(Fair).where(Fair.status.in_((FairStatus.OPEN, FairStatus.CLOSED)), ~Fair.totals_only)
    ).all()
    found = [(f.id, d) for f in fairs if is_reported_daily(f) for d in _missing(f, _yesterday(now))]
    return sorted(found, key=lambda one: one[1])[:MAX_DAYS_PER_TURN]


def _missing(fair: Fair, day: date) -> list[date]:
    days = days_until(fair, day)
    if not days or db.session.scalar(select(exists().where(*_of(fair.id, days[-1])))):
        # Days are stored in their order: if the last one is, all are.
        return []
    saved = _saved_days(fair)
    return [day for day in days if day not in saved]


def _saved_days(fair: Fair) -> set[date]:
    return set(read(_SAVED_DAYS, fair=fair.id).scalars())


def _yesterday(now: datetime) -> date:
    return local_day(now, home_zone()) - timedelta(days=1)


@listing_changing.connect
def _before_a_listing_changes(sender: Any, fair_id: int) -> None:
    fair = db.session.get_one(Fair, fair_id)
    # Stored figures can't be changed, so nothing is stored by a clock that can't be right.
    if is_reported_daily(fair) and stopped_clock() is None:
        with db.session.no_autoflush:
            save_day_ends_until(fair, _yesterday(utcnow()))


def _format_listings(listed: DayListings) -> str:
    products = {code: [s, b, f"{kg.normalize():f}"] for code, (s, b, kg) in listed.products.items()}
    figures = {"merchants": listed.merchants, "products": products}
    return json.dumps(figures, sort_keys=True, separators=(",", ":"))


def _parse_listings(text: str) -> DayListings:
    figures = json.loads(text)
    rows = figures["products"].items()
    return DayListings(figures["merchants"], {c: (s, b, Decimal(kg)) for c, (s, b, kg) in rows})


def _of(fair_id: int, day: date) -> tuple[Any, Any]:
    return FairDayEnd.fair_id == fair_id, FairDayEnd.day == day


def _until() -> Iterator[Any]:
    yield LedgerEntry.fair_id == bindparam("fair")
    yield LedgerEntry.at < bindparam("until", type_=UTCDateTime)


_NOTHING = dict.fromkeys(("deals", "amount_fen", "sold_fen", "bought_fen"), 0)
# Made once: putting these together takes longer than running them.
_ENTRIES = select(
    *(LedgerEntry.region_code, LedgerEntry.product_code, LedgerEntry.at),
    LedgerEntry.seller_region_code.label("seller"),
    LedgerEntry.buyer_region_code.label("buyer"),
    *(LedgerEntry.deals, LedgerEntry.amount_fen),
).where(
    *_until(),
    or_(
        *(
            column.in_(bindparam("codes", expanding=True))
            for column in (
                LedgerEntry.region_code,
                LedgerEntry.seller_region_code,
                LedgerEntry.buyer_region_code,
            )
        )
    ),
)
_DEALT = (
    select(
        *(LedgerEntry.region_code, LedgerEntry.product_code, LedgerEntry.deals),
        *(Deal.quantity, Deal.unit),
    )
    .join(Deal, Deal.id == LedgerEntry.deal_id)
    .where(*_until())
)
_SAVED = select(FairDayEnd.region_code, FairDayEnd.day, FairDayEnd.figures).where(
    FairDayEnd.fair_id == bindparam("fair"),
    FairDayEnd.region_code.in_(bindparam("codes", expanding=True)),
)
_SAVED_DAYS = select(FairDayEnd.day).distinct().where(FairDayEnd.fair_id == bindparam("fair"))
_PRODUCTS = select(Product.code, Product.name, Product.name_en, Product.category_code)
