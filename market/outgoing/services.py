"""Queueing messages, inside the caller's transaction; market.outgoing.sending sends them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from market.database import db, violated
from market.outgoing.models import (
    MAX_KEY_LENGTH,
    MAX_SUBJECT_LENGTH,
    MAX_TEXT_LENGTH,
    OutgoingChannel,
    OutgoingMessage,
    OutgoingState,
)
from market.outgoing.templates import templates


def can_send_sms() -> bool:
    """Whether text messages reach somebody: by a gateway, or on the console's page, which is
    there everywhere but in production."""
    return current_app.config["SMS_GATEWAY"] != "console" or keeps_texts()


def can_send_email() -> bool:
    """Whether e-mails reach somebody, as can_send_sms()."""
    return bool(current_app.config["SMTP_HOST"]) or keeps_texts()


def keeps_texts() -> bool:
    """Whether what the console was given is kept to be read: never in production."""
    return bool(current_app.config["ENV_NAME"] != "production")


def queue_sms(
    phone: str,
    template: str,
    parameters: Mapping[str, object],
    *,
    key: str,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
) -> OutgoingMessage:
    """Queue a text message, in the language of the moment; the one there is with that key if any.

    Args:
        phone: in E.164.
        key: of what is told, e.g. "password-code 17 3"; at most 120 characters.
        expires_at: not sent later: a code that has run out is of no use.
        not_before: not sent earlier: people sleep.

    Raises:
        KeyError: no such template, or a parameter is missing.
    """
    of = templates[template]
    filled = {name: str(parameters[name]) for name in of.parameters}
    return _queue(
        OutgoingChannel.SMS,
        phone,
        key=key,
        template=template,
        parameters=filled,
        text=str(of.text) % {**filled, "site": current_app.config["SITE_URL"]},
        is_secret=of.is_secret,
        expires_at=expires_at,
        not_before=not_before,
    )


def queue_email(
    address: str,
    subject: str,
    text: str,
    *,
    key: str,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    is_secret: bool = False,
) -> OutgoingMessage:
    """Queue an e-mail of plain text; the one there is with that key if any.

    Args:
        is_secret: the text holds a code.
    """
    return _queue(
        OutgoingChannel.EMAIL,
        address,
        key=key,
        subject=_one_line(subject)[:MAX_SUBJECT_LENGTH],
        text=text[:MAX_TEXT_LENGTH],
        is_secret=is_secret,
        expires_at=expires_at,
        not_before=not_before,
    )


def queue_webhook(
    url: str, title: str, text: str, *, key: str, expires_at: datetime | None = None
) -> OutgoingMessage:
    """Queue a message to a group's robot; the one there is with that key if any.

    Args:
        url: of a robot of WeCom or DingTalk (market.outgoing.webhooks).
    """
    return _queue(
        OutgoingChannel.WEBHOOK,
        url,
        key=key,
        subject=_one_line(title)[:MAX_SUBJECT_LENGTH],
        text=text[:MAX_TEXT_LENGTH],
        expires_at=expires_at,
    )


def cancel_messages(keys: Iterable[str]) -> None:
    """Send no more of these that still wait."""
    if keys := list(keys):
        db.session.execute(
            delete(OutgoingMessage).where(
                OutgoingMessage.key.in_(keys), OutgoingMessage.state == OutgoingState.WAITING
            )
        )


def cancel_recipient(recipient: str) -> None:
    """Send nothing to this number or address that still waits."""
    db.session.execute(
        delete(OutgoingMessage).where(
            OutgoingMessage.recipient == recipient, OutgoingMessage.state == OutgoingState.WAITING
        )
    )


def erase_messages(recipients: Iterable[str], keys: Iterable[str]) -> None:
    """Forget every message to these numbers and addresses, and those whose keys begin so, which
    may have gone to numbers and addresses of before."""
    begin = (OutgoingMessage.key.startswith(key, autoescape=True) for key in keys)
    mine = or_(OutgoingMessage.recipient.in_(list(recipients)), *begin)
    db.session.execute(delete(OutgoingMessage).where(mine))


def _queue(
    channel: OutgoingChannel,
    recipient: str,
    *,
    key: str,
    not_before: datetime | None = None,
    **values: Any,
) -> OutgoingMessage:
    if len(key) > MAX_KEY_LENGTH:
        raise ValueError(f"the key is longer than {MAX_KEY_LENGTH} characters: {key}")
    known = db.session.scalar(select(OutgoingMessage).where(OutgoingMessage.key == key))
    if known is not None:
        return known
    message = OutgoingMessage(channel=channel, recipient=recipient, key=key, **values)
    if not_before is not None:
        message.next_try_at = not_before
    try:
        with db.session.begin_nested():
            db.session.add(message)
    except IntegrityError as error:
        if not violated(error, "outgoing_messages_key") and not violated(error, "messages.key"):
            raise
        # Another process queued it in this moment.
        return db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.key == key)).one()
    return message


def _one_line(text: str) -> str:
    """The text without what would end a header's line."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())
