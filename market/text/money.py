"""Yuan as people write them: 2.5元, 1块6, 三元二角, 8毛5; with what they are for, 1块6一斤."""

from __future__ import annotations

import re
from decimal import Decimal

from market.text.numbers import DIGITS, parse_number, plain_numerals
from market.text.units import UNIT_WORDS, UNITS

YUAN = "元钱|块钱|元|块|圆|yuan|rmb|cny"
_DIGIT = rf"[\d{''.join(DIGITS)}]"
_YUAN = re.compile(
    rf"(?P<yuan>.+?) ?(?:{YUAN}) ?"
    rf"(?:(?P<half>半)|(?P<cents>\d\d|{_DIGIT})|零?(?P<jiao>{_DIGIT}) ?[角毛](?P<fen>{_DIGIT})?分?"
    rf"|[零0]?(?P<only>{_DIGIT})分)?"
)
_COINS = re.compile(rf"(?P<jiao>.+?)[角毛](?P<fen>{_DIGIT})?分?|(?P<only>{_DIGIT})分")
_SIGN = re.compile(r"^(?:¥|rmb|cny|人民币) ?")
_REST = re.compile(r"(?<=[元块圆角毛分]) ?(?:钱|整|正)$| ?人民币$")
_PER = re.compile(rf"(?P<price>.+?) ?(?:/|每|一|per|a|an) ?(?P<unit>{UNITS})")
_LED = re.compile(rf"(?:每|一)(?P<unit>{UNITS}) ?(?P<price>.+)")
_COUNTED = re.compile(rf"(?P<number>.+?) ?(?P<unit>{UNITS})(?P<half>半)?")


def parse_yuan(text: str) -> Decimal | None:
    """Yuan; a number alone is one. None where it is no amount, or may be several."""
    text = _REST.sub("", _SIGN.sub("", plain_numerals(text)))
    if (number := parse_number(text)) is not None:
        return number
    if (found := _YUAN.fullmatch(text)) is not None:
        yuan = parse_number(found["yuan"])
        return None if yuan is None else yuan + _coins(found)
    if (found := _COINS.fullmatch(text)) is None:
        return None
    if found["only"]:
        return _coins(found)
    jiao = parse_number(found["jiao"])
    return None if jiao is None else jiao / 10 + (_digit(found["fen"]) / 100)


def _coins(found: re.Match[str]) -> Decimal:
    parts = found.groupdict()
    cents = parts.get("cents") or ""
    if parts.get("half"):
        return Decimal("0.5")
    if len(cents) == 2:
        return Decimal(cents) / 100
    tenths = _digit(cents or parts.get("jiao"))
    hundredths = _digit(parts.get("fen") or parts.get("only"))
    return tenths / 10 + hundredths / 100


def _digit(text: str | None) -> Decimal:
    return Decimal(DIGITS.get(text, text)) if text else Decimal(0)


def parse_price(text: str) -> tuple[Decimal | None, str]:
    """(yuan, code of the unit it is for or empty): 2.2元/斤, 1块6一斤, 每箱30."""
    text = plain_numerals(text)
    if (yuan := parse_yuan(text)) is not None:
        return yuan, ""
    found = _PER.fullmatch(text) or _LED.fullmatch(text)
    return (parse_yuan(found["price"]), UNIT_WORDS[found["unit"]]) if found else (None, "")


def parse_quantity(text: str) -> tuple[Decimal | None, str]:
    """(number, code of its unit or empty): 5吨, 8万斤, 两斤半, 2000."""
    text = plain_numerals(text)
    if (number := parse_number(text)) is not None:
        return number, ""
    if (found := _COUNTED.fullmatch(text)) is None:
        return None, ""
    number = parse_number(found["number"])
    if number is not None and found["half"]:
        number += Decimal("0.5")
    return number, UNIT_WORDS[found["unit"]]
