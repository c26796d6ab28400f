"""Searches that people keep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, UTCDateTime, utcnow

# A person keeps so many searches at most.
MAX_SAVED_SEARCHES = 30
# Characters of a query string: 100 of text, percent-encoded, and every filter.
MAX_QUERY_LENGTH = 1500


class SavedSearch(Base):
    """A search that a person saved, to hear what is new.

    Attributes:
        place: from 1 to MOST, the person's own number for it: nobody keeps more.
        query: the query string of the list (market.offers.search.query), always written the same
            way, so that the same search twice is one.
        seen_at: when its owner last looked; what was published later is new.
    """

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    place: Mapped[int] = mapped_column(Integer)
    query: Mapped[str] = mapped_column(String(MAX_QUERY_LENGTH))
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (
        UniqueConstraint("account_id", "query"),
        UniqueConstraint("account_id", "place"),
        CheckConstraint("place BETWEEN 1 AND 30", name="at_most_thirty"),
        CheckConstraint("query <> ''", name="asks_for_something"),
    )
