"""What is said about a trader on their page, and what is said against it."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.deals.models import Deal
from market.offers.models import Side
from market.regions.models import Region
from market.web.reasons import MAX_REASON_LENGTH

MAX_RATING_LENGTH = 200
MIN_STARS, MAX_STARS = 1, 5
# Characters of what is printed on a certificate.
MAX_NUMBER_LENGTH, MAX_ISSUER_LENGTH = 60, 80


class TraderRating(Base):
    """What one side of a verified deal says of the other, once.

    Attributes:
        side: that rates; rater_id: its party, rated_id: the other side's.
        by_id: who wrote it: the party, or the assistant who represents it.
        answer: what the rated say to it, once; "" before.
        is_hidden: an official took it off the page.
        key: of the form; a form sent twice writes one rating.
    """

    __tablename__ = "trader_ratings"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    rated_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    stars: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(MAX_RATING_LENGTH))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    answer: Mapped[str] = mapped_column(String(MAX_RATING_LENGTH), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_hidden: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="is_hidden"), default=False
    )
    key: Mapped[str] = mapped_column(String(32), unique=True)

    deal: Mapped[Deal] = relationship()
    rater: Mapped[Account] = relationship(foreign_keys=[rater_id])
    rated: Mapped[Account] = relationship(foreign_keys=[rated_id])

    __table_args__ = (
        UniqueConstraint("deal_id", "side"),
        CheckConstraint(f"stars BETWEEN {MIN_STARS} AND {MAX_STARS}", name="stars_in_range"),
        CheckConstraint("rater_id <> rated_id", name="two_parties"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answered_at_a_time"),
    )


class DisputeDecision(enum.StrEnum):
    """What the county does with a line that is disputed."""

    KEEP = "keep"
    HIDE = "hide"


class TraderDispute(Base):
    """Somebody says that a line of a trader's page is wrong; the trader's county decides.

    Attributes:
        rating_id, certificate_id: what it is about; neither: the figures of the verified deals.
        region_code: where it is decided (market.traders.offices).
        decision: of all that were decided about the deals' figures the last one holds.
    """

    __tablename__ = "trader_disputes"

    id: Mapped[int] = mapped_column(primary_key=True)
    trader_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    rating_id: Mapped[int | None] = mapped_column(ForeignKey("trader_ratings.id"), index=True)
    certificate_id: Mapped[int | None] = mapped_column(
        ForeignKey("trader_certificates.id"), index=True
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    reason: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    decision: Mapped[DisputeDecision | None] = mapped_column(choice(DisputeDecision, "decision"))
    decision_reason: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    trader: Mapped[Account] = relationship(foreign_keys=[trader_id])
    by: Mapped[Account] = relationship(foreign_keys=[by_id])
    rating: Mapped[TraderRating | None] = relationship()
    certificate: Mapped[TraderCertificate | None] = relationship()
    region: Mapped[Region] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("rating_id IS NULL OR certificate_id IS NULL", name="about_one_line"),
        Index("ix_trader_disputes_region_code_at", "region_code", "at"),
    )

    @property
    def parties(self) -> list[Account]:
        """Whose case it is: they don't decide it."""
        return [self.trader, self.by] + ([self.rating.rater] if self.rating else [])


class CertificateKind(enum.StrEnum):
    """What a trader may prove; the first four are what purchases ask for
    (market.offers.certificates)."""

    GREEN = "green"
    ORGANIC = "organic"
    INDICATION = "indication"
    COMMITMENT = "commitment"
    LICENCE = "licence"  # 营业执照
    OTHER = "other"


class CertificateDecision(enum.StrEnum):
    CHECKED = "checked"
    REFUSED = "refused"


class TraderCertificate(Base):
    """A certificate as its trader entered it, and what the county's official found.

    Attributes:
        number, issued_by: as printed on it.
        valid_until: the last local day on which it holds; None: it names none.
        sha256, width, height: of its picture, if there is one (pixels); shown to the trader's
            side and the office alone.
        source: where the official looked it up; decision_reason: why it was refused.
        is_hidden: a dispute took it off the page.
        key: of the form; a form sent twice enters one certificate.
    """

    __tablename__ = "trader_certificates"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    kind: Mapped[CertificateKind] = mapped_column(choice(CertificateKind, "kind"))
    number: Mapped[str] = mapped_column(String(MAX_NUMBER_LENGTH))
    issued_by: Mapped[str] = mapped_column(String(MAX_ISSUER_LENGTH))
    valid_until: Mapped[date | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    decision: Mapped[CertificateDecision | None] = mapped_column(
        choice(CertificateDecision, "decision")
    )
    source: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH), default="")
    decision_reason: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_hidden: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="is_hidden"), default=False
    )
    key: Mapped[str] = mapped_column(String(32), unique=True)

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    region: Mapped[Region] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("(decision = 'checked') = (source <> '')", name="checked_somewhere"),
        CheckConstraint("(sha256 IS NULL) = (width IS NULL)", name="picture_has_size"),
        Index("ix_trader_certificates_region_code_at", "region_code", "at"),
    )

    @property
    def parties(self) -> list[Account]:
        """Whose case it is: they don't decide it."""
        return [self.account]
