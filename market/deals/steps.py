"""What every step of a deal does: the day it is, its place, its offers, its line of history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.deals import rules
from market.deals.models import Channel, Deal, DealEvent, DealStatus
from market.deals.queries import home_path, open_fairs
from market.offers.models import Offer
from market.products.models import Product
from market.regions.models import Region
from market.web.reasons import check_length


def record_step(
    deal: Deal, status: DealStatus, actor: Account, reason: str = "", flags: Iterable[str] = ()
) -> None:
    """Move the deal to `status`, and write down who did it, why, and in spite of which flags.

    Whoever moves it away from the county takes what the county has verified so far with it.

    Raises:
        Invalid: the reason is too long.
    """
    check_length(reason)
    if status not in (DealStatus.AGREED, DealStatus.VERIFIED):
        deal.county_verified_by_id = deal.county_verified_at = None
    deal.status = status
    deal.status_reason = reason
    db.session.add(
        DealEvent(
            deal_id=deal.id, status=status, by_id=actor.id, reason=reason, flags=",".join(flags)
        )
    )


def place_deal(deal: Deal, day: date) -> None:
    """Set channel, fair and home region as they are for a deal agreed on `day`."""
    session = db.session()
    codes = (deal.seller_region_code, deal.buyer_region_code)
    regions = select(Region.code, Region.path).where(Region.code.in_(codes))
    paths = dict(session.execute(regions).all())
    product = session.get_one(Product, deal.product_code)
    deal.fair_id, home = rules.place(
        paths[deal.seller_region_code],
        paths[deal.buyer_region_code],
        product.path,
        open_fairs(day),
        home_path(),
    )
    deal.channel = Channel.FAIR if deal.fair_id else Channel.DAILY
    deal.home_region_code = next(code for code in codes if paths[code] == home)


def offers_of(deal: Deal) -> list[Offer]:
    """The deal's offers in the one order in which they are locked."""
    offers = [o for o in (deal.seller_offer, deal.buyer_offer) if o is not None]
    return sorted(offers, key=lambda offer: offer.id)
