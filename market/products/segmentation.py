"""Cutting a text into the words of a lexicon at the least cost."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from market.text.characters import is_chinese

_NUMBER = re.compile(
    r"\d(?:[\d.\-]|/(?=\d))*(?:[#+%]|号|级|度|公分|厘米|毫米|头|目|年|钱|两|mm|cm|[a-z]{1,2}(?![a-z0-9]))*"
)
# What is known by no lexicon costs more than any two known words in its place.
UNKNOWN = 3.0
# No longer words are corrected.
MAX_CORRECTED = 6


class Token(NamedTuple):
    """A word at its place in the text.

    Attributes:
        kind: "word", "gap" (space, punctuation), "unknown", or what a source calls its own.
        meaning: what the source knows of it.
        cost: the less, the rather it is read so.
    """

    start: int
    end: int
    kind: str
    meaning: Any
    cost: float


Source = Callable[[str, int], Iterable[Token]]


def segment(
    text: str,
    sources: Iterable[Source],
    fixed: Mapping[int, Token],
    corrections: Source | None = None,
) -> list[Token]:
    """`text` as words, each character in one of them; `fixed` ones (by start) stay whole.

    Of two ways that cost the same the one with the longer words at the end is taken, because
    the head of a Chinese name stands there. Only where a character stays unknown `corrections`
    are asked too: what is known needs none.
    """
    lattice = _Lattice(text, tuple(sources), fixed)
    tokens = lattice.cheapest()
    unknown = [token.start for token in tokens if token.kind == "unknown"]
    if corrections and unknown and lattice.add(corrections, unknown):
        tokens = lattice.cheapest()
    return tokens


class _Lattice:
    """The words that may begin at each place of a text, read from the sources only once."""

    def __init__(self, text: str, sources: tuple[Source, ...], fixed: Mapping[int, Token]) -> None:
        self._text = text
        self._sources = sources
        self._fixed = fixed
        self._starts = frozenset(fixed)
        self._closed = {i for token in fixed.values() for i in range(token.start + 1, token.end)}
        self._occupied = self._starts | self._closed
        self._words: dict[int, list[Token]] = {}

    def cheapest(self) -> list[Token]:
        """The way through the text that costs least."""
        size = len(self._text)
        costs = [0.0, *[math.inf] * size]
        last: list[Token | None] = [None] * (size + 1)
        for position in range(size):
            spent = costs[position]
            if spent == math.inf or position in self._closed:
                continue
            for token in self._beginning(position):
                end, cost = token[1], spent + token[4]
                if cost < costs[end] - 1e-9:
                    costs[end], last[end] = cost, token
        found: list[Token] = []
        while size:
            word = last[size]
            assert word is not None
            found.append(word)
            size = word.start
        return found[::-1]

    def add(self, source: Source, places: Iterable[int]) -> bool:
        """Add what a source knows of words over one of these places; whether it knows any."""
        wanted = set(places)
        added = False
        for position, words in self._words.items():
            if position not in self._starts and any(
                place in wanted for place in range(position, position + MAX_CORRECTED)
            ):
                more = [
                    token
                    for token in source(self._text, position)
                    if wanted.intersection(range(position, token.end)) and not self._crosses(token)
                ]
                words += more
                added = added or bool(more)
        return added

    def _beginning(self, position: int) -> list[Token]:
        words = self._words.get(position)
        if words is None:
            words = self._words[position] = self._read(position)
        return words

    def _read(self, position: int) -> list[Token]:
        if position in self._fixed:
            return [self._fixed[position]]
        plain = _plain(self._text, position)
        words = [plain]
        for source in self._sources:
            words += source(self._text, position)
        if self._starts:
            one = Token(position, position + 1, plain.kind, plain.meaning, plain.cost + 0.1)
            words = [token for token in (*words, one) if not self._crosses(token)]
        return words

    def _crosses(self, token: Token) -> bool:
        """Whether the token would run into a fixed one."""
        return not self._occupied.isdisjoint(range(token.start + 1, token.end))


def _plain(text: str, start: int) -> Token:
    """The token without any lexicon: a character, a number, a Latin word, a gap."""
    character = text[start]
    if is_chinese(character):
        return Token(start, start + 1, "unknown", None, UNKNOWN)
    if not character.isalnum():
        return Token(start, start + 1, "gap", None, 0.0)
    end = start + 1
    if character.isascii() and character.isalpha():
        while end < len(text) and text[end].isascii() and (text[end].isalpha() or text[end] == "'"):
            end += 1
        return Token(start, end, "latin", None, UNKNOWN)
    number = _NUMBER.match(text, start)
    return Token(start, number.end() if number else end, "number", None, 1.0)
