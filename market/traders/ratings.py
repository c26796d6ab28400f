"""Rating the other side of a verified deal, and answering it. Called inside transaction()."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.deals.flag_rules import same_person_reason
from market.deals.models import Deal, DealStatus
from market.deals.party_facts import party_facts
from market.offers.models import Side
from market.permissions import may
from market.traders.models import MAX_RATING_LENGTH, MAX_STARS, MIN_STARS, TraderRating
from market.traders.signals import TraderEvent, trader_event
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length

# After its verification a deal is rated for so many days.
RATING_DAYS = 60


def rating_side(actor: Account, deal: Deal) -> Side | None:
    """The side that the actor speaks for; None for neither or both."""
    sides = [s for s in Side if may(actor, "party.represent", _account(deal, s))]
    return sides[0] if len(sides) == 1 else None


def rating_obstacle(actor: Account, deal: Deal) -> Any:
    """Why the actor can't rate the other side of the deal now; None where they can."""
    side = rating_side(actor, deal)
    if deal.status is not DealStatus.VERIFIED or deal.verified_at is None:
        return _l("Once the county has verified the deal you can rate the other side.")
    if deal.unregistered_id is not None:
        return _l("The other side has no account, so that there is nobody to rate.")
    if side is None or same_person_reason(*party_facts([deal])[deal.id]) is not None:
        return _l("One person seems to stand behind both sides, so that neither rates the other.")
    if utcnow() > deal.verified_at + timedelta(days=RATING_DAYS):
        return _l("A deal can be rated for 60 days after it was verified; they are over.")
    rated = select(TraderRating.id).where(
        TraderRating.deal_id == deal.id, TraderRating.side == side
    )
    if db.session.scalar(rated) is not None:
        return _l("Your side has rated this deal.")
    return None


def rate(actor: Account, deal: Deal, stars: int, text: str, key: str) -> TraderRating:
    """Rate the other side of the deal.

    Raises:
        Repeated: the actor sent this form before.
        Refused: see rating_obstacle().
        Invalid: stars or text out of their range.
    """
    key = bound_key(actor, TraderRating, key)
    refuse_repeated(TraderRating, key)
    side = rating_side(actor, lock(deal))
    if (obstacle := rating_obstacle(actor, deal)) is not None:
        raise Refused(obstacle)
    if not MIN_STARS <= stars <= MAX_STARS:
        raise Invalid(_l("Choose from one to five."), "stars")
    check_length(text.strip(), "text", MAX_RATING_LENGTH)
    assert side is not None
    rater, rated = _account(deal, side), _account(deal, side.other)
    assert rater is not None
    assert rated is not None
    rating = TraderRating(
        deal_id=deal.id,
        side=side,
        rater_id=rater.id,
        rated_id=rated.id,
        by_id=actor.id,
        stars=stars,
        text=text.strip(),
        key=key,
    )
    add_once(rating)
    _tell(rated.id, TraderEvent.RATED, rating)
    return rating


def answer_rating(actor: Account, rating: TraderRating, text: str) -> None:
    """The rated answer, once.

    Raises:
        Refused: the actor does not speak for the rated.
        InvalidTransition: it is answered.
        Invalid: no text, or too long.
    """
    if not may(actor, "rating.answer", lock(rating)):
        raise Refused(_l("Your account has no right to do this."))
    if rating.answered_at is not None:
        raise InvalidTransition()
    if not text.strip():
        raise Invalid(_l("Still missing: the text."), "text")
    check_length(text.strip(), "text", MAX_RATING_LENGTH)
    rating.answer, rating.answered_at = text.strip(), utcnow()
    db.session.flush()
    _tell(rating.rater_id, TraderEvent.RATING_ANSWERED, rating)


def _account(deal: Deal, side: Side) -> Account | None:
    return deal.seller if side is Side.SELL else deal.buyer


def _tell(party_id: int, event: TraderEvent, rating: TraderRating) -> None:
    key = f"{event} {rating.id}"
    trader_event.send(None, party_id=party_id, event=event, about_id=rating.rated_id, key=key)
