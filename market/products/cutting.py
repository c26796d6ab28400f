"""Cutting a text into the words of a lexicon at the least cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from market.characters import is_chinese

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


def cut(text: str, sources: Iterable[Source], fixed: Mapping[int, Token]) -> list[Token]:
    """`text` as words, each character in one of them; `fixed` ones (by start) are kept whole.

    Of two ways that cost the same the one with the longer words at the end is taken, because
    the head of a Chinese name stands there.
    """
    size = len(text)
    best: list[tuple[float, Token | None]] = [(0.0, None), *[(1e9, None)] * size]
    sources = tuple(sources)
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
            tokens = [_plain(text, position)]
            for source in sources:
                tokens += source(text, position)
        for token in tokens:
            cost = spent + token.cost
            if cost < best[token.end][0] - 1e-9 and not _crosses(token, closed):
                best[token.end] = (cost, token)
        position += 1
    found: list[Token] = []
    while size:
        last = best[size][1]
        assert last is not None
        found.append(last)
        size = last.start
    return found[::-1]


def _crosses(token: Token, closed: set[int]) -> bool:
    return (
        bool(closed)
        and token.kind != "fixed"
        and any(i in closed for i in range(token.start, token.end))
    )


def _plain(text: str, start: int) -> Token:
    """What stands there when nobody knows it: a character, a number, a Latin word, a gap."""
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
    while end < len(text) and (text[end].isdigit() or text[end] in ".#"):
        end += 1
    return Token(start, end, "number", None, 1.0)
