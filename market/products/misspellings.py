"""Words of products written with a slip: a character of the same sound or shape, or one lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from typing import NamedTuple

from market.text.characters import group, is_chinese, sound, spelling


class Correction(NamedTuple):
    """A known word for what stands from a place to `end`.

    Attributes:
        cost: the less, the rather it is read so (`segmentation`).
    """

    end: int
    word: str
    codes: tuple[str, ...]
    cost: float


class Misspellings:
    """What is meant by words that nobody knows.

    Args:
        codes: by word, of all words that may be meant.
        known: words that are right as they stand.
    """

    def __init__(self, codes: Mapping[str, tuple[str, ...]], known: Container[str]) -> None:
        self._codes = codes
        self._known = known
        self._groups: dict[str, set[str]] = defaultdict(set)
        self._sounds: dict[str, set[str]] = defaultdict(set)
        self._holes: dict[str, set[str]] = defaultdict(set)
        for word in codes:
            if len(word) < 2 or not all(map(is_chinese, word)):
                continue
            self._groups[group(word)].add(word)
            hear = sound if len(word) > 2 else spelling
            self._sounds[" ".join(map(hear, word))].add(word)
            if len(word) >= 4:
                for i in range(len(word)):
                    self._holes[f"{word[:i]}*{word[i + 1 :]}"].add(word)

    def corrections(self, text: str, start: int) -> list[Correction]:
        """Words that begin at `start` and are known once one slip of writing is mended."""
        found = []
        for n in range(2, min(7, len(text) - start + 1)):
            word = text[start : start + n]
            if not is_chinese(word[-1]):
                break
            if word in self._known:
                continue
            meant, cost = self._groups.get(group(word), set()), 1.6
            if not meant:
                heard = self._sounds.get(" ".join(map(sound if n > 2 else spelling, word)), set())
                meant = {w for w in heard if _slips(w, word) <= n // 2}
                cost = 2.8 - 0.2 * n
                if n == 2 and not _alone(text, start, start + n):
                    meant = set()
            whole = not any(word[i : i + 2] in self._codes for i in range(n - 1))
            for i in range(n if n >= 4 and not meant and whole else 0):
                meant, cost = self._holes.get(f"{word[:i]}*{word[i + 1 :]}", set()), 3.5
                if meant:
                    break
            # Another head at the end is no slip: 酥李 is no 酥梨.
            if word[-1] in self._known:
                meant = {w for w in meant if w[-1] == word[-1]}
            codes = {self._codes[w] for w in meant}
            if len(codes) == 1:
                found.append(Correction(start + n, min(meant), codes.pop(), cost))
        return found


def _alone(text: str, start: int, end: int) -> bool:
    """Whether no Chinese character stands beside it."""
    return not (start and is_chinese(text[start - 1])) and not is_chinese(
        text[end : end + 1] or " "
    )


def _slips(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
