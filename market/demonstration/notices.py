"""Notices of the demonstration: read and unread, a digest that waits, messages that did not go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal, DealStatus
from market.notify.models import NoticeKind, NoticeSettings, When
from market.notify.rules import QUIET_FROM, QUIET_TO, Choice
from market.notify.services import choose, mark_read, notify
from market.offers.models import Offer, OfferStatus
from market.outgoing.models import OutgoingChannel, OutgoingMessage, OutgoingState
from market.search.models import SavedSearch

# Of domains that nobody can have (RFC 2606).
ADDRESS = "trader{number}@example.cn"
# (channel, what became of it, why)
OUTCOMES = (
    (OutgoingChannel.SMS, OutgoingState.SENT, ""),
    (OutgoingChannel.SMS, OutgoingState.FAILED, "daily_limit"),
    (OutgoingChannel.EMAIL, OutgoingState.SENT, ""),
    (OutgoingChannel.EMAIL, OutgoingState.UNCERTAIN, "line_broke"),
)


def write_notices(counties: Iterable[str], now: datetime) -> int:
    """Tell the traders of these counties who can log in of what waits for them; how many.

    Inside transaction(), after offers and deals.
    """
    can_trade = (
        Account.is_demonstration,
        Account.password_hash.is_not(None),
        Account.region_code.in_(list(counties)),
    )
    traders = db.session.scalars(
        select(Account).where(*can_trade, ~Account.grants.any()).order_by(Account.id)
    ).all()
    for number, trader in enumerate(traders, 1):
        if number % 2:
            _have_a_digest(trader, ADDRESS.format(number=number), now)
        _tell_of_deals(trader, now)
        _tell_of_searches(trader, now)
        _tell_of_offers(trader, now)
    return len(traders)


def _have_a_digest(trader: Account, address: str, now: datetime) -> None:
    """The trader wants everything once a day by e-mail, and some messages were sent already."""
    choose(
        trader, {kind: Choice(When.DIGEST, When.NEVER) for kind in NoticeKind}, QUIET_FROM, QUIET_TO
    )
    db.session.get_one(NoticeSettings, trader.id).email = address
    for day, (channel, state, error) in enumerate(OUTCOMES, 1):
        at = now - timedelta(days=day)
        recipient = trader.phone if channel is OutgoingChannel.SMS else address
        if recipient:
            db.session.add(
                OutgoingMessage(
                    key=f"demonstration {trader.id} {day}",
                    channel=channel,
                    recipient=recipient,
                    template="notice" if channel is OutgoingChannel.SMS else "",
                    text="",
                    state=state,
                    attempts=1,
                    queued_at=at,
                    next_try_at=at,
                    settled_at=at,
                    error=error,
                )
            )


def _tell_of_deals(trader: Account, now: datetime) -> None:
    mine = or_(Deal.seller_id == trader.id, Deal.buyer_id == trader.id)
    wanted = (DealStatus.PROPOSED, DealStatus.AGREED)
    deals: Sequence[Deal] = db.session.scalars(
        select(Deal).where(mine, Deal.status.in_(wanted)).order_by(Deal.id.desc()).limit(3)
    ).all()
    for hours, deal in enumerate(deals, 2):
        is_seller = deal.seller_id == trader.id
        waits = deal.status is DealStatus.PROPOSED and (deal.proposed_side == "sell") != is_seller
        notify(
            trader.id,
            NoticeKind.DEAL,
            f"deal {deal.id} demonstration",
            deal.id,
            is_listed=waits,
            at=now - timedelta(hours=hours),
            product=deal.product_code,
            status=deal.status.value,
            waits=waits,
        )


def _tell_of_searches(trader: Account, now: datetime) -> None:
    mine = select(SavedSearch).where(SavedSearch.account_id == trader.id).limit(2)
    for number, search in enumerate(db.session.scalars(mine.order_by(SavedSearch.id)).all(), 1):
        notify(
            trader.id,
            NoticeKind.SAVED_SEARCH,
            f"search {search.id} demonstration",
            search.id,
            is_listed=False,
            at=now - timedelta(hours=5 * number),
            count=2 + number,
        )


def _tell_of_offers(trader: Account, now: datetime) -> None:
    """Of an offer that ended and was renewed since: read."""
    offer = db.session.scalar(
        select(Offer)
        .where(Offer.owner_id == trader.id, Offer.status == OfferStatus.PUBLISHED)
        .order_by(Offer.id)
        .limit(1)
    )
    if offer is not None:
        warned = notify(
            trader.id,
            NoticeKind.EXPIRING,
            f"expiring {offer.id} demonstration",
            offer.id,
            is_listed=True,
            at=now - timedelta(days=2),
            product=offer.product_code,
        )
        mark_read([warned] if warned else [])
