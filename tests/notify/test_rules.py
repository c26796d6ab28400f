"""Quiet hours, the day's digest, and links that stop messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.notify.models import NoticeKind
from market.notify.rules import (
    CHANNELS,
    DEFAULTS,
    latest_digest,
    quiet_until,
    read_stop_token,
    stop_token,
)
from market.outgoing.models import OutgoingChannel

HOME = ZoneInfo("Asia/Shanghai")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(HOME))
hours = st.integers(0, 23)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 1, hour, minute, tzinfo=HOME)


@pytest.mark.parametrize(
    ("now", "start", "end", "until"),
    [
        (at(20, 59), 21, 7, None),
        (at(21), 21, 7, at(7) + timedelta(days=1)),
        (at(3), 21, 7, at(7)),
        (at(7), 21, 7, None),
        (at(13), 12, 14, at(14)),
        (at(14), 12, 14, None),
        (at(3), 8, 8, None),
    ],
)
def test_quiet_hours_end_in_the_morning(
    now: datetime, start: int, end: int, until: datetime | None
) -> None:
    assert quiet_until(now, start, end) == until


@given(moments, hours, hours)
def test_when_the_quiet_is_over_it_is_not_quiet(now: datetime, start: int, end: int) -> None:
    until = quiet_until(now, start, end)
    if until is not None:
        assert now < until <= now + timedelta(days=1)
        assert quiet_until(until, start, end) is None


@given(moments, hours, hours)
def test_each_day_has_one_digest_and_it_is_never_in_quiet_hours(
    now: datetime, start: int, end: int
) -> None:
    due = latest_digest(now, start, end)
    assert now - timedelta(days=1) < due <= now
    assert quiet_until(due, start, end) is None
    assert latest_digest(due + timedelta(hours=23, minutes=59), start, end) == due


@given(st.integers(1, 10**9 - 1), st.sampled_from(CHANNELS))
def test_a_stop_link_names_one_account_and_channel_and_can_t_be_made_up(
    account: int, channel: OutgoingChannel
) -> None:
    token = stop_token("secret", account, channel)
    assert read_stop_token("secret", token) == (account, channel)
    assert read_stop_token("other", token) is None
    assert read_stop_token("secret", token.replace(str(account), str(account + 1))) is None
    assert len(token) <= 27


@pytest.mark.parametrize("token", ["", "s", "s1", "s1-", "x1-aaaa", "s-1", "s１-a", "s1-é"])
def test_what_is_no_stop_link_is_none(token: str) -> None:
    assert read_stop_token("secret", token) is None


def test_every_kind_has_a_way_it_is_told_at_first() -> None:
    assert set(DEFAULTS) == set(NoticeKind)
