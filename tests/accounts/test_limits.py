"""Counts shared by every worker through one file."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from market.extensions import limiter
from market.limits import SQLiteStorage
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
        "import sys; from market.limits import SQLiteStorage;"
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
    monkeypatch.setattr("market.limits.time.time", lambda: now[0])
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


def wrong(client: Client, phone: str, password: str = "not-my-password") -> int:
    return client.send("/login", {"phone": phone, "password": password}).status_code


def test_ten_wrong_passwords_close_a_phone_for_a_while_in_every_worker(
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
    assert "<h1" in refused.get_data(as_text=True)
    assert wrong(client, phone, PASSWORD) == 429
    assert wrong(client, make_account().phone, PASSWORD) == 303


def test_a_right_password_forgets_the_wrong_ones(app: Flask, client: Client, make_account) -> None:
    phone = make_account().phone
    for _ in range(9):
        wrong(client, phone)
    assert wrong(client, phone, PASSWORD) == 303
    client.send("/logout", page="/me")
    assert wrong(client, phone) == 200


def test_sixty_tries_close_an_address_for_a_while(app: Flask, client: Client) -> None:
    codes = [wrong(client, f"138000{n:05d}") for n in range(61)]
    assert codes == [200] * 60 + [429]
    elsewhere = client.get("/login", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 200


def test_registering_is_limited_per_address(app: Flask, client: Client) -> None:
    codes = [client.send("/register").status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


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
