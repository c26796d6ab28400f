"""Pairs of the farmers of a station that are to be rung again, in the station's work list."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from market.accounts.models import Account
from market.calls.models import MatchCall
from market.calls.pairs import is_last
from market.database import db, utcnow
from market.offers.models import Offer, OfferStatus
from market.stations.labels import WORK_KINDS
from market.stations.work import MAX_OF_KIND, WorkItem, work_sources
from market.text.days import local_midnight
from market.web.home_time import home_today, home_zone
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l


def pairs_to_ring_again(farmers: Collection[int]) -> Iterator[WorkItem]:
    """Pairs of these farmers whose day has come, while both offers are open."""
    sale, purchase = aliased(Offer), aliased(Offer)
    seller, buyer = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(
            *(MatchCall.sale_id, MatchCall.purchase_id, MatchCall.back_on, seller.id),
            *(seller.name, buyer.id.label("buyer_id"), buyer.name.label("buyer_name")),
        )
        .join(sale, sale.id == MatchCall.sale_id)
        .join(purchase, purchase.id == MatchCall.purchase_id)
        .join(seller, seller.id == sale.owner_id)
        .join(buyer, buyer.id == purchase.owner_id)
        .where(
            or_(seller.id.in_(farmers), buyer.id.in_(farmers)),
            MatchCall.back_on <= home_today(),
            is_last(),
            *(
                condition
                for offer in (sale, purchase)
                for condition in (
                    offer.status == OfferStatus.PUBLISHED,
                    offer.valid_until > utcnow(),
                    offer.remaining > 0,
                )
            ),
        )
        .order_by(MatchCall.back_on, MatchCall.id)
        .limit(MAX_OF_KIND)
    )
    zone = home_zone()
    for row in rows:
        sells = row.id in farmers
        yield WorkItem(
            "call",
            row.id if sells else row.buyer_id,
            local_midnight(row.back_on, zone),
            _("Ring %(who)s again", who=row.buyer_name if sells else row.name),
            _("Look and ring"),
            url_for("calls.show", sale_id=row.sale_id, purchase_id=row.purchase_id),
        )


WORK_KINDS["call"] = _l("Call")
work_sources.append(pairs_to_ring_again)
