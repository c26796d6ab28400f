"""An index that is built and asked at once, without the pause between two looks."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.offers.models import Offer, OfferStatus, PriceBasis, Side, Verification
from market.offers.rules import price_per_base
from market.offers.search.filters import Filters, Found
from market.products.models import Product
from market.regions.models import Region, within
from market.search import engine, snapshots
from market.web.home_time import home_today


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "PAUSE", 0.0)


@pytest.fixture
def find(app: Flask) -> Callable[..., Found]:
    """Ask the index, which must answer."""

    def ask(text: str = "", **filters: Any) -> Found:
        found = engine.find(Filters(words=tuple(text.split()), **filters))
        assert found is not None, "the index did not answer"
        return found

    return ask


@pytest.fixture
def fill(make_account: Callable[..., Account]) -> Callable[..., None]:
    """Put `count` offers of all sorts straight into the database, some of them not public."""

    def make(count: int, seed: int = 0) -> None:
        owner = make_account().id
        rng = random.Random(seed)
        products = db.session.scalars(
            select(Product.code).where(Product.path.startswith("03/")).limit(25)
        ).all()
        regions = db.session.scalars(
            select(Region.code).where(Region.is_leaf, within(Region.path, "43/4307"))
        ).all()
        regions = [*regions, "430102", "430726", "110101"]
        with transaction():
            db.session.execute(
                insert(Offer), [_row(rng, owner, products, regions) for _ in range(count)]
            )

    return make


def _row(rng: random.Random, owner: int, products: Any, regions: Any) -> dict[str, Any]:
    price = rng.choice([None, Decimal(rng.randint(10, 600)) / 100])
    unit = rng.choice(["kg", "kg", "jin", "box", "ton", "mu", "head"])
    side = rng.choice(list(Side))
    now, today = utcnow(), home_today()
    first = rng.choice([None, today + timedelta(days=rng.randint(0, 60))])
    last = rng.choice([None, (first or today) + timedelta(days=rng.randint(0, 60))])
    quantity = Decimal(rng.choice([1, 20, 100, 2000, 5000]))
    region = rng.choice(regions)
    town = rng.choice([None, "430726105", "430726102"]) if region == "430726" else None
    return {
        "side": side,
        "product_code": rng.choice(products),
        "title": rng.choice(["优质大米", "新鲜上市", "产地直销"]),
        "quantity": quantity,
        "remaining": quantity - rng.choice([0, Decimal("0.125")]),
        "unit": unit,
        "price_low": price,
        "price_high": price,
        "price_unit": unit,
        "price_per_base": price_per_base(side, price, price, unit),
        "supply_from": first,
        "supply_to": last,
        "price_basis": PriceBasis.EX_FARM,
        "region_code": region,
        "township_code": town,
        "valid_until": now + timedelta(days=rng.choice([-1, 5, 20])),
        "status": rng.choice([*OfferStatus, *[OfferStatus.PUBLISHED] * 12]),
        "verification": rng.choice(list(Verification)),
        "owner_id": owner,
        "posted_by_id": owner,
        "published_at": now - timedelta(minutes=rng.randint(0, 40)),
        "key": uuid.UUID(int=rng.getrandbits(128)).hex,
    }
