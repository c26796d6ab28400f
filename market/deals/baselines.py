"""The usual prices of a product in its season, quantities and amounts of a county, as quartiles.

From deals and offers that counties have verified, in one statement each at most, whatever the
number of products and counties. The database computes the quartiles
(tests/deals/quartiles.py gives the same).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import (
    BigInteger,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from market.cache.stores import TimeLimitedStore, app_store
from market.database import db, utcnow
from market.deals.flag_rules import MIN_FIGURES, ProductSeason, Quartiles, product_season
from market.deals.models import Deal, DealStatus
from market.offers.models import Offer, Verification
from market.products.units import (
    PRICE_FACTORS,
    PRICE_SCALE,
    QUANTITY_FACTORS,
    QUANTITY_SCALE,
    UNITS,
    measure,
)
from market.text.days import local_day, local_midnight
from market.web.home_time import home_zone

YEAR = timedelta(days=365)
MEASURES = {code: str(measure(code)) for code in UNITS}

# From (season, product), and from (county, product), to the quartiles by measure of the unit.
Bands = dict[tuple[ProductSeason, str], dict[str, Quartiles]]
Quantities = dict[tuple[str, str], dict[str, Quartiles]]
Key = TypeVar("Key")
Value = TypeVar("Value")
MAX_BASELINES = 50_000


def price_bands(products: Iterable[str], seasons: Iterable[ProductSeason]) -> Bands:
    """Quartiles of prices, in yuan per base unit, by season and product, then measure.

    Verified deals by the day agreed, verified offers with a price by the day published;
    of the season this year and the year before. Too few prices: no band.
    """
    return _cached("prices", {(s, p) for s in seasons for p in products}, _find_bands)


def quantity_quartiles(pairs: Iterable[tuple[str, str]]) -> Quantities:
    """Quartiles of the last year's quantities, in base units, by (county, product), then measure.

    Of verified offers of the county and of deals counted there.
    """
    return _cached("quantities", set(pairs), _find_quantities)


def amount_quartiles(regions: Iterable[str]) -> dict[str, Quartiles]:
    """Quartiles of the amounts, in fen, of the deals each county verified in the last year."""
    return _cached("amounts", set(regions), _find_amounts)


@dataclass(frozen=True)
class Baselines:
    """The quartiles that some deals or offers are compared with."""

    bands: Bands
    quantities: Quantities
    amounts: dict[str, Quartiles]

    def price(self, product: str, unit: str, day: date) -> Quartiles | None:
        """The prices of the season of `day`, in yuan per `unit`."""
        band = self.bands.get((product_season(day), product), {}).get(MEASURES[unit])
        return band and band.times(UNITS[unit].factor)

    def quantity(self, region: str, product: str, unit: str) -> Quartiles | None:
        """The county's quantities of the product, in `unit`."""
        quartiles = self.quantities.get((region, product), {}).get(MEASURES[unit])
        return quartiles and quartiles.times(1 / UNITS[unit].factor)


def deal_baselines(deals: Collection[Any]) -> Baselines:
    """The baselines of these deals, in three statements at most."""
    return Baselines(
        price_bands(
            {deal.product_code for deal in deals},
            {product_season(deal_price_day(deal)) for deal in deals},
        ),
        quantity_quartiles((deal.home_region_code, deal.product_code) for deal in deals),
        amount_quartiles(deal.home_region_code for deal in deals),
    )


def offer_baselines(offers: Collection[Any]) -> Baselines:
    """The baselines of these offers, in two statements at most."""
    return Baselines(
        price_bands(
            {offer.product_code for offer in offers},
            {product_season(offer_price_day(offer)) for offer in offers},
        ),
        quantity_quartiles((offer.region_code, offer.product_code) for offer in offers),
        {},
    )


def deal_price_day(deal: Any) -> date:
    """The day a deal's price belongs to: when it was agreed, or else entered."""
    return deal.agreed_on or local_day(deal.created_at, home_zone())


def offer_price_day(offer: Any) -> date:
    """The day an offer's price belongs to: when it was published, or else today."""
    return local_day(offer.published_at or utcnow(), home_zone())


def _cached(
    name: str, wanted: set[Key], find: Callable[[set[Key]], dict[Key, Value]]
) -> dict[Key, Value]:
    """The wanted baselines; those older than BASELINE_SECONDS are found again.

    One more price hardly changes a quartile, and counting a whole season's
    prices for every page would take longer than the rest of it.
    """
    seconds: float = current_app.config["BASELINE_SECONDS"]
    store: TimeLimitedStore[tuple[Value | None]] = app_store(
        f"baseline {name}", lambda: TimeLimitedStore(MAX_BASELINES, seconds)
    )
    found = {key: known[0] for key in wanted if (known := store.get(key))}
    if missing := wanted - found.keys():
        made = find(missing)
        for key in missing:
            found[key] = made.get(key)
            store.put(key, (found[key],))
    return {key: value for key, value in found.items() if value is not None}


def _find_bands(wanted: set[tuple[ProductSeason, str]]) -> Bands:
    products = {product for _, product in wanted}
    numbered = dict(enumerate(sorted({season for season, _ in wanted})))
    prices = union_all(
        *(each for number, season in numbered.items() for each in _prices(number, season, products))
    ).subquery()
    found: Bands = {}
    for (number, product, key), quartiles in _quartiles_by_group(
        prices, Decimal(10_000 * PRICE_SCALE)
    ):
        found.setdefault((numbered[number], product), {})[key] = quartiles
    return found


def _find_quantities(wanted: set[tuple[str, str]]) -> Quantities:
    pairs = sorted((product, region) for region, product in wanted)
    since = utcnow() - YEAR
    offers = _quantities(Offer, Offer.region_code).where(
        tuple_(Offer.product_code, Offer.region_code).in_(pairs),
        Offer.verification == Verification.VERIFIED,
        Offer.published_at >= since,
    )
    deals = _quantities(Deal, Deal.home_region_code).where(
        tuple_(Deal.product_code, Deal.home_region_code).in_(pairs),
        Deal.status == DealStatus.VERIFIED,
        Deal.verified_at >= since,
    )
    found: Quantities = {}
    rows = union_all(offers, deals).subquery()
    for (region, product, key), quartiles in _quartiles_by_group(
        rows, Decimal(1000 * QUANTITY_SCALE)
    ):
        found.setdefault((region, product), {})[key] = quartiles
    return found


def _find_amounts(wanted: set[str]) -> dict[str, Quartiles]:
    rows = select(Deal.home_region_code, Deal.amount_fen.label("value")).where(
        Deal.home_region_code.in_(wanted),
        Deal.status == DealStatus.VERIFIED,
        Deal.verified_at >= utcnow() - YEAR,
    )
    return {
        code: quartiles for (code,), quartiles in _quartiles_by_group(rows.subquery(), Decimal(1))
    }


def _prices(
    number: int, season: ProductSeason, products: set[str]
) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Prices of deals and of offers as 10^-4 yuan per base unit times PRICE_SCALE."""
    deals = _price(number, Deal.product_code, Deal.unit_price, Deal.unit).where(
        Deal.product_code.in_(products),
        Deal.status == DealStatus.VERIFIED,
        or_(*(Deal.agreed_on.between(*span) for span in season.spans)),
    )
    offers = _price(number, Offer.product_code, Offer.price_low, Offer.price_unit).where(
        Offer.product_code.in_(products),
        Offer.verification == Verification.VERIFIED,
        Offer.price_low.is_not(None),
        or_(
            *(
                and_(
                    Offer.published_at >= _midnight(first), Offer.published_at < _midnight(last, 1)
                )
                for first, last in season.spans
            )
        ),
    )
    return deals, offers


def _price(number: int, product: Any, price: Any, unit: Any) -> Select[*tuple[Any, ...]]:
    return select(
        literal_column(str(number)).label("season"),
        product.label("product"),
        case(MEASURES, value=unit).label("measure"),
        (type_coerce(price, BigInteger) * case(PRICE_FACTORS, value=unit)).label("value"),
    )


def _quantities(model: Any, region: Any) -> Select[*tuple[Any, ...]]:
    factor = case(QUANTITY_FACTORS, value=model.unit)
    return select(
        region.label("region"),
        model.product_code.label("product"),
        case(MEASURES, value=model.unit).label("measure"),
        (type_coerce(model.quantity, BigInteger) * factor).label("value"),
    )


def _midnight(day: Any, later: int = 0) -> datetime:
    """The instant at which `day`, or the day so many later, begins at home."""
    return local_midnight(day + timedelta(days=later), home_zone())


def _quartiles_by_group(rows: Any, scale: Decimal) -> Iterable[tuple[Any, Quartiles]]:
    """(the columns before `value`, the quartiles of `value` by `scale`) of each group."""
    group = [column for column in rows.c if column.name != "value"]
    ranked = select(
        *group,
        rows.c.value,
        func.row_number().over(partition_by=group, order_by=rows.c.value).label("place"),
        func.count().over(partition_by=group).label("number"),
    ).subquery()
    keys = [ranked.c[column.name] for column in group]
    quartiles = [
        func.max(case((ranked.c.place == (p * ranked.c.number + 99) // 100, ranked.c.value)))
        for p in (25, 50, 75)
    ]
    query = select(*keys, *quartiles, ranked.c.number)
    query = query.where(ranked.c.number >= MIN_FIGURES).group_by(*keys, ranked.c.number)
    for row in db.session.execute(query):
        low, median, high, number = row[len(keys) :]
        low, median, high = (Decimal(figure) / scale for figure in (low, median, high))
        yield tuple(row[: len(keys)]), Quartiles(low, median, high, number)
