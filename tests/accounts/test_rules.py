"""Passwords worth having, levels of roles, local paths."""

from __future__ import annotations

import pytest

from market.accounts.models import Role
from market.accounts.rules import role_fits
from market.regions.models import Level, Region


@pytest.mark.parametrize(
    ("role", "level", "leaf", "fits"),
    [
        (Role.ASSISTANT, Level.COUNTY, True, True),
        (Role.COUNTY_OFFICIAL, Level.COUNTY, True, True),
        (Role.COUNTY_OFFICIAL, Level.PREFECTURE, False, False),
        (Role.PREFECTURE_OFFICIAL, Level.PREFECTURE, False, True),
        (Role.PREFECTURE_OFFICIAL, Level.COUNTY, True, False),
        (Role.PROVINCE_OFFICIAL, Level.PROVINCE, False, True),
        (Role.PROVINCE_OFFICIAL, Level.PREFECTURE, False, False),
        (Role.ADMINISTRATOR, Level.COUNTY, True, False),
    ],
)
def test_a_role_is_held_at_the_level_of_its_office(
    role: Role, level: Level, leaf: bool, fits: bool
) -> None:
    assert role_fits(role, Region(level=level, is_leaf=leaf)) is fits
