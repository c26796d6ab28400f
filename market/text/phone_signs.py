"""A text as the plain signs that phone numbers are looked for in.

Digits of any script, Chinese numerals, numerals in circles and spoken ones are digits; letters
that pass for digits are kept apart. What shows nothing is no part of the stream.
"""

from __future__ import annotations

import re
import unicodedata

from market.text.characters import without_ignorable
from market.text.confusables import alike

# Letters that stand for a digit: surely (0 and 1), and those that could; words for one.
SURE, LOOSE, SPOKEN_DIGIT = 0xE000, 0xE010, 0xE020
_LETTERS = {"o": SURE, "l": SURE + 1, "i": SURE + 1} | {
    c: LOOSE + d for c, d in zip("zsbgq", (2, 5, 8, 9, 9), strict=True)
}
# Spoken so over the telephone, besides what Unicode knows as numbers.
_SPOKEN_SIGNS = dict(zip("洞幺拐勾两○◯⭕", "01792000", strict=True))
_SPOKEN_WORDS = (
    "zero oh ling", "one yi yao", "two er liang", "three san", "four si", "five wu", "six liu",
    "seven qi", "eight ba", "nine jiu",
)  # fmt: skip
_WORDS = {word: str(digit) for digit, words in enumerate(_SPOKEN_WORDS) for word in words.split()}
WORD = re.compile(rf"(?<![a-z])(?:{'|'.join(_WORDS)})(?![a-z])", re.IGNORECASE)


class _Signs(dict[int, str]):
    """A character to its plain signs: one, two digits, or none where it shows nothing."""

    def __missing__(self, code: int) -> str:
        self[code] = signs = _plain(chr(code))
        return signs


def _plain(character: str) -> str:
    if not without_ignorable(character) or unicodedata.category(character) in ("Mn", "Me"):
        return ""
    if (spoken := _SPOKEN_SIGNS.get(character)) is not None:
        return spoken
    value = unicodedata.numeric(character, None)
    # Ten and twenty of the Chinese count; ⑬ only shows two digits.
    most = 99 if unicodedata.category(character) == "No" else 9
    if value is not None and value.is_integer() and 0 <= value <= most:
        return f"{value:.0f}"
    if (letter := _LETTERS.get(alike(character))) is not None:
        return chr(letter)
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if narrow in ("(", ")", "+", ":", "-") else character


SIGNS = _Signs()


def stream(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The plain signs of `text`, and where each stands in it."""
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    words = {found.start(): found for found in WORD.finditer(text)}
    at = 0
    while at < len(text):
        if found := words.get(at):
            plain.append(chr(SPOKEN_DIGIT + int(_WORDS[found[0].lower()])))
            places.append(found.span())
            at = found.end()
            continue
        for sign in SIGNS[ord(text[at])]:
            plain.append(sign)
            places.append((at, at + 1))
        at += 1
    return "".join(plain), places


_CHINESE_DIGITS = frozenset("〇零一二三四五六七八九两壹贰叁肆伍陆柒捌玖弌弍弎幺洞拐勾")


def is_chinese_digit(character: str) -> bool:
    """Whether a digit of the stream is a numeral of the Chinese script, as in 李四."""
    return character in _CHINESE_DIGITS
