"""Cutting texts into words, and the tables by which a document's products and places are
numbered.

All is taken from the database once, when the index is built, and stored beside it, so that
offers and questions are cut and numbered alike for as long as that index lives.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import rjieba

from market.search.tables import Products, Regions

# Heavier than any word of the general dictionary that overlaps a product's name.
WEIGHT = 20_000
# A phone number must not be found by asking for it; no other word is so long a number.
MAX_NUMBER_DIGITS = 6
_WORD = re.compile(r"[\w]+(?:\.\d+)?")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Texts whose words stay in memory.
MAX_CUT_TEXTS = 8192
# They stand between words and belong to none.
_BREAKS = frozenset(
    "的了也和与及或在是有我你您很都就着吗呢吧把被让，。、；：！？（）《》“”‘’…—·～ "
)


class Vocabulary:
    """A cutter and the tables of products and regions.

    Attributes:
        known: names of products and places (`normal`), which are never cut apart.
    """

    def __init__(self, known: Iterable[str], products: Products, regions: Regions) -> None:
        self.known = sorted(set(known))
        self.products = products
        self.regions = regions
        # Many offers have the same text: a copied one, or a title that we made.
        self.cut = lru_cache(maxsize=MAX_CUT_TEXTS)(self._cut)
        self._cutter = _cutter(tuple(self.known))

    @classmethod
    def load(cls, file: Path) -> Vocabulary:
        """Raises OSError, ValueError, KeyError or TypeError when the file is missing or broken."""
        stored = json.loads(file.read_text(encoding="utf-8"))
        return cls(stored["known"], Products(**stored["products"]), Regions(**stored["regions"]))

    def save(self, file: Path) -> None:
        file.write_text(self._stored(), encoding="utf-8")

    def _stored(self) -> str:
        stored = {
            "known": self.known,
            "products": self.products.saved(),
            "regions": self.regions.saved(),
        }
        return json.dumps(stored, ensure_ascii=False)

    @cached_property
    def digest(self) -> str:
        """What differs when anything does of the names or the tables."""
        return hashlib.sha256(self._stored().encode()).hexdigest()

    def _cut(self, text: str) -> list[str]:
        """The words of an offer's text, each once: whole ones, those inside of longer ones,
        and the pairs of neighbours inside these and among characters that belong to no word:
        富硒 is no word of the dictionary, and is to find 富硒米."""
        text = normal(text)
        found = [word for word in self._cutter.cut_all(text) if len(word) > 1 or word.isascii()]
        words, pairs = self._parts(text)
        inside = [pair for word in words for pair in _pairs_inside(word)]
        return _distinct_words(found + pairs + inside)

    def cut_question(self, text: str) -> list[str]:
        """The words of a question, each once: in `cut` of every text that holds them whole."""
        words, pairs = self._parts(normal(text))
        return _distinct_words(words + pairs)

    def _parts(self, text: str) -> tuple[list[str], list[str]]:
        """(words of the dictionary in turn, pairs of neighbours that it joins to no word)."""
        words, pairs, before = [], [], ""
        for word in self._cutter.cut(text, False):
            if len(word) > 1 or word.isascii():
                words.append(word)
                before = ""
            elif word in _BREAKS:
                before = ""
            else:
                if before:
                    pairs.append(before + word)
                before = word
        return words, pairs


# An index built anew hardly ever has other names than the one before it, and teaching them to a
# cutter takes 0.1 s.
@lru_cache(maxsize=2)
def _cutter(known: tuple[str, ...]) -> rjieba.Jieba:
    """A cutter of the general dictionary that knows these words as well."""
    cutter = rjieba.Jieba()
    for word in known:
        if len(word) > 1 and _CHINESE.fullmatch(word):
            cutter.add_word(word, WEIGHT, "n")
    return cutter


def normal(text: str) -> str:
    """Full-width forms made plain, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def names(name: str, aliases: Sequence[str]) -> list[str]:
    """The words a product is called by in a title: 枣(鲜) is also called 枣; one character
    alone is left out, because it stands inside too many words."""
    plain = re.sub(r"[(（].*?[)）]", "", name)
    return list(dict.fromkeys(w for w in (name, plain, *aliases) if len(w) > 1))


def _pairs_inside(word: str) -> list[str]:
    """The pairs of neighbours in a Chinese word of three characters or more."""
    if len(word) < 3 or word[0].isascii():
        return []
    return [word[i : i + 2] for i in range(len(word) - 1)]


def _distinct_words(words: list[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if _is_word(word)]


@lru_cache(maxsize=1 << 16)
def _is_word(word: str) -> bool:
    if not word.isascii():
        return _CHINESE.fullmatch(word) is not None or word.isalnum()
    if word.isdecimal() and len(word) > MAX_NUMBER_DIGITS:
        return False
    return _WORD.fullmatch(word) is not None
