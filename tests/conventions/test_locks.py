"""The lock files say what setup.cfg asks for, and each installs no more than it is for."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ; ([^\\]+))?", re.MULTILINE)


def pins(lock: str) -> dict[str, set[str]]:
    """The versions that a lock file may install, by name of the package."""
    found: dict[str, set[str]] = {}
    for name, version, _ in PIN.findall((ROOT / lock).read_text("utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def asked(extra: str | None = None) -> list[Requirement]:
    """What setup.cfg asks for, to run or besides for an extra."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")
    text = setup["options.extras_require"][extra] if extra else setup["options"]["install_requires"]
    return [Requirement(line) for line in text.split("\n") if line]


def unmet(requirements: list[Requirement], lock: str) -> list[str]:
    has = pins(lock)
    return [
        str(asks)
        for asks in requirements
        if not (versions := has.get(canonicalize_name(asks.name)))
        or not all(asks.specifier.contains(version) for version in versions)
    ]


def test_the_locks_hold_all_that_setup_asks_for() -> None:
    assert not unmet(asked(), "requirements.lock")
    assert not unmet([*asked(), *asked("test")], "requirements-test.lock")
    assert not unmet(asked("bench"), "requirements-bench.lock")


def test_a_requirement_outside_the_lock_would_be_found() -> None:
    wanted = [Requirement("flask>=99"), Requirement("nowhere"), Requirement("Flask>=3")]
    assert unmet(wanted, "requirements.lock") == ["flask>=99", "nowhere"]


def test_the_tests_run_on_the_versions_that_the_market_runs_on() -> None:
    test = pins("requirements-test.lock")
    assert {name: test.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


def test_running_the_market_installs_no_tool_of_the_tests() -> None:
    tools = {canonicalize_name(each.name) for each in asked("test") + asked("bench")}
    assert not tools & pins("requirements.lock").keys()


def test_every_pin_has_a_hash() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text("utf-8")
        for pin in PIN.finditer(text):
            assert text[pin.end() :].split("\n")[1].strip().startswith("--hash=sha256:"), pin[0]
