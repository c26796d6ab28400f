"""Texts in which no product was understood, and the words that officials add for them.

A search only puts its text into memory; a thread writes what has gathered, at most every
FLUSH_SECONDS and apart from all requests: a search never waits for the writer's lock, and one that
can't be counted still answers. What a process held when it was killed is lost, which is no matter.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from datetime import date, timedelta

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from market.database import db, transaction
from market.products.models import AddedWord, Product, TextSource, UnmatchedText
from market.products.queries import product_lexicon
from market.text.characters import fold, tidy
from market.web.errors import Invalid
from market.web.home_time import home_now

MAX_LENGTH = 60
# In memory at once, and rows of a week: more are texts of programs.
MAX_WAITING, MAX_ROWS = 500, 5_000
FLUSH_SECONDS = 30.0
SHOWN, WEEKS = 200, 8
# Digits that may be a phone, however they are parted.
_NUMBER = re.compile(r"\d(?:[\s\-.·_]*\d){6,}")

_waiting: Counter[tuple[date, TextSource, str]] = Counter()
_lock = threading.Lock()
_flushed_at = 0.0


def monday() -> date:
    """The Monday of this week, a local day."""
    today = home_now().date()
    return today - timedelta(days=today.weekday())


def record_unmatched(source: TextSource, text: str) -> None:
    """Count a text in which no product was understood; never waits and never fails."""
    global _flushed_at
    plain = " ".join(_NUMBER.sub(" ", fold(tidy(text))).split())[:MAX_LENGTH].strip()
    if not any(character.isalpha() for character in plain):
        return
    with _lock:
        if len(_waiting) < MAX_WAITING:
            _waiting[monday(), source, plain] += 1
        due = time.monotonic() - _flushed_at >= FLUSH_SECONDS
        if due:
            _flushed_at = time.monotonic()
    if due and not current_app.testing:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        threading.Thread(target=_flush_in, args=(app,), daemon=True).start()


def _flush_in(app: Flask) -> None:
    with app.app_context():
        try:
            flush_unmatched()
        except SQLAlchemyError:
            app.logger.warning("texts without a product could not be counted", exc_info=True)


def flush_unmatched() -> None:
    """Write what has gathered, in a transaction of its own."""
    with _lock:
        gathered = dict(_waiting)
        _waiting.clear()
    if not gathered:
        return
    of = UnmatchedText
    with transaction():
        rows = db.session.scalar(select(func.count()).where(of.week == monday())) or 0
        for (week, source, text), count in gathered.items():
            same = (of.week == week, of.source == source, of.text == text)
            known = update(of).where(*same).values(count=of.count + count)
            if not db.session.execute(known).rowcount and rows < MAX_ROWS:  # type: ignore[attr-defined]
                db.session.add(of(week=week, source=source, text=text, count=count))
                db.session.flush()
                rows += 1
        db.session.execute(delete(of).where(of.week < monday() - timedelta(weeks=WEEKS)))


def weeks() -> list[date]:
    """The weeks that have texts, the last first."""
    of = UnmatchedText.week
    return list(db.session.scalars(select(of).distinct().order_by(of.desc()).limit(WEEKS)))


def unmatched_texts(week: date) -> list[UnmatchedText]:
    """The texts of the week, the most frequent first."""
    of = UnmatchedText
    rows = select(of).where(of.week == week).order_by(of.count.desc(), of.text).limit(SHOWN)
    return list(db.session.scalars(rows))


def added_words() -> list[AddedWord]:
    """The words that officials added, the last first."""
    return list(db.session.scalars(select(AddedWord).order_by(AddedWord.added_at.desc())))


def get_added_word(word: str) -> AddedWord | None:
    """The word that was added, if it was."""
    return db.session.scalars(select(AddedWord).where(AddedWord.word == word)).one_or_none()


def add_word(word: str, product: Product) -> AddedWord:
    """Have `word` mean the product, in all processes within seconds.

    Raises:
        Invalid: the word means a product already, or is too short.
    """
    plain = "".join(fold(tidy(word)).split())
    if len(plain) < 2:
        raise Invalid(_("A word has two characters at least."), "word")
    lexicon = product_lexicon()
    if lexicon.exact(plain) or get_added_word(plain):
        raise Invalid(_("“%(word)s” means a product already.", word=plain), "word")
    added = AddedWord(word=plain, product_code=product.code)
    db.session.add(added)
    return added


def withdraw_word(added: AddedWord) -> None:
    """Have the word mean nothing again."""
    db.session.delete(added)
