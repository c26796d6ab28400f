"""Write market/products/ordinary_words.txt: words of ordinary language that look or sound like a
word of a product, so that search does not take them for one written wrongly.

Which words there are says the general dictionary of rjieba (jieba, MIT License), which is too
large to be held by every process: only those that a slip could be made of are kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import rjieba
from pypinyin.constants import PINYIN_DICT

sys.path.insert(0, str(Path(__file__).parents[1]))

from config import REFERENCE
from market.products import misspellings
from market.regions.services import read_csv
from market.text.characters import fold, is_chinese
from market.text.resemblance import group, merged_sound, shapes, spellings

FILE = Path(misspellings.__file__).with_name("ordinary_words.txt")
# In how many places of jieba's corpus a word stands at least; below are slips of the pen too.
MIN_FREQUENCY = 12


def product_words() -> set[str]:
    """Names and aliases that misspellings are looked for of."""
    words: set[str] = set()
    for row in read_csv(REFERENCE / "products.csv"):
        words |= {fold(word) for word in (row["name_zh"], *row["aliases"].split("|"))}
    words |= {fold(row["alias"]) for row in read_csv(REFERENCE / "ambiguous_aliases.csv")}
    return {word for word in words if len(word) > 1 and all(map(is_chinese, word))}


def common_characters() -> list[str]:
    """The 3,755 characters of the first level of GB 2312."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return [c for row in rows if (c := row.decode("gb2312", "ignore")) and ord(c) in PINYIN_DICT]


def keys(character: str) -> list[str]:
    """What a character and those it may be written for have in common."""
    return [*map(merged_sound, spellings(character)), "group " + group(character)]


def alike(characters: list[str]) -> dict[str, set[str]]:
    """The common characters that each may be written for."""
    by_key: dict[str, set[str]] = {}
    for character in characters:
        for key in keys(character):
            by_key.setdefault(key, set()).add(character)
    return by_key


def slips(word: str, by_key: dict[str, set[str]], common: list[str]) -> Iterator[str]:
    """`word` with one character written as another."""
    for place, character in enumerate(word):
        others = set().union(
            *(by_key.get(key, set()) for key in keys(character)), shapes(character)
        )
        for other in common if len(word) > 3 else others:
            yield word[:place] + other + word[place + 1 :]


def ordinary_words() -> list[str]:
    """Those of the general dictionary that are a slip away from a word of a product."""
    words, common = product_words(), common_characters()
    by_key, dictionary, found = alike(common), rjieba.Jieba(), set()
    for word in words:
        for slip in slips(word, by_key, common):
            if dictionary.has_word(slip) and slip not in words:
                found.add(slip)
    return sorted(w for w in found if dictionary.suggest_freq(w) > MIN_FREQUENCY)


def main() -> None:
    """Write the file."""
    FILE.write_text("\n".join(ordinary_words()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
