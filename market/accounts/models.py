"""Accounts, the roles they hold and where."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from market.database import Base, Timestamped, UTCDateTime, choice, utcnow
from market.regions.models import Region, Township, is_within
from market.regions.townships import village_name
from market.text.confusables import skeleton


class TraderType(enum.StrEnum):
    FARMER = "farmer"
    COOPERATIVE = "cooperative"
    BROKER = "broker"
    COMPANY = "company"
    BUYER = "buyer"


class Role(enum.StrEnum):
    ASSISTANT = "assistant"
    COUNTY_OFFICIAL = "county_official"
    PREFECTURE_OFFICIAL = "prefecture_official"
    PROVINCE_OFFICIAL = "province_official"
    ADMINISTRATOR = "administrator"


OFFICIALS = (Role.COUNTY_OFFICIAL, Role.PREFECTURE_OFFICIAL, Role.PROVINCE_OFFICIAL)
MAX_SKELETON_LENGTH = 120
MAX_CODE_TRIES = 5


def _skeleton_of_row(context: DefaultExecutionContext) -> str:
    """The skeleton of the name that is being inserted."""
    name: str = context.get_current_parameters()["name"]
    return skeleton(name)[:MAX_SKELETON_LENGTH]


class Account(Base, Timestamped, UserMixin):
    """A party of the market: a person or firm with a log-in, or a farmer an assistant represents.

    Attributes:
        phone: E.164; None for a farmer without a phone of their own or an erased account.
        password_hash: argon2; None: nobody can log in as this party.
        name_skeleton: what is left of the name for the eye (market.text.confusables): names
            that look the same have the same.
        township_code, village: where in their county they live, as far as they say it.
        represented_by_id: the assistant holding the farmer's consent; None otherwise.
        is_demonstration: made by the demonstration seed; production refuses to run with any.
        office: where somebody with a role works (单位), as administrators write it.
        disabled_reason: why an administrator closed it; empty where nobody did.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    name_skeleton: Mapped[str] = mapped_column(
        String(MAX_SKELETON_LENGTH), default=_skeleton_of_row, server_default=text("''"), index=True
    )
    trader_type: Mapped[TraderType] = mapped_column(choice(TraderType, "trader_type"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    township_code: Mapped[str | None] = mapped_column(ForeignKey("townships.code"), index=True)
    village: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    language: Mapped[str] = mapped_column(String(8), default="zh_CN")
    has_large_text: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    represented_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    is_demonstration: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="is_demonstration"), default=False
    )
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disabled_reason: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    office: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))

    # No columns: the session in which this account was loaded for the request.
    session_id = 0
    session_token = ""
    must_change_password = False
    second_factor_passed = False

    region: Mapped[Region] = relationship(lazy="joined", innerjoin=True)
    township: Mapped[Township | None] = relationship()
    grants: Mapped[list[Grant]] = relationship(
        foreign_keys="Grant.account_id", lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("represented_by_id <> id", name="not_represented_by_self"),
        CheckConstraint(
            "represented_by_id IS NULL OR password_hash IS NULL", name="represented_has_no_login"
        ),
        CheckConstraint(
            "disabled_reason = '' OR disabled_at IS NOT NULL", name="reason_of_disabled"
        ),
    )

    @validates("village")
    def _without_group(self, _key: str, village: str | None) -> str | None:
        return village and village_name(village)

    @validates("name")
    def _keep_skeleton(self, _key: str, name: str) -> str:
        self.name_skeleton = skeleton(name)[:MAX_SKELETON_LENGTH]
        return name

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        """What the cookies of session and remembering hold: the session's token."""
        return self.session_token

    def has_role(self, role: str, within: str | None = None) -> bool:
        """Whether the account holds `role`, and over the region path `within` if given."""
        return any(
            g.role == role and (within is None or is_within(within, g.region.path))
            for g in self.grants
        )

    def serves(self, path: str, township_code: str | None) -> bool:
        """Whether the account's station serves that township of the county of the region path: it
        is the station's own, or the station is the whole county's. None: no township is said."""
        return any(
            g.role is Role.ASSISTANT
            and is_within(path, g.region.path)
            and g.township_code in (None, township_code)
            for g in self.grants
        )

    def is_official_over(self, path: str) -> bool:
        """Whether any official role of the account covers the region path."""
        return any(self.has_role(role, within=path) for role in OFFICIALS)

    def is_official_near(self, path: str) -> bool:
        """Whether an official role of the account covers the region path or lies inside it."""
        return any(
            g.role in OFFICIALS
            and (is_within(path, g.region.path) or is_within(g.region.path, path))
            for g in self.grants
        )

    @property
    def is_official(self) -> bool:
        return any(g.role in OFFICIALS for g in self.grants)

    @property
    def is_assistant(self) -> bool:
        return self.has_role(Role.ASSISTANT)

    @property
    def is_administrator(self) -> bool:
        return self.has_role(Role.ADMINISTRATOR)


class AccountSession(Base):
    """A log-in that has not ended: one row for each browser an account is logged in with.

    Attributes:
        token_hash: SHA-256 of the token in the browser's cookies, in hex.
        device: the browser's random id, which it keeps over log-outs; None when it has none.
        agent: how the browser named itself.
        network: where it was opened from: an IPv4 address, or the /64 of an IPv6 one.
        second_factor: the second factor was given when it was opened.
        last_seen_at: to within an hour; one not seen for PERMANENT_SESSION_LIFETIME has ended.
        must_change_password: opened with a one-time password: nothing else goes before.
    """

    __tablename__ = "account_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str | None] = mapped_column(String(32))
    agent: Mapped[str] = mapped_column(String(200))
    network: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    must_change_password: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="must_change_password"), default=False
    )
    second_factor: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="second_factor"), default=False, server_default=false()
    )

    __table_args__ = (UniqueConstraint("account_id", "device"),)


class PhoneChange(Base):
    """A number the owner wants to log in with from now on: it counts once they have."""

    __tablename__ = "phone_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    phone: Mapped[str] = mapped_column(String(20), index=True)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class CodePurpose(enum.StrEnum):
    NEW_PASSWORD = "new_password"
    OLD_PHONE = "old_phone"
    NEW_PHONE = "new_phone"


class PhoneCode(Base):
    """A code sent by text message to a number, to prove that it is at hand.

    Attributes:
        handle: a random name in the cookie of the browser that asked for the code: that browser
            alone can try it, and nobody uses up the tries of another.
        account_id, phone: None where nobody logs in with the number that was asked for. There is
            a row all the same: nothing may tell the two apart.
        code_hash: keyed with the secret key: six digits are quickly gone through.
    """

    __tablename__ = "phone_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    purpose: Mapped[CodePurpose] = mapped_column(choice(CodePurpose, "code_purpose"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    phone: Mapped[str | None] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    __table_args__ = (
        CheckConstraint(f"tries BETWEEN 0 AND {MAX_CODE_TRIES}", name="tries"),
        CheckConstraint("(account_id IS NULL) = (phone IS NULL)", name="phone_of_account"),
    )


class TermsConsent(Base):
    """Which version of the terms and the privacy page somebody has agreed to, and when."""

    __tablename__ = "terms_consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    version: Mapped[str] = mapped_column(String(40))
    agreed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (UniqueConstraint("account_id", "version"),)


class OneTimePassword(Base):
    """A password for one log-in, set by an official for somebody who forgot theirs.

    Attributes:
        issued_by_id: None: on the command line.
    """

    __tablename__ = "one_time_passwords"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Erasure(Base):
    """What is still to be done for an account that was erased; deleted when it is done.

    Attributes:
        account_id: None for somebody who had none.
        left: by name of market.accounts.privacy.erasures.file_erasers, what each must know.
        rewriting: in the transaction that erases: only then may the texts beside what is
            append-only be changed (triggers look at it). Never true once committed.
    """

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    left: Mapped[dict[str, Any]] = mapped_column(JSON)
    rewriting: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="rewriting"))


class Grant(Base):
    """A role over the subtree of a region, given by an administrator.

    Attributes:
        township_code: the one township that the assistant's station serves; None: all of them.
    """

    __tablename__ = "grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    township_code: Mapped[str | None] = mapped_column(ForeignKey("townships.code"))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    region: Mapped[Region] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("account_id", "role", "region_code"),
        CheckConstraint("township_code IS NULL OR role = 'assistant'", name="township_of_station"),
    )


class Consent(Base):
    """A farmer's recorded consent to be represented by an assistant. One that is renewed gets
    another row; the latest that was not withdrawn holds.

    Attributes:
        how: a key of market.stations.labels.WAYS, a colon, and the witness or where the paper is.
        sha256, width, height: of the picture of the signed form, if there is one (pixels); shown
            to the station and the county alone.
    """

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    farmer_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    how: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    # Of the form it was recorded with; see market.web.idempotency.
    key: Mapped[str | None] = mapped_column(String(32))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    farmer: Mapped[Account] = relationship(foreign_keys=[farmer_id])

    __table_args__ = (
        Index("uq_consents_key", "key", unique=True),
        CheckConstraint(
            "(sha256 IS NULL AND width IS NULL AND height IS NULL)"
            " OR (width > 0 AND height > 0 AND sha256 <> '')",
            name="whole_paper",
        ),
    )


class PhoneReveal(Base):
    """Who saw whose phone number in full, when, and where."""

    __tablename__ = "phone_reveals"

    id: Mapped[int] = mapped_column(primary_key=True)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    page: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class AccountBlock(Base):
    """Whom an account wants nothing to do with: they can neither write to it nor ask its number."""

    __tablename__ = "blocks"

    id: Mapped[int] = mapped_column(primary_key=True)
    blocker_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    blocked_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    blocked: Mapped[Account] = relationship(foreign_keys=[blocked_id])

    __table_args__ = (
        UniqueConstraint("blocker_id", "blocked_id"),
        CheckConstraint("blocker_id <> blocked_id", name="not_oneself"),
    )
