"""Texts in which no product was understood, and the words that officials add for them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from market.accounts.models import Account
from market.cache import versions
from market.database import db, transaction
from market.products import unmatched
from market.products.models import Product, TextSource, UnmatchedText
from market.products.queries import product_lexicon
from market.web import gathered_counts
from market.web.errors import Invalid
from tests.conftest import Client


@pytest.fixture(autouse=True)
def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unmatched.unmatched_counts, "_waiting", Counter())


def _texts() -> list[tuple[str, int]]:
    unmatched.unmatched_counts.flush()
    db.session.rollback()  # what a thread has written is seen
    texts = unmatched.unmatched_texts(unmatched.monday())
    return [(t.text, t.searches + t.posts) for t in texts]


@pytest.mark.postgresql
def test_texts_are_counted_by_week_the_most_frequent_first(app: Flask) -> None:
    for text in ("咕噜果", "Ｚ果", "咕噜果"):
        unmatched.record_unmatched(TextSource.SEARCH, text)
    assert _texts() == [("咕噜果", 2), ("z果", 1)]
    unmatched.record_unmatched(TextSource.SEARCH, "咕噜果")
    assert _texts()[0] == ("咕噜果", 3)


@pytest.mark.postgresql
def test_searches_and_posts_of_a_text_are_counted_apart(app: Flask) -> None:
    for source in (TextSource.SEARCH, TextSource.POST, TextSource.POST):
        unmatched.record_unmatched(source, "咕噜果")
    unmatched.unmatched_counts.flush()
    (row,) = unmatched.unmatched_texts(unmatched.monday())
    assert (row.text, row.searches, row.posts) == ("咕噜果", 1, 2)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("咕噜果 138 0000 0000 急", "咕噜果 急"),
        ("咕噜果 １３８-００００-００００", "咕噜果"),
        ("一三八零零零零零零零零 咕噜果", "咕噜果"),
        ("1三8零0零0零0零0 咕噜果", "咕噜果"),
        ("咕噜果 138a0000b0000", "咕噜果 a b"),
        ("微信号：abc12345 咕噜果", "咕噜果"),
        ("someone@example.com 咕噜果", "咕噜果"),
        ("王老板要咕噜果", "要咕噜果"),
        ("联系人张建国 咕噜果", "联系人 咕噜果"),
        ("果" * 200, "果" * 60),
        # What is no number of a person and no name stays.
        ("咕噜6号", "咕噜6号"),
        ("咕噜80-85果", "咕噜80-85果"),
        ("李广桃", "李广桃"),
        ("卢卢果", "卢卢果"),
    ],
)
def test_of_a_text_what_tells_who_somebody_is_is_not_stored(
    app: Flask, typed: str, stored: str
) -> None:
    unmatched.record_unmatched(TextSource.POST, typed)
    assert _texts() == [(stored, 1)]


@pytest.mark.parametrize(
    "typed", ["13800000000", "张建国", "王芳", "张先生 13800000000", "12345678"]
)
def test_a_text_of_nothing_else_is_not_stored(app: Flask, typed: str) -> None:
    unmatched.record_unmatched(TextSource.SEARCH, typed)
    assert _texts() == []


def test_a_text_with_the_name_of_a_party_is_not_stored(
    app: Flask, make_account: Callable[..., Account]
) -> None:
    make_account(name="嘟嘟合作社")
    unmatched.record_unmatched(TextSource.SEARCH, "找嘟嘟合作社的货")
    unmatched.record_unmatched(TextSource.SEARCH, "嘟嘟的货")
    assert _texts() == [("嘟嘟的货", 1)]


def test_what_waits_and_what_is_stored_is_bounded(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unmatched.unmatched_counts, "max_waiting", 3)
    for n in range(9):
        unmatched.record_unmatched(TextSource.SEARCH, f"果{n}号")
    assert len(_texts()) == 3
    monkeypatch.setattr(unmatched, "MAX_ROWS", 3)
    unmatched.record_unmatched(TextSource.SEARCH, "另一个")
    assert len(db.session.scalars(select(UnmatchedText)).all()) == 3


def test_an_added_word_works_at_once_and_can_be_withdrawn(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)
    apple = db.session.scalars(select(Product).where(Product.name == "苹果")).one()
    with transaction():
        added = unmatched.add_word(" 咕噜 果", apple)
    assert product_lexicon().resolve("咕噜果") == (apple.code,)
    with transaction():
        unmatched.withdraw_word(added)
    assert product_lexicon().resolve("咕噜果") != (apple.code,)


@pytest.mark.parametrize(
    "word",
    [
        *("求购", "供应", "便宜", "大家好", "50吨", "3元", "两周内", "明天", "不要紧"),
        *("../../x", "a/b", "<b>甜果</b>", "=1+1", "甜果！", "-甜果", "甜_果", "@甜果"),
    ],
)
def test_a_word_of_trading_or_with_signs_in_it_is_refused(app: Flask, word: str) -> None:
    apple = db.session.scalars(select(Product).where(Product.name == "苹果")).one()
    with pytest.raises(Invalid):
        unmatched.add_word(word, apple)


@pytest.mark.parametrize("word", ["土豆", "西红柿", "鸭屎香", "果", "新鲜", "石门县", "potato"])
def test_a_word_that_means_something_already_is_refused(app: Flask, word: str) -> None:
    apple = db.session.scalars(select(Product).where(Product.name == "苹果")).one()
    with pytest.raises(Invalid):
        unmatched.add_word(word, apple)


def test_a_text_is_known_once_a_word_in_it_is_added(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)
    unmatched.record_unmatched(TextSource.SEARCH, "高山咕噜果")
    unmatched.unmatched_counts.flush()
    apple = db.session.scalars(select(Product).where(Product.name == "苹果")).one()
    with transaction():
        unmatched.add_word("咕噜果", apple)
    (row,) = unmatched.unmatched_texts(unmatched.monday())
    assert [product.name for product in row.products] == ["苹果"]


@pytest.fixture
def writes_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Requests start the thread that writes, as they do outside tests; the threads."""
    threads: list[threading.Thread] = []

    class Kept(threading.Thread):
        def start(self) -> None:
            super().start()
            threads.append(self)

    monkeypatch.setattr(gathered_counts, "Thread", Kept)
    monkeypatch.setattr(gathered_counts, "FLUSH_SECONDS", 0.0)
    app.testing = False
    return threads


def _search(client: Client) -> None:
    answer = client.get("/offers", query_string={"q": "咕噜果"})
    assert answer.status_code == 200


def test_a_search_is_written_apart_from_the_request(
    app: Flask, client: Client, writes_at_once: list[threading.Thread]
) -> None:
    _search(client)
    for thread in writes_at_once:
        thread.join()
    assert _texts() == [("咕噜果", 1)]


def test_a_search_does_not_wait_while_the_database_is_locked(
    app: Flask, client: Client, writes_at_once: list[threading.Thread]
) -> None:
    with transaction():
        other = threading.Thread(target=lambda: _search(app.test_client()))
        other.start()
        other.join()
        assert [thread.is_alive() for thread in writes_at_once] == [True]
    for thread in writes_at_once:
        thread.join()
    assert _texts() == [("咕噜果", 1)]


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("INSERT", {}, Exception("database or disk is full")),
        OperationalError("INSERT", {}, Exception("attempt to write a readonly database")),
        OperationalError("BEGIN", {}, Exception("database is locked")),
        OSError(28, "No space left on device"),
    ],
    ids=["full", "read-only", "locked", "no space"],
)
def test_a_search_answers_where_nothing_can_be_written(
    app: Flask,
    client: Client,
    writes_at_once: list[threading.Thread],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    @contextmanager
    def fails() -> Iterator[None]:
        raise error
        yield

    monkeypatch.setattr(unmatched, "transaction", fails)
    _search(client)
    for thread in writes_at_once:
        thread.join()
    assert writes_at_once
    assert "could not be counted" in caplog.text


def test_a_search_answers_where_no_thread_is_to_be_had(
    app: Flask,
    client: Client,
    writes_at_once: list[threading.Thread],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(gathered_counts.Thread, "start", refuse)
    _search(client)


def test_lines_read_by_the_command_are_not_counted(app: Flask) -> None:
    for arguments in (["understand"], ["understand", "--post"]):
        result = app.test_cli_runner().invoke(args=["search", *arguments], input="咕噜果\n")
        assert result.exit_code == 0
    assert _texts() == []
