"""Farmers of a station who are perhaps the same: one name, one place, no two numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from market.accounts.models import MAX_SKELETON_LENGTH, Account
from market.database import db
from market.stations.models import DistinctFarmers
from market.text.confusables import skeleton

MAX_PAIRS = 50


def similar_farmers(
    assistant: Account,
    name: str,
    phone: str | None,
    region_code: str,
    township_code: str | None,
    village: str,
) -> Sequence[Account]:
    """The assistant's farmers who are perhaps the one of this name, number and place."""
    who = [
        Account.represented_by_id == assistant.id,
        Account.name_skeleton == skeleton(name)[:MAX_SKELETON_LENGTH],
        Account.region_code == region_code,
    ]
    if phone:
        who.append(Account.phone.is_(None))
    if township_code:
        who.append(or_(Account.township_code.is_(None), Account.township_code == township_code))
    if village:
        who.append(Account.village.in_(["", village]))
    return db.session.scalars(select(Account).where(*who).order_by(Account.id).limit(5)).all()


def possible_duplicates(assistant_id: int) -> list[tuple[Account, Account]]:
    """Pairs of the assistant's farmers who are perhaps the same, but for those known to be two."""
    one, other = aliased(Account), aliased(Account)
    pairs = (
        select(one, other)
        .join(other, and_(other.name_skeleton == one.name_skeleton, other.id > one.id))
        .where(
            one.represented_by_id == assistant_id,
            other.represented_by_id == assistant_id,
            one.region_code == other.region_code,
            or_(one.phone.is_(None), other.phone.is_(None)),
            _compatible(one.township_code, other.township_code, None),
            _compatible(one.village, other.village, ""),
            ~exists().where(
                DistinctFarmers.first_id == one.id, DistinctFarmers.second_id == other.id
            ),
        )
        .order_by(one.name, one.id, other.id)
        .limit(MAX_PAIRS)
    )
    return [(row[0], row[1]) for row in db.session.execute(pairs)]


def _compatible(one: Any, other: Any, nothing: str | None) -> ColumnElement[bool]:
    """SQL: the same, or one of them is not said."""
    unsaid = (column.is_(None) if nothing is None else column == nothing for column in (one, other))
    return or_(one == other, *unsaid)
