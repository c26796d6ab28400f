"""Words that name products, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_MEANINGS = 12
# Of a product's code; those of categories are shorter.
PRODUCT_DIGITS = 7


@dataclass(frozen=True, slots=True)
class LexiconWord:
    """A word of a product: its name, an alias, or an English name.

    Attributes:
        code: of a product (7 digits) or a category (2 or 4).
        rank: 0 for a name, 1 for an alias, 2 for a name in English, 3 for that of a variety.
        pinyin, initials: empty for English.
        asked: whether the word means other things too, so that who typed it is asked.
        series: whether it names a product only with a number behind it.
    """

    text: str
    code: str
    rank: int
    pinyin: str = ""
    initials: str = ""
    ambiguous: bool = False
    asked: bool = False
    series: bool = False


@dataclass(frozen=True, slots=True)
class ProductMeaning:
    """What a word stands for.

    Attributes:
        codes: the product it names; several: the person has to choose.
        family: the product or category that names ending like this belong to.
        name: whether it is the product's name, no alias.
        kind: whether it names only a kind: `rice`, `vegetables`.
        asked: whether the word means other things too, so that who typed it is asked.
    """

    word: str
    codes: tuple[str, ...] = ()
    family: str = ""
    name: bool = False
    kind: bool = False
    asked: bool = False


def codes_meant(found: Iterable[LexiconWord]) -> tuple[str, ...]:
    """An ambiguous alias stands for all it lists; else a product goes before a category, and
    a name before an alias."""
    found = tuple(found)
    ambiguous = {w.code for w in found if w.ambiguous}
    first = min((len(w.code) != 7, w.rank) for w in found)
    return tuple(
        sorted(ambiguous or {w.code for w in found if (len(w.code) != 7, w.rank) == first})
    )[:MAX_MEANINGS]
