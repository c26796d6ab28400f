"""Passwords worth having."""

from __future__ import annotations

import pytest

from market.accounts.password_strength import common_passwords, password_problem
from market.demonstration.people import PASSWORD as DEMONSTRATION_PASSWORD

PHONE, NAME = "+8613800001234", "Wang Wei"


@pytest.mark.parametrize(
    "password",
    [
        *("short12", "88888888", "12121212", "12345678", "987654321", "x" * 129),
        *("password", "Password1", "Passw0rd!", "ｐａｓｓｗｏｒｄ１"),
        *("qwe123456", "qwe1234567", "asd12345678", "zxcvbn2026", "abcd-1234"),
        *("woaini1314", "5201314520", "83928392", "19900101", "1990-01-01"),
        *("dragon1990", "monkey-2012", "Harvest2026", "market2026"),
        *("13800001234", "38000012", "abc13800001234", "138-0000-1234", "zhao80001234"),
        *("wangwei-2026", "WangWei!!", "wang wei is here"),
    ],
)
def test_a_password_anybody_would_guess_is_refused(password: str) -> None:
    assert password_problem(password, PHONE, NAME)


def test_the_commonest_ten_thousand_are_refused() -> None:
    known = common_passwords()
    assert len(known) > 10_000
    assert not [p for p in known if password_problem(p) is None]


def test_the_password_of_the_demonstration_is_nobody_elses() -> None:
    assert password_problem(DEMONSTRATION_PASSWORD)


def test_ones_own_chinese_name_is_refused() -> None:
    assert password_problem("张三张三丰收了大橙子", name="张三")
    assert password_problem("丰收了大橙子呀呀哈", name="张三") is None


@pytest.mark.parametrize(
    "password",
    [
        *("石门柑橘大丰收了啊", "correct horse battery", "83920175", "smx-ganju-2026"),
        *("market-opens-2026", "kj3nd8sl", "Tuesday rain on tin", "x7!kq2pz"),
    ],
)
def test_a_password_of_eight_characters_that_is_no_common_one_is_accepted(password: str) -> None:
    assert password_problem(password, PHONE, NAME) is None
