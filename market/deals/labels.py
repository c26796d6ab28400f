"""The labels of a deal's states, channels and tabs."""

from __future__ import annotations

from flask_babel import gettext as _

from market.deals.models import Channel, Deal, DealStatus, RevisionAnswer
from market.deals.queries import DealTab
from market.deals.unregistered_models import CallOutcome, Evidence
from market.offers.models import Side
from market.web.language import lazy_gettext as _l

STATUSES = {
    DealStatus.PROPOSED: _l("Proposed"),
    DealStatus.AGREED: _l("Agreed"),
    DealStatus.VERIFIED: _l("Verified"),
    DealStatus.DECLINED: _l("Declined"),
    DealStatus.CANCELLED: _l("Cancelled"),
    DealStatus.DISPUTED: _l("Disputed"),
    DealStatus.RETURNED: _l("Returned"),
    DealStatus.REPLACED: _l("Answered with other terms"),
}
CHANNELS = {Channel.FAIR: _l("At a fair"), Channel.DAILY: _l("Outside a fair")}
ANSWER_LABELS = {
    RevisionAnswer.WAITING: _l("waits for the other side"),
    RevisionAnswer.AGREED: _l("the other side agreed"),
    RevisionAnswer.DECLINED: _l("the other side declined"),
}
EVIDENCE_LABELS = {
    Evidence.CODE: _l("confirmed with a code sent to the phone"),
    Evidence.PAPER: _l("confirmed on a signed paper"),
}
EVIDENCE_NAMES = {
    None: _l("Two accounts"),
    Evidence.CODE: _l("One account, a code"),
    Evidence.PAPER: _l("One account, a signed paper"),
}
PARTY_LABELS = {Side.SELL: _l("Seller"), Side.BUY: _l("Buyer")}
CALL_OUTCOMES = {
    CallOutcome.CONFIRMED: _l("They confirm the deal as it stands here"),
    CallOutcome.DENIED: _l("They say it is not so"),
    CallOutcome.NOT_REACHED: _l("Nobody answered"),
}
TABS = {
    DealTab.WAITING: _l("Waiting for me"),
    DealTab.OPEN: _l("Open"),
    DealTab.VERIFIED: _l("Verified"),
    DealTab.ALL: _l("All"),
}


def format_evidence(evidence: Evidence | None) -> str:
    """What a deal stands on, in a few words."""
    return str(EVIDENCE_NAMES[evidence])


def format_verification(deal: Deal) -> str:
    """The message after an official verified the deal."""
    if deal.status is DealStatus.VERIFIED:
        return _("Deal %(id)s is verified and counted.", id=deal.id)
    return _("Deal %(id)s is verified for the county; the prefecture is next.", id=deal.id)
