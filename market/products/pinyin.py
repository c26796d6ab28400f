"""Products by the pinyin and the initials of their words."""

from __future__ import annotations

import re
from bisect import bisect_left
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


# Characters of the names of goods that are read in two ways, by the one and by the other.
POLYPHONES = {
    "长": ("chang", "zhang"), "重": ("chong", "zhong"), "种": ("zhong", "chong"),
    "薄": ("bo", "bao"), "参": ("shen", "can"), "血": ("xue", "xie"), "壳": ("ke", "qiao"),
    "核": ("he", "hu"), "柏": ("bai", "bo"), "蚌": ("bang", "beng"), "茄": ("qie", "jia"),
    "扁": ("bian", "pian"), "单": ("dan", "shan"), "大": ("da", "dai"), "芥": ("jie", "gai"),
    "藏": ("zang", "cang"), "术": ("zhu", "shu"), "荨": ("qian", "xun"), "荠": ("qi", "ji"),
    "蔓": ("man", "wan"), "葛": ("ge", "gu"), "蛤": ("ge", "ha"), "露": ("lu", "lou"),
    "角": ("jiao", "jue"), "粘": ("nian", "zhan"), "莎": ("suo", "sha"), "绿": ("lv", "lu"),
    "番": ("fan", "pan"), "行": ("hang", "xing"), "曾": ("ceng", "zeng"), "秘": ("mi", "bi"),
    "仔": ("zai", "zi"), "芪": ("qi", "zhi"), "苋": ("xian", "han"), "蕹": ("weng", "yong"),
}  # fmt: skip
# What many speakers don't tell apart, anywhere in a spelling.
_MERGED = (
    ("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"),
    ("hui", "fei"), ("hun", "fen"), ("hua", "fa"), ("huo", "fo"), ("hu", "fu"),
    ("n", "l"), ("r", "l"),
)  # fmt: skip
# Fewer letters sound like too much; a begun spelling lacks so many at most.
MIN_LETTERS, MAX_MISSING = 5, 3
MIN_BEGUN = 4


class Pinyin:
    """Codes of products by how their words are spelt."""

    def __init__(self, words: Iterable[LexiconWord]) -> None:
        spelt: dict[str, set[str]] = defaultdict(set)
        initials: dict[tuple[int, str], set[str]] = defaultdict(set)
        heard: dict[str, set[str]] = defaultdict(set)
        for word in words:
            if word.pinyin and len(word.code) == 7:
                for spelling in spellings_of(word):
                    spelt[spelling].add(word.code)
                    heard[merged(spelling)].add(word.code)
                initials[word.rank, word.initials].add(word.code)
        self._spelt = {k: tuple(sorted(c)) for k, c in spelt.items()}
        self._initials = {k: tuple(sorted(c)) for k, c in initials.items()}
        self._heard = {k: tuple(sorted(c)) for k, c in heard.items()}
        self._sorted = sorted(self._spelt)

    def spelt(self, word: str) -> tuple[str, ...]:
        """Codes of products with a word spelt so, with or without tones and spaces."""
        return self._spelt.get(_BETWEEN.sub("", word), ())

    def heard(self, word: str) -> tuple[str, ...]:
        """Codes of products with a word that many speakers say the same: zurou is 猪肉."""
        plain = _BETWEEN.sub("", word)
        return self._heard.get(merged(plain), ()) if len(plain) >= MIN_LETTERS else ()

    def begun(self, word: str) -> tuple[str, ...]:
        """Codes of the products with a word whose spelling begins so and is nearly complete."""
        plain = _BETWEEN.sub("", word)
        if len(plain) < MIN_BEGUN:
            return ()
        start = bisect_left(self._sorted, plain)
        end = bisect_left(self._sorted, plain + "~")
        codes: dict[str, None] = {}
        for spelling in self._sorted[start:end]:
            if len(spelling) - len(plain) <= MAX_MISSING:
                codes |= dict.fromkeys(self._spelt[spelling])
        return tuple(codes)

    def initials(self, word: str) -> tuple[str, ...]:
        """Codes of products whose names, else aliases, have these initials."""
        return self._initials.get((0, word)) or self._initials.get((1, word), ())


def spellings_of(word: LexiconWord) -> list[str]:
    """The spelling of the word, and those with each other reading of a character of it."""
    found = [word.pinyin]
    for character in POLYPHONES.keys() & set(word.text):
        one, other = POLYPHONES[character]
        found += [word.pinyin.replace(a, b, 1) for a, b in ((one, other), (other, one))]
    return list(dict.fromkeys(found))


def merged(spelling: str) -> str:
    """The spelling without what many speakers don't tell apart."""
    for strict, loose in _MERGED:
        spelling = spelling.replace(strict, loose)
    return spelling
