"""Making offers the way the site does."""

from __future__ import annotations

import uuid
from decimal import Decimal
from itertools import count
from typing import Any

from market.accounts.models import Account
from market.database import db, transaction
from market.offers.fields import OfferValues
from market.offers.models import Offer, Side
from market.offers.services import draft_offer, post_offer
from market.products.models import Product
from market.regions.models import Region, Township

_numbers = count(1)
PEAR = "0302011"  # 翠冠梨


def offer_values(
    side: str = "sell",
    product: str = PEAR,
    region: str = "430726",
    township: str | None = None,
    **values: Any,
) -> OfferValues:
    """Two thousand jin of pears at 2.35 to 2.60 yuan a jin in Shimen, unless said otherwise."""
    defaults: dict[str, Any] = {
        "quantity": Decimal(2000),
        "unit": "jin",
        "price_low": Decimal("2.35"),
        "price_high": Decimal("2.60"),
    }
    return OfferValues(
        side=Side(side),
        product=db.session.get_one(Product, product),
        region=db.session.get_one(Region, region),
        township=db.session.get_one(Township, township) if township else None,
        **{**defaults, **values},
    )


def make_offer(
    owner: Account,
    side: str = "sell",
    product: str = PEAR,
    region: str = "430726",
    draft: bool = False,
    **values: Any,
) -> Offer:
    """An offer of `owner`, published unless it shall stay a draft; committed."""
    with transaction():
        make = draft_offer if draft else post_offer
        # Nobody may have the same offer on the market twice.
        values.setdefault("delivery", f"第{next(_numbers)}批")
        offered = offer_values(side, product, region, **values)
        return make(owner, owner, offered, uuid.uuid4().hex)
