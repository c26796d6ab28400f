"""What follows a farmer whose two accounts are made one: enquiries and questions."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from market.messages.models import EnquiryThread, Question
from market.stations.merging import Mover, movers


def _asked(surviving_id: int) -> ColumnElement[bool]:
    """But for what the other account asked about the same offer, or asked this one."""
    theirs = aliased(EnquiryThread)
    same = select(theirs.offer_id).where(theirs.asker_id == surviving_id)
    return (EnquiryThread.owner_id != surviving_id) & EnquiryThread.offer_id.not_in(same)


def _owned(surviving_id: int) -> ColumnElement[bool]:
    return EnquiryThread.asker_id != surviving_id


movers |= {
    "threads_asked": Mover(EnquiryThread.asker_id, EnquiryThread.last_at, _asked),
    "threads_owned": Mover(EnquiryThread.owner_id, EnquiryThread.last_at, _owned),
    "questions": Mover(Question.asker_id, Question.waiting_since),
}
