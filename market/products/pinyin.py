"""Products by the pinyin and the initials of their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from pypinyin import lazy_pinyin

from market.products.words import LexiconWord

# Tones as digits, and what is typed between syllables.
_BETWEEN = re.compile(r"[1-5](?![0-9])|[ '-]")


def spell(word: str) -> tuple[str, str]:
    """(pinyin, initials) of a word, lower case, no tones, letters and digits only."""
    syllables = ["".join(c for c in s if c.isalnum()) for s in lazy_pinyin(word)]
    syllables = [s.lower() for s in syllables if s]
    return "".join(syllables), "".join(s[0] for s in syllables)


class Pinyin:
    """Codes of products by how their words are spelt."""

    def __init__(self, words: Iterable[LexiconWord]) -> None:
        spelt: dict[str, set[str]] = defaultdict(set)
        initials: dict[tuple[int, str], set[str]] = defaultdict(set)
        for word in words:
            if word.pinyin and len(word.code) == 7:
                spelt[word.pinyin].add(word.code)
                initials[word.rank, word.initials].add(word.code)
        self._spelt = {k: tuple(sorted(c)) for k, c in spelt.items()}
        self._initials = {k: tuple(sorted(c)) for k, c in initials.items()}

    def spelt(self, word: str) -> tuple[str, ...]:
        """Codes of products with a word spelt so, with or without tones and spaces."""
        return self._spelt.get(_BETWEEN.sub("", word), ())

    def initials(self, word: str) -> tuple[str, ...]:
        """Codes of products whose names, else aliases, have these initials."""
        return self._initials.get((0, word)) or self._initials.get((1, word), ())
