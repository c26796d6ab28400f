"""What waits at the office of a county that has ended is decided by its successor's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from market.database import db
from market.regions.signals import region_ended
from market.traders.complaint_models import Complaint
from market.traders.models import TraderCertificate, TraderDispute


@region_ended.connect
def _move(sender: Any, code: str, successor: str) -> None:
    models: tuple[Any, ...] = (TraderDispute, TraderCertificate)
    for model in models:
        waiting = select(model).where(model.region_code == code, model.decision.is_(None))
        for row in db.session.scalars(waiting).all():
            row.region_code = successor
    complaints = select(Complaint).where(
        Complaint.region_code == code, Complaint.decision.is_(None)
    )
    for complaint in db.session.scalars(complaints).all():
        complaint.region_code = successor
    db.session.flush()
