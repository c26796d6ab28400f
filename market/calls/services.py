"""Writing down calls, taking them back, and knowing the deals that came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from market.accounts.contact import reveal_phone
from market.accounts.models import Account
from market.calls.models import (
    MAX_NOTE_LENGTH,
    CallDeal,
    CallWithdrawal,
    MatchCall,
    MatchCallOutcome,
    RefusalReason,
)
from market.calls.pairs import Pair, calling_paths, calls_of_pair, is_live
from market.database import db, lock, utcnow
from market.deals.models import Deal, DealStatus
from market.deals.signals import deal_changed
from market.deals.unregistered_models import UnregisteredParty
from market.offers.models import Offer, Side
from market.offers.reveals import reveal_page
from market.permissions import may
from market.regions.models import is_within
from market.stations.queries import ACTIVE_STATUSES
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length

# Further off nobody promises to ring.
MAX_DAYS_LATER = 180
# For as long what was written down by mistake can be taken back.
WITHDRAWABLE = timedelta(days=1)
# A deal proposed later than this after the call came of something else.
LEADS_TO_DEAL = timedelta(days=30)


@dataclass(frozen=True)
class CallResult:
    """What is written down of a call.

    Attributes:
        back_on: the local day on which they want to be rung, where the outcome is `later`.
        reason: where it is `refused`.
    """

    outcome: MatchCallOutcome
    back_on: date | None = None
    reason: RefusalReason | None = None
    note: str = ""


def reveal_numbers(caller: Account, pair: Pair) -> None:
    """Show the caller the numbers of both sides, recorded at each offer as any other look is.

    Inside transaction(). Of a farmer whom the caller represents nothing is to be recorded.

    Raises:
        Refused: one of the offers is closed, one side takes no calls, or has no number.
        QuotaReached: the caller has seen as many people's numbers today as one may.
    """
    if not (pair.sale.is_public and pair.purchase.is_public):
        raise Refused(_l("One of the two offers is closed: nobody is rung about it."))
    for offer in (pair.sale, pair.purchase):
        if not may(caller, "party.represent", offer.owner):
            reveal_phone(caller, offer.owner, reveal_page(offer.id), offer.contact_phone)


def record_call(caller: Account, pair: Pair, result: CallResult, key: str) -> MatchCall:
    """Write down what came of a call about the pair.

    Inside transaction().

    Args:
        key: of the form.

    Raises:
        Repeated: the form was sent before; with the call.
        Refused: the pair is none of the caller's to ring.
        Invalid: the day or the reason is missing, or out of bounds (at the form's field).
    """
    key = bound_key(caller, MatchCall, key)
    refuse_repeated(MatchCall, key)
    if not may(caller, "call.record", pair):
        raise Refused(_l("Your station doesn't serve either side of this pair."))
    today = home_today()
    _check(result, today)
    outcome = result.outcome
    call = MatchCall(
        sale_id=pair.sale.id,
        purchase_id=pair.purchase.id,
        by_id=caller.id,
        region_code=_county(caller, pair),
        called_on=today,
        outcome=outcome,
        back_on=_back_on(result, today),
        reason=result.reason if outcome is MatchCallOutcome.REFUSED else None,
        note=result.note.strip(),
        key=key,
    )
    add_once(call)
    if outcome is MatchCallOutcome.AGREED:
        _link_earlier_deals(call)
    return call


def withdraw_call(caller: Account, call: MatchCall) -> None:
    """Take back the last call about a pair: it counts no more, and the pair is as before it.

    Inside transaction().

    Raises:
        InvalidTransition: another call came after it, or it was taken back already.
        Refused: somebody else's, or older than a day.
    """
    if not may(caller, "call.withdraw", call):
        raise Refused(_l("Only who wrote it down takes it back."))
    # Two calls about one pair at a time see one another.
    lock(call.sale)
    live = [one for one in calls_of_pair(Pair(call.sale, call.purchase)) if not one.withdrawal]
    if not live or live[0].id != call.id:
        raise InvalidTransition
    if not is_withdrawable(caller, call):
        raise Refused(_l("Only what was written down in the last 24 hours is taken back."))
    db.session.add(CallWithdrawal(call_id=call.id))
    db.session.flush()


def is_withdrawable(caller: Account, call: MatchCall) -> bool:
    """Whether the caller may still take it back, if it is the last."""
    return may(caller, "call.withdraw", call) and utcnow() - call.at < WITHDRAWABLE


def _check(result: CallResult, today: date) -> None:
    check_length(result.note, "note", MAX_NOTE_LENGTH)
    if result.outcome is MatchCallOutcome.LATER:
        if result.back_on is None:
            raise Invalid(_l("Still missing: the day on which to ring again."), "back_on")
        if not today < result.back_on <= today + timedelta(days=MAX_DAYS_LATER):
            raise Invalid(
                _l("From tomorrow, and at most %(days)s days from now.", days=MAX_DAYS_LATER),
                "back_on",
            )
    if result.outcome is MatchCallOutcome.REFUSED:
        if result.reason is None:
            raise Invalid(_l("Still missing: why they don't trade."), "reason")
        if result.reason is RefusalReason.OTHER and not result.note.strip():
            raise Invalid(_l("Write the reason in a few words."), "note")


def _back_on(result: CallResult, today: date) -> date | None:
    if result.outcome is MatchCallOutcome.NO_ANSWER:
        return today + timedelta(days=1)
    return result.back_on if result.outcome is MatchCallOutcome.LATER else None


def _county(caller: Account, pair: Pair) -> str:
    """The county a call counts in: of the farmer represented, else of the side in the caller's
    region, the seller's first."""
    offers = (pair.sale, pair.purchase)
    own = [offer for offer in offers if offer.owner.represented_by_id == caller.id]
    paths = calling_paths(caller)
    inside = (o for o in offers if any(is_within(o.region.path, path) for path in paths))
    return next(iter([*own, *inside])).region_code


@deal_changed.connect
def _link_deal(sender: Any, deal: Deal, **_: Any) -> None:
    """Note of which call a proposal came: of the two offers, or, with somebody who gave only their
    number on the telephone, of one offer and that number."""
    if deal.status is not DealStatus.PROPOSED or db.session.get(CallDeal, deal.id) is not None:
        return
    call_id = _leading_call(deal)
    if call_id is not None:
        db.session.add(CallDeal(deal_id=deal.id, call_id=call_id))
        db.session.flush()


def _leading_call(deal: Deal) -> int | None:
    if deal.follows_id is not None:
        before = db.session.get(CallDeal, deal.follows_id)
        return before.call_id if before else None
    agreed = select(MatchCall.id).where(
        MatchCall.outcome == MatchCallOutcome.AGREED,
        MatchCall.at > utcnow() - LEADS_TO_DEAL,
        is_live(),
    )
    if deal.seller_offer_id is not None:
        agreed = agreed.where(MatchCall.sale_id == deal.seller_offer_id)
    if deal.buyer_offer_id is not None:
        agreed = agreed.where(MatchCall.purchase_id == deal.buyer_offer_id)
    if deal.seller_offer_id is None or deal.buyer_offer_id is None:
        if deal.unregistered is None or deal.seller_offer_id == deal.buyer_offer_id:
            return None
        other = MatchCall.purchase_id if deal.buyer_offer_id is None else MatchCall.sale_id
        agreed = agreed.where(other.in_(_offers_reached_at(deal.unregistered)))
    return db.session.scalar(agreed.order_by(MatchCall.id.desc()).limit(1))


def _offers_reached_at(party: UnregisteredParty) -> Any:
    """The offers about which their number is rung."""
    owners = Account.phone == party.phone
    return (
        select(Offer.id)
        .join(Account, Account.id == Offer.owner_id)
        .where(owners | (Offer.contact_phone == party.phone))
    )


def _link_earlier_deals(call: MatchCall) -> None:
    """Deals between the two that were proposed before the call was written down."""
    deals = select(Deal.id).where(
        Deal.seller_offer_id == call.sale_id,
        Deal.buyer_offer_id == call.purchase_id,
        Deal.status.in_(ACTIVE_STATUSES),
        Deal.id.not_in(select(CallDeal.deal_id)),
    )
    for deal_id in db.session.scalars(deals).all():
        db.session.add(CallDeal(deal_id=deal_id, call_id=call.id))
    db.session.flush()


def own_side(caller: Account, pair: Pair) -> Side | None:
    """The side of the pair that the caller speaks for; None: neither."""
    sides = (side for side in Side if may(caller, "party.represent", pair.offer(side).owner))
    return next(sides, None)
