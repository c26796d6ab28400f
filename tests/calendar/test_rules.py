"""Which times can follow the one seen before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from market.calendar.rules import MAX_BEHIND, Jump, clock_jump

SEEN = datetime(2026, 9, 16, 2, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "how"),
    [
        (SEEN, None),
        (SEEN + timedelta(minutes=1), None),
        (SEEN + DAY, None),
        (SEEN + DAY + SECOND, Jump.AHEAD),
        (SEEN + 45 * DAY, Jump.AHEAD),
        (SEEN - MAX_BEHIND, None),
        (SEEN - MAX_BEHIND - SECOND, Jump.BEHIND),
        (datetime(1970, 1, 1, tzinfo=UTC), Jump.BEHIND),
    ],
)
def test_a_time_follows_the_last_one_within_its_limits(now: datetime, how: Jump | None) -> None:
    assert clock_jump(now, SEEN, DAY) is how
