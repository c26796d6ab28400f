"""Texts in which no product was understood, and the words that officials add for them.

A request only puts its text into memory; a thread writes what has gathered, at most every
FLUSH_SECONDS and apart from all requests: none ever waits for the writer's lock, and one that
can't be counted still answers. What a process held when it was killed is lost, which is no matter.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock, Thread

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import case, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from market.database import AdvisoryLock, advisory_lock, db, transaction
from market.products.models import AddedWord, Product, TextSource, UnmatchedText
from market.products.personal_texts import parties_named, without_personal
from market.products.queries import NamedProduct, named_products, product_lexicon
from market.regions.queries import region_lexicon
from market.text.characters import fold, is_chinese, tidy
from market.web.errors import Invalid
from market.web.filters import local_name
from market.web.home_time import home_today

MAX_LENGTH, MAX_TYPED = 60, 100
# In memory at once, and rows of a week: more are texts of programs.
MAX_WAITING, MAX_ROWS = 500, 5_000
FLUSH_SECONDS = 30.0
SHOWN, WEEKS = 200, 8

_Key = tuple[date, TextSource, str]
_waiting: Counter[_Key] = Counter()
_lock = Lock()
_flushed_at = 0.0


def monday() -> date:
    """The Monday of this week, a local day."""
    return monday_of(home_today())


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def record_unmatched(source: TextSource, text: str) -> None:
    """Count a text in which no product was understood; never waits and never fails."""
    global _flushed_at
    # Cut so long after the longest text stored that half a phone at its end is not.
    plain = " ".join(fold(tidy(text)[:MAX_TYPED]).split())
    if not plain:
        return
    with _lock:
        if len(_waiting) < MAX_WAITING:
            _waiting[monday(), source, plain] += 1
        due = time.monotonic() - _flushed_at >= FLUSH_SECONDS
        if due:
            _flushed_at = time.monotonic()
    if due and not current_app.testing:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        with suppress(RuntimeError):  # no thread to be had now: the next one writes
            Thread(target=flush_in, args=(app,), daemon=True).start()


def flush_in(app: Flask) -> None:
    """Write what has gathered; what can't be written is lost, and the log says so."""
    with app.app_context():
        try:
            flush_unmatched()
        except (SQLAlchemyError, OSError):
            app.logger.warning("texts without a product could not be counted", exc_info=True)


def flush_unmatched() -> None:
    """Write what has gathered without what tells who somebody is, in a transaction of its own."""
    with _lock:
        gathered = dict(_waiting)
        _waiting.clear()
    counts = _impersonal(gathered)
    if not counts:
        return
    of = UnmatchedText
    with transaction():
        advisory_lock(AdvisoryLock.UNMATCHED)
        rows = db.session.scalar(select(func.count()).where(of.week == monday())) or 0
        for (week, source, text), count in counts.items():
            same = (of.week == week, of.source == source, of.text == text)
            known = update(of).where(*same).values(count=of.count + count)
            if not db.session.execute(known).rowcount and rows < MAX_ROWS:  # type: ignore[attr-defined]
                db.session.add(of(week=week, source=source, text=text, count=count))
                db.session.flush()
                rows += 1
        db.session.execute(delete(of).where(of.week < monday() - timedelta(weeks=WEEKS)))


def _impersonal(gathered: dict[_Key, int]) -> Counter[_Key]:
    """The counts of what is left of each text; one that names a party is left out."""
    parties = parties_named({text for _week, _source, text in gathered})
    counts: Counter[_Key] = Counter()
    for (week, source, text), count in gathered.items():
        plain = without_personal(text)[:MAX_LENGTH].strip()
        if text not in parties and any(map(str.isalpha, plain)):
            counts[week, source, plain] += count
    return counts


def weeks() -> list[tuple[date, int]]:
    """(week, how many texts it has), the last first."""
    of = UnmatchedText.week
    texts = func.count(UnmatchedText.text.distinct())
    rows = select(of, texts).group_by(of).order_by(of.desc()).limit(WEEKS)
    return [(week, count) for week, count in db.session.execute(rows)]


@dataclass(frozen=True)
class WeeksText:
    """A text of a week: how often it was searched for and posted, and what it means by now."""

    text: str
    searches: int
    posts: int
    products: tuple[NamedProduct, ...] = ()


def unmatched_texts(week: date) -> list[WeeksText]:
    """The texts of the week, the most frequent first."""
    of = UnmatchedText
    searches = func.sum(case((of.source == TextSource.SEARCH, of.count), else_=0))
    posts = func.sum(case((of.source == TextSource.POST, of.count), else_=0))
    rows = (
        select(of.text, searches, posts)
        .where(of.week == week)
        .group_by(of.text)
        .order_by(func.sum(of.count).desc(), of.text)
        .limit(SHOWN)
    )
    return [
        WeeksText(text, searched, posted, _known(text))
        for text, searched, posted in db.session.execute(rows)
    ]


def _known(text: str) -> tuple[NamedProduct, ...]:
    """The products that the text names by now."""
    found = product_lexicon().find_products(fold(text))
    return tuple(named_products(code for token in found for code in token.meaning).values())


def added_words() -> list[AddedWord]:
    """The words that officials added, the last first."""
    return list(db.session.scalars(select(AddedWord).order_by(AddedWord.added_at.desc())))


def get_added_word(word: str) -> AddedWord | None:
    """The word that was added, if it was."""
    return db.session.scalars(select(AddedWord).where(AddedWord.word == word)).one_or_none()


def add_word(word: str, product: Product) -> AddedWord:
    """Have `word` mean the product, in this process at once, in the others within seconds.

    Raises:
        Invalid: the word means a product or a place already, only tells something of goods
            (新鲜), or is too short.
    """
    plain = " ".join(fold(tidy(word)).split())
    if any(map(is_chinese, plain)):
        plain = plain.replace(" ", "")
    if len(plain) < 2:
        raise Invalid(_("A word has two characters at least."), "word")
    lexicon = product_lexicon()
    known = get_added_word(plain)
    if codes := lexicon.exact(plain) or (known and (known.product_code,)):
        names = _(" or ").join(local_name(one) for one in named_products(codes).values())
        raise Invalid(_("“%(word)s” means %(names)s already.", word=plain, names=names), "word")
    if lexicon.knows(plain):
        raise Invalid(_("“%(word)s” tells of many goods, and names none.", word=plain), "word")
    if region_lexicon().resolve(plain, leaves_only=False):
        raise Invalid(_("“%(word)s” is the name of a place.", word=plain), "word")
    added = AddedWord(word=plain, product_code=product.code)
    db.session.add(added)
    return added


def withdraw_word(added: AddedWord) -> None:
    """Have the word mean nothing again."""
    db.session.delete(added)
