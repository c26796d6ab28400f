"""What becomes of a drawn deal. Called inside transaction(); each step locks the sample first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.deals.models import Deal, DealStatus
from market.deals.reasons import is_token
from market.deals.signals import deal_changed
from market.permissions import may
from market.sampling.models import (
    MAX_NOTE_LENGTH,
    OPEN,
    SAMPLE_TRANSITIONS,
    DealSample,
    SampleEvent,
    SampleState,
)
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length


def check_sample(
    official: Account,
    sample: DealSample,
    outcome: SampleState,
    note: str,
    at: datetime | None = None,
) -> None:
    """Write down what the level above found: genuine 属实, or doubtful 有疑, which goes back to
    the county.

    Raises:
        Refused: the official is of another region, or verified the deal.
        Invalid: doubtful, and the note doesn't say of what.
        InvalidTransition: it doesn't wait for the level above any more.
    """
    if outcome not in (SampleState.GENUINE, SampleState.DOUBTFUL):
        raise InvalidTransition()
    lock(sample)
    _check_permission(official, "sample.check", sample)
    if official.id in (sample.deal.verified_by_id, sample.deal.county_verified_by_id):
        raise Refused(_l("You verified this deal: somebody else looks at it again."))
    check_length(note, "note", MAX_NOTE_LENGTH)
    if outcome is SampleState.DOUBTFUL and is_token(note):
        raise Invalid(_l("Write what is doubtful, so that the county can look into it."), "note")
    _move(sample, outcome, official, note, at)


def answer_sample(
    official: Account, sample: DealSample, note: str, at: datetime | None = None
) -> None:
    """The county says what it found of a doubt; the level above decides again.

    Raises like check_sample.
    """
    lock(sample)
    _check_permission(official, "sample.answer", sample)
    check_length(note, "note", MAX_NOTE_LENGTH)
    if is_token(note):
        raise Invalid(_l("Write what you looked at and whom you asked."), "note")
    _move(sample, SampleState.ANSWERED, official, note, at)


def _check_permission(official: Account, permission: str, sample: DealSample) -> None:
    if not may(official, permission, sample):
        raise Refused(_l("Another office does this."))


def _move(
    sample: DealSample, state: SampleState, by: Account, note: str, at: datetime | None
) -> None:
    if state not in SAMPLE_TRANSITIONS[sample.state]:
        raise InvalidTransition()
    sample.state = state
    sample.events.append(
        SampleEvent(state=state, by_id=by.id, note=note.strip(), at=at or utcnow())
    )


@deal_changed.connect
def _end_samples(_sender: Any, deal: Deal, by: Account, at: datetime) -> None:
    """Nothing is left to look at once the county has taken its verification back."""
    if deal.status is not DealStatus.RETURNED:
        return
    still_open = select(DealSample).where(DealSample.deal_id == deal.id, DealSample.state.in_(OPEN))
    for sample in db.session.scalars(still_open).all():
        _move(lock(sample), SampleState.WITHDRAWN, by, "", at)
