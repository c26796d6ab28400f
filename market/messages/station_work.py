"""What waits in enquiries for the farmers of a station."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask import url_for
from sqlalchemy import or_, select

from market.accounts.models import Account
from market.database import db
from market.messages.models import EnquiryThread
from market.offers.models import Offer
from market.stations.work import MAX_OF_KIND, WorkItem, work_sources
from market.web.language import gettext as _


def unanswered_enquiries(farmers: Collection[int]) -> Iterator[WorkItem]:
    """Threads of these farmers that hold something their station has not opened."""
    of = EnquiryThread
    asked = of.asker_id.in_(farmers) & (of.asker_unread > 0)
    owned = of.owner_id.in_(farmers) & (of.owner_unread > 0)
    rows = db.session.execute(
        select(of.id, of.asker_id, of.owner_id, of.last_at, Offer.title, Account.name)
        .join(Offer, Offer.id == of.offer_id)
        .join(Account, Account.id == of.asker_id)
        .where(or_(asked, owned))
        .order_by(of.last_at)
        .limit(MAX_OF_KIND)
    )
    for row in rows:
        is_owner = row.owner_id in farmers
        text = (
            _("%(who)s asks about %(title)s", who=row.name, title=row.title)
            if is_owner
            else _("An answer about %(title)s", title=row.title)
        )
        farmer = row.owner_id if is_owner else row.asker_id
        there = url_for("messages.thread", thread_id=row.id)
        yield WorkItem("enquiry", farmer, row.last_at, text, _("Answer"), there)


work_sources.append(unanswered_enquiries)
