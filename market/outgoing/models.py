"""Messages that wait to leave the site, and what became of each."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, UTCDateTime, choice, utcnow

MAX_KEY_LENGTH = 120
MAX_RECIPIENT_LENGTH = 300
MAX_SUBJECT_LENGTH = 120
MAX_TEXT_LENGTH = 8000
MAX_ERROR_LENGTH = 200


class OutgoingChannel(enum.StrEnum):
    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"


class OutgoingState(enum.StrEnum):
    """Attributes:
    SENDING: a worker has claimed it; only that one sends it.
    UNCERTAIN: the worker or the line died while it was sent: it may have arrived. It is not
        sent again, because nobody wants the same message twice.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


# The one table of allowed transitions.
TRANSITIONS: dict[OutgoingState, frozenset[OutgoingState]] = {
    OutgoingState.WAITING: frozenset({OutgoingState.SENDING, OutgoingState.FAILED}),
    OutgoingState.SENDING: frozenset(
        {
            OutgoingState.WAITING,
            OutgoingState.SENT,
            OutgoingState.FAILED,
            OutgoingState.UNCERTAIN,
        }
    ),
    OutgoingState.SENT: frozenset(),
    OutgoingState.FAILED: frozenset(),
    OutgoingState.UNCERTAIN: frozenset(),
}


class OutgoingMessage(Base):
    """One message to one recipient, sent at most once.

    Attributes:
        key: of what it tells: the same thing is queued once.
        recipient: a number in E.164, an e-mail address, or the address of a webhook.
        template: the text message's (market.outgoing.templates); "" for the other channels.
        parameters: of the template, for gateways that know its text.
        text: in the recipient's language; emptied, as `parameters`, once nothing is left to
            send, but where it is to be read on the page of the console (services.keeps_texts).
        is_secret: the text holds a code.
        error: why it was not sent, as a code of labels.ERRORS or as the gateway says it.
    """

    __tablename__ = "outgoing_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(MAX_KEY_LENGTH), unique=True)
    channel: Mapped[OutgoingChannel] = mapped_column(choice(OutgoingChannel, "channel"))
    recipient: Mapped[str] = mapped_column(String(MAX_RECIPIENT_LENGTH))
    template: Mapped[str] = mapped_column(String(24), default="")
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT_LENGTH), default="")
    text: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    is_secret: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="is_secret"), default=False
    )
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state: Mapped[OutgoingState] = mapped_column(
        choice(OutgoingState, "state"), default=OutgoingState.WAITING
    )
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(String(MAX_ERROR_LENGTH), default="")

    __table_args__ = (
        CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL)", name="claimed"),
        CheckConstraint(
            "(state IN ('sent', 'failed', 'uncertain')) = (settled_at IS NOT NULL)", name="settled"
        ),
        CheckConstraint("state NOT IN ('failed', 'uncertain') OR error <> ''", name="says_why"),
        CheckConstraint("attempts >= 0", name="attempts"),
        # The next to send; how many a recipient got today.
        Index("ix_outgoing_messages_state_next_try_at", "state", "next_try_at"),
        Index("ix_outgoing_messages_recipient_settled_at", "recipient", "settled_at"),
    )
