"""What came of a purchase request 求购结果: asked for once its deadline is over, and counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, exists, func, null, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.accounts.today import NOW, PARTIES
from market.database import UTCDateTime, db, lock
from market.deals.models import AGREED_OR_LATER, Deal, DealStatus
from market.desk.queries import inside
from market.offers.models import (
    ClosingReason,
    Offer,
    OfferStatus,
    OutcomeReason,
    OutcomeResult,
    RequestOutcome,
    Side,
)
from market.offers.rules import is_past
from market.permissions import may
from market.products.units import comparable, convert
from market.regions.models import Region
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l

MAX_NOTE_LENGTH = 200
# States in which a request was on the market once and has not been taken back by its owner.
_WAS_ASKED = (OfferStatus.PUBLISHED, OfferStatus.EXPIRED, OfferStatus.CLOSED)
_NOT_ASKED = (ClosingReason.STOPPED, ClosingReason.ACCOUNT_CLOSED)


@dataclass(frozen=True)
class OutcomeCounts:
    """What came of the purchase requests of some counties whose deadline is over.

    Attributes:
        by_result, by_reason: how many said so.
        sold_out: how many deals filled whole, of which nobody has to be asked.
        unrecorded: how many have not said yet.
    """

    by_result: dict[OutcomeResult, int]
    by_reason: dict[OutcomeReason, int]
    sold_out: int
    unrecorded: int

    @property
    def total(self) -> int:
        return sum(self.by_result.values()) + self.sold_out + self.unrecorded


def awaits_outcome(offer: Offer) -> bool:
    """Whether its owner is asked what came of it: its deadline is over, something of it is left,
    and nothing was said."""
    return (
        offer.side is Side.BUY
        and offer.status in _WAS_ASKED
        and offer.status_reason not in _NOT_ASKED
        and offer.remaining > 0
        and is_past(offer.quotation_deadline, home_today())
        and outcome_of(offer) is None
    )


def outcome_of(offer: Offer) -> RequestOutcome | None:
    """What its owner said."""
    return db.session.get(RequestOutcome, offer.id)


def agreed_quantity(offer: Offer) -> Decimal:
    """What deals have taken of a purchase and nobody has cancelled, in its unit."""
    deals = db.session.execute(
        select(Deal.quantity, Deal.unit).where(
            Deal.buyer_offer_id == offer.id, Deal.status.in_(AGREED_OR_LATER)
        )
    )
    return sum(
        (convert(q, unit, offer.unit) for q, unit in deals if comparable(unit, offer.unit)),
        Decimal(0),
    )


def open_proposals(offer: Offer) -> int:
    """How many deals about the purchase still wait for an answer."""
    waiting = select(func.count()).where(
        Deal.buyer_offer_id == offer.id, Deal.status == DealStatus.PROPOSED
    )
    return db.session.scalar(waiting) or 0


def record_outcome(
    actor: Account,
    offer: Offer,
    result: OutcomeResult,
    reason: OutcomeReason | None,
    note: str = "",
) -> RequestOutcome:
    """Store what the owner's side says came of a request; said again, it takes the place of what
    was said before.

    Raises:
        Refused: the actor doesn't speak for the owner.
        InvalidTransition: the deadline is not over, or it is no request.
        Invalid: deals are claimed of which there are none, or a reason is missing.
    """
    if not may(actor, "offer.manage", lock(offer)):
        raise Refused(_l("Your account has no right to do this."))
    if offer.side is not Side.BUY or not is_past(offer.quotation_deadline, home_today()):
        raise InvalidTransition(_l("The outcome is asked for once the deadline is over."))
    has_deals = agreed_quantity(offer) > 0
    if result is not OutcomeResult.NOTHING and not has_deals:
        raise Invalid(_l("There is no agreed deal about it yet: record the deal first."), "result")
    if result is OutcomeResult.NOTHING and has_deals:
        raise Invalid(_l("A deal about it was agreed: say that it was filled in part."), "result")
    if result is OutcomeResult.FILLED:
        reason, note = None, ""
    elif reason is None:
        raise Invalid(_l("Say why."), "reason")
    elif reason is OutcomeReason.OTHER and not note.strip():
        raise Invalid(_l("Say it in a few words."), "note")
    if len(note.strip()) > MAX_NOTE_LENGTH:
        raise Invalid(_l("At most %(count)s characters.", count=MAX_NOTE_LENGTH), "note")
    outcome = outcome_of(offer) or RequestOutcome(offer_id=offer.id)
    outcome.result, outcome.reason, outcome.note = result, reason, note.strip()
    outcome.by_id = actor.id
    db.session.add(outcome)
    db.session.flush()
    return outcome


def missing_outcomes() -> Select[*tuple[Any, ...]]:
    """How many outcomes the account is asked for: see market.accounts.today. A day of the home
    zone begins before that of UTC."""
    return (
        select(func.count(), cast(null(), UTCDateTime()))
        .select_from(Offer)
        .where(
            Offer.owner_id.in_(PARTIES), Offer.quotation_deadline < func.date(NOW), _is_unrecorded()
        )
    )


def count_outcomes(paths: Collection[str], since: date | None = None) -> OutcomeCounts:
    """What came of the requests of the subtrees whose deadline is over.

    Args:
        since: only of deadlines from that day on.
    """
    is_over = [Offer.side == Side.BUY, Offer.quotation_deadline < home_today(), inside(paths)]
    if since is not None:
        is_over.append(Offer.quotation_deadline >= since)
    places = select(Offer.id).join(Region, Region.code == Offer.region_code).where(*is_over)
    recorded = db.session.execute(
        select(RequestOutcome.result, RequestOutcome.reason, func.count())
        .where(RequestOutcome.offer_id.in_(places))
        .group_by(RequestOutcome.result, RequestOutcome.reason)
    )
    by_result: dict[OutcomeResult, int] = {}
    by_reason: dict[OutcomeReason, int] = {}
    for result, reason, count in recorded:
        by_result[result] = by_result.get(result, 0) + count
        if reason is not None:
            by_reason[reason] = by_reason.get(reason, 0) + count
    unrecorded = (
        select(func.count()).select_from(Offer).where(Offer.id.in_(places), _is_unrecorded())
    )
    sold_out = (
        select(func.count())
        .select_from(Offer)
        .where(
            Offer.id.in_(places),
            Offer.remaining == 0,
            Offer.status.in_(_WAS_ASKED),
            ~_is_recorded(),
        )
    )
    return OutcomeCounts(
        by_result,
        dict(sorted(by_reason.items(), key=lambda item: -item[1])),
        db.session.scalar(sold_out) or 0,
        db.session.scalar(unrecorded) or 0,
    )


def _is_recorded() -> ColumnElement[bool]:
    return exists().where(RequestOutcome.offer_id == Offer.id)


def _is_unrecorded() -> ColumnElement[bool]:
    """SQL: something is left of the request, it was not taken back, and nothing was said of it."""
    return and_(
        Offer.side == Side.BUY,
        Offer.remaining > 0,
        Offer.status.in_(_WAS_ASKED),
        Offer.status_reason.not_in(_NOT_ASKED),
        ~_is_recorded(),
    )


def _export(account: Account) -> Sequence[dict[str, Any]]:
    mine = select(RequestOutcome).join(Offer, Offer.id == RequestOutcome.offer_id)
    mine = mine.where(or_(Offer.owner_id == account.id, RequestOutcome.by_id == account.id))
    return [
        {
            "offer": one.offer_id,
            "at": one.at.isoformat(),
            "result": one.result,
            "reason": one.reason,
            "note": one.note,
        }
        for one in db.session.scalars(mine.order_by(RequestOutcome.offer_id))
    ]


def _erase(account: Account) -> None:
    """The words go, the counted result stays."""
    owned = select(Offer.id).where(Offer.owner_id == account.id)
    for one in db.session.scalars(select(RequestOutcome).where(RequestOutcome.offer_id.in_(owned))):
        one.note = ""


def _about(person: Person) -> ColumnElement[bool]:
    """What others said about requests on which the person quoted or has a deal."""
    deals = select(Deal.buyer_offer_id).where(Deal.seller_id == person.id)
    owned = select(Offer.id).where(Offer.owner_id == person.id)
    return or_(RequestOutcome.offer_id.in_(deals), RequestOutcome.offer_id.in_(owned))


personal_texts.append(PersonalTexts(RequestOutcome, ("note",), _about))
exporters.append(("request_outcomes", _export))
erasers.append(_erase)
