"""What some tests need that a machine with only Python has not, and how to get it.

Without it they are skipped, and the run says at its end what was skipped; CI sets CI_NO_SKIPS,
which makes a skip a failure.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any, NoReturn

import pytest

DEBIAN = "on Debian: apt-get install "
GET = {
    "Chromium": DEBIAN + "chromium",
    "a Chinese font": DEBIAN + "fonts-noto-cjk",
    "nginx": DEBIAN + "nginx-light openssl",
    "PostgreSQL": DEBIAN + "postgresql; name an empty database that its user may copy:"
    " TEST_POSTGRESQL_URL=postgresql+psycopg://user@127.0.0.1/market_test make test",
    "sqlite3": DEBIAN + "sqlite3",
}
REASON = "this machine lacks "


def lacks(name: str) -> NoReturn:
    """Skip the test, or fail it where CI_NO_SKIPS is set.

    Args:
        name: a key of GET.
    """
    assert name in GET, name
    if os.environ.get("CI_NO_SKIPS"):
        pytest.fail(REASON + name)
    pytest.skip(REASON + name)


def summary(skipped: list[Any]) -> list[str]:
    """A line for each thing that is wanting, from the reports of skipped tests."""
    wanting: Counter[str] = Counter()
    for report in skipped:
        _, found, name = str(report.longrepr[2]).partition(REASON)
        if found:
            wanting[name] += 1
    return [
        f"{count} tests were skipped: {REASON}{name} ({GET[name]})."
        for name, count in sorted(wanting.items())
    ]
