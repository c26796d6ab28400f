"""The labels of a deal's states, channels and tabs."""

from __future__ import annotations

from flask_babel import gettext as _

from market.deals.models import Channel, Deal, DealStatus, RevisionAnswer
from market.deals.queries import DealTab
from market.web.language import lazy_gettext as _l

STATUSES = {
    DealStatus.PROPOSED: _l("Proposed"),
    DealStatus.AGREED: _l("Agreed"),
    DealStatus.VERIFIED: _l("Verified"),
    DealStatus.DECLINED: _l("Declined"),
    DealStatus.CANCELLED: _l("Cancelled"),
    DealStatus.DISPUTED: _l("Disputed"),
    DealStatus.RETURNED: _l("Returned"),
}
CHANNELS = {Channel.FAIR: _l("At a fair"), Channel.DAILY: _l("Outside a fair")}
ANSWER_LABELS = {
    RevisionAnswer.WAITING: _l("waits for the other side"),
    RevisionAnswer.AGREED: _l("the other side agreed"),
    RevisionAnswer.DECLINED: _l("the other side declined"),
}
TABS = {
    DealTab.WAITING: _l("Waiting for me"),
    DealTab.OPEN: _l("Open"),
    DealTab.VERIFIED: _l("Verified"),
    DealTab.ALL: _l("All"),
}


def format_verification(deal: Deal) -> str:
    """The message after an official verified the deal."""
    if deal.status is DealStatus.VERIFIED:
        return _("Deal %(id)s is verified and counted.", id=deal.id)
    return _("Deal %(id)s is verified for the county; the prefecture is next.", id=deal.id)
