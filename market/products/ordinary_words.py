"""Words of ordinary language, by the general dictionary that the search index cuts with.

What the trade's lexicon can't know: that 提 in 免费提供样品 is no grape, that 电视 is a thing and
成熟 tells something of what stands before it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import rjieba

# Parts of speech of what a thing is called, in the dictionary's own letters: nouns and works.
_NOUNS = frozenset(("n", "nt", "vn", "ng"))


class OrdinaryWord(NamedTuple):
    """A word at its place in the text.

    Attributes:
        tag: its part of speech.
    """

    start: int
    end: int
    tag: str

    @property
    def is_noun(self) -> bool:
        """Whether it is a common noun; names of places and people are none."""
        return self.tag in _NOUNS


# Lines of a market: what one visitor types is read several times over.
@lru_cache(maxsize=256)
def ordinary_words(text: str) -> dict[int, OrdinaryWord]:
    """Each character's word of the folded text, by place."""
    words: dict[int, OrdinaryWord] = {}
    start = 0
    for word, tag in rjieba.tag(text, False):
        end = start + len(word)
        found = OrdinaryWord(start, end, tag)
        words.update((place, found) for place in range(start, end))
        start = end
    return words


def is_word(text: str, start: int, end: int) -> bool:
    """Whether no longer word of ordinary language reaches over these characters' ends."""
    words = ordinary_words(text)
    return words[start].start >= start and words[end - 1].end <= end
