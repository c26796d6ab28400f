"""Cutting texts into words, and the words that name a branch of products or regions.

Both are taken from the database once, when the index is built, and kept beside it, so
that offers and questions are cut alike for as long as that index lives.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import rjieba

# Heavier than any word of the general dictionary that overlaps a product's name.
WEIGHT = 20_000
# A phone number must not be found by asking for it; no other word is so long a number.
LONGEST_NUMBER = 6
_WORD = re.compile(r"[\w]+(?:\.\d+)?")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


class Words:
    """A lexicon bound to a cutter.

    Attributes:
        names: word -> branches it names, `p` or `r` (product, region) before the step.
    """

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self.names = {normal(word): frozenset(branches) for word, branches in names.items()}
        self._cutter = rjieba.Jieba()
        for word in self.names:
            if len(word) > 1 and _CHINESE.fullmatch(word):
                self._cutter.add_word(word, WEIGHT, "n")

    @classmethod
    def load(cls, file: Path) -> Words:
        """Raises OSError or ValueError when the file is missing or broken."""
        return cls(json.loads(file.read_text(encoding="utf-8")))

    def save(self, file: Path) -> None:
        plain = {word: sorted(branches) for word, branches in self.names.items()}
        file.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")

    def cut(self, text: str) -> list[str]:
        """The words of an offer's text, long ones also in their parts, and each Chinese
        pair of neighbours, so that a word nobody knows is found by its pairs."""
        text = normal(text)
        found = _kept(self._cutter.cut_for_search(text))
        known = set(found)
        pairs = {
            run[i : i + 2] for run in _CHINESE.findall(text) for i in range(len(run) - 1)
        } - known
        return found + sorted(pairs)

    def cut_question(self, text: str) -> list[str]:
        """The words of a question, each once, whole."""
        return list(dict.fromkeys(_kept(self._cutter.cut(normal(text)))))


def normal(text: str) -> str:
    """Full-width forms made plain, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def pairs(word: str) -> list[str]:
    """The neighbouring pairs of characters of a Chinese word; empty for others."""
    if len(word) < 3 or not _CHINESE.fullmatch(word):
        return []
    return [word[i : i + 2] for i in range(len(word) - 1)]


def gather(rows: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """(word, branch) rows as a lexicon; empty words left out."""
    names: dict[str, set[str]] = defaultdict(set)
    for word, branch in rows:
        if word:
            names[normal(word)].add(branch)
    return names


def _kept(words: Iterable[str]) -> list[str]:
    return [
        word
        for word in words
        if _WORD.fullmatch(word) and not (word.isdecimal() and len(word) > LONGEST_NUMBER)
    ]
