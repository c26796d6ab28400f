"""When somebody is told what, and the links that stop it: no database."""

from __future__ import annotations

import hmac
from base64 import b32encode
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from market.notify.models import NoticeKind, When
from market.outgoing.models import OutgoingChannel


class Choice(NamedTuple):
    email: When
    sms: When


# A text message costs money and wakes people: only where somebody waits for an answer.
DEFAULTS: dict[NoticeKind, Choice] = {
    NoticeKind.DEAL: Choice(When.AT_ONCE, When.AT_ONCE),
    NoticeKind.ENQUIRY: Choice(When.AT_ONCE, When.AT_ONCE),
    NoticeKind.MATCH: Choice(When.DIGEST, When.NEVER),
    NoticeKind.SAVED_SEARCH: Choice(When.DIGEST, When.NEVER),
    NoticeKind.EXPIRING: Choice(When.DIGEST, When.NEVER),
    NoticeKind.ANSWER: Choice(When.AT_ONCE, When.NEVER),
    NoticeKind.DEADLINE: Choice(When.AT_ONCE, When.NEVER),
    NoticeKind.PUBLIC_QUESTION: Choice(When.AT_ONCE, When.NEVER),
    NoticeKind.TRADER: Choice(When.AT_ONCE, When.NEVER),
    NoticeKind.FAIR: Choice(When.DIGEST, When.NEVER),
}
QUIET_FROM, QUIET_TO = 21, 7
# The digest of who has no quiet hours.
DIGEST_HOUR = 7
CHANNELS = (OutgoingChannel.EMAIL, OutgoingChannel.SMS)
STOP_DIGEST_BYTES = 10


def quiet_until(now: datetime, start: int, end: int) -> datetime | None:
    """When the quiet hours from `start` to `end` (hours of `now`'s zone) are over; None: it is
    not quiet."""
    if start == end:
        return None
    is_quiet = start <= now.hour < end if start < end else now.hour >= start or now.hour < end
    if not is_quiet:
        return None
    morning = now.replace(hour=end, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)


def latest_digest(now: datetime, start: int, end: int) -> datetime:
    """When the latest digest fell due, at or before `now`: at the end of the quiet hours."""
    hour = DIGEST_HOUR if start == end else end
    due = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return due if due <= now else due - timedelta(days=1)


def stop_token(secret: str, account_id: int, channel: OutgoingChannel) -> str:
    """What a link must hold that stops messages of that channel to the account: short, because
    it stands in a text message."""
    body = f"{channel[0]}{account_id}"
    return f"{body}-{_signature(secret, body)}"


def read_stop_token(secret: str, token: str) -> tuple[int, OutgoingChannel] | None:
    """(account, channel) of a stop_token(); None where it is none."""
    body, _, signature = token.partition("-")
    channel = {each[0]: each for each in CHANNELS}.get(body[:1])
    number = body[1:]
    if channel is None or not (number.isascii() and number.isdecimal()) or len(number) > 9:
        return None
    if not hmac.compare_digest(_signature(secret, body).encode(), signature.encode()):
        return None
    return int(number), channel


def _signature(secret: str, body: str) -> str:
    digest = blake2b(
        f"stop {body}".encode(),
        key=blake2b(secret.encode()).digest(),
        digest_size=STOP_DIGEST_BYTES,
    ).digest()
    return b32encode(digest).decode().lower()
