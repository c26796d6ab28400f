"""What changes of a deal's state have in common: its history, fair and county, and offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, utcnow
from market.deals import rules, signals
from market.deals.models import Channel, Deal, DealEvent, DealStatus
from market.deals.queries import home_path, open_fairs
from market.offers.models import Offer
from market.products.models import Product
from market.regions.models import Region
from market.web.reasons import check_length


def record_transition(
    deal: Deal, status: DealStatus, actor: Account, reason: str = "", flags: Iterable[str] = ()
) -> None:
    """Set the deal's status and add the DealEvent: who, why, and in spite of which flags.

    Any status but agreed and verified clears the county's first verification and its call.

    Raises:
        Invalid: the reason is too long.
    """
    check_length(reason)
    if status not in (DealStatus.AGREED, DealStatus.VERIFIED):
        deal.county_verified_by_id = deal.county_verified_at = None
        deal.called_back_by_id = deal.called_back_at = None
    deal.status = status
    deal.status_reason = reason
    event = DealEvent(
        deal_id=deal.id,
        status=status,
        by_id=actor.id,
        reason=reason,
        flags=",".join(flags),
        at=utcnow(),
    )
    db.session.add(event)
    db.session.flush()
    signals.deal_changed.send(deal=deal, by=actor, at=event.at)


def assign_fair(deal: Deal, day: date) -> None:
    """Set channel, fair and home region for a deal agreed on `day` (rules.choose_fair)."""
    session = db.session()
    codes = (deal.seller_region_code, deal.buyer_region_code)
    regions = select(Region.code, Region.path).where(Region.code.in_(codes))
    paths = dict(session.execute(regions).all())
    product = session.get_one(Product, deal.product_code)
    deal.fair_id, home = rules.choose_fair(
        paths[deal.seller_region_code],
        paths[deal.buyer_region_code],
        product.path,
        open_fairs(day),
        home_path(),
    )
    deal.channel = Channel.FAIR if deal.fair_id else Channel.DAILY
    deal.home_region_code = next(code for code in codes if paths[code] == home)


def deal_offers(deal: Deal) -> list[Offer]:
    """The deal's offers by id, the order in which they are locked."""
    offers = [o for o in (deal.seller_offer, deal.buyer_offer) if o is not None]
    return sorted(offers, key=lambda offer: offer.id)
