"""Whoever supervises a county that has ended supervises its successor, unless somebody does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from market.database import db, utcnow
from market.regions.signals import region_ended
from market.supervision.models import CountySupervisor


@region_ended.connect
def _move(sender: Any, code: str, successor: str) -> None:
    current = select(CountySupervisor).where(CountySupervisor.ended_at.is_(None))
    row = db.session.scalar(current.where(CountySupervisor.region_code == code))
    if row is None:
        return
    successor_row = db.session.scalar(current.where(CountySupervisor.region_code == successor))
    if successor_row is None:
        row.region_code = successor
    else:
        row.ended_at = utcnow()
    db.session.flush()
