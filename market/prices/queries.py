"""Reading the stored prices: today's from memory, a product's line from the database."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import current_app
from sqlalchemy import Date, Row, bindparam, func, select

from market.cache.versions import versioned
from market.database import read
from market.deals.flag_rules import Quartiles
from market.prices.models import PriceDay, PriceSource, RegionalPrice
from market.regions.lexicon import Place
from market.regions.queries import region_lexicon

WEEK = timedelta(days=7)
# Weeks of a season, as a line shows it; those of last year's that lie ahead of today.
SEASON_WEEKS, AHEAD = 13, 4
YEAR = timedelta(days=364)

# Product and measure.
Good = tuple[str, str]
_serials = itertools.count()


@dataclass(frozen=True)
class LocalPrice:
    """A product's prices of the day in a place, in yuan per base unit.

    Attributes:
        before: the median asked a week before, where known.
    """

    place: Place
    asked: Quartiles | None
    agreed: Quartiles | None
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """Of the price asked over the week, as a fraction."""
        if self.asked is None or not self.before:
            return None
        return self.asked.median / self.before - 1


class PriceBoard:
    """The prices of the day counted last.

    Attributes:
        day: None while none was ever counted.
        goods: what has a price in the home region, the most often offered first.
        lines: of each good the medians asked in the home region, a week apart, the oldest first.
        serial: another for each board that was read, for the keys of cached fragments.
    """

    def __init__(self, day: date | None, rows: Iterable[Row[Any]], lines: Iterable[Row[Any]]):
        self.day, self.serial = day, next(_serials)
        self._prices: dict[Good, dict[str, dict[PriceSource, Quartiles]]] = {}
        self._before: dict[tuple[Good, str], Decimal] = {}
        for row in rows:
            good = row.product_code, row.measure
            if row.day == day:
                found = self._prices.setdefault(good, {}).setdefault(row.region_code, {})
                found[row.source] = quartiles_of(row)
            elif row.source is PriceSource.ASKED:
                self._before[good, row.region_code] = row.median
        medians: dict[Good, dict[date, Decimal]] = defaultdict(dict)
        for row in lines:
            medians[row.product_code, row.measure][row.day] = row.median
        days = season_days(day) if day else []
        self.lines = {good: [of.get(each) for each in days] for good, of in medians.items()}
        home = current_app.config["HOME_REGION"]
        known = [good for good, places in self._prices.items() if home in places]
        self.goods = sorted(known, key=lambda good: (-self._number(good, home), good))

    def _number(self, good: Good, region: str) -> int:
        asked = self._prices[good][region].get(PriceSource.ASKED)
        return asked.count if asked else 0

    @cached_property
    def by_category(self) -> dict[str, list[Good]]:
        """The goods of each category (code)."""
        found: dict[str, list[Good]] = defaultdict(list)
        for good in self.goods:
            found[good[0][:2]].append(good)
        return dict(sorted(found.items()))

    @cached_property
    def of_products(self) -> dict[str, list[Good]]:
        """The goods of each product (code)."""
        found: dict[str, list[Good]] = defaultdict(list)
        for good in self.goods:
            found[good[0]].append(good)
        return dict(found)

    @cached_property
    def most_offered(self) -> list[Good]:
        """Of each subcategory the good offered most, so that not all are teas."""
        home, first_of_kind = current_app.config["HOME_REGION"], dict[str, Good]()
        for good in self.goods:
            if self._number(good, home):
                first_of_kind.setdefault(good[0][:4], good)
        return list(first_of_kind.values())

    def price(self, good: Good, place: Place) -> LocalPrice:
        """The prices of a good in a place."""
        found = self._prices.get(good, {}).get(place.code, {})
        asked, agreed = found.get(PriceSource.ASKED), found.get(PriceSource.AGREED)
        return LocalPrice(place, asked, agreed, self._before.get((good, place.code)))

    def nearest(self, good: Good, place: Place) -> LocalPrice | None:
        """Where enough is asked: in the place, else in what is around it up to the home region;
        None where there is too little everywhere."""
        for each in (place, *places_above(place)):
            if (found := self.price(good, each)).asked is not None:
                return found
        return None

    def places_with(self, good: Good) -> list[LocalPrice]:
        """The prices of every place that has enough, in the order of the tree."""
        places = region_lexicon().places
        known = [places[code] for code in self._prices.get(good, {}) if code in places]
        return [self.price(good, place) for place in sorted(known, key=lambda p: p.path)]


def price_board() -> PriceBoard:
    """Today's prices, or of the day counted last; in memory until they are counted anew."""
    return versioned("price_board", _version_key, _read_board)


def home_place() -> Place:
    """The home region."""
    return region_lexicon().places[current_app.config["HOME_REGION"]]


def places_above(place: Place) -> Iterator[Place]:
    """The prefecture and the home region that a place is in, from it upwards."""
    lexicon = region_lexicon()
    while place.path != lexicon.home and (above := lexicon.above(place)) is not None:
        yield above
        place = above


def season_days(day: date) -> list[date]:
    """The day and one in each of the weeks before, a season long; the oldest first."""
    return [day - n * WEEK for n in reversed(range(SEASON_WEEKS))]


@dataclass(frozen=True)
class PriceLine:
    """Prices a week apart, the oldest first; None where there were too few.

    Attributes:
        days: of this season; last_year reaches some weeks further than they do.
    """

    days: Sequence[date]
    asked: Sequence[Quartiles | None]
    agreed: Sequence[Quartiles | None]
    last_year: Sequence[Quartiles | None]


def price_line(good: Good, place: Place, day: date) -> PriceLine:
    """The prices of a good in the home region or a prefecture, through the season up to `day`
    and the same of the year before; one statement."""
    days = season_days(day)
    then = [each - YEAR for each in days] + [day - YEAR + n * WEEK for n in range(1, AHEAD + 1)]
    asked: dict[date, Quartiles] = {}
    agreed: dict[date, Quartiles] = {}
    rows = read(_LINE, region=place.code, product=good[0], measure=good[1], days=[*then, *days])
    for row in rows:
        (asked if row.source is PriceSource.ASKED else agreed)[row.day] = quartiles_of(row)
    return PriceLine(
        days,
        [asked.get(each) for each in days],
        [agreed.get(each) for each in days],
        [asked.get(each) for each in then],
    )


def quartiles_of(row: Row[Any]) -> Quartiles:
    """The quartiles of a row, in yuan per base unit."""
    return Quartiles(row.low, row.median, row.high, row.number)


def _version_key() -> tuple[Any, ...]:
    return tuple(read(_VERSION).one())


def _read_board() -> PriceBoard:
    day: date | None = read(_LAST_DAY).scalar()
    if day is None:
        return PriceBoard(None, (), ())
    home = current_app.config["HOME_REGION"]
    rows = read(_OF_DAYS, days=[day, day - WEEK])
    return PriceBoard(day, rows, read(_HOME_LINES, region=home, days=season_days(day)))


# Made once.
_LAST_DAY = select(func.max(PriceDay.day))
_VERSION = select(func.max(PriceDay.day), func.max(PriceDay.changed_at))
_QUARTILES = (
    *(RegionalPrice.day, RegionalPrice.source, RegionalPrice.low, RegionalPrice.median),
    *(RegionalPrice.high, RegionalPrice.count.label("number")),
)
_GOOD = (RegionalPrice.product_code, RegionalPrice.measure)
_DAYS = RegionalPrice.day.in_(bindparam("days", type_=Date, expanding=True))
_REGION = RegionalPrice.region_code == bindparam("region")
_OF_DAYS = select(RegionalPrice.region_code, *_GOOD, *_QUARTILES).where(_DAYS)
_HOME_LINES = select(*_GOOD, RegionalPrice.day, RegionalPrice.median).where(
    _DAYS, _REGION, RegionalPrice.source == PriceSource.ASKED
)
_LINE = select(*_QUARTILES).where(
    _REGION,
    RegionalPrice.product_code == bindparam("product"),
    RegionalPrice.measure == bindparam("measure"),
    _DAYS,
)
