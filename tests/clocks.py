"""The rooms that know time, run as if it were another hour, on another date, in another zone.

    python -m tests.clocks          one clock, for `make check`
    python -m tests.clocks --all    eight hours and three dates
    python -m tests.clocks --all tests/statements ...

Python's clocks are moved in the process of the tests (`set_clock`, by time-machine); what they
start, SQLite and PostgreSQL keep the true time, of which the market asks only Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VARIABLE = "TEST_CLOCK"
ROOMS = (
    *("accounts", "audit", "calendar", "calls", "deals", "demonstration", "desk", "fairs"),
    *("imports", "messages", "monitoring", "notify", "offers", "outgoing", "pages", "papers"),
    *("prices", "sharing", "sheets", "statements", "stations", "tables", "tallies", "traders"),
    "training",
)
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
# Three dates at once: the first of March in Beijing, a leap day in UTC and where the machine is.
SHORT = (("2028-02-29 16:30", "America/Los_Angeles"),)
MARKS = "not browser and not endurance"
# The same tests on PostgreSQL say nothing more about clocks; what is skipped so is meant to be.
APART = {"TEST_POSTGRESQL_URL", "CI_NO_SKIPS"}


def set_clock() -> None:
    """Let this process believe the moment that TEST_CLOCK names, if it does."""
    if moment := os.environ.get(VARIABLE):
        import time_machine

        time.tzset()
        then = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        # As a number: a date would bring its own zone.
        time_machine.travel(then.timestamp(), tick=True).start()


def run(clock: str, zone: str, tests: list[str]) -> int:
    """Pytest under that clock; its exit status."""
    print(f"As if it were {clock} UTC, in {zone}:", flush=True)
    environment = {name: value for name, value in os.environ.items() if name not in APART}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "auto", "-m", MARKS, *tests],
        cwd=ROOT,
        env={**environment, VARIABLE: clock, "TZ": zone},
        check=False,
    ).returncode


def main(arguments: list[str]) -> int:
    """The worst exit status of all."""
    clocks = CLOCKS if "--all" in arguments else SHORT
    tests = [each for each in arguments if each != "--all"] or [f"tests/{room}" for room in ROOMS]
    return max([run(clock, zone, tests) for clock, zone in clocks])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
