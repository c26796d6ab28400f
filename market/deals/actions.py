"""Which actions an account may do on a deal now: the buttons of its page."""

from __future__ import annotations

from flask_babel import gettext as _

from market.accounts.models import Account
from market.deals.checks import (
    answering_party,
    check_official,
    disputing_party,
    is_involved,
    proposing_party,
)
from market.deals.models import DEAL_TRANSITIONS, Deal, DealStatus
from market.deals.services import PROOF_STATUSES, REPEATABLE
from market.deals.unregistered import awaits_confirmation
from market.deals.verification import check_level
from market.permissions import may
from market.web.errors import DomainError


def available_actions(actor: Account, deal: Deal) -> set[str]:
    """The endpoints of this room, by name, that would not refuse the actor."""
    reachable = DEAL_TRANSITIONS[deal.status]
    found: set[str] = set()
    if may_decide(actor, deal):
        found |= {"verify"} if DealStatus.VERIFIED in reachable else set()
        found |= {"send_back"} if DealStatus.RETURNED in reachable else set()
    if may(actor, "deal.act", deal):
        found |= _party_actions(actor, deal, reachable)
    return found


def may_decide(official: Account, deal: Deal) -> bool:
    """Whether the official may verify or return the deal now."""
    try:
        check_official(official, deal)
        check_level(official, deal)
    except DomainError:
        return False
    return True


def why_not_decide(official: Account, deal: Deal) -> str:
    """Why an official may see the deal but not decide it."""
    if official.id in {party.id for party in deal.accounts}:
        return _("You are a party of this deal: others verify it.")
    if may(official, "deal.act", deal):
        return _("You speak for a party of this deal: others verify it.")
    if is_involved(official, deal):
        return _("You had a hand in this deal: a colleague verifies it.")
    return _("Others decide; you may look.")


def _party_actions(actor: Account, deal: Deal, reachable: frozenset[DealStatus]) -> set[str]:
    found = {"proof"} if deal.status in PROOF_STATUSES else set()
    if awaits_confirmation(deal):
        found |= {"confirm_code", "confirm_paper"}
    if deal.status in REPEATABLE and deal.followed_by is None:
        found.add("again")
    proposer = may(actor, "party.represent", proposing_party(deal))
    if deal.status is DealStatus.PROPOSED:
        answers = not proposer and may(actor, "party.represent", answering_party(deal))
        return found | ({"agree", "change", "decline"} if answers else {"cancel"})
    if DealStatus.CANCELLED in reachable:
        found.add("cancel")
    if DealStatus.DISPUTED in reachable:
        found.add("dispute")
    if deal.status is DealStatus.RETURNED:
        found.add("mend")
    if deal.status is DealStatus.DISPUTED and may(actor, "party.represent", disputing_party(deal)):
        found.add("settle")
    return found
