"""Which passwords are worth having (NIST SP 800-63B, 5.1.1.2): long enough, and not guessed first.

No rules about kinds of characters. What everybody tries is refused, and so is what is put
together from little else: common words, rows of keys, years, one's own name and number.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from flask_babel.speaklater import LazyString

from config import COMMON_PASSWORDS
from market.web.language import lazy_gettext as _l

MIN_LENGTH, MAX_LENGTH = 8, 128
# Common in Chinese, and not in the list.
MORE_COMMON = (
    "1q2w3e4r 1357924680 2468013579 100200300 5201314520 52013140 13145200 woaini521 abc123456 "
    "88888888a aa12345678 123456aa 123456abc qwer1234 harvest"
)
ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-./]?(?:0[1-9]|1[0-2])[-./]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)"
)
MIN_WORD_LENGTH, MAX_WORD_LENGTH, MIN_ROW_LENGTH, MIN_PHONE_PART_LENGTH = 4, 16, 3, 4
# Digits of one's own number in a row that are too many, whatever stands beside them.
OWN_DIGITS = 7
# Bits that a guesser needs for each part: one of so many words, a row and its length, a date.
WORD_BITS, ROW_BITS, YEAR_BITS, DATE_BITS, OWN_BITS = 14.0, 6.0, 7.0, 13.0, 1.0
SIGN_BITS = {"digit": math.log2(10), "letter": math.log2(26), "sign": 1.5, "other": 8.0}
# Eight digits at random have more; a common word with a year has fewer.
MIN_BITS = 26.0


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The commonest passwords, in lower case."""
    return frozenset(COMMON_PASSWORDS.read_text("utf-8").split()) | {*MORE_COMMON.split()}


def password_problem(
    password: str, phone: str | None = None, name: str | None = None
) -> LazyString | None:
    """What is wrong with a new password, translated, or None.

    Args:
        phone: the owner's, in E.164.
        name: the owner's.
    """
    plain = unicodedata.normalize("NFKC", password).casefold()
    number = (phone or "").removeprefix("+86").lstrip("+")
    own_name = re.sub(r"\W", "", unicodedata.normalize("NFKC", name or "").casefold())
    if len(password) < MIN_LENGTH:
        return _l("At least 8 characters.")
    if len(password) > MAX_LENGTH:
        return _l("At most 128 characters.")
    if len(set(plain)) < 3:
        return _l("Not the same character again and again.")
    digits = re.sub(r"\W", "", plain)
    if any(number[i : i + OWN_DIGITS] in digits for i in range(len(number) - OWN_DIGITS + 1)):
        return _l("Not your phone number: everybody knows it.")
    if len(own_name) >= 2 and own_name in digits:
        return _l("Not your name: everybody knows it.")
    repeated = plain in (plain + plain)[1:-1]
    if repeated or plain in common_passwords() or _bits(plain, number) < MIN_BITS:
        return _l("Easily guessed: choose another, for instance four words of your own.")
    return None


def _bits(plain: str, number: str) -> float:
    """About how many bits a guesser needs who knows words, rows, dates and the number."""
    at, bits = 0, 0.0
    while at < len(plain):
        # The part with the fewest bits for each of its characters.
        length, more = min(_parts(plain, at, number), key=lambda part: part[1] / part[0])
        at, bits = at + length, bits + more
    return bits


def _parts(plain: str, at: int, number: str) -> Iterator[tuple[int, float]]:
    """(length, bits) of what may begin at a place: a character, and longer what is known."""
    sign = plain[at]
    yield 1, SIGN_BITS[_kind(sign)]
    for length in range(min(MAX_WORD_LENGTH, len(plain) - at), MIN_WORD_LENGTH - 1, -1):
        if plain[at : at + length] in common_passwords():
            yield length, WORD_BITS
            break
    if found := DATE.match(plain, at):
        yield len(found[0]), DATE_BITS if len(found[0]) > 4 else YEAR_BITS
    for length in range(len(plain) - at, MIN_ROW_LENGTH - 1, -1):
        text = plain[at : at + length]
        if text == sign * length or any(text in row or text[::-1] in row for row in ROWS):
            yield length, ROW_BITS
            break
    for length in range(len(plain) - at, MIN_PHONE_PART_LENGTH - 1, -1):
        if plain[at : at + length] in number:
            yield length, OWN_BITS
            break


def _kind(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    if "a" <= sign <= "z":
        return "letter"
    return "other" if sign.isalpha() else "sign"
