"""One number as people write it: digits of any kind, group separators, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from market.text.characters import fold, without_ignorable

# Marks that a Chinese keyboard gives for a point: the key of `.` gives 。 and its neighbour 、.
POINTS = str.maketrans({"。": ".", "｡": ".", "·": ".", "•": ".", "．": "."})
COMMAS = str.maketrans({"，": ",", "、": ",", "﹐": ",", "､": ",", "٬": ",", "'": ",", "’": ","})
# A comma is a group separator only where all groups are of three or all of four digits.
GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,3}(?:,\d{4})+")
SPACED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?=\.|$)|[1-9]\d{0,3}(?: \d{4})+(?=\.|$)")
PLAIN = re.compile(r"[+-]?(?:\d+\.?|\d*\.\d+)")

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
POWERS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
CHINESE = "".join((*DIGITS, *POWERS, *MYRIADS)) + "半"
# Numerals of cheques and receipts, and others for the same numbers.
_FORMAL = str.maketrans(
    "壹弌贰弍貮叁弎叄肆伍陆柒捌玖拾佰陌仟阡萬億○幺",
    "一一二二二三三三四五六七八九十百百千千万亿〇一",
)
_SCALES = re.compile(r"(?P<number>[\d.,]+) ?(?P<scale>[十百千]?(?:万|w|亿)|[百千])")
# 5 万 2 千; yet two figures with a space between are two.
_GAP = re.compile(r"(?<!\d) | (?!\d)")
# Two neighbours say a range: 三四百, 二十七八, 一两万.
_NEIGHBOURS = re.compile(
    r"(?<![〇零一二两三四五六七八九点.])(?P<one>[一二两三四五六七八])(?P<other>[二两三四五六七八九])"
    r"(?![〇零一二两三四五六七八九])"
)
_LISTED = re.compile(r"(\d{1,4})、(\d{1,4})([十百千]?(?:万|w|亿)|[百千])?")
_WEIGHED = re.compile(r"[\d零一二三四五六七八九十百千万亿]两(?![十百千万亿])")
_MIXED = re.compile(rf"(\d+|[{CHINESE}])")


def parse_number(text: str) -> Decimal | None:
    """The number that `text` is; None where it is none, or more than one reading is likely.

    `5,200` and `12,3456` are groups, `5200,50` and `2。5` have decimals, `12,34,5` is refused;
    `8万`, `1.5万`, `1万2千`, 一百二十, 两千三 and 三点五 are read too.
    """
    text = plain_numerals(text)
    sign = -1 if text.startswith(("-", "−")) else 1
    text = text.lstrip("+-−").strip() if text[1:2].strip(" +-−") else text
    number = _unsigned(text)
    return None if number is None else sign * number


def parse_spoken_range(text: str) -> tuple[Decimal, Decimal] | None:
    """The least and the most that `text` says: 两三百 is 200 to 300, 3、4 is 3 to 4, 8万 itself."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return Decimal(text), Decimal(text)
    if found := _NEIGHBOURS.search(text):
        one, other = (int(DIGITS.get(c, c)) for c in found["one"] + found["other"])
        if other - one == 1 or (one, other) == (3, 5):
            head, tail = text[: found.start()], text[found.end() :]
            low, high = (parse_number(head + str(c) + tail) for c in (one, other))
            return None if low is None or high is None else (low, high)
    if found := _LISTED.fullmatch(text):
        low, high = Decimal(found[1]), Decimal(found[2])
        if high == low + 1:
            scale = _scale(found[3]) if found[3] else 1
            return low * scale, high * scale
    number = parse_number(text)
    return None if number is None else (number, number)


def same_length(text: str) -> str:
    """`text` folded, with ordinary Chinese numerals; character for character as long."""
    return fold(text).translate(_FORMAL)


def plain_numerals(text: str) -> str:
    """`text` folded, with ASCII digits, ordinary Chinese numerals and no invisible signs."""
    text = fold(without_ignorable(text)).translate(_FORMAL)
    text = "".join([_decimal(c) for c in text])
    return " ".join(text.split())


def _decimal(character: str) -> str:
    value = None if character.isascii() else unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _unsigned(text: str) -> Decimal | None:
    if text == "半":
        return Decimal("0.5")
    text = re.sub(rf"(?<=[\d{CHINESE}])点(?=[\d{CHINESE}])", ".", text)
    if (number := _digits(text)) is not None:
        return number
    if scaled := _SCALES.fullmatch(text):
        number = _digits(scaled["number"])
        return None if number is None else number * _scale(scaled["scale"])
    whole, point, part = text.partition(".")
    if point:
        if not part or any(c not in DIGITS and not c.isdigit() for c in part):
            return None
        number = _chinese(whole)
        decimals = "".join(str(DIGITS.get(c, c)) for c in part)
        return None if number is None else number + Decimal(f"0.{decimals}")
    return _chinese(_GAP.sub("", text))


def _scale(words: str) -> int:
    scale = 1
    for word in words:
        scale *= POWERS.get(word) or MYRIADS["万" if word == "w" else word]
    return scale


def _digits(text: str) -> Decimal | None:
    """A number in ASCII digits with its separators."""
    if (found := _LISTED.fullmatch(text)) and int(found[2]) == int(found[1]) + 1:
        return None  # 3、4 is three to four
    text = text.translate(POINTS).translate(COMMAS)
    if SPACED.match(text):
        text = text.replace(" ", "")
    if "," in text:
        whole, point, part = text.partition(".")
        if GROUPED.fullmatch(whole) and (part.isdigit() or not part):
            text = whole.replace(",", "") + point + part
        elif not point and re.fullmatch(r"\d+,\d{1,2}|0,\d+", text):
            text = text.replace(",", ".")
        else:
            return None
    # Decimal() would take a kilometre of digits, and multiplying it for ever.
    if len(text) > 60 or not PLAIN.fullmatch(text):
        return None
    return Decimal(text)


def _chinese(text: str) -> Decimal | None:
    """A whole number with Chinese numerals or powers in it, or half of one more."""
    if len(text) > 1 and text.endswith("半"):
        # 两百半 might be 250 as well as 200.5.
        whole = _chinese(text[:-1]) if text[-2] in DIGITS else None
        return None if whole is None else whole + Decimal("0.5")
    if len(text) > 2 and all(c in DIGITS and c != "两" for c in text):
        return Decimal("".join(str(DIGITS[c]) for c in text))
    if _WEIGHED.search(text):
        return None  # 十两 weighs, 两万两千 counts
    tokens = _MIXED.findall(text)
    if not tokens or "".join(tokens) != text or "半" in tokens:
        return None
    return _summed(tokens)


def _summed(tokens: list[str]) -> Decimal | None:
    """三百五 is 350, 三百零五 305; powers must fall from left to right."""
    total = section = 0
    digit: int | None = None
    below, above, zero = 10**9, 10**9, False  # the last power of the section, the last myriad
    for token in tokens:
        if token in MYRIADS:
            if MYRIADS[token] >= above or (digit is None and not section):
                return None
            above, below, zero = MYRIADS[token], 10**9, False
            total, section, digit = total + (section + (digit or 0)) * above, 0, None
        elif token in POWERS:
            if POWERS[token] >= below or (digit is not None and not 0 < digit < 10):
                return None
            below, zero = POWERS[token], False
            section += (1 if digit is None else digit) * below
            digit = None
        elif digit is not None and not (zero and digit == 0):
            return None
        else:
            digit = DIGITS[token] if token in DIGITS else int(token)
            zero = zero or digit == 0
    return _last(total, section, digit, min(below, above), zero, tokens[-1])


def _last(
    total: int, section: int, digit: int | None, power: int, zero: bool, token: str
) -> Decimal | None:
    """The sum with its last digit, which without a zero before it counts tenths of `power`."""
    digit = digit or 0
    if digit and not zero and power < 10**9:
        if digit >= 10:
            # 1万2000 is plain; 8万50 is anybody's guess.
            return Decimal(total + digit) if digit >= power // 10 and digit < power else None
        if power > 10:
            digit *= power // 10
    return Decimal(total + section + digit)
