"""Facts to score."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from market.matching.rules import OfferFacts

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def facts(side: str = "sell", **values: Any) -> OfferFacts:
    """An offer of 1,000 kg of Cuiguan pears in Shimen at 4 to 5 yuan a kilogram."""
    seller = side == "sell"
    return OfferFacts(
        **{
            "id": 1 if seller else 2,
            "owner_id": 1 if seller else 2,
            "side": side,
            "product_code": "0302011",
            "product_path": "03/0302/0302007/0302011",
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
            "price_unit": "kg",
            "price_basis": "ex_farm",
            "storage_class": "fresh",
            "perishable": True,
            "supply_from": NOW.date(),
            "supply_to": NOW.date() + timedelta(days=30),
            "published_at": NOW - timedelta(days=1),
            "verified": False,
            "finished_deals": 0,
            **values,
        }
    )
