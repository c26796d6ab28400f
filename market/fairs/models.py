"""Fairs, their theme, their sessions, what was done with them, and the offers each lists."""

from __future__ import annotations

import enum
from datetime import date, datetime

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
from market.database import Base, Fen, Timestamped, UTCDateTime, choice
from market.offers.models import Side
from market.regions.models import Region


class FairSeason(enum.StrEnum):
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class FairStatus(enum.StrEnum):
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    CERTIFIED = "certified"
    CANCELLED = "cancelled"
    MERGED = "merged"


FAIR_TRANSITIONS: dict[FairStatus, frozenset[FairStatus]] = {
    FairStatus.ANNOUNCED: frozenset({FairStatus.OPEN, FairStatus.CANCELLED, FairStatus.MERGED}),
    FairStatus.OPEN: frozenset({FairStatus.CLOSED, FairStatus.CANCELLED, FairStatus.MERGED}),
    FairStatus.CLOSED: frozenset({FairStatus.CERTIFIED, FairStatus.CANCELLED}),
    FairStatus.CERTIFIED: frozenset(),
    FairStatus.CANCELLED: frozenset(),
    FairStatus.MERGED: frozenset(),
}
# The states of a fair that counts, is compared and reported of.
HELD = frozenset({FairStatus.OPEN, FairStatus.CLOSED, FairStatus.CERTIFIED})
# The states of a fair that is not held: nothing is counted, compared or reported of it.
WITHDRAWN = frozenset({FairStatus.CANCELLED, FairStatus.MERGED})
# The states of a fair that takes no more deals.
ENDED = frozenset({FairStatus.CERTIFIED}) | WITHDRAWN


class FairAction(enum.StrEnum):
    """What the province can do with a fair besides certifying it."""

    EDIT = "edit"
    POSTPONE = "postpone"
    EXTEND = "extend"
    CLOSE_EARLY = "close_early"
    SESSIONS = "sessions"
    CLONE = "clone"
    MERGE = "merge"
    CANCEL = "cancel"


# The actions of each state. A fair known by its totals alone allows none.
FAIR_ACTIONS: dict[FairStatus, frozenset[FairAction]] = {
    FairStatus.ANNOUNCED: frozenset(FairAction) - {FairAction.EXTEND, FairAction.CLOSE_EARLY},
    FairStatus.OPEN: frozenset(FairAction) - {FairAction.POSTPONE},
    # Editing its texts and what it is compared with, which doesn't change its count.
    FairStatus.CLOSED: frozenset({FairAction.EDIT, FairAction.CLONE, FairAction.CANCEL}),
    FairStatus.CERTIFIED: frozenset({FairAction.CLONE}),
    FairStatus.CANCELLED: frozenset(),
    FairStatus.MERGED: frozenset(),
}


class Fair(Base, Timestamped):
    """An online matchmaking fair 网上购销对接会.

    Attributes:
        starts_on, ends_on: whole local days of the home time zone, both included.
        previous_id: the edition before (环比); same_season_id: this season last year (同比).
        totals_only: an earlier fair known by its totals alone; the totals are in total_*,
            None where even that is unknown, and `note` says where they come from.
        derived: the names of those totals that were worked out from other figures and not
            given, separated by spaces.
        is_replay: real totals, invented detail; its pages say so.
        merged_into_id: of a merged fair the one that took it over; its address leads there.
        organiser, contact: whom to ask about it and how, as its page and its poster say it;
            "" where that is not known.
    """

    __tablename__ = "fairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    season: Mapped[FairSeason] = mapped_column(choice(FairSeason, "season"))
    year: Mapped[int] = mapped_column(Integer)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[FairStatus] = mapped_column(
        choice(FairStatus, "status"), default=FairStatus.ANNOUNCED
    )
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"))
    same_season_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"))
    totals_only: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="totals_only"), default=False
    )
    is_replay: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="is_replay"), default=False
    )
    total_listings: Mapped[int | None] = mapped_column(Integer)
    total_merchants: Mapped[int | None] = mapped_column(Integer)
    total_deals: Mapped[int | None] = mapped_column(Integer)
    total_fen: Mapped[int | None] = mapped_column(Fen)
    derived: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    note: Mapped[str] = mapped_column(String(200), default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"))
    organiser: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    contact: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    # Of the form that made it; see market.web.idempotency.
    key: Mapped[str | None] = mapped_column(String(32))

    region: Mapped[Region] = relationship()
    previous: Mapped[Fair | None] = relationship(foreign_keys=[previous_id], remote_side=[id])
    same_season: Mapped[Fair | None] = relationship(foreign_keys=[same_season_id], remote_side=[id])
    merged_into: Mapped[Fair | None] = relationship(foreign_keys=[merged_into_id], remote_side=[id])

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint(
            "(status = 'merged') = (merged_into_id IS NOT NULL)"
            " AND (merged_into_id IS NULL OR merged_into_id <> id)",
            name="merged_into_another",
        ),
        Index("uq_fairs_key", "key", unique=True),
    )


class FairTheme(Base):
    """A category (2 or 4 digits) or product (7) a fair is about; none at all: everything."""

    __tablename__ = "fair_themes"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    product_prefix: Mapped[str] = mapped_column(String(7), primary_key=True)


class FairSession(Base, Timestamped):
    """A session 专场 inside a fair: certain products on certain of its days.

    It holds no figures: its totals are derived from the fair's listings and ledger entries
    and never added to the fair's, because sessions may overlap.

    Attributes:
        starts_on, ends_on: whole local days, both included, inside the fair's.
        themes: the products it is about, inside the fair's theme; at least one.
    """

    __tablename__ = "fair_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # Of the form that made it; see market.web.idempotency.
    key: Mapped[str | None] = mapped_column(String(32))

    fair: Mapped[Fair] = relationship()
    themes: Mapped[list[FairSessionTheme]] = relationship(
        cascade="all, delete-orphan", order_by="FairSessionTheme.product_prefix"
    )

    __table_args__ = (
        UniqueConstraint("fair_id", "slug"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        Index("uq_fair_sessions_key", "key", unique=True),
    )

    @property
    def prefixes(self) -> list[str]:
        """The codes of its theme."""
        return [theme.product_prefix for theme in self.themes]


class FairSessionTheme(Base):
    """A category (2 or 4 digits) or product (7) a session is about."""

    __tablename__ = "fair_session_themes"

    session_id: Mapped[int] = mapped_column(ForeignKey("fair_sessions.id"), primary_key=True)
    product_prefix: Mapped[str] = mapped_column(String(7), primary_key=True)


class FairEventKind(enum.StrEnum):
    ANNOUNCED = "announced"
    CLONED = "cloned"
    OPENED = "opened"
    EDITED = "edited"
    EXTENDED = "extended"
    CLOSED_EARLY = "closed_early"
    CLOSED = "closed"
    CERTIFIED = "certified"
    SESSION_ADDED = "session_added"
    SESSION_EDITED = "session_edited"
    SESSION_REMOVED = "session_removed"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    MERGED = "merged"
    ABSORBED = "absorbed"


class FairEvent(Base):
    """A change of a fair. Never updated, never deleted: triggers refuse it.

    Attributes:
        by_id: None where the calendar did it.
        about: of an edit the names of what changed, separated by spaces; of a session its
            name at the time.
        from_day, to_day: the last day before and after, where it moved; of a fair that was
            postponed the first day.
        source_id: the fair this one was cloned from, or that was merged into it (absorbed).
    """

    __tablename__ = "fair_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), index=True)
    kind: Mapped[FairEventKind] = mapped_column(choice(FairEventKind, "kind"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(String(200), default="")
    from_day: Mapped[date | None]
    to_day: Mapped[date | None]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"))

    by: Mapped[Account | None] = relationship()
    source: Mapped[Fair | None] = relationship(foreign_keys=[source_id])

    __table_args__ = (
        CheckConstraint(
            "kind NOT IN ('postponed', 'extended', 'closed_early')"
            " OR (from_day IS NOT NULL AND to_day IS NOT NULL AND from_day <> to_day"
            " AND reason <> '' AND by_id IS NOT NULL)",
            name="moved_with_a_reason",
        ),
        CheckConstraint(
            "kind NOT IN ('cancelled', 'merged', 'absorbed')"
            " OR (reason <> '' AND by_id IS NOT NULL)",
            name="cancelled_with_a_reason",
        ),
        CheckConstraint(
            "(kind IN ('cloned', 'absorbed')) = (source_id IS NOT NULL)", name="cloned_from"
        ),
    )


class FairListing(Base):
    """An offer first published or renewed inside the fair's dates, in its region and theme.

    Copies what the count groups by, so that a whole fair is counted from one index. The
    copies follow the offer (market.fairs.services.sync_listings).

    Attributes:
        counts: False once the offer is rejected.
        verified: by an official; makes its owner an effective merchant.
    """

    __tablename__ = "fair_listings"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    listed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    owner_id: Mapped[int] = mapped_column(BigInteger)
    verified: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="verified"))
    counts: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="counts"))

    __table_args__ = (
        Index("ix_fair_listings_count", "fair_id", "counts", "region_code", "side", "product_code"),
        Index(
            "ix_fair_listings_days",
            *("fair_id", "listed_at", "counts", "region_code", "side", "product_code"),
        ),
        Index("ix_fair_listings_merchants", "fair_id", "counts", "verified", "owner_id"),
        Index("ix_fair_listings_offer", "offer_id"),
        # A session asks for a few products up to a day.
        Index(
            "ix_fair_listings_products",
            *("fair_id", "product_code", "counts", "side", "listed_at"),
        ),
    )
