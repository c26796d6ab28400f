"""Facts to score, and offers in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import transaction, utcnow
from market.extensions import db
from market.matching.rules import Facts
from market.offers.models import Offer, Side, Status

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def facts(side: str = "sell", **values: Any) -> Facts:
    """An offer of 1,000 kg of navel oranges in Shimen at 4 to 5 yuan a kilogram."""
    seller = side == "sell"
    return Facts(
        **{
            "id": 1 if seller else 2,
            "owner_id": 1 if seller else 2,
            "side": side,
            "product_code": "0302011",
            "product_path": "03/0302/0302010/0302011",
            "region_code": "430726",
            "region_path": "43/4307/430726",
            "latitude": 29.58,
            "longitude": 111.38,
            "quantity": Decimal(1000),
            "min_lot": None,
            "measure": "mass",
            "price_low": Decimal(4),
            "price_high": Decimal(5),
            "price_measure": "mass",
            "supply_from": NOW.date(),
            "supply_to": NOW.date() + timedelta(days=30),
            "published_at": NOW - timedelta(days=1),
            "verified": False,
            "finished_deals": 0,
            **values,
        }
    )


keys = (f"matching{n:024d}" for n in count())


@pytest.fixture
def post(app: Flask) -> Callable[..., Offer]:
    """Put an offer of an account into the database, published unless told otherwise."""

    def put(owner: Account, side: str, product: str, region: str = "430726", **values: Any):
        quantity = Decimal(values.pop("quantity", 10))
        price = values.pop("price", None)
        now = utcnow()
        offer = Offer(
            **{
                "side": Side(side),
                "product_code": product,
                "title": f"{side} {product} {region}",
                "quantity": quantity,
                "remaining": quantity,
                "unit": "ton",
                "price_unit": "jin",
                "price_low": price and Decimal(price),
                "price_high": price and Decimal(price),
                "region_code": region,
                "valid_until": now + timedelta(days=30),
                "published_at": now,
                "status": Status.PUBLISHED,
                "owner_id": owner.id,
                "posted_by_id": owner.id,
                "key": next(keys),
                **values,
            }
        )
        with transaction():
            db.session.add(offer)
        return offer

    return put
