"""Phone numbers inside a text, however they are disguised, and how they are masked.

They are looked for in its plain signs (`phone_signs`), each of which knows its place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from market.text.handles import mask_handles
from market.text.phone_signs import (
    LOOSE,
    SIGNS,
    SPOKEN_DIGIT,
    SURE,
    WORD,
    is_chinese_digit,
    stream,
)
from market.text.units import OTHER_UNITS, UNITS

# No pattern below fits fewer.
FEWEST_DIGITS = 7
_BREAK = "\ue100"

_D = "[0-9]"
_ANY = "[0-9\ue000-\ue009\ue010-\ue019\ue020-\ue029]"
# Whatever is neither letter nor digit may stand between; masks of before may not.
_GAP = "(?:[^\\w*\ue000-\ue100]|_|(?<!\\*)\\*(?!\\*)){0,4}"
_NARROW = r"[\s\-‐‑–—－_.·．/]{0,3}"
_COUNTRY = rf"(?:(?:\+|00)?86\)?{_GAP}0?|\(?0)"


def _mobile(digit: str, first: str) -> re.Pattern[str]:
    nine = rf"(?:{_GAP}{digit}){{9}}"
    third = digit if digit != _D else "[3-9]"
    return re.compile(rf"(?<!{_D})(?:{_COUNTRY})?(?P<number>{first}{_GAP}{third}{nine})(?!{_D})")


def _reversed(digit: str, first: str) -> re.Pattern[str]:
    nine = rf"{digit}(?:{_GAP}{digit}){{8}}"
    third = digit if digit != _D else "[3-9]"
    country = rf"(?:0?{_GAP}68(?:00|\+)?|0)"
    return re.compile(
        rf"(?<!{_D})(?P<number>{nine}{_GAP}{third}{_GAP}{first})(?:{country})?(?!{_D})"
    )


# A numeral right before eleven digits, or right behind them.
_ELEVEN = rf"1{_GAP}[3-9](?:{_GAP}{_D}){{9}}"
_NAMED = (
    re.compile(rf"(?<!{_D})(?P<name>{_D})(?={_ELEVEN}(?!{_D}))"),
    re.compile(rf"(?<!{_D}){_ELEVEN}(?P<name>{_D})(?!{_D})"),
)
# Stands for a numeral that is no digit of a number.
_WORD_SIGN = "人"
_PLAIN, _LOOKALIKE = (_D, "1"), (_ANY, "[1\ue001\ue021]")
MOBILE, MOBILE_LETTERS = _mobile(*_PLAIN), _mobile(*_LOOKALIKE)
REVERSED, REVERSED_LETTERS = _reversed(*_PLAIN), _reversed(*_LOOKALIKE)
# The area code begins with 0, or the country code stands in its place.
LANDLINE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)86{_NARROW}\(?0?|\(?0)(?P<shown>(?:10|2\d|[3-9]\d\d))\)?{_NARROW}"
    rf"\d(?:{_NARROW}\d){{6,7}}(?!\d)"
)
SERVICE = re.compile(rf"(?<!\d)(?P<shown>[48]00)(?:{_NARROW}\d){{7}}(?!\d)")
# Seven or eight digits alone may be a quantity: only the word before says otherwise.
SPOKEN = re.compile(
    r"(?P<shown>(?:电话|座机|固话|热线|联系|拨打|tel|phone|call)[^\d\n]{0,6})"
    rf"\d(?:{_NARROW}\d){{6,7}}(?!\d)",
    re.IGNORECASE,
)
# A mobile number in groups, with words or letters between them: "139, then 7777, last 0011",
# or with the same sign after each digit: 1x3x9x7x7x7x7x0x0x1x1.
_SEEN = "[0-9\ue000\ue001\ue020-\ue029]"
# A numeral in a word is no digit of the number: 中间四位, 第二段.
_TALK = "(?:(?<![0-9])[0-9](?![0-9])|[^0-9*\ue100]){1,12}?"
_START = "(?<![0-9.*])(?P<a>[1\ue001\ue021]"
SPLIT = re.compile(
    rf"{_START}[3-9]{_SEEN})(?P<ab>{_TALK})(?P<b>{_SEEN}{{4}})(?P<bc>{_TALK})(?P<c>{_SEEN}{{4}})"
    rf"(?![0-9]|[.,][0-9])"
)
SPLIT_ONCE = (
    re.compile(rf"{_START}[3-9]{_SEEN})(?P<ab>{_TALK})(?P<b>{_SEEN}{{8}})(?![0-9]|[.,][0-9])"),
    re.compile(rf"{_START}[3-9]{_SEEN}{{5}})(?P<ab>{_TALK})(?P<b>{_SEEN}{{4}})(?![0-9]|[.,][0-9])"),
)
SPACED = re.compile(
    r"(?<![0-9*])(?P<a>1)(?P<ab>[^0-9*]{1,3})(?P<b>[3-9](?:(?P=ab)[0-9]){9})(?![0-9])"
)
_TALKED = (SPLIT, *SPLIT_ONCE, SPACED)
_STANDARD = re.compile(r"(?:GB|DB\d*|NY|SB|LY|SC|ISO)\s*(?:/\s*T)?\s*$", re.IGNORECASE)
_LATIN_WORD = re.compile("[A-Za-z]{2}")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# The largest number that these can stand behind, and the smallest.
_CALENDAR = {"年": (1900, 2100), "月": (1, 12), "日": (1, 31), "号": (1, 31)}
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-/.年])(?:0?[1-9]|1[0-2])(?:\1|月)(?:0?[1-9]|[12]\d|3[01])(?!\d)"
)
_TIME = re.compile(r"(?<![\d:：])(?:[01]?\d|2[0-4])[:：][0-5]\d(?![\d:：])")
_COUNTED = re.compile(
    rf"\s{{0,2}}(?:{UNITS}|{OTHER_UNITS}|元|块|圆|万|亿|克|度|米|户|人|岁|天|月|年|cm|mm|ml|g|yuan|%)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:编号|单号|订单|证号|许可|批号|条码|编码|代码|\bno\.?|code)\W*$", re.IGNORECASE
)
# How people set a mobile number apart; other groups may be several numbers.
_LAYOUTS = {(11,), (3, 4, 4), (3, 8), (7, 4), (1,) * 11}
_NUMBER = r"(?:[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|(?:0|[1-9]\d*)\.\d{1,2}|[1-9]\d*)"
_NUMBERS = re.compile(rf"{_NUMBER}(?:(?:\s?[-~–—/、，;；至到]\s?|\s){_NUMBER})*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\s?[-~–—/至到]\s?\d{1,3}(?:,\d{3})+)*")


def mask_phones(text: str | None) -> str:
    """`text` with every Chinese phone number and every name in WeChat or QQ in it masked, its
    length unchanged.

    Mobile and landline numbers, with or without country code, in any digits, with anything
    between them that is no letter, reversed, or with letters for digits. What stays readable
    is the beginning (a mobile's first three digits, a landline's area code) and the last two
    digits of a landline, or four of a mobile.
    """
    text = text or ""
    if len(text) < FEWEST_DIGITS:
        return text
    signs = list(text)
    for start, end in _hidden(text) if _may_hold(text) else ():
        signs[start:end] = "*" * (end - start)
    return mask_handles("".join(signs))


def star_number(text: str, number: str) -> str:
    """`text` with this one number starred, in any disguise that mask_phones knows and also
    inside longer numbers; its length unchanged.

    Args:
        number: its digits as dialled inside the country, without a leading zero.
    """
    if len(text) < FEWEST_DIGITS or not _may_hold(text):
        return text
    plain, places = stream(text)
    signs = list(text)
    for digits in (number, number[::-1]):
        each = (
            f"[{d}{chr(SURE + d)}{chr(LOOSE + d)}{chr(SPOKEN_DIGIT + d)}]" for d in map(int, digits)
        )
        for found in re.finditer(_GAP.join(each), plain):
            start, end = places[found.start()][0], places[found.end() - 1][1]
            signs[start:end] = "*" * (end - start)
    return "".join(signs)


@dataclass(frozen=True)
class Phone:
    """A phone number at its place in a text, its country code and disguise included.

    `number`: as dialled inside the country; without an area code where none is said.
    """

    start: int
    end: int
    number: str


def find_phones(text: str) -> list[Phone]:
    """The phone numbers that mask_phones would mask, in their order."""
    if len(text) < FEWEST_DIGITS or not _may_hold(text):
        return []
    plain, places = stream(text)
    found = []
    for one in _numbers(text, plain, places):
        digits = one.digits[::-1] if one.backwards else one.digits
        number = "".join(_value(plain[i]) for i in digits)
        area = number if not one.area or number.startswith("0") else f"0{number}"
        found.append(Phone(places[one.start][0], places[one.end - 1][1], area))
    return sorted(found, key=lambda phone: phone.start)


_RUN = re.compile(f"{_ANY}(?:{_GAP}{_ANY}){{{FEWEST_DIGITS - 1}}}")
_SYLLABLE = re.compile("[A-Za-z]{2,5}")


def _may_hold(text: str) -> bool:
    """Whether to look closely, which takes a hundred times longer."""
    plain = text.translate(SIGNS)
    if _RUN.search(plain) or any(p.search(plain) or p.search(text) for p in _TALKED):
        return True
    return len(_SYLLABLE.findall(text)) > 2 and len(WORD.findall(text)) > 2


class _Number(NamedTuple):
    """A phone number in the stream: where it stands, its digits and those to be masked."""

    start: int
    end: int
    digits: list[int]
    hidden: list[int]
    backwards: bool = False
    area: bool = False


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """The places in `text` of the signs to be masked."""
    plain, places = stream(text)
    for number in _numbers(text, plain, places):
        yield from (places[i] for i in number.hidden)


def _numbers(text: str, plain: str, places: list[tuple[int, int]]) -> Iterator[_Number]:
    """The phone numbers of a text, of whose stream no digit is in two of them."""
    for pattern in (_DATE, _TIME):
        plain = pattern.sub(lambda found: _BREAK * len(found[0]), plain)
    # With Chinese numerals as words first: 李四13788889999 is no number of twelve digits.
    streams = [_without_names(text, plain, places)]
    if any(map(is_chinese_digit, text)):
        streams.insert(0, _without_chinese_digits(text, plain, places))
    for read, patterns in _READERS:
        for pattern in patterns:
            for n in range(len(streams)):
                for number in read(pattern, streams[n], text, places):
                    yield number
                    streams = [_starred(stream, number.hidden) for stream in streams]


def _mobiles(
    pattern: re.Pattern[str], plain: str, text: str, places: list[tuple[int, int]]
) -> Iterator[_Number]:
    backwards = pattern in (REVERSED, REVERSED_LETTERS)
    start = 0
    while found := pattern.search(plain, start):
        start = found.start() + 1
        if not _is_phone(found, text, places, backwards):
            continue
        digits = _digits(found)
        hidden = digits[4:8] if backwards else digits[3:7]
        yield _Number(*found.span(), digits, hidden, backwards)
        plain = _starred(plain, hidden)


def _talked(
    pattern: re.Pattern[str], plain: str, text: str, places: list[tuple[int, int]]
) -> Iterator[_Number]:
    start = 0
    while found := pattern.search(plain, start):
        start = found.start() + 1
        if not _is_one_number(found, text, places):
            continue
        groups = [found.span(name) for name in ("a", "b", "c") if name in pattern.groupindex]
        digits = [i for low, high in groups for i in range(low, high) if _is_sign(plain[i])]
        yield _Number(*found.span(), digits, digits[3:7])
        plain = _starred(plain, digits[3:7])


def _landlines(
    pattern: re.Pattern[str], plain: str, text: str, places: list[tuple[int, int]]
) -> Iterator[_Number]:
    for found in pattern.finditer(plain):
        first = found.end("shown") if pattern is SPOKEN else found.start("shown")
        digits = [i for i in range(first, found.end()) if plain[i].isdigit()]
        hidden = [i for i in digits if i >= found.end("shown")][:-2]
        start = first if pattern is SPOKEN else found.start()
        yield _Number(start, found.end(), digits, hidden, area=pattern is LANDLINE)


_READERS = (
    (_mobiles, (MOBILE, MOBILE_LETTERS, REVERSED, REVERSED_LETTERS)),
    (_talked, _TALKED),
    (_landlines, (LANDLINE, SERVICE, SPOKEN)),
)


def _without_chinese_digits(text: str, plain: str, places: list[tuple[int, int]]) -> str:
    """The stream with its Chinese numerals as mere words."""
    return "".join(
        _WORD_SIGN if sign.isdigit() and is_chinese_digit(text[places[i][0]]) else sign
        for i, sign in enumerate(plain)
    )


def _without_names(text: str, plain: str, places: list[tuple[int, int]]) -> str:
    """The stream with the numeral of a name beside a number as a mere word: 李四一三七….

    A mobile number has eleven digits: one more before or behind it, in Chinese, is no digit.
    """
    signs = list(plain)
    for pattern in _NAMED:
        for found in pattern.finditer(plain):
            if is_chinese_digit(text[places[found.start("name")][0]]):
                signs[found.start("name")] = _WORD_SIGN
    return "".join(signs)


def _starred(plain: str, hidden: list[int]) -> str:
    signs = list(plain)
    for i in hidden:
        signs[i] = "*"
    return "".join(signs)


def _digits(found: re.Match[str]) -> list[int]:
    """Where in the stream the digits of the number stand."""
    start, end = found.span("number")
    return [i for i in range(start, end) if re.match(_ANY, found.string[i])]


def _is_phone(
    found: re.Match[str], text: str, places: list[tuple[int, int]], backwards: bool
) -> bool:
    """Whether it is one number and no list of quantities, prices or pieces of words."""
    plain, digits = found.string, _digits(found)
    groups = ["".join(plain[i] for i in run) for run in _runs(digits)]
    layout = tuple(map(len, groups))
    genuine = sum(plain[i].isdigit() for i in digits)
    if genuine < len(digits):
        return _letters_fit(plain, digits, groups, genuine, *found.span("number"))
    begins = [plain[i] for i in (digits[::-1] if backwards else digits)][1]
    if begins.isdigit() and int(begins) < 3:
        return False  # 0745-2234501 is no mobile number read backwards
    # In other signs than digits nobody writes a list.
    if any(not text[slice(*places[i])].isascii() for i in digits):
        return True
    counted = _COUNTED.match(plain, found.end()) is not None
    if backwards:
        code = _CODE.search(text[: places[found.start()][0]])
        return layout[::-1] in _LAYOUTS and not counted and code is None
    if layout in _LAYOUTS:
        return True
    number = found["number"]
    if _GROUPED.fullmatch(number):
        return False
    return not (counted and _NUMBERS.fullmatch(number))


def _is_sign(sign: str) -> bool:
    return re.match(_SEEN, sign) is not None


def _is_one_number(found: re.Match[str], text: str, places: list[tuple[int, int]]) -> bool:
    """Whether groups with talk between them are one number and no prices, sizes and amounts."""
    names = [name for name in ("a", "b", "c") if name in found.re.groupindex]
    groups = [found[name] for name in names]
    signs = "".join(groups)
    if found.re is SPACED:
        return True
    if sum(sign.isdigit() for sign in signs) < 9 or _DAY.fullmatch(groups[-1]):
        return False
    # What is counted is round: the last four of a number are so once in a hundred.
    if all(group.endswith("00") for group in groups[1:]):
        return False
    if _STANDARD.search(text[: places[found.start()][0]]):
        return False
    # Looked for in the text itself: letters of units pass for digits in the stream (kg).
    counted = [_is_counted(text, places[found.end(n) - 1][1], found[n]) for n in names]
    same_between = len(names) == 3 and found["ab"] == found["bc"]
    return not (counted[-1] if same_between else any(counted))


def _is_counted(text: str, end: int, number: str) -> bool:
    """Whether a unit stands behind the number that ends there, and can stand behind it."""
    unit = _COUNTED.match(text, end)
    if (
        unit is None
        or number.startswith("0")
        or _LATIN_WORD.fullmatch(text[unit.end() - 1 : unit.end() + 1])
    ):
        return False
    low, high = _CALENDAR.get(unit[0].strip(), (0, None))
    value = int(number) if number.isdecimal() else 0
    return low <= value and (high is None or value <= high)


def _runs(digits: list[int]) -> list[list[int]]:
    """The digits in groups that have nothing between them."""
    numbered = groupby(enumerate(digits), key=lambda pair: pair[1] - pair[0])
    return [[i for _, i in group] for _, group in numbered]


def _letters_fit(
    plain: str, digits: list[int], groups: list[str], genuine: int, start: int, end: int
) -> bool:
    """Whether letters in a number stand for digits: it begins like one, and isn't in a word."""
    values = "".join(_value(plain[i]) for i in digits)
    if not re.match("1[3-9]", values) and not re.match("1[3-9]", values[::-1]):
        return False
    if len(groups) < len(digits) and any(
        len(g) < 3 and not re.search("[0-9\ue020-\ue029]", g) for g in groups
    ):
        return False  # 1500 l, 200 l: litres
    if not any("\ue010" <= plain[i] <= "\ue019" for i in digits):
        return True
    apart = not plain[max(start - 1, 0) : start].isalpha() and not plain[end : end + 1].isalpha()
    return apart and genuine >= 5


def _value(sign: str) -> str:
    return sign if sign.isdigit() else str(ord(sign) % 16)
