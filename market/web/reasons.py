"""A written reason for what is done: that there is one, and that it is no longer than allowed."""

from __future__ import annotations

from typing import Any

from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l

# Characters of a reason, on every form that asks for one.
MAX_REASON_LENGTH = 200


def require_reason(reason: str, message: Any = None) -> None:
    """Raises Invalid without a reason (with `message`, if given), or where it is too long."""
    if not reason.strip():
        raise Invalid(_l("Say why.") if message is None else message, "reason")
    check_length(reason)


def check_length(text: str, field: str = "reason", max_length: int = MAX_REASON_LENGTH) -> None:
    """Raises Invalid, at `field`, where `text` has more than `max_length` characters."""
    if len(text) > max_length:
        raise Invalid(_l("At most %(count)s characters.", count=max_length), field)
