"""Deals, their proof and history, and the ledger."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import (
    Base,
    Fen,
    Path,
    Quantity,
    Timestamped,
    UnitPrice,
    UTCDateTime,
    choice,
    utcnow,
)
from market.deals.unregistered_models import DealCallBack, Evidence, UnregisteredParty
from market.fairs.models import Fair
from market.offers.models import Offer, PriceBasis, Side
from market.products.models import Product
from market.regions.models import Region


class DealStatus(enum.StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    VERIFIED = "verified"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    RETURNED = "returned"
    REPLACED = "replaced"


# The one table of allowed transitions.
DEAL_TRANSITIONS: dict[DealStatus, frozenset[DealStatus]] = {
    # Replaced: the other side answered with other terms, which are a proposal of their own.
    DealStatus.PROPOSED: frozenset(
        {
            *(DealStatus.AGREED, DealStatus.DECLINED),
            *(DealStatus.CANCELLED, DealStatus.REPLACED),
        }
    ),
    # To itself: the county has verified a large one, and the prefecture does it after it.
    DealStatus.AGREED: frozenset(
        {
            *(DealStatus.AGREED, DealStatus.VERIFIED, DealStatus.RETURNED),
            *(DealStatus.CANCELLED, DealStatus.DISPUTED),
        }
    ),
    # The parties revise what the county asked for and send it again, or cancel it.
    DealStatus.RETURNED: frozenset({DealStatus.AGREED, DealStatus.CANCELLED, DealStatus.DISPUTED}),
    DealStatus.DISPUTED: frozenset({DealStatus.AGREED, DealStatus.CANCELLED}),
    # The county takes its verification back: the ledger gets the reversal.
    DealStatus.VERIFIED: frozenset({DealStatus.RETURNED}),
    DealStatus.DECLINED: frozenset(),
    DealStatus.CANCELLED: frozenset(),
    DealStatus.REPLACED: frozenset(),
}


# What both parties agreed to and nobody has cancelled, whether the ledger counts it or not.
AGREED_OR_LATER = (
    DealStatus.AGREED,
    DealStatus.VERIFIED,
    DealStatus.RETURNED,
    DealStatus.DISPUTED,
)


class Channel(enum.StrEnum):
    FAIR = "fair"
    DAILY = "daily"


class RevisionAnswer(enum.StrEnum):
    """The other side's answer to a revision."""

    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"


class Deal(Base, Timestamped):
    """A deal 成交 between two parties: two accounts, or one and somebody without.

    Attributes:
        seller, buyer: None for the side that `unregistered` is.
        evidence: what the agreement of the unregistered side stands on; None for two accounts.
        called_back_by_id, called_back_at: the official who last rang and heard the deal confirmed
            as it stands now: by the unregistered side, or by either where both have accounts.
        follows: the earlier proposal that this one answers with other terms, or repeats.
        basis: where the price holds; None: it was not said.
        quantity: in `unit`; unit_price: yuan per `unit`.
        amount_fen: what the parties agreed; amount_reason says why when it differs from
            quantity x unit_price by more than 1%.
        agreed_on: the local day it was agreed; None before.
        dated_on: the earlier day the proposal gives for that, with day_reason; None: the day
            on which the other side agrees.
        home_region: the one leaf the deal is counted in (market.deals.rules.home_region).
        proposed_side: which party proposed; the other one agrees or declines.
        county_verified_by, county_verified_at: the first of the two officials of a large deal;
            verified_by is the second, of the prefecture, or the only one.
        reserved: whether the offers' remaining quantities are reduced by it now.
        key: of the form that proposed it.
    """

    __tablename__ = "deals"

    id: Mapped[int] = mapped_column(primary_key=True)
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    buyer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    unregistered_id: Mapped[int | None] = mapped_column(
        ForeignKey("unregistered_parties.id"), index=True, unique=True
    )
    evidence: Mapped[Evidence | None] = mapped_column(choice(Evidence, "evidence"))
    called_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    called_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), index=True, unique=True)
    seller_offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"), index=True)
    buyer_offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"), index=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(12))
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    amount_fen: Mapped[int] = mapped_column(Fen)
    amount_reason: Mapped[str] = mapped_column(String(200), default="")
    basis: Mapped[PriceBasis | None] = mapped_column(choice(PriceBasis, "basis"))
    note: Mapped[str] = mapped_column(String(400), default="")
    agreed_on: Mapped[date | None]
    dated_on: Mapped[date | None]
    day_reason: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    fair_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"), index=True)
    seller_region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    buyer_region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    home_region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    status: Mapped[DealStatus] = mapped_column(
        choice(DealStatus, "status"), default=DealStatus.PROPOSED
    )
    status_reason: Mapped[str] = mapped_column(String(200), default="")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    proposed_side: Mapped[Side] = mapped_column(choice(Side, "proposed_side"))
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    county_verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    county_verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reserved: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="reserved"), default=False
    )
    key: Mapped[str] = mapped_column(String(32), unique=True)

    seller: Mapped[Account | None] = relationship(foreign_keys=[seller_id])
    buyer: Mapped[Account | None] = relationship(foreign_keys=[buyer_id])
    unregistered: Mapped[UnregisteredParty | None] = relationship(lazy="joined")
    follows: Mapped[Deal | None] = relationship(
        remote_side=[id], back_populates="followed_by", foreign_keys=[follows_id]
    )
    followed_by: Mapped[Deal | None] = relationship(
        back_populates="follows", foreign_keys=[follows_id]
    )
    seller_offer: Mapped[Offer | None] = relationship(foreign_keys=[seller_offer_id])
    buyer_offer: Mapped[Offer | None] = relationship(foreign_keys=[buyer_offer_id])
    product: Mapped[Product] = relationship()
    fair: Mapped[Fair | None] = relationship()
    seller_region: Mapped[Region] = relationship(foreign_keys=[seller_region_code])
    buyer_region: Mapped[Region] = relationship(foreign_keys=[buyer_region_code])
    home_region: Mapped[Region] = relationship(foreign_keys=[home_region_code])
    proofs: Mapped[list[DealProof]] = relationship(order_by="DealProof.id")
    events: Mapped[list[DealEvent]] = relationship(order_by="DealEvent.id")
    revisions: Mapped[list[DealRevision]] = relationship(order_by="DealRevision.id")
    call_backs: Mapped[list[DealCallBack]] = relationship(order_by="DealCallBack.id")

    __table_args__ = (
        CheckConstraint("seller_id <> buyer_id", name="two_parties"),
        CheckConstraint("seller_id IS NOT NULL OR buyer_id IS NOT NULL", name="an_account"),
        CheckConstraint(
            "(seller_id IS NULL OR buyer_id IS NULL) = (unregistered_id IS NOT NULL)",
            name="each_party_one_kind",
        ),
        CheckConstraint(
            "unregistered_id IS NULL OR (agreed_by_id IS NULL"
            " AND ((proposed_side = 'sell') = (buyer_id IS NULL)))",
            name="proposed_by_the_account",
        ),
        CheckConstraint(
            "evidence IS NULL OR unregistered_id IS NOT NULL", name="evidence_of_unregistered"
        ),
        CheckConstraint(
            "status <> 'verified' OR unregistered_id IS NULL OR called_back_by_id IS NOT NULL",
            name="called_back_before_verified",
        ),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price > 0", name="unit_price_positive"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("(channel = 'fair') = (fair_id IS NOT NULL)", name="fair_channel"),
        CheckConstraint(
            "status NOT IN ('agreed', 'verified', 'returned', 'disputed')"
            " OR ((agreed_by_id IS NOT NULL OR evidence IS NOT NULL) AND agreed_on IS NOT NULL)",
            name="agreed_by_someone",
        ),
        CheckConstraint("agreed_by_id <> proposed_by_id", name="not_confirmed_by_proposer"),
        CheckConstraint(
            "county_verified_by_id IS NULL OR status IN ('agreed', 'verified')",
            name="county_verified_while_standing",
        ),
        CheckConstraint("verified_by_id <> county_verified_by_id", name="two_officials"),
        Index(
            "ix_deals_queue",
            *("home_region_code", "status", "updated_at", "county_verified_by_id"),
        ),
        Index("ix_deals_verified", "status", "verified_at"),
        Index("ix_deals_product_code_agreed_on", "product_code", "agreed_on"),
        Index("ix_deals_fair_id_status", "fair_id", "status"),
        Index(
            "ix_deals_unregistered",
            *("fair_id", "home_region_code"),
            sqlite_where=text("unregistered_id IS NOT NULL"),
            postgresql_where=text("unregistered_id IS NOT NULL"),
        ),
    )

    def party(self, side: Side) -> Account | UnregisteredParty:
        """Who is on that side, with an account or without."""
        party = (self.seller if side is Side.SELL else self.buyer) or self.unregistered
        assert party is not None
        return party

    @property
    def accounts(self) -> list[Account]:
        """The parties that have an account, the seller first."""
        return [party for party in (self.seller, self.buyer) if party is not None]

    @property
    def seller_name(self) -> str:
        return self.party(Side.SELL).name

    @property
    def buyer_name(self) -> str:
        return self.party(Side.BUY).name


class DealEvent(Base):
    """A step in a deal's life: who moved it to which status, when, why.

    Attributes:
        flags: codes of the blocking flags at the time, separated by commas; the reason says
            why the official verified it in spite of them.
    """

    __tablename__ = "deal_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), index=True)
    status: Mapped[DealStatus] = mapped_column(choice(DealStatus, "status"))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
    flags: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    by: Mapped[Account] = relationship()


class DealRevision(Base):
    """Other figures for a returned deal: one side proposes them, the other agrees.

    Attributes:
        quantity, unit, unit_price, amount_fen, amount_reason, agreed_on, day_reason: the new
            figures; before_*: the old ones. The row stays whatever the answer is.
        by_side: the side that wrote it; the other one answers.
    """

    __tablename__ = "deal_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    by_side: Mapped[Side] = mapped_column(choice(Side, "by_side"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(12))
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    amount_fen: Mapped[int] = mapped_column(Fen)
    amount_reason: Mapped[str] = mapped_column(String(200), default="")
    agreed_on: Mapped[date]
    day_reason: Mapped[str] = mapped_column(String(200), default="")
    before_quantity: Mapped[Decimal] = mapped_column(Quantity)
    before_unit: Mapped[str] = mapped_column(String(12))
    before_unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    before_amount_fen: Mapped[int] = mapped_column(Fen)
    before_agreed_on: Mapped[date]
    answer: Mapped[RevisionAnswer] = mapped_column(
        choice(RevisionAnswer, "answer"), default=RevisionAnswer.WAITING
    )
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    by: Mapped[Account] = relationship(foreign_keys=[by_id])

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price > 0", name="unit_price_positive"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("answered_by_id <> by_id", name="not_answered_by_its_writer"),
        CheckConstraint("(answer = 'waiting') = (answered_at IS NULL)", name="answered_at_a_time"),
        Index(
            "uq_deal_revisions_waiting",
            "deal_id",
            unique=True,
            sqlite_where=text("answer = 'waiting'"),
            postgresql_where=text("answer = 'waiting'"),
        ),
    )


class DealProof(Base):
    """A re-encoded picture that proves the deal (a contract, a weighing slip, a receipt)."""

    __tablename__ = "deal_proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (UniqueConstraint("deal_id", "sha256"),)


class LedgerEntry(Base):
    """One line of the ledger 台账. Never updated, never deleted: triggers refuse it.

    Attributes:
        id: 1, 2, 3 … without a gap.
        turn: 1 counts the deal, 2 takes it back, 3 counts it again …; unique per deal, so
            a deal can't be counted twice.
        deals, amount_fen: +1 and + the amount for an odd turn, negative for an even one.
        region_path: the home region's path at the time, so that a region moved later
            leaves past totals alone.
        reason: empty; entries of older releases have the county's reason here.
        previous_hash, hash: hex SHA-256 (market.deals.ledger.entry_hash); the first entry's
            previous hash is 64 zeros.
    """

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    turn: Mapped[int] = mapped_column(Integer)
    deals: Mapped[int] = mapped_column(Integer)
    amount_fen: Mapped[int] = mapped_column(Fen)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    region_path: Mapped[str] = mapped_column(Path)
    seller_region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    buyer_region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    fair_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"))
    by_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(200), default="")
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        UniqueConstraint("deal_id", "turn"),
        CheckConstraint("turn > 0", name="turn"),
        CheckConstraint(
            "(turn % 2 = 1 AND deals = 1 AND amount_fen > 0)"
            " OR (turn % 2 = 0 AND deals = -1 AND amount_fen < 0)",
            name="sign",
        ),
        Index("ix_ledger_fair_id_region_code", "fair_id", "region_code"),
    )
