"""Which steps a person may take with a deal now: what its page offers as buttons."""

from __future__ import annotations

from flask_babel import gettext as _

from market.accounts.models import Account
from market.deals.checks import (
    answering_party,
    check_official,
    disputing_party,
    had_a_hand,
    proposing_party,
)
from market.deals.models import DEAL_TRANSITIONS, Deal, DealStatus
from market.deals.services import OPEN_TO_PROOF
from market.deals.verification import check_level
from market.permissions import may
from market.web.errors import DomainError


def actions(actor: Account, deal: Deal) -> set[str]:
    """Names of the endpoints of this room that would act, not refuse."""
    reachable = DEAL_TRANSITIONS[deal.status]
    found: set[str] = set()
    if may_decide(actor, deal):
        found |= {"verify"} if DealStatus.VERIFIED in reachable else set()
        found |= {"send_back"} if DealStatus.RETURNED in reachable else set()
    if may(actor, "deal.act", deal):
        found |= _of_a_party(actor, deal, reachable)
    return found


def may_decide(official: Account, deal: Deal) -> bool:
    """Whether the official may verify the deal now, or return it."""
    try:
        check_official(official, deal)
        check_level(official, deal)
    except DomainError:
        return False
    return True


def why_others_decide(official: Account, deal: Deal) -> str:
    """Why an official may look at the deal and not decide it."""
    if official.id in (deal.seller_id, deal.buyer_id):
        return _("You are a party of this deal: others verify it.")
    if may(official, "deal.act", deal):
        return _("You speak for a party of this deal: others verify it.")
    if had_a_hand(official, deal):
        return _("You had a hand in this deal: a colleague verifies it.")
    return _("Others decide; you may look.")


def _of_a_party(actor: Account, deal: Deal, reachable: frozenset[DealStatus]) -> set[str]:
    found = {"proof"} if deal.status in OPEN_TO_PROOF else set()
    proposer = may(actor, "party.represent", proposing_party(deal))
    if deal.status is DealStatus.PROPOSED:
        answers = not proposer and may(actor, "party.represent", answering_party(deal))
        return found | ({"agree", "decline"} if answers else {"cancel"})
    if DealStatus.CANCELLED in reachable:
        found.add("cancel")
    if DealStatus.DISPUTED in reachable:
        found.add("dispute")
    if deal.status is DealStatus.RETURNED:
        found.add("mend")
    if deal.status is DealStatus.DISPUTED and may(actor, "party.represent", disputing_party(deal)):
        found.add("settle")
    return found
