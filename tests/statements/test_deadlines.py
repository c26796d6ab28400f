"""What is due at midnight is due at the end of the day before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from market.web.filters import deadline


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (datetime(2026, 12, 4, 16, tzinfo=UTC), "2026-12-04 24:00"),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), "2026-12-31 24:00"),
        (datetime(2026, 12, 5, 2, tzinfo=UTC), "2026-12-05 10:00"),
        (None, ""),
    ],
)
def test_midnight_belongs_to_the_day_it_ends(
    app: Flask, due: datetime | None, expected: str
) -> None:
    assert deadline(due) == expected
