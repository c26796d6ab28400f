"""What the whole market needs is written in one place, and used from there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("HOME_TIME_ZONE", "market/web/home_time.py"),
        ("fcntl", "market/web/file_lock.py"),
        ("pg_advisory_xact_lock", "market/database.py"),
    ],
)
def test_it_is_written_in_one_module(text: str, place: str) -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "market").rglob("*.py"))
        if text in path.read_text("utf-8")
    ]
    assert found == [place]
