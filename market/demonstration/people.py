"""Invented people: names that are obviously made up, phones that are not assigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from market.accounts.models import TraderType
from market.demonstration.traded_products import SEEDS
from market.regions.services import read_csv

PASSWORD = "harvest-2026"
# Mobile numbers are 1xx 0000 xxxx: the exchange 0000 is not given to anyone.
PREFIXES = (
    *("138", "139", "136", "137", "135", "134", "133", "132", "131", "130"),
    *("150", "151", "152", "153", "155", "156", "157", "158", "159"),
    *("180", "181", "182", "183", "185", "186", "187", "188", "189"),
)
SELLERS = (TraderType.FARMER, TraderType.COOPERATIVE)
TYPES = (
    (TraderType.FARMER, 45),
    (TraderType.COOPERATIVE, 25),
    (TraderType.BROKER, 10),
    (TraderType.COMPANY, 10),
    (TraderType.BUYER, 10),
)


@dataclass(frozen=True)
class NameParts:
    """The parts that names are made of."""

    surname: tuple[str, ...]
    given: tuple[str, ...]
    word: tuple[str, ...]
    line: tuple[str, ...]


def load_name_parts() -> NameParts:
    rows = read_csv(SEEDS / "names.csv")
    return NameParts(
        *(
            tuple(row["word"] for row in rows if row["kind"] == kind)
            for kind in ("surname", "given", "word", "line")
        )
    )


def phone(number: int) -> str:
    """The `number`-th invented mobile number, E.164.

    Raises:
        IndexError: there are no more.
    """
    block, rest = divmod(number, 10_000)
    return f"+86{PREFIXES[block]}0000{rest:04d}"


def person(rng: Random, words: NameParts) -> str:
    """A surname with a solar term or a crop: 覃谷雨."""
    return rng.choice(words.surname) + rng.choice(words.given)


def trader_name(rng: Random, words: NameParts, kind: TraderType, place: str) -> str:
    """A name for a trader of `place`; firms carry 示范 or 样例, which no register would pass."""
    if kind in (TraderType.FARMER, TraderType.BROKER):
        return person(rng, words)
    word, line = rng.choice(words.word), rng.choice(words.line)
    if kind is TraderType.COOPERATIVE:
        return f"{place}示范{word}{line}专业合作社"
    if kind is TraderType.COMPANY:
        return f"{place}样例{word}{line}有限公司"
    return f"样例{word}{rng.choice(('批发行', '商贸行', '生鲜超市', '食品厂'))}"


def trader_type(rng: Random) -> TraderType:
    return rng.choices([kind for kind, _ in TYPES], [share for _, share in TYPES])[0]


def account_row(
    id: int,
    name: str,
    kind: TraderType,
    region: str,
    at: datetime,
    phone: str | None = None,
    password_hash: str | None = None,
    represented_by: int | None = None,
) -> dict[str, Any]:
    """A row of accounts, marked as demonstration."""
    return {
        "id": id,
        "name": name,
        "phone": phone,
        "password_hash": password_hash,
        "trader_type": kind,
        "region_code": region,
        "language": "zh_CN",
        "represented_by_id": represented_by,
        "is_demonstration": True,
        "disabled_at": None,
        "created_at": at,
        "updated_at": at,
    }
