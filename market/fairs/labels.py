"""The words for seasons and states."""

from __future__ import annotations

from market.audit.labels import VALUES
from market.fairs.models import FairStatus, Season
from market.language import lazy_gettext as _l

SEASONS = {
    Season.SPRING: _l("Spring"),
    Season.SUMMER: _l("Summer"),
    Season.AUTUMN: _l("Autumn"),
    Season.WINTER: _l("Winter"),
}
STATUSES = {
    FairStatus.ANNOUNCED: _l("Announced"),
    FairStatus.OPEN: _l("Open now"),
    FairStatus.CLOSED: _l("Over"),
    FairStatus.CERTIFIED: _l("Certified"),
}

VALUES.update({("fairs", "season"): SEASONS, ("fairs", "status"): STATUSES})
