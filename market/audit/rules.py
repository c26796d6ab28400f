"""What is recorded, how values are told, and in which role somebody acted. Pure functions."""

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

# What is no act of anybody's: each with why. Every other table is recorded.
OUTSIDE = {
    "acts": "the record itself",
    "act_changes": "the record itself",
    "offer_changes": "outbox of the search index",
    "match_changes": "outbox of the matching",
    "match_notices": "worked out from offers",
    "clock": "the calendar's own note of the time",
    "fair_listings": "copies of offers",
    "fair_tallies": "worked out from ledger and listings",
    "fair_counts": "worked out from ledger and listings",
    "fair_days": "worked out from ledger and listings",
    "fair_day_ends": "worked out from listings, append-only itself",
    "fair_products": "worked out from ledger and listings",
    "fair_varieties": "worked out from listings",
    "fair_regions": "copies of the regions",
    "offer_publications": "written with each publication of an offer, which is recorded",
    "fair_events": "append-only itself, written with each act on a fair, which is recorded",
    "deal_events": "written with each step of a deal, which is recorded",
    "statement_events": "append-only itself, written with each step of a statement, recorded",
    "ledger": "append-only itself, written with each verification, which is recorded",
    "erasures": "what the worker still has to do for one who erased their account",
    "account_sessions": "logging in and out, which is everybody's own",
    "phone_changes": "a person's own wish; the change itself is recorded",
    "saved_searches": "a person's own bookmarks",
}
# Objects with a page of their own; of others the first of these columns names the page.
WHOLES = ("offers", "deals", "fairs", "accounts")
PART_OF = {
    "deal_id": "deals",
    "offer_id": "offers",
    "fair_id": "fairs",
    "farmer_id": "accounts",
    "account_id": "accounts",
}
# On the command line only what says who may do what, and where: the rest is the calendar's.
OF_COMMANDS = ("accounts", "regions", "fairs")
REGION_COLUMNS = ("home_region_code", "region_code")
# Whoever stands in one of these acts in their own name.
OWN_COLUMNS = ("owner_id", "seller_id", "buyer_id", "asker_id")

# Times of writing, marks of forms and counters tell nothing that the act does not.
NOISE = {"id", "created_at", "updated_at", "key"}
SECRETS = ("password", "secret", "token")
# What names a person would outlive their erasing; pages look the name up.
PERSONAL = {("accounts", "name"), ("accounts", "phone")}
HIDDEN = "***"
LONGEST = 2_000


@dataclass(frozen=True)
class Held:
    """A role and the region it is held over."""

    role: Role
    code: str
    path: str


@dataclass
class Entry:
    """One object as one flush changed it: raw values of columns by name.

    Attributes:
        own: the actor stands in one of its OWN_COLUMNS.
    """

    kind: str
    object_id: str
    change: Change
    whole: tuple[str, str]
    region_code: str | None = None
    own: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def kinds_recorded() -> list[str]:
    """The kinds of objects whose changes are recorded."""
    return sorted(set(Base.metadata.tables) - set(OUTSIDE))


def whole_of(kind: str, object_id: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """The (kind, id) of the page at which a change of the object is read."""
    if kind not in WHOLES:
        for name, whole in PART_OF.items():
            if values.get(name) is not None:
                return whole, str(values[name])
    return kind, object_id


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each object that differs at the end, in the order first touched."""
    found: dict[tuple[str, str], Entry] = {}
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


def _net(entry: Entry) -> Entry | None:
    """The entry with only what differs; None when nothing does."""
    match entry.change:
        case Change.CREATED:
            return replace(entry, before={}, after=_filled(entry.after))
        case Change.DELETED:
            return replace(entry, before=_filled(entry.before), after={})
    names = [n for n in entry.after if n not in NOISE and entry.before.get(n) != entry.after[n]]
    if not names:
        return None
    return replace(
        entry,
        before={name: entry.before.get(name) for name in names},
        after={name: entry.after[name] for name in names},
    )


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in values.items() if n not in NOISE and v is not None and v != ""}


def told(kind: str, values: Mapping[str, Any], hide_texts: bool = False) -> dict[str, Any]:
    """Values ready for JSON: secrets hidden, phones masked, what is long cut.

    Args:
        hide_texts: their writer is being erased.
    """
    return {name: _told(kind, name, value, hide_texts) for name, value in values.items()}


def _told(kind: str, name: str, value: Any, hide_texts: bool) -> Any:
    if value is None:
        return None
    if any(word in name for word in SECRETS) or (kind, name) in PERSONAL:
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
            return HIDDEN if hide_texts and value else _short(value, name)
        case Decimal():
            return f"{value.normalize():f}"
        case bytes() | dict() | list() | tuple():
            return _digest(value)
    return str(value)


def _short(text: str, name: str) -> str:
    if name.endswith(("sha256", "hash")):
        return text
    text = mask_phones(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _digest(value: Any) -> str:
    """What stands for something large: its length and hash tell whether it is the same."""
    if isinstance(value, bytes):
        content = value
    else:
        content = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False).encode()
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"


def main_of(entries: list[Entry], permission: str) -> Entry:
    """What the act was about: the first object of the permission's kind, else the first."""
    kind = permission.partition(".")[0] + "s"
    return next((entry for entry in entries if entry.kind == kind), entries[0])


def role_of(permission: str, held: Iterable[Held], own: bool, path: str | None) -> Held | None:
    """The role acted in: one that gives the permission, best over the region `path`.

    None for what everybody may do, and for what is the actor's own.
    """
    roles = roles_giving(permission)
    fitting = [] if own else [each for each in held if each.role in roles]
    over = [each for each in fitting if path and is_within(path, each.path)]
    return next(iter([*over, *fitting]), None)
