"""Sampling in the export of an account and in its erasure: notes stay, without the person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import exporters
from market.database import db
from market.deals.models import Deal
from market.sampling.models import DealSample, SampleEvent


def _written(account: Account) -> list[dict[str, Any]]:
    mine = select(SampleEvent).where(SampleEvent.by_id == account.id).order_by(SampleEvent.id)
    return [
        {"sample": row.sample_id, "state": row.state, "note": row.note, "at": row.at.isoformat()}
        for row in db.session.scalars(mine)
    ]


def _notes_about(person: Person) -> ColumnElement[bool]:
    """What they wrote, and what was written of deals they took part in or acted on."""
    known = [int(key) for key in person.rows.get("deals", ())]
    sides = (Deal.seller_id, Deal.buyer_id, Deal.proposed_by_id, Deal.agreed_by_id)
    deals = select(Deal.id).where(
        or_(
            *(side == person.id for side in sides),
            Deal.id.in_(known),
            Deal.verified_by_id == person.id,
        )
    )
    samples = select(DealSample.id).where(DealSample.deal_id.in_(deals))
    return or_(SampleEvent.by_id == person.id, SampleEvent.sample_id.in_(samples))


exporters.append(("sample_notes", _written))
personal_texts.append(PersonalTexts(SampleEvent, ("note",), _notes_about))
