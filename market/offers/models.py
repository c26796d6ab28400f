"""Offers of both sides, their photos, when they were published, and what changed."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from market.accounts.models import Account
from market.database import (
    Base,
    Quantity,
    Timestamped,
    UnitPrice,
    UTCDateTime,
    choice,
    utcnow,
)
from market.offers.certificates import CODE_SETS
from market.products.models import Product
from market.regions.models import Region, Township
from market.regions.townships import village_name

# Characters of a public question, and of its answer.
MAX_QUESTION_LENGTH = 300


class Side(enum.StrEnum):
    SELL = "sell"
    BUY = "buy"

    @property
    def other(self) -> Side:
        return Side.BUY if self is Side.SELL else Side.SELL


class OfferStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    EXPIRED = "expired"
    REJECTED = "rejected"


class ClosingReason(enum.StrEnum):
    """Why an offer is closed: deals took all of it, its owner traded it elsewhere or stopped, or
    the owner's account was closed. Those closed by earlier releases may have none."""

    SOLD_OUT = "sold_out"
    TRADED = "traded"
    STOPPED = "stopped"
    ACCOUNT_CLOSED = "account_closed"


# The one table of allowed transitions.
TRANSITIONS: dict[OfferStatus, frozenset[OfferStatus]] = {
    OfferStatus.DRAFT: frozenset({OfferStatus.PUBLISHED, OfferStatus.CLOSED}),
    OfferStatus.PUBLISHED: frozenset(
        {OfferStatus.CLOSED, OfferStatus.EXPIRED, OfferStatus.REJECTED}
    ),
    # Renewing; closing on nothing left is undone when a cancelled deal gives it back.
    OfferStatus.CLOSED: frozenset({OfferStatus.PUBLISHED}),
    OfferStatus.EXPIRED: frozenset({OfferStatus.PUBLISHED, OfferStatus.CLOSED}),
    OfferStatus.REJECTED: frozenset({OfferStatus.DRAFT}),
}


class Verification(enum.StrEnum):
    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    RETURNED = "returned"


class PriceBasis(enum.StrEnum):
    EX_FARM = "ex_farm"
    DELIVERED = "delivered"


class Offer(Base, Timestamped):
    """An offer 供求信息 of either side.

    Attributes:
        quantity, remaining, min_lot: in `unit`.
        price_low, price_high: yuan per `price_unit`; both None: negotiable (面议).
        price_per_base: price_low (or high of a purchase) per base unit of the dimension,
            rounded to 4 places: to sort and filter by, never to calculate with.
        region: origin of a sale, destination of a purchase; always a county, which counts it.
        product_words: what was typed for the product, where that is not its name (土豆).
        township_code, village: where in the county.
        place_detail: what was typed beyond the county and names no township of it, or the whole
            region that a purchase may go to (常德市).
        quotation_deadline: the last local day on which a purchase takes quotations 报价截止;
            None: as long as it is up.
        parts_allowed: whether a seller may quote a part of what a purchase wants.
        certificates: those a purchase asks for, as market.offers.certificates stores a set.
        quotations: how many sellers have quoted for a purchase; counted anew with each quotation.
        valid_until: the instant from which it is expired.
        contact_phone: who to ring about this offer, in E.164; "" for the owner's own number.
        status_reason: of a rejected one the official's words, of a closed one a ClosingReason.
        verified_by, verified_at: the official who last verified or returned it, and when;
            None while it is unverified.
        key: of the form it was posted with; a form sent twice posts one offer.
    """

    __tablename__ = "offers"

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    product_words: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    grade: Mapped[str] = mapped_column(String(60), default="")
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    remaining: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(12))
    price_low: Mapped[Decimal | None] = mapped_column(UnitPrice)
    price_high: Mapped[Decimal | None] = mapped_column(UnitPrice)
    price_unit: Mapped[str] = mapped_column(String(12))
    price_per_base: Mapped[Decimal | None] = mapped_column(UnitPrice)
    price_basis: Mapped[PriceBasis] = mapped_column(
        choice(PriceBasis, "price_basis"), default=PriceBasis.EX_FARM
    )
    min_lot: Mapped[Decimal | None] = mapped_column(Quantity)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    township_code: Mapped[str | None] = mapped_column(ForeignKey("townships.code"), index=True)
    village: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    place_detail: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    supply_from: Mapped[date | None]
    supply_to: Mapped[date | None]
    quotation_deadline: Mapped[date | None]
    parts_allowed: Mapped[bool] = mapped_column(Boolean, default=True, server_default=text("true"))
    certificates: Mapped[str] = mapped_column(
        Enum(*CODE_SETS, name="certificates", native_enum=False, length=40, create_constraint=True),
        default="",
        server_default=text("''"),
    )
    quotations: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    contact_phone: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    packaging: Mapped[str] = mapped_column(String(60), default="")
    delivery: Mapped[str] = mapped_column(String(120), default="")
    valid_until: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[OfferStatus] = mapped_column(
        choice(OfferStatus, "status"), default=OfferStatus.DRAFT
    )
    status_reason: Mapped[str] = mapped_column(String(200), default="")
    verification: Mapped[Verification] = mapped_column(
        choice(Verification, "verification"), default=Verification.UNVERIFIED
    )
    verification_reason: Mapped[str] = mapped_column(String(200), default="")
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consents.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    product: Mapped[Product] = relationship()
    region: Mapped[Region] = relationship()
    township: Mapped[Township | None] = relationship()
    owner: Mapped[Account] = relationship(foreign_keys=[owner_id])
    posted_by: Mapped[Account] = relationship(foreign_keys=[posted_by_id])
    photos: Mapped[list[OfferPhoto]] = relationship(
        order_by="OfferPhoto.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "status <> 'closed' OR status_reason IN"
            " ('', 'sold_out', 'traded', 'stopped', 'account_closed')",
            name="closing_reason",
        ),
        CheckConstraint("remaining >= 0 AND remaining <= quantity", name="remaining_in_quantity"),
        CheckConstraint(
            "(price_low IS NULL AND price_high IS NULL)"
            " OR (price_low > 0 AND price_high >= price_low)",
            name="price_range",
        ),
        CheckConstraint("supply_to IS NULL OR supply_to >= supply_from", name="supply_period"),
        CheckConstraint("min_lot IS NULL OR (min_lot > 0 AND min_lot <= quantity)", name="min_lot"),
        # Only a purchase asks for quotations.
        CheckConstraint(
            "quotation_deadline IS NULL OR side = 'buy'", name="quotation_deadline_of_purchase"
        ),
        CheckConstraint("parts_allowed OR side = 'buy'", name="parts_of_purchase"),
        CheckConstraint("certificates = '' OR side = 'buy'", name="certificates_of_purchase"),
        CheckConstraint("quotations >= 0", name="quotations_counted"),
        Index("ix_offers_status_published_at", "status", "published_at"),
        Index("ix_offers_product_code_status", "product_code", "status"),
        Index("ix_offers_status_valid_until", "status", "valid_until"),
        # The queue of one county, and that of a whole province, in their order; both are
        # counted from the index alone.
        Index(
            "ix_offers_region_queue",
            *("region_code", "status", "verification", "published_at", "valid_until"),
        ),
        Index(
            "ix_offers_queue",
            *("status", "verification", "published_at", "region_code", "valid_until"),
        ),
        # Usual prices, read from the index alone; usual quantities of a county.
        Index(
            "ix_offers_usual_price",
            *("product_code", "verification", "published_at", "price_low", "price_unit"),
        ),
        Index("ix_offers_product_code_region_code", "product_code", "region_code"),
    )

    @validates("village")
    def _without_group(self, _key: str, village: str) -> str:
        return village and village_name(village)

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it: published and not past its time."""
        return self.status is OfferStatus.PUBLISHED and self.valid_until > utcnow()


class OfferPhoto(Base):
    """A re-encoded photo, stored by the hash of its content (market.offers.photos)."""

    __tablename__ = "offer_photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    position: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("offer_id", "position"),
        CheckConstraint("position BETWEEN 0 AND 5", name="at_most_six"),
    )


class OfferPublication(Base):
    """An offer was published or renewed at this instant: what a fair's listings are read from."""

    __tablename__ = "offer_publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class OfferViews(Base):
    """How often an offer was looked at on a local day (market.offers.interest)."""

    __tablename__ = "offer_views"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]

    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)


class OfferChange(Base):
    """The outbox: this offer changed and the index does not know yet. The worker drains it."""

    __tablename__ = "offer_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = ({"sqlite_autoincrement": True},)


class ShortlistEntry(Base):
    """An offer that an account keeps an eye on 收藏."""

    __tablename__ = "shortlist_entries"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class PublicQuestion(Base):
    """What a seller asks about a purchase before its deadline, for everybody to read.

    Attributes:
        answer: the owner's; empty until answered_at.
        withdrawn_at: since when it is no longer shown, by its asker or by an official.
        reported_by_id, reported_at: who asked the county to look at it first, and when; None again
            once an official has found nothing against it.
        key: of the form; a form sent twice asks once.
    """

    __tablename__ = "public_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    text: Mapped[str] = mapped_column(String(MAX_QUESTION_LENGTH))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    answer: Mapped[str] = mapped_column(String(MAX_QUESTION_LENGTH), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    offer: Mapped[Offer] = relationship()
    asker: Mapped[Account] = relationship(foreign_keys=[asker_id])

    __table_args__ = (
        CheckConstraint("text <> ''", name="asks_something"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answered_at_a_time"),
        CheckConstraint(
            "(reported_by_id IS NULL) = (reported_at IS NULL)", name="reported_by_somebody"
        ),
        Index("ix_public_questions_reported_at", "reported_at"),
    )


class OutcomeResult(enum.StrEnum):
    """What came of a purchase request."""

    FILLED = "filled"
    PARTLY = "partly"
    NOTHING = "nothing"


class OutcomeReason(enum.StrEnum):
    """Why a request was not filled, or not whole."""

    PRICE = "price"
    QUALITY = "quality"
    QUANTITY = "quantity"
    DELIVERY = "delivery"
    NOBODY = "nobody"
    ELSEWHERE = "elsewhere"
    NOT_NEEDED = "not_needed"
    OTHER = "other"


class RequestOutcome(Base):
    """What its owner says came of a purchase request after its deadline.

    Attributes:
        note: the reason in the owner's own words; may be empty.
    """

    __tablename__ = "request_outcomes"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    result: Mapped[OutcomeResult] = mapped_column(choice(OutcomeResult, "result"))
    reason: Mapped[OutcomeReason | None] = mapped_column(choice(OutcomeReason, "reason"))
    note: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

    offer: Mapped[Offer] = relationship()

    __table_args__ = (
        CheckConstraint("(result = 'filled') = (reason IS NULL)", name="says_why_not"),
        Index("ix_request_outcomes_at", "at"),
    )
