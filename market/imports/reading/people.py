"""Names and phone numbers in cells."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal

from market.imports.reading.cells import CellProblem, is_nothing, is_number, text_of
from market.imports.reading.sheet import CellValue
from market.offers.posts.phones import e164, labelled
from market.text.characters import fold
from market.text.numbers import plain_numerals
from market.text.phones import find_phones
from market.web.filters import readable_phone
from market.web.forms import LETTER, normalize_phone
from market.web.language import lazy_gettext as _l

MAX_NAME_LENGTH = 60
_ALONE = re.compile(r"[\d\s+()./·—-]+")
_POINT_ZERO = re.compile(r"(?<=\d)\.0+$")
_SCIENTIFIC = re.compile(r"(\d(?:\.\d+)?)e\+?(\d{1,2})")
_MASKED = re.compile(r"1[3-9]\d[\d*xX]*[*xX]{2,}\d*")
_LABEL = re.compile(
    r"^(?:户主|姓名|联系人|负责人|农户|经办人|name|contact)\s*[:：]\s*", re.IGNORECASE
)
_IN_TITLE = re.compile(r"姓名|户主|联系人|负责人|户名|name")
# 张 三: names of two characters are written as wide as those of three.
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff](?![\u4e00-\u9fff]))")
_EDGES = " ,，、;；/|:：()（）-—"


def read_phone(cell: CellValue) -> tuple[str, str]:
    """(the number in E.164, the words beside it) of a cell; no number where it says none.

    Raises:
        CellProblem: it is no whole number, or there are several.
    """
    if is_nothing(cell):
        return "", ""
    text = text_of(cell)
    if is_number(cell) and not text.isdigit():
        raise CellProblem(_no_number())
    text = _POINT_ZERO.sub("", text)
    if found := _SCIENTIFIC.fullmatch(plain_numerals(text)):
        digits = len(found[1].replace(".", ""))
        if digits <= int(found[2]):
            raise CellProblem(
                _l(
                    "The last digits are lost (%(written)s): write the number in full, as text.",
                    written=text,
                )
            )
        text = f"{Decimal(plain_numerals(text)):.0f}"
    if _MASKED.fullmatch(plain_numerals(text)):
        raise CellProblem(_l("Digits of the number are hidden: write it in full."))
    if _ALONE.fullmatch(plain_numerals(text)):
        with suppress(ValueError):
            return normalize_phone(text), ""
    return _found_in(text)


def _found_in(text: str) -> tuple[str, str]:
    phones = [phone for phone in find_phones(text) if e164(phone).startswith("+")]
    if any(LETTER.search(plain_numerals(text[phone.start : phone.end])) for phone in phones):
        phones = []
    numbers = list(dict.fromkeys(map(e164, phones)))
    if len(numbers) > 1:
        raise CellProblem(
            _l(
                "Which number is to be rung, %(one)s or %(other)s? Leave one.",
                one=readable_phone(numbers[0]),
                other=readable_phone(numbers[1]),
            )
        )
    if not numbers:
        if LETTER.search(plain_numerals(text)) and any(map(str.isdigit, text)):
            raise CellProblem(
                _l("There is a letter in it: write digits only, 0 and not O, 1 and not l.")
            )
        raise CellProblem(_no_number())
    rest = text
    for phone in reversed(phones):
        start, end = labelled(text.lower(), phone)
        rest = rest[:start] + " " + rest[end:]
    return numbers[0], rest.strip(_EDGES)


def _no_number() -> object:
    return _l(
        "Write a Chinese mobile (11 digits) or landline number with area code, or another "
        "country's beginning with +, such as +852."
    )


def names_people(title: str) -> bool:
    """Whether a column of phone numbers is one of names too: 姓名及电话."""
    return _IN_TITLE.search(fold(title)) is not None


def read_name(cell: CellValue) -> tuple[str, str]:
    """(name, phone number beside it or empty) of a cell.

    Raises:
        CellProblem: it is a number, or too long for a name.
    """
    if is_nothing(cell):
        return "", ""
    text = _LABEL.sub("", text_of(cell))
    phone = ""
    if sum(map(str.isdigit, text)) > 6:
        phone, text = _found_in(text)
    text = _SPACED.sub("", text)
    if not text or text.isdigit():
        raise CellProblem(_l("This is no name."))
    if len(text) > MAX_NAME_LENGTH:
        raise CellProblem(
            _l("At most %(most)s characters, not %(count)s.", most=MAX_NAME_LENGTH, count=len(text))
        )
    return text, phone
