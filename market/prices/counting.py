"""Counting the prices of a day from offers and deals.

A trader counts once for a product in a county, with the last price, and a station once in each
region, with the median of its farmers: fifty posts of one trader are no market, nor are the three
hundred farmers for whom one station typed a price. An offer counts on every day on which it stood;
a verified deal on the day agreed and the six after it. Prices delivered to the buyer's door hold
freight and are left out. What is an outlier is told by the prices of the whole home region, and
left out everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Date, Integer, String, bindparam, func, or_, select, type_coerce

from market.accounts.models import Account
from market.accounts.services import ERASED_NAME
from market.database import UTCDateTime, read
from market.deals.flag_rules import Quartiles
from market.deals.models import Deal, DealStatus
from market.monitoring.days import Days
from market.offers.models import Offer, OfferPublication, OfferStatus, PriceBasis, Side
from market.offers.rules import DEFAULT_DAYS
from market.prices.models import PriceSource
from market.prices.rules import (
    latest_of_each,
    medians_by_source,
    quartiles_by_group,
    within_fences,
)
from market.products.units import PRICE_FACTORS, PRICE_SCALE, measure
from market.regions.queries import region_lexicon
from market.text.days import local_midnight
from market.web.home_time import home_zone

# Days for which a deal's price counts: fewer than a week's deals are too few to tell.
DEAL_DAYS = 7
# Decimal places of a price in yuan, of which these are whole numbers.
SCALE = 4

# (region, product, measure, source)
PriceKey = tuple[str, str, str, PriceSource]
Counted = dict[PriceKey, Quartiles]
# Of one price: product, measure, region, trader, source, 10^-4 yuan per base unit, first and last
# day. The source is the account that said the price: the trader's own or their station's.
_Price = tuple[str, str, str, int, int, int, int, int]


class _Codes(dict[Any, int]):
    """Numbers for values, in the order of their first use."""

    def __missing__(self, value: Any) -> int:
        self[value] = number = len(self)
        return number


@dataclass(frozen=True)
class SourcePrices:
    """The prices of one source as arrays, the latest last."""

    source: PriceSource
    goods: list[tuple[str, str]]
    regions: list[str]
    rows: np.ndarray

    def count(self, day: date, is_with_counties: bool) -> Counted:
        """The quartiles of the day in every region that has enough."""
        number = day.toordinal()
        good, region, trader, source, price, first, last = self.rows
        stood = np.flatnonzero((first <= number) & (number <= last))
        keys = ((good[stood] * len(self.regions) + region[stood]) << 32) + trader[stood]
        chosen = stood[latest_of_each(keys)]
        chosen = chosen[within_fences(good[chosen], source[chosen], price[chosen])]
        counted: Counted = {}
        levels = self._levels if is_with_counties else self._levels[1:]
        for names, of_region in levels:
            groups = good[chosen] * len(names) + of_region[region[chosen]]
            medians = medians_by_source(groups, source[chosen], price[chosen])
            for group, quartiles in quartiles_by_group(*medians).items():
                product, of_measure = self.goods[group // len(names)]
                place = names[group % len(names)]
                counted[place, product, of_measure, self.source] = quartiles
        return counted

    @cached_property
    def _levels(self) -> list[tuple[list[str], np.ndarray]]:
        """Of counties, prefectures and the home region: codes, and the place among them of each
        region."""
        chains = [regions_above(code) for code in self.regions]
        levels = []
        for depth in (0, 1, -1):
            codes = _Codes()
            of_region = np.array([codes[chain[depth]] for chain in chains], dtype=np.int64)
            levels.append((list(codes), of_region))
        return levels


def regions_above(code: str) -> list[str]:
    """The codes of a county, its prefecture and the home region; without a prefecture of its own
    the county stands for one."""
    lexicon = region_lexicon()
    place = lexicon.places[code]
    chain = [code]
    while place.path != lexicon.home and (above := lexicon.above(place)) is not None:
        chain.append(above.code)
        place = above
    return chain if len(chain) > 2 else [code, *chain]


def read_prices(first: date, last: date) -> list[SourcePrices]:
    """What the prices of these days are counted from; three statements."""
    return [
        _arrays(PriceSource.ASKED, _asked(first, last)),
        _arrays(PriceSource.AGREED, _agreed(first, last)),
    ]


def _arrays(source: PriceSource, prices: Iterable[_Price]) -> SourcePrices:
    goods, regions, lexicon = _Codes(), _Codes(), region_lexicon()
    rows = [
        (goods[product, of_measure], regions[region], *numbers)
        for product, of_measure, region, *numbers in prices
        if lexicon.at_home(region)
    ]
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), 7).T
    return SourcePrices(source, list(goods), list(regions), columns)


def _asked(first: date, last: date) -> Iterable[_Price]:
    zone = home_zone()
    days, begin = Days(zone), local_midnight(first, zone)
    publications: dict[int, list[int]] = {}
    for offer_id, at in read(_PUBLICATIONS, begin=begin) if first < last else ():
        publications.setdefault(offer_id, []).append(days.of(at))
    for row in read(_ASKED, begin=begin):
        id, product, unit, region, owner, poster, price, status, published, until, updated = row
        good = product, measure(unit), region, owner, poster, price
        # Until the midnight before it: the last day is the one that this ends.
        over = days.of(until) - 1
        if status is OfferStatus.CLOSED:
            over = min(over, days.of(updated))
        begins = [*publications.get(id, ()), days.of(published)]
        # How long an earlier publication was for is not known any more: as long as usual.
        for one, next_one in pairwise(sorted(set(begins))):
            yield *good, one, min(next_one - 1, one + DEFAULT_DAYS)
        yield *good, max(begins), over


def _agreed(first: date, last: date) -> Iterable[_Price]:
    since = first - timedelta(days=DEAL_DAYS - 1)
    for product, unit, region, seller, source, price, day in read(_AGREED, first=since, last=last):
        # Rounded half up to a ten-thousandth of a yuan, as offers are.
        per_base = (price * PRICE_FACTORS[unit] * 2 + PRICE_SCALE) // (2 * PRICE_SCALE)
        number = day.toordinal()
        if per_base:
            good = product, measure(unit), region, seller, source, per_base
            yield *good, number, number + DEAL_DAYS - 1


# Made once.
_BEGIN = bindparam("begin", type_=UTCDateTime)
_ASKED = (
    select(
        *(Offer.id, Offer.product_code, Offer.price_unit, Offer.region_code, Offer.owner_id),
        Offer.posted_by_id,
        *(type_coerce(Offer.price_per_base, Integer), Offer.status),
        *(type_coerce(Offer.published_at, String), type_coerce(Offer.valid_until, String)),
        type_coerce(Offer.updated_at, String),
    )
    .join(Account, Account.id == Offer.owner_id)
    .where(
        Account.name != ERASED_NAME,
        Offer.side == Side.SELL,
        Offer.price_per_base > 0,
        Offer.price_basis == PriceBasis.EX_FARM,
        Offer.status.not_in((OfferStatus.DRAFT, OfferStatus.REJECTED)),
        Offer.valid_until > _BEGIN,
        Offer.published_at.is_not(None),
    )
    .order_by(Offer.published_at, Offer.id)
)
_PUBLICATIONS = (
    select(OfferPublication.offer_id, type_coerce(OfferPublication.at, String))
    .join(Offer, Offer.id == OfferPublication.offer_id)
    .where(Offer.valid_until > _BEGIN, OfferPublication.at < Offer.published_at)
)
# Whoever has no account is a seller of their own.
_SELLER = func.coalesce(Deal.seller_id, -Deal.unregistered_id)
_AGREED = (
    select(
        *(Deal.product_code, Deal.unit, Deal.home_region_code, _SELLER),
        func.coalesce(Account.represented_by_id, _SELLER),
        *(type_coerce(Deal.unit_price, Integer), Deal.agreed_on),
    )
    .outerjoin(Account, Account.id == Deal.seller_id)
    .where(
        Deal.status == DealStatus.VERIFIED,
        or_(Deal.basis.is_(None), Deal.basis == PriceBasis.EX_FARM),
        Deal.agreed_on.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
    )
    .order_by(Deal.agreed_on, Deal.id)
)
