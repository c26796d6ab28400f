from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.statements import rules
from market.statements.models import STATEMENT_TRANSITIONS, StatementKind, StatementStatus
from market.statements.rules import Deadlines, Period, Rates

HOME = ZoneInfo("Asia/Shanghai")
START, END = date(2026, 9, 15), date(2026, 9, 30)
DEADLINES = Deadlines(daily_hour=10, final_days=5, review_hours=6, review_days=3)
NOW = datetime(2026, 10, 20, tzinfo=UTC)


def test_a_day_is_reported_once_it_is_over_and_the_fair_once_it_is() -> None:
    assert rules.periods(START, END, False, START) == []
    assert rules.periods(START, END, False, date(2026, 9, 17)) == [
        Period(START, StatementKind.DAILY),
        Period(date(2026, 9, 16), StatementKind.DAILY),
    ]
    *days, last = rules.periods(START, END, True, date(2026, 10, 9))
    assert len(days) == 16
    assert last == Period(END, StatementKind.FINAL)


@given(st.dates(), st.sampled_from(StatementKind))
def test_a_period_is_found_again_by_its_key(day: date, kind: StatementKind) -> None:
    assert rules.parse_period(Period(day, kind).key) == Period(day, kind)


@pytest.mark.parametrize("key", ["", "daily", "daily-2026-02-30", "weekly-2026-09-15", "x" * 99])
def test_what_is_no_period_is_none(key: str) -> None:
    assert rules.parse_period(key) is None


def test_a_county_is_due_the_next_morning_and_its_prefecture_that_afternoon() -> None:
    daily = Period(START, StatementKind.DAILY)
    county = rules.due_at(daily, False, DEADLINES, HOME)
    assert county == datetime(2026, 9, 16, 10, tzinfo=HOME)
    assert rules.due_at(daily, True, DEADLINES, HOME) == datetime(2026, 9, 16, 16, tzinfo=HOME)


def test_a_final_statement_is_due_at_the_end_of_a_day() -> None:
    final = Period(END, StatementKind.FINAL)
    county = rules.due_at(final, False, DEADLINES, HOME)
    assert county == datetime(2026, 10, 6, 0, tzinfo=HOME)
    assert rules.due_at(final, True, DEADLINES, HOME) == datetime(2026, 10, 9, 0, tzinfo=HOME)


def test_late_is_after_the_hour_and_not_at_it() -> None:
    assert not rules.is_late(NOW, NOW, NOW)
    assert rules.is_late(NOW, NOW + timedelta(seconds=1), NOW)
    assert rules.is_late(NOW - timedelta(seconds=1), None, NOW)
    assert not rules.is_late(NOW, NOW - timedelta(1), NOW + timedelta(9))


def test_what_is_published_never_moves_again() -> None:
    assert not STATEMENT_TRANSITIONS[StatementStatus.PUBLISHED]
    assert StatementStatus.SUBMITTED in STATEMENT_TRANSITIONS[StatementStatus.DRAFT]
    assert STATEMENT_TRANSITIONS.keys() == set(StatementStatus)


def test_the_rates_count_what_is_due_what_is_in_and_what_was_in_time() -> None:
    days = [Period(START + timedelta(days=n), StatementKind.DAILY) for n in range(5)]
    dues = {day: NOW - timedelta(days=5 - n) for n, day in enumerate(days[:4])}
    dues[days[4]] = NOW + timedelta(hours=1)
    early, late = NOW - timedelta(days=9), NOW - timedelta(minutes=1)
    submitted = {
        days[0]: (StatementStatus.PUBLISHED, early),
        days[1]: (StatementStatus.SUBMITTED, late),
        days[2]: (StatementStatus.RETURNED, early),
        days[4]: (StatementStatus.SUBMITTED, early),
    }
    found = rules.rates(dues, submitted, NOW)
    assert found == Rates(due=4, submitted=2, on_time=1)
    assert (str(found.completeness), str(found.punctuality)) == ("0.500", "0.250")
    assert Rates().completeness is None


rates_ = st.builds(
    lambda due, submitted, on_time: Rates(due, min(due, submitted), min(due, submitted, on_time)),
    *(st.integers(0, 50) for _ in range(3)),
)


@given(st.dictionaries(st.text("0123", min_size=6, max_size=6), rates_))
def test_ranks_follow_the_rates_and_equals_share_one(rows: dict[str, Rates]) -> None:
    ranks = rules.ranks(rows)
    assert ranks.keys() == {code for code, rate in rows.items() if rate.due}
    ordered = sorted(ranks, key=lambda code: ranks[code])
    for one, other in pairwise(ordered):
        a, b = ((rows[c].punctuality, rows[c].completeness) for c in (one, other))
        assert a >= b  # type: ignore[operator]
        assert (a == b) == (ranks[one] == ranks[other])
    assert rules.sum_rates(rows.values()).due == sum(rate.due for rate in rows.values())
