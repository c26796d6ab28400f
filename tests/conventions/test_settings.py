"""Settings as an operator gives them."""

from __future__ import annotations

import base64
import os
import random
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

import config
from market import create_app
from tests.conftest import make_app

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("given", "meant"),
    [("somewhere/else", ROOT / "somewhere/else"), ("/tmp/far", Path("/tmp/far"))],
)
def test_an_instance_may_be_relative_to_the_checkout(given: str, meant: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    shown = subprocess.run(
        [sys.executable, "-c", "import config; print(config.Base.SQLALCHEMY_DATABASE_URI)"],
        cwd=ROOT,
        env={**environment, "MARKET_INSTANCE": given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == f"sqlite:///{meant}/market.sqlite3"


@pytest.mark.parametrize(
    "key",
    [
        *("", "short", "development-only", "k" * 32, "ab" * 20, "abcdefgh" * 4, "0123456789" * 4),
        *("0123456789abcdef0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789"),
        *("change-me-please-change-me-please-1", "this-is-a-very-long-secret-key-for-production-1"),
        *(
            "correct-horse-battery-staple-2026!",
            "harvest-2026-harvest-2026-harvest!",
            "qwertyuiop" * 4,
        ),
        *("passwordpasswordpassword1234567890", "zhexieshidouzhongwenpinyindemiyao"),
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    ],
)
def test_production_refuses_a_key_that_can_be_guessed(key: str) -> None:
    class Production(config.Production):
        SECRET_KEY = key

    with pytest.raises(config.ConfigurationError, match="SECRET_KEY"):
        create_app(Production)


@pytest.mark.parametrize("seed", range(20))
def test_a_random_key_is_taken(seed: int) -> None:
    chance = random.Random(seed)
    assert not config.is_weak_key(chance.randbytes(16).hex())
    assert not config.is_weak_key(chance.randbytes(32).hex())
    assert not config.is_weak_key(base64.urlsafe_b64encode(chance.randbytes(32)).decode())


def test_without_a_key_a_random_one_is_kept_in_the_instance(tmp_path: Path) -> None:
    first, again = (make_app(tmp_path / "a").config["SECRET_KEY"] for _ in range(2))
    other = make_app(tmp_path / "b").config["SECRET_KEY"]
    assert first == again != other
    assert not config.is_weak_key(first)
    file = tmp_path / "a" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [f.name for f in file.parent.glob("*secret*")] == ["secret_key"]


def test_web_and_worker_that_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: config.instance_key(tmp_path), range(24)))
    assert len(keys) == 1


def test_a_torn_key_is_told_and_not_taken(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("abc")
    with pytest.raises(config.ConfigurationError, match="secret_key"):
        config.instance_key(tmp_path)


def test_a_cookie_signed_with_a_known_key_opens_nothing(app: Flask, make_account) -> None:
    account = make_account(role="administrator", scope="430000")
    for key in ("development-only", "testing-only"):
        forger = Flask("forger")
        forger.secret_key = key
        signer = forger.session_interface.get_signing_serializer(forger)
        assert signer is not None
        client = app.test_client()
        client.set_cookie("session", signer.dumps({"_user_id": f"{account.id}.0", "_fresh": True}))
        assert client.get("/admin/accounts").status_code == 303


def test_an_instance_that_cant_be_written_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_app(tmp_path)
    (tmp_path / "market.sqlite3").touch()
    for name in ("media", "market.sqlite3"):
        refused = tmp_path / name
        monkeypatch.setattr("market.os.access", lambda path, mode, no=refused: path != no)
        with pytest.raises(
            config.ConfigurationError, match=re.escape(f"{refused} can't be written")
        ):
            make_app(tmp_path)


def test_an_instance_that_cant_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    started = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "calendar", "status"],
        cwd=ROOT,
        env={**os.environ, "MARKET_INSTANCE": str(tmp_path / "taken")},
        capture_output=True,
        text=True,
    )
    assert started.returncode == 1
    assert started.stderr.startswith("The market does not start: ")
    assert str(tmp_path / "taken") in started.stderr
    assert "Traceback" not in started.stderr
