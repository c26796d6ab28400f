"""Words of ordinary language, by the general dictionary that the search index cuts with: one
instance in a process, which reads and never learns.

What the trade's lexicon can't know: that 提 in 免费提供样品 is no grape, that 电视 is a thing and
成熟 tells something of what stands before it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import rjieba

from market.text.characters import is_chinese

# Parts of speech in the dictionary's own letters: nouns, and what tells something of a noun.
_NOUNS = frozenset(("n", "nt", "vn", "ng"))
_TELLING = frozenset(("a", "ad", "an", "d", "z", "m", "i", "l"))


_NAMES = ("nr", "ns", "nz")
# Below it the dictionary has slips of writing too: 罗卜, 弥猴桃.
MIN_FREQUENCY = 5


class OrdinaryWord(NamedTuple):
    """A word at its place in the text."""

    start: int
    end: int
    text: str

    @property
    def is_common(self) -> bool:
        """Whether it is a word of several characters that no place or person is called by."""
        return len(self.text) > 1 and is_common(self.text)

    @property
    def is_noun(self) -> bool:
        """Whether it is a common noun; names of places and people are none."""
        return _part_of_speech(self.text) in _NOUNS

    @property
    def is_telling(self) -> bool:
        """Whether it tells something of a noun before it: an adjective, adverb or figure."""
        return self.text.isdigit() or _part_of_speech(self.text) in _TELLING


# A text is read several times over: by parts, with and without its price.
@lru_cache(maxsize=64)
def ordinary_words(text: str) -> dict[int, OrdinaryWord]:
    """Each character's word of the folded text, by place."""
    words: dict[int, OrdinaryWord] = {}
    start = 0
    for word in rjieba.cut(text, False):
        end = start + len(word)
        found = OrdinaryWord(start, end, word)
        words.update((place, found) for place in range(start, end))
        start = end
    return words


def is_word(text: str, start: int, end: int) -> bool:
    """Whether no longer word of ordinary language reaches over these characters' ends."""
    words = ordinary_words(text)
    return words[start].start >= start and words[end - 1].end <= end


def is_cut(text: str, start: int, end: int) -> bool:
    """Whether `end` falls into a word of ordinary language that begins behind `start`."""
    word = ordinary_words(text)[end - 1]
    return word.start > start and word.end > end


@lru_cache(maxsize=4096)
def is_common(word: str) -> bool:
    """Whether the folded word is one of ordinary language, and no name of a place or person."""
    # The frequency of a word that the dictionary lacks is one that would make it one.
    known = rjieba.has_word(word) and rjieba.suggest_freq(word) >= MIN_FREQUENCY
    return known and not _part_of_speech(word).startswith(_NAMES)


@lru_cache(maxsize=1024)
def _part_of_speech(word: str) -> str:
    """By the dictionary; figures and Latin letters have none, and would cost megabytes."""
    return rjieba.tag(word, False)[0][1] if all(map(is_chinese, word)) else ""
