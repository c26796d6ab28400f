"""The words for a deal's states, channels and tabs."""

from __future__ import annotations

from market.audit.labels import VALUES
from market.deals.models import Channel, DealStatus
from market.deals.queries import Tab
from market.language import lazy_gettext as _l

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
TABS = {
    Tab.WAITING: _l("Waiting for me"),
    Tab.OPEN: _l("Open"),
    Tab.VERIFIED: _l("Verified"),
    Tab.ALL: _l("All"),
}

VALUES.update({("deals", "status"): STATUSES, ("deals", "channel"): CHANNELS})
