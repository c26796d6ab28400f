"""Draws of verified deals, the deals drawn, and what was found of each."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, Fen, UTCDateTime, choice, utcnow
from market.deals.models import Deal
from market.regions.models import Region

MAX_NOTE_LENGTH = 500


class SampleReason(enum.StrEnum):
    """Why a deal was drawn: by chance, or because all above the threshold are."""

    RANDOM = "random"
    LARGE = "large"


class SampleState(enum.StrEnum):
    """Where a drawn deal stands."""

    WAITING = "waiting"
    GENUINE = "genuine"
    DOUBTFUL = "doubtful"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


# The one table of allowed transitions: the level above decides, the county answers a doubt or
# takes its verification back.
SAMPLE_TRANSITIONS: dict[SampleState, frozenset[SampleState]] = {
    SampleState.WAITING: frozenset(
        {SampleState.GENUINE, SampleState.DOUBTFUL, SampleState.WITHDRAWN}
    ),
    SampleState.DOUBTFUL: frozenset({SampleState.ANSWERED, SampleState.WITHDRAWN}),
    SampleState.ANSWERED: frozenset(
        {SampleState.GENUINE, SampleState.DOUBTFUL, SampleState.WITHDRAWN}
    ),
    SampleState.GENUINE: frozenset(),
    SampleState.WITHDRAWN: frozenset(),
}
TO_CHECK = (SampleState.WAITING, SampleState.ANSWERED)
OPEN = tuple(state for state, nexts in SAMPLE_TRANSITIONS.items() if nexts)


class SampleDraw(Base):
    """What was drawn of the deals that the counties of a prefecture verified on one day; made
    once, never again, and reproducible from what it records.

    Attributes:
        region_code: the level above the counties: the prefecture, or the province for counties
            straight under it.
        day: local day of the ledger's entries; population: how many deals they count.
        ledger_id, seed_hash: the last entry of the day and its hash, from which chance is derived
            (market.sampling.rules).
        large_above_fen: all deals above this amount were drawn.
    """

    __tablename__ = "sample_draws"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    day: Mapped[date]
    population: Mapped[int] = mapped_column(Integer)
    ledger_id: Mapped[int] = mapped_column(Integer)
    seed_hash: Mapped[str] = mapped_column(String(64))
    large_above_fen: Mapped[int] = mapped_column(Fen)
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    region: Mapped[Region] = relationship()
    samples: Mapped[list[DealSample]] = relationship(
        back_populates="draw", order_by="DealSample.id"
    )

    __table_args__ = (
        CheckConstraint("population > 0", name="population"),
        UniqueConstraint("day", "region_code"),
    )


class DealSample(Base):
    """A drawn deal.

    Attributes:
        state: where it stands; each step is a row of `events`.
    """

    __tablename__ = "deal_samples"

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("sample_draws.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), index=True)
    reason: Mapped[SampleReason] = mapped_column(choice(SampleReason, "reason"))
    state: Mapped[SampleState] = mapped_column(
        choice(SampleState, "state"), default=SampleState.WAITING, index=True
    )

    draw: Mapped[SampleDraw] = relationship(back_populates="samples")
    deal: Mapped[Deal] = relationship()
    events: Mapped[list[SampleEvent]] = relationship(order_by="SampleEvent.id")

    __table_args__ = (UniqueConstraint("draw_id", "deal_id"),)

    @property
    def path(self) -> str:
        """The county's."""
        return str(self.deal.home_region.path)


class SampleEvent(Base):
    """A step of a drawn deal: the outcome with its note, the county's answer, or that the county
    took the verification back."""

    __tablename__ = "sample_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("deal_samples.id"), index=True)
    state: Mapped[SampleState] = mapped_column(choice(SampleState, "state"))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    note: Mapped[str] = mapped_column(String(MAX_NOTE_LENGTH), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    by: Mapped[Account] = relationship()

    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('doubtful', 'answered') OR note <> ''", name="note_of_a_doubt"
        ),
    )
