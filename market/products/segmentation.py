"""Cutting a text into the words of a lexicon at the least cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from market.text.characters import is_chinese

_NUMBER = re.compile(
    r"\d(?:[\d.\-]|/(?=\d))*(?:[#+%]|号|级|度|公分|厘米|毫米|头|目|年|钱|两|mm|cm|[a-z]{1,2}(?![a-z0-9]))*"
)
# What is known by no lexicon costs more than any two known words in its place.
UNKNOWN = 3.0


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


def segment(text: str, sources: Iterable[Source], fixed: Mapping[int, Token]) -> list[Token]:
    """`text` as words, each character in one of them; `fixed` ones (by start) stay whole.

    Of two ways that cost the same the one with the longer words at the end is taken, because
    the head of a Chinese name stands there.
    """
    size = len(text)
    best: list[tuple[float, Token | None]] = [(0.0, None), *[(1e9, None)] * size]
    sources = tuple(sources)
    starts = frozenset(fixed)
    closed = {i for token in fixed.values() for i in range(token.start + 1, token.end)}
    position = 0
    while position < size:
        spent = best[position][0]
        if position in closed or spent >= 1e9:
            position += 1
            continue
        if position in fixed:
            tokens: list[Token] = [fixed[position]]
        else:
            plain = _plain(text, position)
            one = plain._replace(end=position + 1, cost=plain.cost + 0.1)
            tokens = [plain, one] if starts else [plain]
            for source in sources:
                tokens += source(text, position)
        for token in tokens:
            cost = spent + token.cost
            if cost < best[token.end][0] - 1e-9 and not _crosses(token, starts, closed):
                best[token.end] = (cost, token)
        position += 1
    found: list[Token] = []
    while size:
        last = best[size][1]
        assert last is not None
        found.append(last)
        size = last.start
    return found[::-1]


def _crosses(token: Token, starts: frozenset[int], closed: set[int]) -> bool:
    """Whether the token would run into a fixed one."""
    return (
        bool(starts)
        and any(i in starts or i in closed for i in range(token.start + 1, token.end))
        and token.start not in starts
    )


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
