"""Price changes: this week's asking and deal prices of each product against its own past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, String, bindparam, func, or_, select, type_coerce

from market.database import UTCDateTime, read, utcnow
from market.deals.models import Deal, DealStatus
from market.monitoring.days import Days
from market.monitoring.positions import ProductMeasure
from market.monitoring.queries import limits
from market.monitoring.rules import (
    AlertLevel,
    Limits,
    Movement,
    graver_level,
    median,
    price_movement,
)
from market.monitoring.snapshot_cache import time_limited
from market.offers.models import Offer, OfferStatus, Side
from market.products.queries import NamedProduct, named_products
from market.products.units import UNITS, measure
from market.regions.models import is_within
from market.regions.queries import region_lexicon
from market.text.days import local_day, local_midnight
from market.web.home_time import home_zone

# Weeks that are shown, each of seven days back from today; the first is compared with the
# next four.
WEEKS, BEFORE = 12, 4
# The same season of the year before: the same weekday, two weeks either way.
YEAR, EITHER_WAY = 364, 14
ASKED, DEALT = "asked", "dealt"
# A price asked or agreed: source, good, region, days ago, yuan per base unit.
Price = tuple[str, ProductMeasure, str, int, Decimal]


@dataclass
class Series:
    """Prices of one source: by week, the last seven days first, and of a year ago."""

    weeks: list[list[Decimal]] = field(default_factory=lambda: [[] for _ in range(WEEKS)])
    year_ago: list[Decimal] = field(default_factory=list)

    def add(self, days: int, price: Decimal) -> None:
        if days < WEEKS * 7:
            self.weeks[days // 7].append(price)
        else:
            self.year_ago.append(price)

    def moved(self, limits: Limits) -> Movement:
        before = [price for week in self.weeks[1 : BEFORE + 1] for price in week]
        return price_movement(self.weeks[0], before, self.year_ago, limits)


@dataclass(frozen=True)
class Week:
    """A week's medians, in yuan per base unit, and from how many prices."""

    starts_on: date
    asked: Decimal | None
    asks: int
    dealt: Decimal | None
    deals: int


@dataclass(frozen=True)
class PriceRow:
    """A product's prices in one dimension, in yuan per base unit.

    Attributes:
        asked, dealt: of sales' asking prices and of verified deals in the places asked for.
        home: of asking prices in the whole home region, for comparison.
        weeks: of the places asked for, the oldest first.
    """

    product: NamedProduct
    measure: str
    asked: Movement
    dealt: Movement
    home: Movement
    weeks: tuple[Week, ...]

    @property
    def level(self) -> AlertLevel | None:
        return graver_level(self.asked.level, self.dealt.level)

    @property
    def main(self) -> Movement:
        """The movement to show first: of the graver level, then of the asking prices."""
        graver = self.dealt.level is not None and self.dealt.level == self.level
        return self.dealt if graver and self.asked.level != self.level else self.asked


def price_rows(paths: Collection[str]) -> tuple[list[PriceRow], datetime]:
    """Every product with a price this week in the subtrees, and when they were read.

    The gravest and largest movements come first.
    """
    return time_limited(("prices", tuple(sorted(paths))), lambda: _price_rows(paths))


def filter_rows(
    rows: Sequence[PriceRow], level: str | None = None, category: str | None = None
) -> list[PriceRow]:
    """Those of a level and a category (code)."""
    return [
        row
        for row in rows
        if (level is None or row.level == level)
        and (category is None or is_within(row.product.path, category))
    ]


def price_row(paths: Collection[str], good: ProductMeasure) -> tuple[PriceRow | None, datetime]:
    """The prices of one product in one dimension, or None where there are none."""
    _, today, at = _prices()
    of_place, of_home = _series(paths), _series((region_lexicon().home,))
    names = named_products([good[0]])
    if good not in of_place or not names:
        return None, at
    return _row(names[good[0]], good, of_place[good], of_home.get(good), today), at


def _price_rows(paths: Collection[str]) -> tuple[list[PriceRow], datetime]:
    _, today, at = _prices()
    of_place, of_home = _series(paths), _series((region_lexicon().home,))
    names = named_products({product for product, _ in of_place})
    rows = [
        _row(names[good[0]], good, by_source, of_home.get(good), today)
        for good, by_source in of_place.items()
        if good[0] in names and any(series.weeks[0] for series in by_source.values())
    ]
    return sorted(rows, key=_gravest), at


def _gravest(row: PriceRow) -> tuple[int, Decimal, str, str]:
    graveness = [AlertLevel.ALERT, AlertLevel.NOTICE, None].index(row.level)
    change = row.main.change
    moved = abs(change) if change is not None else Decimal(-1)
    return graveness, -moved, row.product.code, row.measure


def _row(
    product: NamedProduct,
    good: ProductMeasure,
    by_source: Mapping[str, Series],
    at_home: Mapping[str, Series] | None,
    today: date,
) -> PriceRow:
    limit, empty = limits(), Series()
    asked, dealt = by_source.get(ASKED, empty), by_source.get(DEALT, empty)
    home = (at_home or {}).get(ASKED, empty)
    moved = asked.moved(limit), dealt.moved(limit), home.moved(limit)
    return PriceRow(product, good[1], *moved, tuple(_weeks(asked, dealt, today)))


def _weeks(asked: Series, dealt: Series, today: date) -> Iterator[Week]:
    for n in reversed(range(WEEKS)):
        asks, deals = asked.weeks[n], dealt.weeks[n]
        starts_on = today - timedelta(days=7 * n + 6)
        yield Week(starts_on, median(asks), len(asks), median(deals), len(deals))


def _series(paths: Collection[str]) -> dict[ProductMeasure, dict[str, Series]]:
    return time_limited(("series", tuple(sorted(paths))), lambda: _read_series(paths))


def _read_series(paths: Collection[str]) -> dict[ProductMeasure, dict[str, Series]]:
    """The prices of the subtrees by product and dimension and by source."""
    places = region_lexicon().places.values()
    inside = {p.code for p in places if any(is_within(p.path, path) for path in paths)}
    found: dict[ProductMeasure, dict[str, Series]] = defaultdict(lambda: defaultdict(Series))
    for source, good, region, days, price in _prices()[0]:
        if region in inside:
            found[good][source].add(days, price)
    return found


def _prices() -> tuple[list[Price], date, datetime]:
    return time_limited("prices", _read_prices)


def _read_prices() -> tuple[list[Price], date, datetime]:
    """Every price that is compared, the local day, and of when they are; two statements.

    A trader counts once a week for a product in a county, with the last price: fifty posts of
    one trader are no market.
    """
    now, zone = utcnow(), home_zone()
    today, number = local_day(now, zone), Days(zone)
    windows = [
        (today - timedelta(days=WEEKS * 7 - 1), today),
        (today - timedelta(days=YEAR + EITHER_WAY), today - timedelta(days=YEAR - EITHER_WAY)),
    ]
    days = {
        f"{end}_{n}": day for n, w in enumerate(windows) for end, day in zip("ab", w, strict=True)
    }
    instants = {
        name: local_midnight(day + timedelta(days=name[0] == "b"), zone)
        for name, day in days.items()
    }
    measures = {code: measure(code) for code in UNITS}
    last: dict[tuple[Any, ...], Price] = {}
    for product, unit, region, owner, at, price in read(_ASKED, **instants):
        ago, good = today.toordinal() - number.of(at), (product, measures[unit])
        last[ASKED, good, region, owner, ago // 7] = ASKED, good, region, ago, price
    for product, unit, region, seller, on, price in read(_DEALT, **days):
        ago, good = (today - on).days, (product, measures[unit])
        dealt = DEALT, good, region, ago, price / UNITS[unit].factor
        last[DEALT, good, region, seller, ago // 7] = dealt
    return list(last.values()), today, now


def _within(column: Any, type_: Any) -> ColumnElement[bool]:
    return or_(
        *(
            column.between(bindparam(f"a_{n}", type_=type_), bindparam(f"b_{n}", type_=type_))
            for n in (0, 1)
        )
    )


# Made once.
_ASKED = (
    select(
        *(Offer.product_code, Offer.price_unit, Offer.region_code, Offer.owner_id),
        *(type_coerce(Offer.published_at, String), Offer.price_per_base),
    )
    .where(
        Offer.side == Side.SELL,
        Offer.price_per_base.is_not(None),
        Offer.status.not_in((OfferStatus.DRAFT, OfferStatus.REJECTED)),
        _within(Offer.published_at, UTCDateTime),
    )
    .order_by(Offer.id)
)
# Whoever has no account is a seller of their own.
_SELLER = func.coalesce(Deal.seller_id, -Deal.unregistered_id)
_DEALT = (
    select(
        *(Deal.product_code, Deal.unit, Deal.home_region_code, _SELLER),
        *(Deal.agreed_on, Deal.unit_price),
    )
    .where(Deal.status == DealStatus.VERIFIED, _within(Deal.agreed_on, Date))
    .order_by(Deal.id)
)
