"""Saving a cross-tabulation under a name, renaming and deleting it; who finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import false, func, or_, select

from market.accounts.models import OFFICIALS, Account, Grant
from market.database import db, lock
from market.tables.models import MAX_NAME_LENGTH, MAX_QUERY_LENGTH, MAX_SAVED, SavedCrosstab
from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length


@dataclass(frozen=True)
class SavedRow:
    """A saved cross-tabulation as the page lists it; `owner`: whose it is, empty for one's own."""

    id: int
    name: str
    query: str
    is_shared: bool
    owner: str


def save_crosstab(actor: Account, name: str, query: str, is_shared: bool) -> SavedCrosstab:
    """Save the query under a name; the same again is the same one.

    Raises:
        Invalid: the actor has another of that name, or as many as may be.
    """
    # Two requests at once would pass the checks of one.
    lock(actor)
    _check_name(name)
    if len(query) > MAX_QUERY_LENGTH:
        raise Invalid(_l("That is too much to save."))
    mine = select(SavedCrosstab).where(SavedCrosstab.account_id == actor.id)
    known = db.session.scalar(mine.where(SavedCrosstab.name == name))
    if known is not None and (known.query, known.is_shared) == (query, is_shared):
        return known
    _check_free(known)
    count = select(func.count()).where(SavedCrosstab.account_id == actor.id)
    if (db.session.scalar(count) or 0) >= MAX_SAVED:
        raise Invalid(_l("You saved %(most)s already: delete one first.", most=MAX_SAVED))
    saved = SavedCrosstab(account_id=actor.id, name=name, query=query, is_shared=is_shared)
    db.session.add(saved)
    db.session.flush()
    return saved


def change_crosstab(actor: Account, saved: SavedCrosstab, name: str, is_shared: bool) -> None:
    """Rename it, and share it with the office or no longer.

    Raises:
        Invalid: the actor has another of that name.
    """
    lock(actor)
    _check_name(name)
    others = select(SavedCrosstab).where(
        SavedCrosstab.account_id == actor.id,
        SavedCrosstab.name == name,
        SavedCrosstab.id != saved.id,
    )
    _check_free(db.session.scalar(others))
    saved.name, saved.is_shared = name, is_shared


def delete_crosstab(saved: SavedCrosstab) -> None:
    """Have it no longer."""
    db.session.delete(saved)


def load_saved(saved_id: int) -> SavedCrosstab:
    """The saved cross-tabulation of that number, or 404."""
    return db.session.get(SavedCrosstab, saved_id) or abort(404)


def saved_for(account: Account) -> Sequence[SavedRow]:
    """The account's own by name, then what its office shares: accounts that hold the same official
    role over the same region."""
    offices = [
        (Grant.role == grant.role) & (Grant.region_code == grant.region_code)
        for grant in account.grants
        if grant.role in OFFICIALS
    ]
    colleagues = select(Grant.account_id).where(or_(false(), *offices))
    is_own = SavedCrosstab.account_id == account.id
    rows: Any = db.session.execute(
        select(
            *(SavedCrosstab.id, SavedCrosstab.name, SavedCrosstab.query, SavedCrosstab.is_shared),
            *(SavedCrosstab.account_id, Account.name.label("owner")),
        )
        .join(Account, Account.id == SavedCrosstab.account_id)
        .where(or_(is_own, SavedCrosstab.is_shared & SavedCrosstab.account_id.in_(colleagues)))
        .order_by(SavedCrosstab.name, SavedCrosstab.id)
    )
    found = [
        SavedRow(
            *(row.id, row.name, row.query, row.is_shared),
            "" if row.account_id == account.id else row.owner,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: bool(row.owner))


def _check_name(name: str) -> None:
    if not name.strip():
        raise Invalid(_l("Still missing: a name."), "name")
    check_length(name, "name", MAX_NAME_LENGTH)


def _check_free(known: SavedCrosstab | None) -> None:
    if known is not None:
        raise Invalid(_l("You have one of this name already: choose another."), "name")
