"""Which edits leave a verified offer verified: pure functions, no database.

An official vouches for what the offer says. Words may change in their spelling, photos in their
order, quantities downwards; any other change goes back to the county's queue.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from market.offers.fields import OFFER_FIELDS, Recheck
from market.offers.models import Offer


def verified_facts(offer: Offer) -> dict[str, Any]:
    """What the offer says, as `outlives_verification` compares it."""
    columns = {
        name: getattr(offer, field.column) for name, field in OFFER_FIELDS.items() if field.column
    }
    return {**columns, "photos": {photo.sha256 for photo in offer.photos}}


def outlives_verification(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether what was verified still holds after an edit.

    Args:
        before, after: `verified_facts`.
    """
    return all(_holds(OFFER_FIELDS[name].recheck, before[name], after[name]) for name in before)


def _holds(recheck: Recheck, before: Any, after: Any) -> bool:
    match recheck:
        case Recheck.NEVER:
            return True
        case Recheck.WHEN_REWORDED:
            return _plain(before) == _plain(after)
        case Recheck.WHEN_RAISED:
            return (after or 0) <= (before or 0)
        case Recheck.WHEN_CHANGED:
            return before == after


def _plain(text: str) -> str:
    """The text without what is only spelling: spaces, width, case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
