"""Passwords worth having, levels of roles, local paths."""

from __future__ import annotations

import pytest

from market.accounts.models import Role
from market.accounts.rules import local_path, password_problem, role_fits
from market.regions.models import Level, Region


@pytest.mark.parametrize(
    "password",
    [
        "short12",
        "88888888",
        "12121212",
        "12345678",
        "987654321",
        "password",
        "Password1",
        "13800001234",
        "x" * 129,
    ],
)
def test_a_password_anybody_would_guess_is_refused(password: str) -> None:
    assert password_problem(password, "+8613800001234")


@pytest.mark.parametrize(
    "password", ["harvest-2026", "石门柑橘大丰收了啊", "correct horse battery"]
)
def test_a_password_of_eight_characters_or_more_is_accepted(password: str) -> None:
    assert password_problem(password, "+8613800001234") is None


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


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "evil",
        "",
        None,
        "/\tevil",
        "javascript:alert(1)",
        "///evil.example",
    ],
)
def test_only_a_path_of_this_site_is_gone_on_to(address: str | None) -> None:
    assert local_path(address) is None


def test_a_path_with_its_query_is_kept() -> None:
    assert local_path("/offers?side=sell&q=橙") == "/offers?side=sell&q=橙"
