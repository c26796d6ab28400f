"""The demonstration's unknown words: three weeks from both sources, and one that was added."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from market.database import db, transaction
from market.demonstration.unknown_words import ADDED, write_unknown_words
from market.products.models import TextSource, UnmatchedText
from market.products.queries import product_lexicon
from market.products.unmatched import added_words, unmatched_texts, weeks

TODAY = datetime(2026, 9, 16, 2, tzinfo=UTC).date()


def test_there_are_three_weeks_from_both_sources_and_an_added_word(app: Flask) -> None:
    lexicon = product_lexicon()
    with transaction():
        write_unknown_words(TODAY)
    by_source = select(UnmatchedText.source, func.count(UnmatchedText.week.distinct())).group_by(
        UnmatchedText.source
    )
    assert dict(db.session.execute(by_source).all()) == dict.fromkeys(TextSource, 3)
    assert [added.word for added in added_words()] == [ADDED[0]]
    texts = [row.text for week, _count in weeks() for row in unmatched_texts(week)]
    assert not [text for text in texts if lexicon.find_products(text)]
