"""What the calendar knows of the time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, UTCDateTime


class Clock(Base):
    """The one row that says what time it was when the calendar was last turned.

    Attributes:
        seen_at: the latest time that was plausible.
        stopped_at: what the machine's clock said when it was last found implausible; None
            while the calendar goes on.
    """

    __tablename__ = "clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
