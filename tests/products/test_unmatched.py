"""Texts in which no product was understood, and the words that officials add for them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from market.cache import versions
from market.database import db, transaction
from market.products import unmatched
from market.products.models import Product, TextSource, UnmatchedText
from market.products.queries import product_lexicon
from market.web.errors import Invalid


@pytest.fixture(autouse=True)
def _nothing_waits(app: Flask) -> None:
    with transaction():
        unmatched.flush_unmatched()


def _texts() -> list[tuple[str, int]]:
    unmatched.flush_unmatched()
    return [(t.text, t.count) for t in unmatched.unmatched_texts(unmatched.monday())]


def test_texts_are_counted_by_week_the_most_frequent_first(app: Flask) -> None:
    for text in ("哪吒果", "Ｚ果", "哪吒果"):
        unmatched.record_unmatched(TextSource.SEARCH, text)
    assert _texts() == [("哪吒果", 2), ("z果", 1)]
    unmatched.record_unmatched(TextSource.SEARCH, "哪吒果")
    assert _texts()[0] == ("哪吒果", 3)


def test_no_phone_number_and_no_long_text_is_kept(app: Flask) -> None:
    for text in ("哪吒果 138 0000 0000 急", "果" * 200, "13800000000"):
        unmatched.record_unmatched(TextSource.POST, text)
    texts = [text for text, _count in _texts()]
    assert sorted(texts) == ["哪吒果 急", "果" * 60]


def test_what_waits_and_what_is_stored_is_bounded(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unmatched, "MAX_WAITING", 3)
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
        added = unmatched.add_word(" 哪吒 果", apple)
    assert product_lexicon().resolve("哪吒果") == (apple.code,)
    with transaction():
        unmatched.withdraw_word(added)
    assert product_lexicon().resolve("哪吒果") != (apple.code,)


@pytest.mark.parametrize("word", ["土豆", "西红柿", "鸭屎香", "果"])
def test_a_word_that_means_something_already_is_refused(app: Flask, word: str) -> None:
    apple = db.session.scalars(select(Product).where(Product.name == "苹果")).one()
    with pytest.raises(Invalid):
        unmatched.add_word(word, apple)
