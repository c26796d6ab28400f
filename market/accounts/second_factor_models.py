"""The second factor of an account: its app, and the codes for when that is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, UTCDateTime, utcnow


class SecondFactor(Base):
    """An authenticator app that gives a code at each log-in besides the password (RFC 6238).

    Attributes:
        seed: random; the app's secret is its hash with the secret key, so that the database
            alone gives no codes.
        last_step: the step of time whose code was accepted last: none is accepted twice.
    """

    __tablename__ = "second_factors"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, autoincrement=False
    )
    seed: Mapped[str] = mapped_column(String(32))
    last_step: Mapped[int] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class RecoveryCode(Base):
    """A code for one log-in without the app; deleted when it is used."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    code_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)
