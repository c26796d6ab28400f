"""Calls in the export of an account, and in its erasure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import exporters
from market.calls.models import MatchCall
from market.database import db
from market.offers.models import Offer


def _about(person: Account | Person) -> ColumnElement[bool]:
    """SQL: the person rang, or was rung."""
    theirs = select(Offer.id).where(Offer.owner_id == person.id)
    sides = (column.in_(theirs) for column in (MatchCall.sale_id, MatchCall.purchase_id))
    return or_(MatchCall.by_id == person.id, *sides)


def _calls(account: Account) -> list[dict[str, Any]]:
    query = select(MatchCall).where(_about(account)).order_by(MatchCall.id)
    return [
        {
            "as": "caller" if call.by_id == account.id else "called",
            "sale": call.sale_id,
            "purchase": call.purchase_id,
            "at": call.at.isoformat(),
            "outcome": call.outcome,
            "ring_again_on": call.back_on.isoformat() if call.back_on else None,
            "reason": call.reason,
            "note": call.note,
            "taken_back": call.withdrawal is not None,
        }
        for call in db.session.scalars(query)
    ]


exporters.append(("match_calls", _calls))
# The words are of others, about two people: the one who leaves is starred in them.
personal_texts.append(PersonalTexts(MatchCall, ("note",), _about))
