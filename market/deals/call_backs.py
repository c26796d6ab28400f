"""Calls of the county to the sides of a deal, before it is verified and afterwards.

Every function is called inside transaction() and locks the deal before it decides.
"""

from __future__ import annotations

from sqlalchemy.orm.attributes import flag_modified

from market.accounts.models import Account
from market.database import lock, utcnow
from market.deals.checks import check_awaiting, check_official
from market.deals.models import Deal, DealStatus
from market.deals.reasons import is_token
from market.deals.unregistered_models import CallOutcome, DealCallBack
from market.offers.models import Side
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length


def may_call(official: Account, deal: Deal) -> bool:
    """Whether the official may ring the sides of the deal and write down what they said."""
    try:
        _check_call(official, deal)
    except DomainError:
        return False
    return True


def show_number(official: Account, deal: Deal) -> None:
    """Record that an official sees the number of the side without an account, to ring it now."""
    lock(deal)
    _check_call(official, deal)
    side = unregistered_side(deal)
    if side is None:
        raise InvalidTransition()
    _check_reachable(deal, side)
    if _open_call(official, deal, side) is None:
        deal.call_backs.append(DealCallBack(by_id=official.id, side=side))


def sees_number(official: Account, deal: Deal) -> bool:
    """Whether the official asked for the number of the side without an account before."""
    side = unregistered_side(deal)
    return side is not None and any(
        call.by_id == official.id and call.side is side for call in deal.call_backs
    )


def record_call(
    official: Account, deal: Deal, side: Side, outcome: CallOutcome, answer: str
) -> None:
    """Write down a call to one side of an agreed or verified deal.

    Confirmed by the side without an account, or by either where both have one, the deal counts
    as called back.

    Raises:
        Invalid: nothing is said of what was heard (field `answer`).
        Refused, ConcurrentDecision, InvalidTransition: as verify_deal.
    """
    lock(deal)
    _check_call(official, deal)
    _check_reachable(deal, side)
    check_length(answer, field="answer")
    if is_token(answer):
        raise Invalid(
            _l("Write what they said: whom you spoke to, and which figures they named."),
            field="answer",
        )
    call = _open_call(official, deal, side)
    if call is None:
        call = DealCallBack(by_id=official.id, side=side)
        deal.call_backs.append(call)
    call.outcome, call.call_answer, call.called_at = outcome, answer, utcnow()
    if unregistered_side(deal) not in (None, side):
        return
    if outcome is CallOutcome.CONFIRMED:
        deal.called_back_by_id, deal.called_back_at = official.id, call.called_at
    elif outcome is CallOutcome.DENIED and deal.status is DealStatus.AGREED:
        deal.called_back_by_id = deal.called_back_at = None
    # A call does not make it wait anew.
    flag_modified(deal, "updated_at")


def unregistered_side(deal: Deal) -> Side | None:
    """Which side has no account; None: both have one."""
    if deal.unregistered_id is None:
        return None
    return Side.SELL if deal.seller_id is None else Side.BUY


def _check_call(official: Account, deal: Deal) -> None:
    if deal.status is not DealStatus.VERIFIED:
        check_awaiting(deal)
    check_official(official, deal)


def _check_reachable(deal: Deal, side: Side) -> None:
    if side is unregistered_side(deal) and deal.unregistered and deal.unregistered.phone is None:
        raise Refused(_l("The other side was erased at its wish: nobody can be rung."))


def _open_call(official: Account, deal: Deal, side: Side) -> DealCallBack | None:
    calls = [
        call
        for call in deal.call_backs
        if call.by_id == official.id and call.side is side and not call.outcome
    ]
    return calls[-1] if calls else None
