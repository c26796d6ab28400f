"""Files that are made on request."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask

from market.cache.files import FileStore, MakerBusy


def allowed() -> None:
    """Nothing is refused."""


def names(app: Flask) -> set[str]:
    return {file.name for file in Path(app.config["INSTANCE"], "made").rglob("*.*")}


def test_a_file_is_made_once(app: Flask) -> None:
    store, made = FileStore("made", 8, 0.0), []
    for _again in range(2):
        assert (
            store.get_or_make("aa1", "txt", allowed, lambda: (made.append(1), b"one")[1]) == b"one"
        )
    assert made == [1]
    assert names(app) == {"aa1.txt"}
    store.clear()
    assert names(app) == set()


def test_the_file_unused_for_longest_makes_room(app: Flask) -> None:
    store = FileStore("made", 2, 0.0)
    for n, digest in enumerate(("aa1", "bb2")):
        store.get_or_make(digest, "txt", allowed, lambda: b"")
        (file,) = Path(app.config["INSTANCE"], "made").rglob(f"{digest}.txt")
        os.utime(file, (n, n))
    store.get_or_make("aa1", "txt", allowed, lambda: b"")
    store.get_or_make("cc3", "txt", allowed, lambda: b"")
    assert names(app) == {"aa1.txt", "cc3.txt"}


def test_whoever_is_refused_or_waits_too_long_has_none_made(app: Flask) -> None:
    store = FileStore("made", 2, 0.0)

    def refuse() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.get_or_make("aa1", "txt", refuse, lambda: b"")

    def make() -> bytes:
        with pytest.raises(MakerBusy):
            store.get_or_make("bb2", "txt", allowed, lambda: b"")
        return b"one"

    assert store.get_or_make("aa1", "txt", allowed, make) == b"one"
    assert names(app) == {"aa1.txt"}


def test_a_disk_that_is_full_costs_only_that_it_is_made_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*names: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "replace", full)
    assert FileStore("made", 2, 0.0).get_or_make("aa1", "txt", allowed, lambda: b"one") == b"one"
    assert "aa1.txt" not in names(app)
