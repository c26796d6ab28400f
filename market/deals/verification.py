"""Verifying and returning agreed deals, by the county and for large ones the prefecture.

Called inside transaction() like the other services; each locks the deal before it decides.
"""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.deals import ledger, rules
from market.deals.checks import check_awaiting, check_official
from market.deals.flags import blocking_flags
from market.deals.models import Deal, DealStatus
from market.deals.reasons import is_token
from market.deals.transitions import assign_fair, record_transition
from market.fairs.models import ENDED, Fair
from market.offers.bulk import reindex_owners
from market.permissions import may
from market.web.errors import ConcurrentDecision, Invalid, Refused
from market.web.filters import format_datetime, money
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason


def verify_deal(official: Account, deal: Deal, reason: str = "") -> None:
    """Verify 核实 the deal: the ledger counts it, or a large one goes on to the prefecture.

    Above SECOND_OFFICIAL_ABOVE_FEN the county's official is the first of two; the second is
    another one, of the prefecture.

    Args:
        reason: why it is verified in spite of blocking flags.

    Raises:
        Refused: the official is of another region, or involved in the deal.
        Invalid: it has a blocking flag and the reason is missing or a mere token (field
            `reason`), it is large and has no proof (field `proof`), or one side has no account
            and was not rung (field `call`).
        ConcurrentDecision: it was verified, returned, cancelled or disputed before.
        InvalidTransition: it is not agreed.
    """
    lock(deal)
    check_awaiting(deal)
    check_official(official, deal)
    if deal.county_verified_by_id is not None:
        _check_second(official, deal)
    check_proof(deal)
    check_call_back(deal)
    flags = [flag.code for flag in blocking_flags(deal)]
    if flags and is_token(reason):
        raise Invalid(
            _l(
                "Something here says to stop. Write what you looked at and whom you asked, so"
                " that others can follow it."
            ),
            field="reason",
        )
    if needs_second_official(deal) and deal.county_verified_by_id is None:
        deal.county_verified_by_id = official.id
        deal.county_verified_at = utcnow()
        record_transition(deal, DealStatus.AGREED, official, reason, flags)
        return
    _leave_ended_fair(deal)
    deal.verified_by_id = official.id
    deal.verified_at = utcnow()
    record_transition(deal, DealStatus.VERIFIED, official, reason, flags)
    db.session.flush()
    ledger.append_entry(deal, official)
    reindex_owners([party.id for party in deal.accounts])


def _leave_ended_fair(deal: Deal) -> None:
    """Assign the fair again when the deal's was certified since: it takes no more deals."""
    fair_is = select(Fair.status).where(Fair.id == deal.fair_id).with_for_update(read=True)
    if deal.agreed_on is not None and db.session.scalar(fair_is) in ENDED:
        assign_fair(deal, deal.agreed_on)


def return_deal(official: Account, deal: Deal, reason: str, seen: DealStatus | None = None) -> None:
    """Return the deal to its parties with a reason; the count of a verified one is reversed.

    Args:
        seen: its state when the official looked; what a colleague verified since stays.

    Raises like verify_deal; Invalid without a reason.
    """
    lock(deal)
    if deal.status is not DealStatus.VERIFIED or seen is DealStatus.AGREED:
        check_awaiting(deal)
    rules.check_transition(deal.status, DealStatus.RETURNED)
    check_official(official, deal)
    require_reason(reason)
    was_counted = deal.status is DealStatus.VERIFIED
    deal.verified_by_id = deal.verified_at = None
    record_transition(deal, DealStatus.RETURNED, official, reason)
    db.session.flush()
    if was_counted:
        ledger.append_entry(deal, official)
        reindex_owners([party.id for party in deal.accounts])


def needs_second_official(deal: Deal) -> bool:
    """Whether the amount is above the threshold from which two officials verify."""
    return bool(deal.amount_fen > current_app.config["SECOND_OFFICIAL_ABOVE_FEN"])


def check_proof(deal: Deal) -> None:
    """Refuse a large deal without a proof. Raises Invalid at `proof`."""
    if needs_second_official(deal) and not deal.proofs:
        raise Invalid(
            _l(
                "Above %(limit)s a deal is verified only with a proof: return it"
                " and ask for the contract or the weighing slip.",
                limit=money(current_app.config["SECOND_OFFICIAL_ABOVE_FEN"]),
            ),
            field="proof",
        )


def check_call_back(deal: Deal) -> None:
    """Refuse a deal with somebody without an account whom the county has not rung.

    Raises Invalid at `call`.
    """
    if deal.unregistered_id is not None and deal.called_back_by_id is None:
        raise Invalid(
            _l("One side has no account: ring it and write down what was said first."), field="call"
        )


def check_level(official: Account, deal: Deal) -> None:
    """Refuse an official of the county once the deal waits for the prefecture.

    Raises:
        ConcurrentDecision: the county has verified it; the message says by whom, when.
    """
    if deal.status is not DealStatus.AGREED or deal.county_verified_by_id is None:
        return
    if not may(official, "deal.verify_second", deal):
        first = db.session.get_one(Account, deal.county_verified_by_id)
        words = {"who": first.name, "when": format_datetime(deal.county_verified_at)}
        raise ConcurrentDecision(
            _l("Verified for the county by %(who)s, %(when)s; it waits for the prefecture.")
            % words,
            first.id,
        )


def _check_second(official: Account, deal: Deal) -> None:
    check_level(official, deal)
    if official.id == deal.county_verified_by_id:
        raise Refused(_l("You verified it for the county: somebody else does it a second time."))
