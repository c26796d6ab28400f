"""Rules that need no database: passwords worth having, where a role acts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from market.accounts.models import Role
from market.language import lazy_gettext as _l
from market.regions.models import Level, Region

SHORTEST, LONGEST = 8, 128
# What lists of leaked passwords begin with.
COMMON_WORDS = (
    "password password1 passw0rd p@ssw0rd iloveyou letmein1 qwertyui qwerty123 qwertyuiop "
    "1q2w3e4r 1qaz2wsx q1w2e3r4 asdfghjk asdf1234 zxcvbnm1 zxcvbnm123 a1234567 a12345678 "
    "a123456789 abc12345 abc123456 abcd1234 aa123456 aa12345678 qq123456 123456aa 123456abc "
    "123qweasd 12341234 11223344 112233445566 123123123 12344321 13145200 5201314520 52013140 "
    "woaini520 woaini123 woaini1314 woaini521 admin123 admin888 88888888a 66668888 88886666 "
    "147258369 789456123 159357258 1234qwer qwer1234 zaq12wsx 100200300 1357924680 2468013579 "
)
COMMON = frozenset(COMMON_WORDS.split())
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def password_problem(password: str, phone: str | None = None) -> Any | None:
    """What is wrong with a new password, translated, or None.

    NIST SP 800-63B: a least length and a list of what everybody tries; no rules about
    kinds of characters.
    """
    plain = password.casefold()
    if len(password) < SHORTEST:
        return _l("At least 8 characters.")
    if len(password) > LONGEST:
        return _l("At most 128 characters.")
    if len(set(plain)) < 3:
        return _l("Not the same character again and again.")
    if plain in COMMON or any(plain in run or plain in run[::-1] for run in RUNS):
        return _l("Everybody tries that one first: choose another.")
    if phone and plain.removeprefix("+86") == phone.removeprefix("+86"):
        return _l("Not your phone number: everybody knows it.")
    return None


def role_fits(role: Role, region: Region) -> bool:
    """Whether `role` can be held over `region`: each official at the level of the office."""
    match role:
        case Role.ASSISTANT | Role.COUNTY_OFFICIAL:
            return region.is_leaf
        case Role.PREFECTURE_OFFICIAL:
            return region.level is Level.PREFECTURE
        case _:
            return region.level is Level.PROVINCE


def local_path(address: str | None) -> str | None:
    """`address` when it is a path of this site, else None: nobody is sent elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or any(ord(c) <= 32 or ord(c) == 127 for c in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else address
