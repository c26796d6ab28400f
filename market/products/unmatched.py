"""Texts in which no product was understood, and the words that officials add for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import case, delete, func, select, update

from market.database import AdvisoryLock, advisory_lock, db, transaction
from market.products.models import AddedWord, Product, TextSource, UnmatchedText
from market.products.personal_texts import parties_named, without_personal
from market.products.queries import NamedProduct, named_products, product_lexicon
from market.regions.queries import region_lexicon
from market.text.amounts import find_amounts
from market.text.characters import fold, is_chinese, tidy
from market.text.periods import find_periods
from market.web.errors import Invalid
from market.web.filters import local_name
from market.web.gathered_counts import GatheredCounts
from market.web.home_time import home_today

MAX_LENGTH, MAX_TYPED = 60, 100
# In memory at once, and rows of a week: more are texts of programs.
MAX_WAITING, MAX_ROWS = 500, 5_000
SHOWN, WEEKS = 200, 8

# Letters, also of other scripts, and digits; one sign between two of them.
_WORD = re.compile(r"[^\W_]+(?:[ '’·-][^\W_]+)*")
_reserved: set[str] = set()

_Key = tuple[date, TextSource, str]


def monday() -> date:
    """The Monday of this week, a local day."""
    return monday_of(home_today())


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def record_unmatched(source: TextSource, text: str) -> None:
    """Count a text in which no product was understood; never waits and never fails."""
    # Cut so long after the longest text stored that half a phone at its end is not.
    plain = " ".join(fold(tidy(text)[:MAX_TYPED]).split())
    if plain:
        unmatched_counts.add((monday(), source, plain))


def _write_unmatched(gathered: Mapping[_Key, int]) -> None:
    """Write what has gathered without what tells who somebody is, in a transaction of its own."""
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


unmatched_counts: GatheredCounts[_Key] = GatheredCounts(
    "texts without a product", _write_unmatched, MAX_WAITING
)


def _impersonal(gathered: Mapping[_Key, int]) -> Counter[_Key]:
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


def reserve_words(words: Iterable[str]) -> None:
    """Let nobody have these words mean a product: what other rooms read as something else."""
    _reserved.update(words)


def plain_word(word: str) -> str:
    """The word as it is compared and stored: folded, Chinese without spaces."""
    plain = " ".join(fold(tidy(word)).split())
    return plain.replace(" ", "") if any(map(is_chinese, plain)) else plain


def add_word(word: str, product: Product) -> AddedWord:
    """Have `word` mean the product, in this process at once, in the others within seconds.

    Raises:
        Invalid: the word means a product or a place already, only tells something of goods
            (新鲜) or of trading (求购, 50吨, 明天), is too short, or has other signs than letters
            and digits.
    """
    plain = plain_word(word)
    if len(plain) < 2:
        raise Invalid(_("A word has two characters at least."), "word")
    if not _WORD.fullmatch(plain):
        raise Invalid(_("Write the word with letters and digits only."), "word")
    lexicon = product_lexicon()
    known = get_added_word(plain)
    if codes := lexicon.exact(plain) or (known and (known.product_code,)):
        names = _(" or ").join(local_name(one) for one in named_products(codes).values())
        raise Invalid(_("“%(word)s” means %(names)s already.", word=plain, names=names), "word")
    if lexicon.knows(plain) or plain in _reserved or _says_how_much_or_when(plain):
        raise Invalid(_("“%(word)s” tells of many goods, and names none.", word=plain), "word")
    if region_lexicon().resolve(plain, leaves_only=False):
        raise Invalid(_("“%(word)s” is the name of a place.", word=plain), "word")
    added = AddedWord(word=plain, product_code=product.code)
    db.session.add(added)
    return added


def _says_how_much_or_when(word: str) -> bool:
    """Whether a price, a quantity or a day is all that the word says."""
    prices, quantities = find_amounts(word)
    spans = [(price.start, price.end) for price in prices]
    spans += [(quantity.start, quantity.end) for quantity in quantities]
    spans += [(one.start, one.end) for one in find_periods(word, home_today())]
    return (0, len(word)) in spans


def withdraw_word(added: AddedWord) -> None:
    """Have the word mean nothing again."""
    db.session.delete(added)
