"""What is recorded, which form values take, and in which role somebody acted. Pure functions."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from market.accounts.models import Role
from market.audit.action_labels import roles_giving
from market.audit.models import Change
from market.database import Base
from market.regions.models import is_within
from market.text.phones import mask_phones
from market.web.audit_registry import (
    aggregate_roots,
    hidden_columns,
    part_columns,
    unaudited_tables,
)

# Times of writing and keys of forms say nothing that the act does not.
IGNORED = {"id", "created_at", "updated_at", "key"}
SECRETS = ("password", "secret", "token")
HIDDEN = "***"
MAX_TEXT_LENGTH = 2_000


@dataclass(frozen=True)
class HeldRole:
    """A role and the region it is held over."""

    role: Role
    code: str
    path: str


@dataclass
class JournalEntry:
    """One object as one flush changed it: raw values of columns by name.

    Attributes:
        own: the actor is named in one of its owner columns.
    """

    kind: str
    object_id: str
    change: Change
    root: tuple[str, str]
    region_code: str | None = None
    own: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def audited_tables() -> list[str]:
    """The tables whose changes are recorded."""
    return sorted(set(Base.metadata.tables) - unaudited_tables.keys())


def root_of(kind: str, object_id: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """The (kind, id) of the page at which a change of the object is read."""
    if kind not in aggregate_roots:
        for column, root in part_columns:
            if values.get(column) is not None:
                return root, str(values[column])
    return kind, object_id


def merged(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """One entry for each object that differs at the end, in the order first touched."""
    found: dict[tuple[str, str], JournalEntry] = {}
    for entry in entries:
        place = (entry.kind, entry.object_id)
        known = found.get(place)
        if known is None:
            found[place] = replace(entry, before=dict(entry.before), after=dict(entry.after))
            continue
        was_new = known.change is Change.CREATED
        known.before = {} if was_new else {**entry.before, **known.before}
        known.after |= entry.after
        known.own = known.own or entry.own
        known.region_code = entry.region_code or known.region_code
        if entry.change is Change.DELETED:
            known.change = Change.DELETED
            if was_new:
                del found[place]
        elif not was_new:
            known.change = Change.CHANGED
    return [net for entry in found.values() if (net := _net(entry)) is not None]


def _net(entry: JournalEntry) -> JournalEntry | None:
    """The entry with only what differs; None when nothing does."""
    match entry.change:
        case Change.CREATED:
            return replace(entry, before={}, after=_filled(entry.after))
        case Change.DELETED:
            return replace(entry, before=_filled(entry.before), after={})
    names = [n for n in entry.after if n not in IGNORED and entry.before.get(n) != entry.after[n]]
    if not names:
        return None
    return replace(
        entry,
        before={name: entry.before.get(name) for name in names},
        after={name: entry.after[name] for name in names},
    )


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in values.items() if n not in IGNORED and v is not None and v != ""}


def json_values(kind: str, values: Mapping[str, Any], redact_texts: bool = False) -> dict[str, Any]:
    """Values as the record stores them: secrets hidden, phones masked, long texts cut.

    Args:
        redact_texts: hide texts, because the account that wrote them is being erased.
    """
    return {name: _json_value(kind, name, value, redact_texts) for name, value in values.items()}


def _json_value(kind: str, name: str, value: Any, redact_texts: bool) -> Any:
    if value is None:
        return None
    if any(word in name for word in SECRETS) or (kind, name) in hidden_columns:
        return HIDDEN
    match value:
        case bool() | int():
            return value
        case enum.Enum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case str():
            return HIDDEN if redact_texts and value else _short(value, name)
        case Decimal():
            return f"{value.normalize():f}"
        case bytes() | dict() | list() | tuple():
            return _digest(value)
    return str(value)


def _short(text: str, name: str) -> str:
    if name.endswith(("sha256", "hash")):
        return text
    text = mask_phones(text)
    return text if len(text) <= MAX_TEXT_LENGTH else f"{text[:MAX_TEXT_LENGTH]}…"


def _digest(value: Any) -> str:
    """Length and hash, which show whether a large value is the same."""
    if isinstance(value, bytes):
        content = value
    else:
        content = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False).encode()
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"


def main_of(entries: list[JournalEntry], permission: str) -> JournalEntry:
    """What the act was about: the first object of the permission's kind, else the first."""
    kind = permission.partition(".")[0] + "s"
    return next((entry for entry in entries if entry.kind == kind), entries[0])


def role_of(
    permission: str, held_roles: Iterable[HeldRole], own: bool, path: str | None
) -> HeldRole | None:
    """The role acted in: one that gives the permission, best over the region `path`.

    None for what everybody may do, and for what is the actor's own.
    """
    roles = roles_giving(permission)
    fitting = [] if own else [each for each in held_roles if each.role in roles]
    over = [each for each in fitting if path and is_within(path, each.path)]
    return next(iter([*over, *fitting]), None)
