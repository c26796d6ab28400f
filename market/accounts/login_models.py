"""The log-ins of the last months, which outlive their sessions."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, UTCDateTime, choice, utcnow


class LoginMethod(enum.StrEnum):
    """What somebody logged in with."""

    PASSWORD = "password"
    ONE_TIME_PASSWORD = "one_time_password"
    SECOND_FACTOR = "second_factor"  # besides the password
    PHONE_CODE = "phone_code"


class AccountLogin(Base):
    """One log-in of an account.

    Attributes:
        network: where it came from: an IPv4 address, or the /64 of an IPv6 one.
        agent: how the browser named itself.
    """

    __tablename__ = "account_logins"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    network: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))
    method: Mapped[LoginMethod] = mapped_column(choice(LoginMethod, "login_method"))

    __table_args__ = (Index("ix_account_logins_account_at", "account_id", "at"),)
