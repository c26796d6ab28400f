"""How consent may be given."""

from __future__ import annotations

from typing import Any

from market.web.language import lazy_gettext as _l

WAYS = {
    "spoken": _l("Spoken, before a witness"),
    "paper": _l("On paper, signed"),
    "phone": _l("By phone"),
}


WORK_KINDS = {
    "proposal": _l("Proposal"),
    "enquiry": _l("Enquiry"),
    "expiring": _l("Expiring"),
    "stale": _l("Stale"),
    "match": _l("Match"),
    "consent": _l("Consent"),
}


def format_consent(how: str) -> tuple[Any, str]:
    """(way in words, note) of a stored `Consent.how`."""
    way, _, note = how.partition(": ")
    return WAYS.get(way, way), note
