"""The words for a deal's states, channels and tabs."""

from __future__ import annotations

from flask_babel import gettext as _

from market.deals.models import Answer, Channel, Deal, DealStatus
from market.deals.queries import Tab
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
ANSWERS = {
    Answer.WAITING: _l("waits for the other side"),
    Answer.AGREED: _l("the other side agreed"),
    Answer.DECLINED: _l("the other side declined"),
}
TABS = {
    Tab.WAITING: _l("Waiting for me"),
    Tab.OPEN: _l("Open"),
    Tab.VERIFIED: _l("Verified"),
    Tab.ALL: _l("All"),
}


def verified_words(deal: Deal) -> str:
    """What became of a deal that an official has just verified."""
    if deal.status is DealStatus.VERIFIED:
        return _("Deal %(id)s is verified and counted.", id=deal.id)
    return _("Deal %(id)s is verified for the county; the prefecture is next.", id=deal.id)
