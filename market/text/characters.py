"""One way to write each character, so that words compare however they were typed.

Everything here keeps the length of a text: what is found in the folded text lies at the
same place in what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from market.text.traditional import SIMPLIFIED, TRADITIONAL

# Kana that are drawn, and come out of keyboards and scanners, like Chinese characters.
_KANA = dict(zip("ロトエニハカタ", "口卜工二八力夕", strict=True))
_PLAIN = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)) | _KANA


class _Fold(dict[int, str]):
    def __missing__(self, code: int) -> str:
        # Half of a character outside the plane can't be encoded for the libraries that search.
        character = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        plain = unicodedata.normalize("NFKC", character)
        if len(plain) != 1:
            plain = character
        bare = unicodedata.normalize("NFD", plain)[0].lower()
        # ü is typed v; Chinese and other letters stay what they are.
        plain = ("v" if plain.lower() in "üǖǘǚǜ" else bare) if bare.isascii() else plain
        lower = plain.lower()
        folded = _PLAIN.get(plain, lower if len(lower) == 1 else plain)
        self[code] = folded
        return folded


_FOLD = _Fold()


def fold(text: str) -> str:
    """`text` in half-width, simplified, lower-case characters without tone marks.

    As long as `text`, character for character; the same object where nothing changes, so that
    the words of a lexicon are in memory once.
    """
    folded = text.translate(_FOLD)
    return text if folded == text else folded


# Unicode's Default_Ignorable_Code_Point, and the blank of Braille, which shows as little.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_IGNORABLE}]")
_PICTURE = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
# What joins or colours pictures stays with them.
_OF_PICTURES = f"(?<=[{_PICTURE}])(?:\ufe0f?\u200d(?=[{_PICTURE}])|\ufe0f)"
_LOOSE = re.compile(f"({_OF_PICTURES})|[{_IGNORABLE}]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAK = re.compile("\r\n?|[\u2028\u2029]")


def without_ignorable(text: str) -> str:
    """`text` without the characters that show nothing: zero widths, directions, fillers."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


_IN_CHINESE = re.compile(f"(?<=[\u3400-\u9fff])[{_IGNORABLE}]+|[{_IGNORABLE}]+(?=[\u3400-\u9fff])")


def without_ignorable_in_chinese(text: str) -> tuple[str, list[int]]:
    """`text` without the characters beside Chinese ones that show nothing, and the place in
    `text` of each character left, then that of its end; no places where nothing was taken out."""
    gaps = [] if text.isascii() else [found.span() for found in _IN_CHINESE.finditer(text)]
    if not gaps:
        return text, []
    hidden = {place for start, end in gaps for place in range(start, end)}
    places = [place for place in range(len(text)) if place not in hidden]
    return "".join(text[place] for place in places), [*places, len(text)]


def tidy(text: Any) -> Any:
    """Text without control and invisible characters or outer white space.

    Full-width letters and digits, and radicals that pass for characters, become plain;
    punctuation stays as it is written. What is no text (nothing, or what a field resolved a
    text to) stays as it is.
    """
    if not isinstance(text, str):
        return text
    text = _CONTROL.sub("", _BREAK.sub("\n", text))
    if not text.isascii():
        text = _LOOSE.sub(lambda found: found[1] or "", text)
        text = unicodedata.normalize("NFC", plain_letters(text))
    return text.strip()


# Radicals that normalisation leaves as they are, and the characters they pass for.
_RADICALS = dict(
    zip(
        "⻁⻄⻅⻉⻋⻓⻑⻔⻘⻙⻚⻛⻜⻝⻢⻤⻥⻨⻩⺠",
        "虎西见贝车长长门青韦页风飞食马鬼鱼麦黄民",
        strict=True,
    )
)


def plain_letters(text: str) -> str:
    """`text` with full-width and other compatible letters and digits, and radicals, plain."""
    return text.translate(_COMPATIBLE)


class _Compatible(dict[int, str]):
    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = unicodedata.normalize("NFKC", _RADICALS.get(letter, letter))
        radical = 0x2E80 <= code < 0x2FE0
        asked = radical or unicodedata.category(letter) in ("Lu", "Ll", "Lo", "Nd")
        self[code] = plain = plain if asked and plain.isalnum() else letter
        return plain


_COMPATIBLE = _Compatible()


def has_pictures(text: str) -> bool:
    """Whether signs stand in it that paper has no type for: emoji, symbols, unassigned ones."""
    return any(map(_is_picture, text))


def _is_picture(character: str) -> bool:
    category = unicodedata.category(character)
    # ㎡ and ㈱ are writing.
    symbol = character >= "\u2190" and not "\u3200" <= character <= "\u33ff"
    return category in ("Cn", "Co", "Cs") or (category == "So" and symbol)


def is_chinese(character: str) -> bool:
    """Whether it is a Chinese character."""
    return "\u3400" <= character <= "\u9fff"
