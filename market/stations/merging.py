"""Making one of a farmer's two accounts, and taking it back. Called inside transaction().

What is frozen stays where it is: deals that were ever counted keep their party, and the ledger is
not touched. What moves is listed in `movers`, to which rooms above add; each row that moved is
written down, so that a day long everything can go back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, exists, or_, select, true, update

from market.accounts.models import Account, Consent
from market.database import db, lock, utcnow
from market.deals.models import Deal, LedgerEntry
from market.offers.bulk import reindex_owners
from market.offers.models import Offer
from market.permissions import may
from market.stations.models import DistinctFarmers, FarmerMerge
from market.web.errors import DomainError, InvalidTransition, Refused
from market.web.language import lazy_gettext as _l

UNDO_WITHIN = timedelta(days=1)
# What the surviving account takes from the other where it has none itself.
INHERITED = ("phone", "township_code", "village")


class TwoPeople(DomainError):
    message = _l("They have dealt with each other: they are two people.")


class BothHavePhones(DomainError):
    message = _l("Each has a number of their own: end one of them before, if it is wrong.")


class ChangedSince(DomainError):
    message = _l(
        "Something that went over was changed since, so it stays. The county's office helps."
    )


@dataclass(frozen=True)
class Mover:
    """Rows that follow the farmer.

    Attributes:
        column: which names the farmer.
        changed: when a row was last changed; None: it never is.
        where: which of the rows move, for the id of the account that survives.
    """

    column: Any
    changed: Any = None
    where: Callable[[int], ColumnElement[bool]] = lambda surviving_id: true()

    @property
    def id(self) -> Any:
        return self.column.class_.id


def _never_counted(surviving_id: int) -> ColumnElement[bool]:
    return ~exists().where(LedgerEntry.deal_id == Deal.id)


movers: dict[str, Mover] = {
    "offers": Mover(Offer.owner_id, Offer.updated_at),
    "consents": Mover(Consent.farmer_id),
    "sales": Mover(Deal.seller_id, Deal.updated_at, _never_counted),
    "purchases": Mover(Deal.buyer_id, Deal.updated_at, _never_counted),
}


def merge_farmers(assistant: Account, surviving: Account, merged: Account) -> FarmerMerge:
    """Let everything of `merged` that is not frozen be of `surviving`; `merged` is closed.

    Raises:
        Refused: one of them is not the assistant's farmer.
        TwoPeople, BothHavePhones.
    """
    _require_both(assistant, surviving, merged)
    if surviving.phone and merged.phone:
        raise BothHavePhones
    if db.session.scalar(select(_deals_between(surviving.id, merged.id))):
        raise TwoPeople
    inherited = {name: getattr(merged, name) for name in INHERITED if not getattr(surviving, name)}
    moved: dict[str, Any] = {name: value for name, value in inherited.items() if value}
    for name, mover in movers.items():
        which = select(mover.id).where(mover.column == merged.id, mover.where(surviving.id))
        moved[name] = list(db.session.scalars(which.order_by(mover.id)))
        _point(mover, moved[name], surviving.id)
    # A number is nobody else's first.
    merged.phone = None
    db.session.flush()
    for name, value in inherited.items():
        setattr(surviving, name, value or getattr(surviving, name))
    merged.represented_by_id, merged.disabled_at = None, utcnow()
    merge = FarmerMerge(
        surviving_id=surviving.id, merged_id=merged.id, by_id=assistant.id, moved=moved
    )
    db.session.add(merge)
    db.session.flush()
    reindex_owners([surviving.id])
    return merge


def undo_merge(assistant: Account, merge: FarmerMerge) -> None:
    """Give everything back that went over.

    Raises:
        InvalidTransition: it was undone, or more than a day has passed.
        Refused: the farmer is no longer the assistant's.
        ChangedSince: something that went over was changed.
    """
    surviving, merged = lock(merge).surviving, merge.merged
    if merge.undone_at is not None or utcnow() - merge.at > UNDO_WITHIN:
        raise InvalidTransition(_l("Only within a day can it be taken back."))
    if surviving.represented_by_id != assistant.id or not may(
        assistant, "party.represent", surviving
    ):
        raise Refused(_l("Your account has no right to do this."))
    for name, mover in movers.items():
        ids = merge.moved.get(name, [])
        away = mover.column != surviving.id
        later = away if mover.changed is None else or_(away, mover.changed > merge.at)
        if db.session.scalar(select(mover.id).where(mover.id.in_(ids), later).limit(1)):
            raise ChangedSince
    for name, mover in movers.items():
        _point(mover, merge.moved.get(name, []), merged.id)
    inherited = {name: merge.moved[name] for name in INHERITED if name in merge.moved}
    for name in inherited:
        setattr(surviving, name, "" if name == "village" else None)
    db.session.flush()
    for name, value in inherited.items():
        setattr(merged, name, value)
    merged.represented_by_id, merged.disabled_at = assistant.id, None
    merge.undone_at = utcnow()
    db.session.flush()
    reindex_owners([surviving.id, merged.id])


def keep_apart(assistant: Account, one: Account, other: Account) -> None:
    """They are two people: not asked about again. Raises Refused."""
    _require_both(assistant, one, other)
    first, second = sorted((one.id, other.id))
    if db.session.get(DistinctFarmers, (first, second)) is None:
        db.session.add(DistinctFarmers(first_id=first, second_id=second, by_id=assistant.id))


def get_merge(merge_id: int) -> FarmerMerge:
    """The merge of that id, or 404."""
    return db.session.get(FarmerMerge, merge_id) or abort(404)


def recent_merges(assistant_id: int) -> Sequence[FarmerMerge]:
    """Those of the assistant that can still be undone, the newest first."""
    since = utcnow() - UNDO_WITHIN
    query = select(FarmerMerge).where(
        FarmerMerge.by_id == assistant_id, FarmerMerge.undone_at.is_(None), FarmerMerge.at > since
    )
    return db.session.scalars(query.order_by(FarmerMerge.id.desc())).all()


def ids_of(farmer: Account) -> list[int]:
    """The farmer's account, and those that were merged into it."""
    merged = select(FarmerMerge.merged_id).where(
        FarmerMerge.surviving_id == farmer.id, FarmerMerge.undone_at.is_(None)
    )
    return [farmer.id, *db.session.scalars(merged)]


def _require_both(assistant: Account, one: Account, other: Account) -> None:
    for farmer in (one, other):
        is_own = lock(farmer).represented_by_id == assistant.id
        if not is_own or not may(assistant, "party.represent", farmer):
            raise Refused(_l("Your account has no right to do this."))
    if one.id == other.id:
        raise InvalidTransition


def _deals_between(one: int, other: int) -> ColumnElement[bool]:
    both = (one, other)
    return exists().where(Deal.seller_id.in_(both), Deal.buyer_id.in_(both))


def _point(mover: Mover, ids: Sequence[int], account_id: int) -> None:
    """Let these rows name the account; when they were last changed stays as it is."""
    values: dict[Any, Any] = {mover.column: account_id}
    if getattr(mover.changed, "key", "") == "updated_at":
        values[mover.changed] = mover.changed
    if ids:
        db.session.execute(
            update(mover.column.class_).where(mover.id.in_(ids)).values(values),
            execution_options={"synchronize_session": "fetch"},
        )
