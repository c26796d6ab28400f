"""The rooms that know time, run as if it were another hour, on another date, in another zone.

    python -m tests.clocks          two clocks, for `make check`
    python -m tests.clocks --all    eight hours and three dates
    python -m tests.clocks --all tests/reports ...

The whole process tree gets the other clock, SQLite and what tests start too, from libfaketime
(Debian: libfaketime). Where there is none this is skipped, and CI_NO_SKIPS makes that a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from glob import glob
from pathlib import Path

from tests.optional import GET, REASON

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/local/lib/faketime/libfaketime.so.1")
ROOMS = [
    "accounts",
    "audit",
    "deals",
    "demonstration",
    "documents",
    "fairs",
    "messages",
    "monitoring",
    "offers",
    "reports",
    "stations",
    "tallies",
]
# In UTC, and the zone of the machine. A daily statement is due at 02:00, a day at home ends at
# 16:00: there is a clock on both sides of each. Ends of a year, of a leap February, mid-year.
CLOCKS = (
    ("2026-12-31 00:30", "Asia/Shanghai"),
    ("2028-02-29 02:30", "UTC"),
    ("2027-07-01 06:30", "America/Los_Angeles"),
    ("2026-12-31 09:30", "UTC"),
    ("2028-02-29 12:30", "Asia/Shanghai"),
    ("2027-07-01 15:30", "UTC"),
    ("2026-12-31 16:30", "America/Los_Angeles"),
    ("2028-02-29 21:30", "Pacific/Auckland"),
)
SHORT = (CLOCKS[1], CLOCKS[6])
MARKS = "not browser and not endurance"
# PostgreSQL, a server, keeps the true time: what needs it is skipped, and that is as it should be.
APART = {"TEST_POSTGRESQL_URL", "CI_NO_SKIPS"}


def run(library: str, clock: str, zone: str, tests: list[str]) -> int:
    """Pytest under that clock; its exit status."""
    # An offset, not a moment: each process would begin at the moment again.
    moment = datetime.fromisoformat(clock).replace(tzinfo=UTC)
    offset = int(moment.timestamp() - time.time())
    print(f"As if it were {clock} UTC, in {zone}:", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "auto", "-m", MARKS, *tests],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name not in APART},
            "LD_PRELOAD": library,
            "FAKETIME": f"{offset:+d}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": zone,
        },
        check=False,
    ).returncode


def main(arguments: list[str]) -> int:
    library = next((found for pattern in LIBRARIES for found in glob(pattern)), None)
    if not library:
        print(f"Other clocks are skipped: {REASON}libfaketime ({GET['libfaketime']}).")
        return int(bool(os.environ.get("CI_NO_SKIPS")))
    clocks = CLOCKS if "--all" in arguments else SHORT
    tests = [each for each in arguments if each != "--all"] or [f"tests/{room}" for room in ROOMS]
    return max([run(library, clock, zone, tests) for clock, zone in clocks])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
