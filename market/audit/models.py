"""The record of acts. Never updated, never deleted: triggers refuse it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from market.accounts.models import Role
from market.database import Base, UTCDateTime, choice, utcnow


class Source(enum.StrEnum):
    WEB = "web"
    COMMAND = "command"


class Change(enum.StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


class Act(Base):
    """One transaction of a request, or of a command, that changed something.

    Attributes:
        actor_id: who; None on the command line.
        role, role_region_code: the role acted in, and over which region it is held; None
            where a holder of roles acted in their own name, and on the command line.
        permission: what the route asked for (market.permissions); "" on the command line.
        endpoint: of the route, or the words of the command.
        ip, agent: where the request came from; "" where not known.
        kind, object_id: what the act was about: one of its changes.
        changes: how many objects it changed.
    """

    __tablename__ = "acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[Role | None] = mapped_column(choice(Role, "role"))
    role_region_code: Mapped[str | None] = mapped_column(String(6))
    permission: Mapped[str] = mapped_column(String(40))
    endpoint: Mapped[str] = mapped_column(String(80))
    source: Mapped[Source] = mapped_column(choice(Source, "source"))
    ip: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    changes: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("(source = 'command') = (actor_id IS NULL)", name="actor_of_a_request"),
        CheckConstraint("changes > 0", name="changes_something"),
        {"sqlite_autoincrement": True},
    )


class ActChange(Base):
    """What one act did to one object.

    Attributes:
        kind, object_id: the table and the primary key (parts joined by "/").
        whole_kind, whole_id: the aggregate root, at whose page this is read: the object
            itself, or what it is a part of (a role: the account; a proof: the deal).
        region_code: the region of the object; None where it has none.
        before, after: values of the changed columns by name, in the form of
            market.audit.rules.json_values; before is None for a new object, after for a
            deleted one.
    """

    __tablename__ = "act_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    whole_kind: Mapped[str] = mapped_column(String(40))
    whole_id: Mapped[str] = mapped_column(String(80))
    region_code: Mapped[str | None] = mapped_column(String(6), index=True)
    change: Mapped[Change] = mapped_column(choice(Change, "change"))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        CheckConstraint("(change = 'created') = (before IS NULL)", name="new_has_no_before"),
        CheckConstraint("(change = 'deleted') = (after IS NULL)", name="deleted_has_no_after"),
        Index("ix_act_changes_kind_object_id", "kind", "object_id"),
        Index("ix_act_changes_whole", "whole_kind", "whole_id", "id"),
        {"sqlite_autoincrement": True},
    )
