"""Weeks of sheets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.sheets.weeks import SheetWeek, parse_week, week_of


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_week_holds_its_days_and_is_read_as_it_is_written(day: date) -> None:
    week = week_of(day)
    assert week.first <= day <= week.last
    assert week.first.weekday() == 0
    assert week.last - week.first == timedelta(days=6)
    assert parse_week(str(week)) == week
    assert week.next.first == week.last + timedelta(days=1)


@pytest.mark.parametrize("text", ["2026-54", "2026-00", "2025-53", "9999-52", "2026", "", "昨天"])
def test_what_is_no_week_is_none(text: str) -> None:
    assert parse_week(text) is None


def test_a_year_of_53_weeks_has_its_last() -> None:
    assert parse_week("2026-W53") == SheetWeek(2026, 53)
