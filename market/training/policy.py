"""Who keeps the register of trainings and who reads it; added to the site's permissions."""

from __future__ import annotations

from typing import Any

from market.accounts.models import Role
from market.permissions import POLICY
from market.training.models import TrainingSession


def _training_enter(user: Any, _: Any) -> bool:
    return user.is_authenticated and user.has_role(Role.COUNTY_OFFICIAL)


def _training_manage(user: Any, session: TrainingSession) -> bool:
    """An official of the county that held it."""
    return user.is_authenticated and user.has_role(Role.COUNTY_OFFICIAL, within=session.region.path)


def _training_read(user: Any, session: TrainingSession) -> bool:
    """Officials of that county and those above."""
    return user.is_authenticated and user.is_official_over(session.region.path)


POLICY.update(
    {
        "training.enter": _training_enter,
        "training.manage": _training_manage,
        "training.read": _training_read,
    }
)
