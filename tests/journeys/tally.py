"""Counts what a journey asks of people: taps, fields typed, and how long its pages take.

A pytest plugin of `python -m tests.journeys` alone; the tests themselves know the marker
`journey` and `uncounted()`. JOURNEY_TALLY names the file that a line of JSON is added to for each
journey, JOURNEY_LINE how the phone and its line are: "usual" or "slow".
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Locator, Page

# What people call slow 3G: bytes a second down and up, milliseconds there and back.
SLOW_3G = {
    "offline": False,
    "downloadThroughput": 400_000 // 8,
    "uploadThroughput": 400_000 // 8,
    "latency": 400,
}
CPU_SLOWDOWN = 4
TAPS = {Page: ("click", "check", "press", "set_input_files"), Locator: ("click", "check", "press")}
FIELDS = {Page: ("fill", "type", "select_option"), Locator: ("fill", "select_option")}


@dataclass
class Tally:
    """Of one journey. Each page is (address, seconds until it has loaded), the first of a browser
    apart, which has nothing cached."""

    name: str
    script: bool
    taps: int = 0
    fields: int = 0
    seconds: float = 0
    first: list[tuple[str, float]] = field(default_factory=list)
    further: list[tuple[str, float]] = field(default_factory=list)


_current: list[Tally] = []
_paused: list[bool] = []


@contextmanager
def uncounted() -> Iterator[None]:
    """What is done in it is no part of the journey: who comes back is logged in."""
    _paused.append(True)
    try:
        yield
    finally:
        _paused.pop()


def _counting(act: Callable[..., Any], what: str) -> Callable[..., Any]:
    """`act`, counted once, though Playwright does some by means of others."""

    @wraps(act)
    def counted(*args: Any, **kwargs: Any) -> Any:
        if _current and not _paused:
            setattr(_current[-1], what, getattr(_current[-1], what) + 1)
        with uncounted():
            return act(*args, **kwargs)

    return counted


def _watch(page: Page) -> None:
    """Note how long each page takes, from asking for it, a form sent before it included, to its
    load event."""
    session: CDPSession = page.context.new_cdp_session(page)
    for domain in ("Network", "Page"):
        session.send(f"{domain}.enable")
    if os.environ["JOURNEY_LINE"] == "slow":
        session.send("Network.emulateNetworkConditions", SLOW_3G)
        session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    asked: dict[str, tuple[str, float]] = {}
    seen: list[float] = []
    sent: list[float] = []

    def note_asked(event: dict[str, Any]) -> None:
        request, began = event["request"], event["timestamp"]
        # A form with a key is sent by a script, which then asks for the page.
        if event.get("type") == "Fetch" and request["method"] == "POST":
            sent.append(began)
        if event.get("type") == "Document" and "redirectResponse" not in event:
            asked["last"] = (request["url"], sent.pop() if sent else began)

    def note_loaded(event: dict[str, Any]) -> None:
        if not _current or "last" not in asked:
            return
        address, began = asked.pop("last")
        took = event["timestamp"] - began
        pages = _current[-1].further if seen else _current[-1].first
        pages.append((urlsplit(address).path, round(took, 3)))
        seen.append(took)

    session.on("Network.requestWillBeSent", note_asked)
    session.on("Page.loadEventFired", note_loaded)


def pytest_configure() -> None:
    for kinds, what in ((TAPS, "taps"), (FIELDS, "fields")):
        for owner, names in kinds.items():
            for name in names:
                setattr(owner, name, _counting(getattr(owner, name), what))
    new_page = BrowserContext.new_page

    def watched_page(context: BrowserContext) -> Page:
        page = new_page(context)
        _watch(page)
        return page

    BrowserContext.new_page = watched_page  # type: ignore[method-assign]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    marker = item.get_closest_marker("journey")
    if marker is None:
        yield
        return
    given = item.callspec.params  # type: ignore[attr-defined]
    tally = Tally(marker.args[0], given["script"])
    _current.append(tally)
    began = time.monotonic()
    outcome = yield
    _current.pop()
    tally.seconds = round(time.monotonic() - began, 1)
    if outcome.excinfo is None:  # type: ignore[attr-defined]
        with Path(os.environ["JOURNEY_TALLY"]).open("a") as lines:
            lines.write(json.dumps(asdict(tally)) + "\n")
