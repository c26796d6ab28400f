"""Masking phones, passwords worth having, levels of roles, local paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.accounts.models import Role
from market.accounts.rules import mask_phones, role_fits
from market.regions.models import Level, Region


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800001234，老张", "电话138****1234，老张"),
        ("138 0000 1234", "138 **** 1234"),
        ("138-0000-1234", "138-****-1234"),
        ("1 3 8 0 0 0 0 1 2 3 4", "1 3 8 * * * * 1 2 3 4"),
        ("１３８００００１２３４", "１３８****１２３４"),
        ("一三八零零零零一二三四", "一三八****一二三四"),
        ("+86 138 0000 1234", "+86 138 **** 1234"),
        ("008613800001234", "0086138****1234"),
        ("0736-5320000", "0736-*****00"),
        ("（0736）5320000", "（0736）*****00"),
        ("010 12345678", "010 ******78"),
        ("座机：5320000", "座机：*****00"),
        ("400-000-1234", "400-***-**34"),
    ],
)
def test_a_phone_number_inside_text_is_masked(text: str, masked: str) -> None:
    assert mask_phones(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "60000斤，2.35元/斤，500斤起批",
        "2026-09-15 至 2026-10-31",
        "订单 20261120123456789",
        "面积1,380,000，1234户",
        "",
    ],
)
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert mask_phones(text) == text


@given(
    st.text(alphabet="石门柑橘 abc,。\n", max_size=8),
    st.integers(13_000_000_000, 19_999_999_999).map(str),
    st.text(alphabet="石门柑橘 abc,。\n", max_size=8),
    st.sampled_from(["", " ", "-", "—", "·", "\u3000", " -"]),
)
def test_no_mobile_number_is_left_whole(before: str, number: str, after: str, gap: str) -> None:
    masked = mask_phones(before + gap.join(number) + after)
    assert "".join(c for c in masked if c.isdigit()) == number[:3] + number[-4:]


@given(st.text(max_size=60))
def test_masking_keeps_the_length_and_never_fails(text: str) -> None:
    assert len(mask_phones(text)) == len(text)


@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_phones(mask_phones(text)) == mask_phones(text)


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
