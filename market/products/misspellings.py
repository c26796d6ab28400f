"""Words of products written with a slip: a character of the same sound or shape, two that
changed places, one lost or one too many.

Each way of writing a known word differently has a weight; the known word of the least weight is
meant, if no word of another product is nearly as near, and if neither what stands there nor what
lies across its ends is a word of ordinary language (`ordinary_words`).
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from market.products.ordinary_words import is_common, is_word, ordinary_words
from market.text.characters import is_chinese
from market.text.resemblance import group, merged_sound, shapes, spellings

# What a slip weighs: written by shape or group, by the same sound, by one that many don't tell
# apart, any other character; two that changed places; one lost or too many.
GROUP, SOUND, NEAR, OTHER, SWAPPED, LOST = 0.3, 0.35, 0.45, 1.0, 0.9, 1.1
# The most that a word of two, three, and of four or more characters may weigh, and by how much
# another product's must be further away.
LIMITS = {2: 0.4, 3: 0.8}
LONG_LIMIT, MARGIN = 1.15, 0.15
MAX_LENGTH = 7
# A character at the end of so many words says what kind of goods they are.
COMMON_END = 25
# A character in so few words is enough to find those that another two were meant to be.
RARE = 24
# Told of size behind a name of one character, no slip: 母虾中.
_SIZES = frozenset("大中小")
# Little words that running text is made of: they are no slip inside a longer word.
_FUNCTION = frozenset(
    "都的了是有在和不也就很要到给把被让跟与及或还又再才只从向对为以于之其这那你我他"
)


class SpellingCorrection(NamedTuple):
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
        heads: characters that name a kind of goods at the end of a word.
    """

    def __init__(
        self,
        codes: Mapping[str, tuple[str, ...]],
        known: Container[str],
        heads: Iterable[str],
    ) -> None:
        self._codes = codes
        self._known = known
        self._words = [w for w in codes if len(w) > 1 and all(map(is_chinese, w))]
        ends = Counter(word[-1] for word in self._words)
        common = {end for end, n in ends.items() if n >= COMMON_END}
        self._heads = frozenset(common.union(heads))
        self._holding: dict[tuple[str, int], array[int]] = defaultdict(lambda: array("H"))
        self._sounding: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("H"))
        for place, word in enumerate(self._words):
            for character in set(word):
                self._holding[character, len(word)].append(place)
            if len(word) == 2:
                for first in spellings(word[0]):
                    for second in spellings(word[1]):
                        self._sounding[first, second].append(place)

    def corrections(self, text: str, start: int) -> list[SpellingCorrection]:
        """Words that begin at `start` and are known once their slips are mended."""
        found = []
        for n in range(2, min(MAX_LENGTH, len(text) - start) + 1):
            word = text[start : start + n]
            if not is_chinese(word[-1]):
                break
            if word in self._known or is_common(word):
                continue
            if self._cuts_a_word(text, start, start + n):
                continue
            if n == 2 and word[1] in _SIZES:
                continue
            alone = self._stands_alone(text, start, start + n)
            if n > 2 and not alone and not _FUNCTION.isdisjoint(word):
                continue
            nearest = self._nearest(word)
            if nearest and (alone or nearest[0] <= (GROUP if n == 2 else SOUND)):
                weight, meant = nearest
                if self._is_right(text, start, start + n, meant, alone):
                    continue
                cost = 1.0 + weight * (2.0 if n < 4 else 2.3)
                found.append(SpellingCorrection(start + n, meant, self._codes[meant], cost))
        return found

    def _is_right(self, text: str, start: int, end: int, meant: str, alone: bool) -> bool:
        """Whether the slip would be in a word of ordinary language: 清洗剂 is no 清洗机. Two
        characters may be one by chance, except where a longer text goes on: 薄壳机选."""
        for place in range(start, end):
            word = ordinary_words(text)[place]
            inside = word.start == place and len(word.text) > (2 if alone or place > start else 1)
            if inside and word.is_common and not meant.startswith(word.text, place - start):
                return True
        return False

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        """Whether nothing but words of the trade stands beside it."""
        return all(
            not is_chinese(beside) or beside in self._known
            for beside in (text[start - 1 : start] or " ", text[end : end + 1] or " ")
        )

    def _cuts_a_word(self, text: str, start: int, end: int) -> bool:
        """Whether a word lies across an end: 花生米|八个 is no 花生|米粑, 辣椒|降价 no 辣椒酱."""
        if not is_word(text, start, end):
            return True
        return any(
            text[max(0, place - before) : place + after] in self._codes
            for place in (start, end)
            for before, after in ((1, 1), (2, 1), (1, 2))
            if 0 < place < len(text)
        )

    def _nearest(self, word: str) -> tuple[float, str] | None:
        """(weight, known word) of what is meant, unless another product is nearly as near."""
        limit = LIMITS.get(len(word), LONG_LIMIT)
        weighed = sorted(
            (weight, other)
            for other in self._candidates(word)
            if (weight := self._weigh(word, other, limit)) <= limit
        )
        if not weighed:
            return None
        best, meant = weighed[0]
        for weight, other in weighed[1:]:
            if weight >= best + MARGIN:
                break
            if self._codes[other] != self._codes[meant]:
                return None
        return best, meant

    def _candidates(self, word: str) -> list[str]:
        """Known words of about the length that have about half of its characters."""
        size = len(word)
        lengths = (size,) if size < 4 else (size - 1, size, size + 1)
        enough = max(1, size - (1 if size < 4 else 2))
        shared = Counter(
            place for c in set(word) for n in lengths for place in self._holding.get((c, n), ())
        )
        found = [self._words[place] for place, n in shared.items() if n >= enough]
        if size == 3:
            for character in set(word):
                holding = self._holding.get((character, size), ())
                if len(holding) <= RARE:
                    found += [self._words[place] for place in holding]
        if size == 2:
            for first in spellings(word[0]):
                for second in spellings(word[1]):
                    found += [self._words[p] for p in self._sounding.get((first, second), ())]
        return found

    def _weigh(self, word: str, other: str, limit: float) -> float:
        """What the slips weigh that make `word` of the known `other`."""
        # Another head at the end is no slip: 酥李 is no 酥梨.
        if word[-1] != other[-1] and word[-1] in self._heads:
            return limit + 1
        if len(word) == len(other):
            slips = [_slip(a, b) for a, b in zip(word, other, strict=True) if a != b]
            weight = sum(slips)
            # Before a head it may be another kind: 小兰瓜 is no 小南瓜.
            if NEAR in slips and word[-1] in self._heads:
                return limit + 1
            if len(word) < 4 or weight <= limit:
                # A longer word may have any one character wrong, where no other word lies in it.
                if OTHER in slips and self._holds_a_word(word):
                    return limit + 1
                return weight
        if len(word) < 4 or OSA.distance(word, other, score_cutoff=1) > 1:
            return limit + 1
        if self._holds_a_word(word):
            return limit + 1
        return SWAPPED if Levenshtein.distance(word, other) == 2 else LOST

    def _holds_a_word(self, word: str) -> bool:
        size = len(word)
        return any(word[i : i + n] in self._codes for n in (2, 3) for i in range(size - n + 1))


@lru_cache(maxsize=10_000)
def _slip(typed: str, meant: str) -> float:
    """What it weighs to write the one character for the other."""
    if group(typed) == group(meant) or meant in shapes(typed):
        return GROUP
    one, other = spellings(typed), spellings(meant)
    # Two rare readings that agree are chance.
    if one[0] in other or other[0] in one:
        return SOUND
    return NEAR if merged_sound(one[0]) == merged_sound(other[0]) else OTHER
