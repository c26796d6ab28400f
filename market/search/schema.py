"""What the index keeps of an offer: the terms it is found by and one packed row of facts.

Nothing is stored to be shown: a search answers ids, and the page reads the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np

from market.offers.fields import SEARCHED_TEXTS
from market.offers.models import PriceBasis, Side, Verification
from market.products.units import UNITS, Dimension, Unit, in_base, measure, per_base
from market.search.tokens import Vocabulary

# Raise it when the same layout comes to mean something else: texts are cut differently, say.
FORMAT = 4

SIDES = {Side.SELL: 0, Side.BUY: 1}
# What quantities and prices can be compared within, by number; the kilogram comes first.
MEASURES = {
    word: number for number, word in enumerate(dict.fromkeys(measure(code) for code in UNITS))
}
MASS = MEASURES[Dimension.MASS]
NO_DAY = -(2**31)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = EPOCH.date()
_MICROSECOND = timedelta(microseconds=1)

# `product` and `region` are numbers of Words.products and Words.regions. `price` is to
# sort and filter by: in 0.0001 yuan per base unit, -1 when negotiable. What matching
# reads are floats: quantities in the base unit of `measure`, yuan per base unit of
# `price_measure`, which contain the freight where it is `delivered`; nan for none. Days count
# from 1970, NO_DAY for none; times are microseconds since 1970. `length` counts the words;
# `finished` the owner's verified deals.
ROW = np.dtype(
    [
        ("id", "<i8"),
        ("owner", "<i8"),
        ("product", "<u2"),
        ("region", "<u2"),
        ("side", "<u1"),
        ("verified", "<u1"),
        ("measure", "<u1"),
        ("price_measure", "<u1"),
        ("delivered", "<u1"),
        ("price", "<i8"),
        ("quantity", "<f8"),
        ("min_lot", "<f8"),
        ("price_low", "<f8"),
        ("price_high", "<f8"),
        ("supply_from", "<i4"),
        ("supply_to", "<i4"),
        ("published", "<i8"),
        ("until", "<i8"),
        ("length", "<u2"),
        ("finished", "<u2"),
        ("check", "<u4"),
    ]
)
# What a search reads, column by column; and what matching reads, offer by offer.
SEARCHED = (
    *("id", "product", "region", "side", "verified", "price_measure", "price"),
    *("measure", "quantity", "supply_from", "supply_to", "published", "until", "length"),
)
MATCHED = (
    *("id", "owner", "side", "verified", "measure", "price_measure", "delivered"),
    *("quantity", "min_lot"),
    *("price_low", "price_high", "supply_from", "supply_to", "published", "finished"),
)
_CHECKED = ROW.itemsize - 4
# Odd, and different for each place, so that bytes that changed or moved are noticed.
_FACTORS = np.arange(1, 2 * _CHECKED, 2, dtype=np.uint32) * np.uint32(2654435761)

# A word of the title counts as much as two of the rest.
TITLE_WEIGHT = 2


def layout_version(row: np.dtype, units: Iterable[Unit], fields: Iterable[tuple[str, str]]) -> str:
    """A digest of everything that decides what the bytes of an index mean.

    An index of another version is built anew: rows hold the numbers of MEASURES, which follow
    the order of the units, and quantities by the units' factors.

    Args:
        fields: name and type of each field of the index's schema.
    """
    parts = (
        FORMAT,
        row.descr,
        [(unit.code, unit.dimension.value, str(unit.factor)) for unit in units],
        [(side.value, number) for side, number in SIDES.items()],
        sorted(fields),
        SEARCHED_TEXTS,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class IndexDocument:
    """An offer as the index takes it.

    Attributes:
        keys: of its branches, see `product_key` and `region_key`.
        title, text: the words of its title, and of the rest, each once.
        row: a packed ROW.
    """

    id: int
    keys: list[str]
    title: list[str]
    text: list[str]
    row: bytes


def product_key(side: Side, code: str) -> str:
    """The term of the offers of `side` of a product or category (code) and all below it; the
    categories without another above them have none."""
    return f"{side.value}:{code}"


def region_key(side: Side, code: str) -> str:
    """The term of the offers of `side` in a region (code) and all below it, or in a township;
    provinces have none."""
    return f"{side.value}@{code}"


def documents(
    offers: Sequence[Any], words: Vocabulary, finished: Mapping[int, int]
) -> list[IndexDocument]:
    """The documents of rows of `market.search.services.columns()`.

    Args:
        finished: verified deals by account, those of none left out.

    Raises:
        KeyError: a product or region is newer than `words`.
    """
    cut = [
        (words.cut(o.title), words.cut(" ".join(getattr(o, name) for name in SEARCHED_TEXTS)))
        for o in offers
    ]
    rows = np.array(
        [_row(o, words, sum(map(len, c)), finished) for o, c in zip(offers, cut, strict=True)], ROW
    )
    rows["check"] = sums(rows)
    packed = rows.tobytes()
    size = ROW.itemsize
    return [
        IndexDocument(
            id=offer.id,
            keys=_keys(offer),
            title=title,
            text=text,
            row=packed[place * size : (place + 1) * size],
        )
        for place, (offer, (title, text)) in enumerate(zip(offers, cut, strict=True))
    ]


def _keys(offer: Any) -> list[str]:
    side = offer.side
    town = [region_key(side, offer.township_code)] if offer.township_code else []
    branches = _product_keys(side, offer.product_path), _region_keys(side, offer.region_path)
    return [*branches[0], *branches[1], *town]


# Not of the first step: so many offers are below it that the column is read as quickly.
@lru_cache(maxsize=1 << 12)
def _product_keys(side: Side, path: str) -> list[str]:
    return [product_key(side, code) for code in path.split("/")[1:]]


@lru_cache(maxsize=1 << 14)
def _region_keys(side: Side, path: str) -> list[str]:
    return [region_key(side, step.ljust(6, "0")) for step in path.split("/")[1:]]


def _row(
    offer: Any, words: Vocabulary, length: int, finished: Mapping[int, int]
) -> tuple[Any, ...]:
    return (
        offer.id,
        offer.owner_id,
        words.products.number(offer.product_code),
        words.regions.number(offer.region_code),
        SIDES[offer.side],
        offer.verification is Verification.VERIFIED,
        MEASURES[measure(offer.unit)],
        MEASURES[measure(offer.price_unit)],
        offer.price_basis is PriceBasis.DELIVERED,
        scaled(offer.price_per_base) if offer.price_per_base is not None else -1,
        _quantity(offer.remaining, offer.unit),
        _quantity(offer.min_lot, offer.unit),
        _price(offer.price_low, offer.price_unit),
        _price(offer.price_high, offer.price_unit),
        days(offer.supply_from),
        days(offer.supply_to),
        microseconds(offer.published_at) if offer.published_at else 0,
        microseconds(offer.valid_until),
        min(length, 65535),
        min(finished.get(offer.owner_id, 0), 65535),
        0,
    )


# The same few thousand quantities and prices come again and again.
@lru_cache(maxsize=1 << 14)
def _quantity(quantity: Decimal | None, unit: str) -> float:
    return float("nan") if quantity is None else float(in_base(quantity, unit))


@lru_cache(maxsize=1 << 14)
def _price(price: Decimal | None, unit: str) -> float:
    per_unit = per_base(price, unit)
    return float("nan") if per_unit is None else float(per_unit)


def days(day: date | None) -> int:
    """Days since 1970, NO_DAY for none."""
    return NO_DAY if day is None else (day - _FIRST_DAY).days


def sums(rows: np.ndarray) -> np.ndarray:
    """What `check` must be in each of the rows."""
    given = np.frombuffer(rows.tobytes(), np.uint8).reshape(len(rows), ROW.itemsize)
    # Column by column: all at once would take four times the memory of the index.
    total = np.ones(len(rows), np.uint32)  # never 0: rows of nothing but zeros are damage too
    for place, factor in enumerate(_FACTORS):
        total += given[:, place] * factor
    return total


def scaled(price: Decimal) -> Decimal:
    """A price in the unit of ROW, 0.0001 yuan; whole when it has at most 4 places."""
    return price.scaleb(4)


def microseconds(instant: datetime) -> int:
    """An aware instant as microseconds since 1970, exactly."""
    return (instant - EPOCH) // _MICROSECOND
