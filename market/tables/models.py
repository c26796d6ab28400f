"""Cross-tabulations that officials saved."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, Timestamped

MAX_NAME_LENGTH, MAX_QUERY_LENGTH = 60, 600
# Of one account.
MAX_SAVED = 30


class SavedCrosstab(Base, Timestamped):
    """A cross-tabulation under a name.

    Attributes:
        query: the query string of its page, always written the same way.
        is_shared: officials of the same role and region find it on their page too.
    """

    __tablename__ = "saved_crosstabs"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    query: Mapped[str] = mapped_column(String(MAX_QUERY_LENGTH))
    is_shared: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="is_shared"))

    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        CheckConstraint("name <> ''", name="named"),
    )
