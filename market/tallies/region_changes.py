"""A running fair takes in what a region of it became; closed ones stay as they were."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from market.database import db
from market.fairs.models import Fair, FairStatus
from market.regions.signals import region_ended
from market.tallies.models import FairRegion
from market.tallies.trees import freeze_tree


@region_ended.connect
def _take_in(sender: Any, code: str, successor: str) -> None:
    running = (
        select(Fair.id)
        .join(FairRegion, FairRegion.fair_id == Fair.id)
        .where(Fair.status == FairStatus.OPEN, FairRegion.code == code)
    )
    for fair_id in db.session.scalars(running).all():
        freeze_tree(fair_id, [successor])
