"""Counts shared by every worker through one file."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from limits import parse, parse_many

from market.accounts.attempts import login_attempt, spend_registration
from market.accounts.authentication import WrongPassword
from market.accounts.devices import Device
from market.extensions import limiter
from market.web.limits import SQLiteStorage, waiting
from tests.conftest import PASSWORD, Client, make_app

ROOT = Path(__file__).resolve().parents[2]


def storage(folder: Path) -> SQLiteStorage:
    return SQLiteStorage(f"sqlite:///{folder / 'limits.sqlite3'}")


def test_counting_at_once_loses_nothing(tmp_path: Path) -> None:
    one, other = storage(tmp_path), storage(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda i: (one, other)[i % 2].incr("k", 60), range(80)))
    assert sorted(counts) == list(range(1, 81))


def test_another_process_counts_in_the_same_file(tmp_path: Path) -> None:
    storage(tmp_path).incr("k", 60)
    script = (
        "import sys; from market.web.limits import SQLiteStorage;"
        "print(SQLiteStorage(sys.argv[1]).incr('k', 60))"
    )
    address = f"sqlite:///{tmp_path / 'limits.sqlite3'}"
    run = subprocess.run(
        [sys.executable, "-c", script, address], cwd=ROOT, capture_output=True, text=True
    )
    assert run.stdout.strip() == "2", run.stderr


def test_a_count_ends_with_its_window_which_begins_with_the_first(
    tmp_path: Path, monkeypatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("market.web.limits.time.time", lambda: now[0])
    counts = storage(tmp_path)
    counts.incr("k", 60)
    now[0] = 1059
    assert counts.incr("k", 60) == 2
    assert counts.get_expiry("k") == 1060
    now[0] = 1061
    assert counts.get("k") == 0
    assert counts.incr("k", 60) == 1


def test_clearing_and_resetting_forget_counts(tmp_path: Path) -> None:
    counts = storage(tmp_path)
    counts.incr("a", 60)
    counts.incr("b", 60)
    counts.clear("a")
    assert (counts.get("a"), counts.get("b")) == (0, 1)
    assert counts.reset() == 1
    assert counts.get("b") == 0


def test_a_torn_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "limits.sqlite3").write_bytes(b"torn by a power cut" * 100)
    assert storage(tmp_path).incr("k", 60) == 1


HOME, STRANGER = "10.0.0.1", "203.0.113.9"


def wrong(
    client: Client, phone: str, password: str = "not-my-password", address: str = HOME
) -> int:
    """The status of a log-in from an address."""
    client.environ_base["REMOTE_ADDR"] = address
    return client.send("/login", {"phone": phone, "password": password}).status_code


@pytest.fixture
def browser(app: Flask) -> Callable[[], Client]:
    """Makes browsers of their own, without a cookie."""
    app.test_client_class = Client
    return app.test_client  # type: ignore[return-value]


def test_ten_wrong_passwords_close_a_phone_to_whoever_tries_in_every_worker(
    app: Flask, client: Client, make_account
) -> None:
    phone = make_account().phone
    for _ in range(6):
        assert wrong(client, phone) == 200
    worker = make_app(
        app.config["INSTANCE"], SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"]
    )
    worker.test_client_class = Client
    other: Client = worker.test_client()  # type: ignore[assignment]
    for _ in range(4):
        assert wrong(other, phone) == 200
    refused = other.send("/login", {"phone": phone, "password": PASSWORD})
    assert refused.status_code == 429
    assert phone.removeprefix("+86") in refused.get_data(as_text=True)
    assert wrong(client, phone, PASSWORD) == 429
    assert wrong(client, make_account().phone, PASSWORD) == 303


def test_nobody_locks_anybody_else_out(client: Client, browser, make_account) -> None:
    phone = make_account().phone
    for n in range(12):
        wrong(client, phone, address=f"203.0.113.{n % 3}")
    assert wrong(client, phone, PASSWORD, STRANGER) == 303
    assert wrong(browser(), phone, PASSWORD) == 303


def test_a_known_browser_logs_in_beside_somebody_who_guesses_behind_the_same_address(
    browser, make_account
) -> None:
    account = make_account()
    own = browser()
    assert wrong(own, account.phone, PASSWORD) == 303
    own.send("/logout", page="/me")
    guesser = browser()
    assert [wrong(guesser, account.phone) for _ in range(11)] == [200] * 10 + [429]
    assert wrong(browser(), account.phone, PASSWORD) == 429
    assert wrong(own, account.phone, PASSWORD) == 303
    own.send("/logout", page="/me")
    assert [wrong(own, account.phone) for _ in range(11)] == [200] * 10 + [429]


def test_a_browser_known_to_one_account_is_a_stranger_to_another(browser, make_account) -> None:
    mine, theirs = make_account(), make_account()
    own = browser()
    wrong(own, mine.phone, PASSWORD)
    own.send("/logout", page="/me")
    for _ in range(10):
        wrong(browser(), theirs.phone)
    assert wrong(own, theirs.phone) == 429


def test_a_forged_device_is_a_stranger(app: Flask, browser, make_account) -> None:
    account = make_account()
    forged = browser()
    forged.set_cookie("device", "WyJ4IixbMV1d.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb", path="/login")
    for _ in range(10):
        wrong(browser(), account.phone)
    assert wrong(forged, account.phone) == 429


def test_a_number_tried_from_many_networks_has_few_tries_from_each(
    client: Client, browser, make_account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("market.accounts.attempts.UNDER_ATTACK", parse("20/hour"))
    phone = make_account().phone
    for n in range(20):
        assert wrong(client, phone, address=f"198.51.100.{n}") == 200
    codes = [wrong(client, phone, address=STRANGER) for _ in range(4)]
    assert codes == [200] * 3 + [429]
    assert wrong(browser(), phone, PASSWORD, "192.0.2.77") == 303


def test_all_addresses_of_an_ipv6_network_are_one(client: Client, make_account) -> None:
    phone = make_account().phone
    codes = [wrong(client, phone, address=f"2001:db8:1:2::{n:x}") for n in range(11)]
    assert codes == [200] * 10 + [429]
    assert wrong(client, phone, PASSWORD, "2001:db8:1:3::1") == 303


def test_a_right_password_forgets_the_wrong_ones(app: Flask, client: Client, make_account) -> None:
    phone = make_account().phone
    for _ in range(9):
        wrong(client, phone)
    assert wrong(client, phone, PASSWORD) == 303
    client.send("/logout", page="/me")
    assert wrong(client, phone) == 200


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network's limits, small enough to be reached in a test."""
    monkeypatch.setattr("market.accounts.attempts.PER_NETWORK", parse_many("5/hour"))
    monkeypatch.setattr("market.accounts.attempts.REGISTRATIONS_PER_NETWORK", parse_many("3/hour"))


def test_a_file_broken_while_the_site_runs_is_begun_anew(tmp_path: Path) -> None:
    counts = storage(tmp_path)
    counts.incr("k", 60)
    (tmp_path / "limits.sqlite3").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    assert [counts.incr("k", 60), counts.incr("k", 60)] == [1, 2]
    assert storage(tmp_path).get("k") == 2


@pytest.mark.parametrize("fault", ["database or disk is full", "attempt to write a readonly"])
def test_a_process_counts_for_itself_while_the_file_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    counts = storage(tmp_path)

    def fail(*_args: Any) -> None:
        raise counts.driver.OperationalError(fault)

    with monkeypatch.context() as failing:
        failing.setattr(counts, "_ask_once", fail)
        assert [counts.incr("k", 60), counts.incr("k", 60)] == [1, 2]
        assert not counts.check()
        counts.clear("k")
        assert counts.get("k") == 0
    assert counts.check()
    assert caplog.text.count("can't count tries") == 1
    assert "counts tries again" in caplog.text


def test_log_ins_go_on_and_are_limited_though_the_file_of_counts_cant_be_opened(
    tmp_path: Path, app: Flask, client: Client, make_account
) -> None:
    account = make_account()
    file = Path(app.config["LIMITS_DATABASE"])
    file.unlink(missing_ok=True)
    file.mkdir()
    assert client.send("/login", {"phone": account.phone, "password": PASSWORD}).status_code == 303
    limiter.enabled = True
    other = make_account()
    statuses = [wrong(app.test_client(), other.phone) for _ in range(11)]
    assert statuses == [200] * 10 + [429]


@pytest.mark.usefixtures("small_limits")
def test_wrong_passwords_close_an_address_and_right_ones_never_do(browser, make_account) -> None:
    for _ in range(8):
        assert wrong(browser(), make_account().phone, PASSWORD) == 303
    client = browser()
    codes = [wrong(client, f"138000{n:05d}") for n in range(6)]
    assert codes == [200] * 5 + [429]
    assert wrong(client, "13800000009", address="10.0.0.9") == 200


def test_confirming_ones_password_has_a_counter_of_its_own(
    client: Client, make_account, log_in
) -> None:
    account = make_account()
    for _ in range(10):
        wrong(client, account.phone)
    mine = log_in(account)
    sent = {"current": PASSWORD, "password": "a-newer-one-2026", "again": "a-newer-one-2026"}
    assert mine.send("/me/password", sent).status_code == 303
    answers = [mine.send("/me/erase", {"password": "wrong"}) for _ in range(11)]
    assert [a.status_code for a in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 500


def registration(n: int) -> dict[str, str]:
    return {
        "name": f"学员{n}",
        "phone": f"138000{n:05d}",
        "password": "smx-ganju-2026",
        "trader_type": "farmer",
        "region": "石门县",
        "agreed": "y",
    }


def test_a_training_class_registers_and_logs_in_behind_one_address(app: Flask) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": HOME}):
        for n in range(40):
            phone = f"+86138000{n:05d}"
            spend_registration(phone)
            spend_registration(phone)
            for _ in range(4):
                with suppress(WrongPassword), login_attempt(phone, None, Device("new")):
                    raise WrongPassword
            with login_attempt(phone, None, Device("new")):
                pass


@pytest.mark.usefixtures("small_limits")
def test_registering_is_limited_per_address_and_the_form_comes_back_with_the_true_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.time()]
    monkeypatch.setattr("market.web.limits.time.time", lambda: now[0])
    for n in range(3):
        assert client.send("/register", registration(n)).status_code == 303
    now[0] += 511
    answer = client.send("/register", registration(3))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 3089
    assert "52分钟" in page
    assert "学员3" in page


def test_one_number_is_not_registered_again_and_again(client: Client) -> None:
    codes = [client.send("/register", registration(1)).status_code for _ in range(6)]
    assert codes == [303] * 5 + [429]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 minute"),
        (61, "2 minutes"),
        (3089, "52 minutes"),
        (7200, "120 minutes"),
        (7201, "3 hours"),
        (86400, "24 hours"),
    ],
)
def test_a_wait_is_told_in_words_and_never_too_short(app: Flask, seconds: int, words: str) -> None:
    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert waiting(seconds) == words
