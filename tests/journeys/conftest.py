"""A market as a user runs it, web and worker, and a real Chromium to walk it with.

Where there is no Chromium the journeys are skipped; CI_NO_SKIPS turns a skip into a failure.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.tally import uncounted
from tests.optional import lacks
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "harvest-2026"
# Milliseconds; long, because a busy machine is no fault.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
FLASK = [sys.executable, "-m", "flask"]


def wait_for(url: str, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=30).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder of a demonstration market: its database, index and pictures."""
    if not CHROMIUM:
        lacks("Chromium")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(request.getfixturevalue("demonstration"), folder, dirs_exist_ok=True)
    return folder


def environment_of(instance: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MARKET_INSTANCE": str(instance),
        "MARKET_ENV": "development",
        "FLASK_APP": "wsgi",
    }


def run_flask(instance: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a `flask` command on the market in `instance`."""
    return subprocess.run(
        [*FLASK, *command],
        cwd=ROOT,
        env=environment_of(instance),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


@contextmanager
def serve(instance: Path) -> Iterator[str]:
    """The address of the market in `instance`, served by gunicorn beside its worker."""
    port, environment = free_port(), environment_of(instance)
    log = (instance / "log").open("w")
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "--threads",
        "4",
        "--bind",
        f"127.0.0.1:{port}",
        "wsgi:app",
    ]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        for command in (web, [*FLASK, "worker"])
    ]
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(120)
        log.close()


@pytest.fixture(scope="session")
def site(instance: Path) -> Iterator[str]:
    """The address of the demonstration market."""
    with serve(instance) as address:
        yield address


@pytest.fixture(scope="session")
def browser(site: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """A page of a browser of its own: 390 px wide unless told, Chinese unless told."""
    contexts = []

    def opened(width: int = 390, language: str = "zh_CN", **options: object) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 844},
            **options,  # type: ignore[arg-type]
        )
        context.add_cookies([{"name": "language", "value": language, "url": site}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield opened
    for context in contexts:
        context.close()


def log_in(page: Page, phone: str) -> None:
    with uncounted():
        page.goto("/login")
        page.fill("[name=phone]", phone)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit], main form button")
        page.wait_for_url(lambda url: "/login" not in url)


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
