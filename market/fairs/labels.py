"""The labels of seasons, states, actions, events and fields."""

from __future__ import annotations

from market.fairs.models import FairAction, FairEventKind, FairSeason, FairStatus
from market.web.language import lazy_gettext as _l

SEASONS = {
    FairSeason.SPRING: _l("Spring"),
    FairSeason.SUMMER: _l("Summer"),
    FairSeason.AUTUMN: _l("Autumn"),
    FairSeason.WINTER: _l("Winter"),
}
STATUSES = {
    FairStatus.ANNOUNCED: _l("Announced"),
    FairStatus.OPEN: _l("Open now"),
    FairStatus.CLOSED: _l("Over"),
    FairStatus.CERTIFIED: _l("Certified"),
    FairStatus.CANCELLED: _l("Cancelled"),
    FairStatus.MERGED: _l("Merged into another"),
}
ACTION_LABELS = {
    FairAction.EDIT: _l("Edit"),
    FairAction.POSTPONE: _l("Postpone"),
    FairAction.EXTEND: _l("Extend"),
    FairAction.CLOSE_EARLY: _l("Close early"),
    FairAction.SESSIONS: _l("Add a session"),
    FairAction.CLONE: _l("Next edition"),
    FairAction.MERGE: _l("Merge into another"),
    FairAction.CANCEL: _l("Cancel the fair"),
}
EVENT_LABELS = {
    FairEventKind.ANNOUNCED: _l("Announced"),
    FairEventKind.CLONED: _l("Announced as the next edition"),
    FairEventKind.OPENED: _l("Opened"),
    FairEventKind.EDITED: _l("Changed"),
    FairEventKind.EXTENDED: _l("Extended"),
    FairEventKind.CLOSED_EARLY: _l("Closed early"),
    FairEventKind.CLOSED: _l("Closed"),
    FairEventKind.CERTIFIED: _l("Certified"),
    FairEventKind.SESSION_ADDED: _l("Session added"),
    FairEventKind.SESSION_EDITED: _l("Session changed"),
    FairEventKind.SESSION_REMOVED: _l("Session taken out"),
    FairEventKind.CANCELLED: _l("Cancelled"),
    FairEventKind.POSTPONED: _l("Postponed"),
    FairEventKind.MERGED: _l("Merged into another"),
    FairEventKind.ABSORBED: _l("Another fair was merged into it"),
}
# The fields that an edit changed, by the names of services.EDITABLE.
FIELD_LABELS = {
    "name": _l("Name of the fair"),
    "name_en": _l("Name in English"),
    "slug": _l("Page address"),
    "season": _l("Season"),
    "year": _l("Year"),
    "region": _l("Region"),
    "starts_on": _l("First day"),
    "ends_on": _l("Last day"),
    "previous_id": _l("The fair before"),
    "same_season_id": _l("The same season last year"),
    "note": _l("Note"),
    "organiser": _l("Organiser"),
    "contact": _l("Phone for questions"),
    "themes": _l("Theme"),
}
