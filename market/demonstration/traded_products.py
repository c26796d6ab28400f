"""What is traded where and when, at which price: from seeds/demo and the price profile."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any

from sqlalchemy import select

import config
from market.database import db
from market.matching.freight import haulage, kg_per_base
from market.products.models import GeographicalIndication, Product
from market.products.units import UNITS, comparable, measure
from market.regions.services import read_csv

SEEDS = config.ROOT / "seeds" / "demo"
# What may be traded without the papers that an invented trader can't have.
FREE_NOTES = ("", "animal quarantine certificate required")
# A county's own protected products are what it is known for.
INDICATION_SHARE = 12.0
# The profile holds wholesale prices: at the farm gate they are lower.
FARM_GATE = Decimal("0.85")
# How far a buyer reckons with, for what keeps so long.
USUAL_KM = 400.0


@dataclass(frozen=True)
class TradedProduct:
    """A product as it is traded this month.

    Attributes:
        price: the typical one at the farm, yuan per `price_unit`; quantity: the median, in `unit`.
        freight: what a usual way to the buyer adds to that; 0 where it is unknown.
        share: of all trade; lands: factors of the share by landscape.
        local: whether it is sold here, or only bought.
    """

    code: str
    name: str
    unit: str
    price_unit: str
    price: Decimal
    freight: Decimal
    quantity: float
    share: float
    lands: Mapping[str, float]
    local: bool
    grades: tuple[str, ...]
    packaging: tuple[str, ...]


@dataclass(frozen=True)
class ProductMix:
    """Products with weights, to draw from at random."""

    goods: tuple[TradedProduct, ...]
    weights: tuple[float, ...]

    @cached_property
    def _sums(self) -> list[float]:
        return list(accumulate(self.weights))

    def draw(self, rng: Random) -> TradedProduct:
        return self.goods[bisect(self._sums, rng.random() * self._sums[-1], 0, len(self.goods) - 1)]


def load_traded_products(month: int) -> dict[str, TradedProduct]:
    """Every good that can be traded in `month`, by product code."""
    rows = {row["prefix"]: row for row in read_csv(SEEDS / "goods.csv")}
    profile = {row["product_code"]: row for row in read_csv(config.REFERENCE / "price_profile.csv")}
    products = db.session.execute(
        select(
            *(Product.code, Product.name, Product.trade_note, Product.perishable),
            *(Product.family_path, Product.storage_class),
        )
        .where(Product.listable)
        .order_by(Product.code)
    ).all()
    kinds: dict[str, int] = {}
    for product in products:
        kinds[product.code[:4]] = kinds.get(product.code[:4], 0) + 1
    goods = {}
    for product in products:
        row = _row(rows, product.code)
        if product.trade_note not in FREE_NOTES or not row or not _in_season(row, month):
            continue
        quoted = profile.get(product.code)
        factor = quoted[f"s{month:02d}"] if quoted else ""
        if quoted and product.perishable and not factor:
            continue
        share = float(row["share"]) / kinds[product.code[:4]]
        if share:
            # Where it is cheap there is much of it.
            share /= float(factor or 1) ** 1.5
            price = _quoted(quoted, factor, row["price_unit"]) or Decimal(row["price"])
            goods[product.code] = _good(product, row, share, price)
    return goods


def _row(rows: Mapping[str, dict[str, str]], code: str) -> dict[str, str] | None:
    """A subcategory's row with what the product's own row says differently."""
    kind = rows.get(code[:4])
    if kind is None:
        return None
    own = rows.get(code, {})
    row = {**kind, **{name: value for name, value in own.items() if value}}
    row["share"] = str(float(kind["share"]) * float(own.get("share") or 1))
    return row


def _in_season(row: Mapping[str, str], month: int) -> bool:
    if not row["months"]:
        return True
    first, last = map(int, row["months"].split("-"))
    return first <= month <= last if first <= last else month >= first or month <= last


def _quoted(quoted: Mapping[str, str] | None, factor: str, unit: str) -> Decimal | None:
    if quoted is None or not comparable("kg", unit):
        return None
    return Decimal(quoted["median_cny_kg"]) * Decimal(factor or 1) * UNITS[unit].factor * FARM_GATE


def _freight(product: Any, unit: str) -> Decimal:
    kg = kg_per_base(product.family_path, measure(unit))
    if kg is None:
        return Decimal(0)
    carried = haulage(product.family_path, product.storage_class)
    km = min(USUAL_KM, carried.halfway_km)
    return Decimal(kg * carried.yuan_per_kg(km)) * UNITS[unit].factor


def _good(product: Any, row: Mapping[str, str], share: float, price: Decimal) -> TradedProduct:
    return TradedProduct(
        code=product.code,
        name=product.name,
        unit=row["unit"],
        price_unit=row["price_unit"],
        price=price,
        freight=_freight(product, row["price_unit"]),
        quantity=float(row["quantity"]),
        share=share,
        lands={
            land: float(times)
            for land, times in (pair.split(":") for pair in row["lands"].split("|") if pair)
        },
        local=row["sells"] == "1",
        grades=tuple(row["grades"].split("|")),
        packaging=tuple(row["packaging"].split("|")),
    )


def indications() -> dict[str, list[str]]:
    """Product codes protected in a region, by the region's code."""
    found: dict[str, list[str]] = {}
    for region, product in db.session.execute(
        select(GeographicalIndication.region_code, GeographicalIndication.product_code).order_by(
            GeographicalIndication.name
        )
    ):
        found.setdefault(region, []).append(product)
    return found


def landscape(code: str, kind: str, rows: Iterable[Mapping[str, str]]) -> str:
    """What the land of a region is like: suburb, or what its longest listed prefix says."""
    found = "suburb" if kind == "区" else "hill"
    length = 0
    for row in rows:
        if code.startswith(row["prefix"]) and len(row["prefix"]) > length:
            found, length = row["landscape"], len(row["prefix"])
    return "suburb" if kind == "区" and found == "hill" else found


def products_for_sale(
    goods: Mapping[str, TradedProduct], land: str, own: Iterable[str]
) -> ProductMix:
    """What is for sale in a county of this landscape with these protected products."""
    own = set(own)
    local = [good for good in goods.values() if good.local]
    weights = [
        good.share * good.lands.get(land, 1.0) + (INDICATION_SHARE if good.code in own else 0.0)
        for good in local
    ]
    return ProductMix(tuple(local), tuple(weights))


def products_wanted(goods: Mapping[str, TradedProduct]) -> ProductMix:
    """What people want, everywhere."""
    return ProductMix(tuple(goods.values()), tuple(good.share for good in goods.values()))
