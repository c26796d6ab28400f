"""Texts of the demonstration in which no product is understood, and a word that was added."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from market.database import db
from market.demonstration.bulk import insert_rows
from market.products.models import Product, TextSource, UnmatchedText
from market.products.unmatched import add_word, monday_of

# (text, times searched for, times posted) of this week and those before; all invented.
WEEKS = (
    (("咕噜嘟", 6, 2), ("嘎啦嘣", 3, 0), ("噜噜籽", 0, 3), ("本地咪咪", 2, 0)),
    (("咕噜嘟", 9, 1), ("嘟嘟嘣 上门收", 4, 0), ("大个呱呱", 0, 2)),
    (("嘎啦嘣", 5, 2), ("呱呱粒", 3, 1), ("kulukulu", 2, 0)),
)
ADDED = ("呱呱粒", "花生")


def write_unknown_words(today: date) -> None:
    """Insert three weeks of texts, of searches and of posts, and add a word."""
    insert_rows(
        UnmatchedText,
        [
            {"week": week, "source": source, "text": text, "count": count}
            for ago, texts in enumerate(WEEKS)
            for week in [monday_of(today) - timedelta(weeks=ago)]
            for text, *counts in texts
            for source, count in zip((TextSource.SEARCH, TextSource.POST), counts, strict=True)
            if count
        ],
    )
    word, means = ADDED
    add_word(word, db.session.scalars(select(Product).where(Product.name == means)).one())
