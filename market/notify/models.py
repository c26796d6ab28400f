"""Notices, what an account wants to be told how, and the robots of offices."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.database import Base, UTCDateTime, choice, utcnow
from market.outgoing.models import MAX_RECIPIENT_LENGTH
from market.regions.models import Region

# Of the standard for e-mail (RFC 5321, 4.5.3.1.3).
MAX_EMAIL_LENGTH = 254
MAX_OFFICE_WEBHOOKS = 5


class NoticeKind(enum.StrEnum):
    DEAL = "deal"
    ENQUIRY = "enquiry"
    MATCH = "match"
    SAVED_SEARCH = "saved_search"
    EXPIRING = "expiring"
    ANSWER = "answer"
    DEADLINE = "deadline"
    PUBLIC_QUESTION = "public_question"
    TRADER = "trader"
    FAIR = "fair"


class When(enum.StrEnum):
    AT_ONCE = "at_once"
    DIGEST = "digest"
    NEVER = "never"


class Notice(Base):
    """Something an account is told, in the site at once.

    Attributes:
        key: of what is told: the same thing is told once.
        about_id: of the deal, offer, thread, question or search that it leads to.
        facts: numbers and codes that its words are made of (labels.format_notice), never words
            that people wrote.
        is_listed: what it tells of is counted among what waits for the account anyway.
        email_due, sms_due: it waits for the day's digest.
    """

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind, "kind"))
    key: Mapped[str] = mapped_column(String(80))
    about_id: Mapped[int] = mapped_column(Integer)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_listed: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="is_listed"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    email_due: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="email_due"), default=False
    )
    sms_due: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="sms_due"), default=False
    )

    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("ix_notices_account_id_read_at", "account_id", "read_at"),
        # What waits for a digest is few of many.
        Index(
            "ix_notices_due",
            "account_id",
            sqlite_where=(email_due | sms_due),
            postgresql_where=(email_due | sms_due),
        ),
    )


class NoticeChoice(Base):
    """How an account wants to be told of a kind of thing, where it differs from rules.DEFAULTS."""

    __tablename__ = "notice_choices"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind, "kind"), primary_key=True)
    email: Mapped[When] = mapped_column(choice(When, "email"))
    sms: Mapped[When] = mapped_column(choice(When, "sms"))


class NoticeSettings(Base):
    """Where an account is told, and at which hours it is not.

    Attributes:
        email: confirmed; None: none.
        quiet_from, quiet_to: hours at home between which nothing is sent; the same twice: never.
    """

    __tablename__ = "notice_settings"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(MAX_EMAIL_LENGTH))
    quiet_from: Mapped[int] = mapped_column(Integer, default=21)
    quiet_to: Mapped[int] = mapped_column(Integer, default=7)

    __table_args__ = (
        CheckConstraint("quiet_from BETWEEN 0 AND 23", name="quiet_from"),
        CheckConstraint("quiet_to BETWEEN 0 AND 23", name="quiet_to"),
    )


class EmailConfirmation(Base):
    """An address that an account wants to use and has not shown to be its own yet.

    Attributes:
        code_hash: keyed hash of the code that was sent there.
        tries: wrong codes so far.
    """

    __tablename__ = "email_confirmations"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(MAX_EMAIL_LENGTH))
    code_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)


class SearchChange(Base):
    """An offer was published and the saved searches that find it are still to be told of it.

    Written in the transaction of the publication, deleted in that of the notices.
    """

    __tablename__ = "search_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))

    __table_args__ = ({"sqlite_autoincrement": True},)


class WarningCursor(Base):
    """Up to which end of validity the owners of offers were warned."""

    __tablename__ = "warning_cursors"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_id: Mapped[int] = mapped_column(Integer)


class OfficeWebhook(Base):
    """A robot in the group of a region's office, which is told each morning what is overdue.

    Attributes:
        url: of the robot (market.outgoing.robots); whoever has it can write there.
    """

    __tablename__ = "office_webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    url: Mapped[str] = mapped_column(String(MAX_RECIPIENT_LENGTH))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    region: Mapped[Region] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("region_code", "url"),)
