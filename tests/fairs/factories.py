"""Fairs, offers and counted deals for tests, straight into the tables the count reads."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import Channel, Deal, DealStatus
from market.fairs.models import Fair, FairSeason, FairStatus
from market.offers.models import (
    Offer,
    OfferPublication,
    OfferStatus,
    Side,
    Verification,
)
from market.regions.models import Region

ORANGE, TEA = "0301014", "0401002"
# 10:00 in the home time zone on the second day of make_fair's fair.
INSIDE = datetime(2026, 9, 16, 2, tzinfo=UTC)


def fair_values(**values: Any) -> dict[str, Any]:
    """What create_fair takes, for a fair from 15 to 30 September 2026 of the home region."""
    return {
        "slug": "2026-autumn",
        "name": "2026年秋季对接会",
        "name_en": "Autumn fair 2026",
        "season": FairSeason.AUTUMN,
        "year": 2026,
        "region": db.session.get_one(Region, "430000"),
        "starts_on": date(2026, 9, 15),
        "ends_on": date(2026, 9, 30),
        **values,
    }


def make_fair(**values: Any) -> Fair:
    """A fair in the table, open unless said otherwise."""
    fair = Fair(**{"status": FairStatus.OPEN, **fair_values(**values)})
    with transaction():
        db.session.add(fair)
    return fair


def new_offer(owner: Account, **values: Any) -> Offer:
    """A published offer of the owner's county, not yet in the session."""
    return Offer(
        **{
            "side": Side.SELL,
            "product_code": ORANGE,
            "title": "脐橙",
            "quantity": Decimal(1000),
            "remaining": Decimal(1000),
            "unit": "jin",
            "price_unit": "jin",
            "region_code": owner.region_code,
            "valid_until": INSIDE + timedelta(days=30),
            "status": OfferStatus.PUBLISHED,
            "verification": Verification.UNVERIFIED,
            "owner_id": owner.id,
            "posted_by_id": owner.id,
            "published_at": INSIDE,
            "key": uuid.uuid4().hex,
            **values,
        }
    )


def publish(owner: Account, at: datetime = INSIDE, **values: Any) -> Offer:
    """An offer in the table with its publication at `at`, as the offers room leaves it."""
    offer = new_offer(owner, **values)
    with transaction():
        db.session.add(offer)
        db.session.flush()
        db.session.add(OfferPublication(offer_id=offer.id, at=at))
    return offer


def new_deal(
    fair: Fair, seller: Account, buyer: Account, amount_fen: int = 123_456_00, **values: Any
) -> Deal:
    """A verified deal of the fair, counted in the seller's county; not yet in the session."""
    return Deal(
        **{
            "seller_id": seller.id,
            "buyer_id": buyer.id,
            "product_code": ORANGE,
            "quantity": Decimal(100),
            "unit": "jin",
            "unit_price": Decimal(amount_fen) / 10_000,
            "amount_fen": amount_fen,
            "agreed_on": date(2026, 9, 16),
            "channel": Channel.FAIR,
            "fair_id": fair.id,
            "seller_region_code": seller.region_code,
            "buyer_region_code": buyer.region_code,
            "home_region_code": seller.region_code,
            "status": DealStatus.VERIFIED,
            "proposed_by_id": seller.id,
            "proposed_side": Side.SELL,
            "agreed_by_id": buyer.id,
            "key": uuid.uuid4().hex,
            **values,
        }
    )


def count_deal(fair: Fair, seller: Account, buyer: Account, *amount: int, **values: Any) -> Deal:
    """A verified deal with its ledger entry."""
    deal = new_deal(fair, seller, buyer, *amount, **values)
    with transaction():
        db.session.add(deal)
        db.session.flush()
        ledger.append_entry(deal, buyer)
    return deal


def send_seen(browser: Any, url: str, data: dict[str, str]) -> Any:
    """POST a form of a fair with what its page says has been seen of the fair."""
    page = browser.get(url).get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', page)
    assert seen, f"nothing seen on {url}"
    return browser.send(url, {"seen": seen[1], **data})
