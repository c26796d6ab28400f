"""A Chinese name in letters, for who reads no Chinese: 石门银峰 is Shimen Yinfeng."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin

# How the characters of a name fall into words, by how many there are; longer names are sentences.
_WORDS = {1: (1,), 2: (2,), 3: (3,), 4: (2, 2), 5: (2, 3), 6: (2, 2, 2)}
MAX_NAME_LENGTH = max(_WORDS)
_VOWELS = "aoe"


@lru_cache(maxsize=4096)
def romanize(name: str) -> str:
    """The name of at most MAX_NAME_LENGTH Chinese characters in pinyin without tones; "" for what
    is longer or has other characters."""
    lengths = _WORDS.get(len(name))
    syllables = lazy_pinyin(name, errors="ignore", v_to_u=True)
    if lengths is None or len(syllables) != len(name):
        return ""
    words, at = [], 0
    for length in lengths:
        words.append(_word(syllables[at : at + length]))
        at += length
    return " ".join(words)


def _word(syllables: list[str]) -> str:
    """Syllables in one word, an apostrophe where the next could be read with the one before."""
    first, *others = syllables
    return first.capitalize() + "".join(f"'{s}" if s[0] in _VOWELS else s for s in others)
