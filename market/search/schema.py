"""What the index keeps of an offer: the terms it is found by and one packed row of facts.

Nothing is stored to be shown: a search answers ids, and the page reads the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from market.offers.models import Side, Verification
from market.products.units import UNITS, Dimension
from market.search.words import Words

# Another number makes every index of before be rebuilt.
VERSION = 1

SIDES = {Side.SELL: 0, Side.BUY: 1}
ANY = "*"

# Times are microseconds since 1970. A price is in 0.0001 yuan per base unit, -1 when
# negotiable; `by_mass` says that the base unit is the kilogram.
ROW = np.dtype(
    [
        ("id", "<i8"),
        ("side", "<u1"),
        ("verified", "<u1"),
        ("by_mass", "<u1"),
        ("price", "<i8"),
        ("published", "<i8"),
        ("until", "<i8"),
        ("length", "<u2"),
        ("product", "S40"),
        ("region", "S40"),
        ("check", "<u4"),
    ]
)
_CHECKED = ROW.itemsize - 4
# Odd, and different for each place, so that bytes that changed or moved are noticed.
_FACTORS = np.arange(1, 2 * _CHECKED, 2, dtype=np.uint32) * np.uint32(2654435761)


@dataclass(frozen=True)
class Document:
    """An offer as the index takes it.

    Attributes:
        keys: composite terms, see `key`.
        tokens: the cut words of its text, repeated as often as they weigh.
        row: a packed ROW.
    """

    id: int
    keys: list[str]
    tokens: list[str]
    row: bytes


def key(side: Side, product: str, region: str) -> str:
    """The term of offers of `side` in a branch of products and a branch of regions.

    A branch is the last step of its path (`0302`, `0302010`, `4307`), or ANY. So what
    people filter by is one term for each side, whatever it combines.
    """
    return f"{side.value}|{product}|{region}"


def branch(path: str) -> str:
    """The step that names the branch of `path`; ANY for no path."""
    return path.rpartition("/")[2] or ANY


def document(offer: Any, words: Words) -> Document:
    """The document of a row of `market.search.services.columns()`."""
    tokens = [*words.cut(offer.title) * 2, *words.cut(f"{offer.grade} {offer.description}")]
    products = [ANY, *offer.product_path.split("/")]
    regions = [ANY, *offer.region_path.split("/")]
    row = (
        offer.id,
        SIDES[offer.side],
        offer.verification is Verification.VERIFIED,
        UNITS[offer.price_unit].dimension is Dimension.MASS,
        scaled(offer.price_per_base) if offer.price_per_base is not None else -1,
        microseconds(offer.published_at) if offer.published_at else 0,
        microseconds(offer.valid_until),
        min(len(tokens), 65535),
        offer.product_path.encode(),
        offer.region_path.encode(),
    )
    return Document(
        id=offer.id,
        keys=[key(offer.side, p, r) for p in products for r in regions if (p, r) != (ANY, ANY)],
        tokens=tokens,
        row=_checked(np.array([(*row, 0)], ROW)).tobytes(),
    )


def sums(rows: np.ndarray) -> np.ndarray:
    """What `check` must be in each of the rows."""
    given = np.frombuffer(rows.tobytes(), np.uint8).reshape(len(rows), ROW.itemsize)
    # Never 0: rows of nothing but zeros are damage too.
    return given[:, :_CHECKED].astype(np.uint32) @ _FACTORS + np.uint32(1)


def _checked(rows: np.ndarray) -> np.ndarray:
    rows["check"] = sums(rows)
    return rows


def scaled(price: Decimal) -> Decimal:
    """A price in the unit of ROW, 0.0001 yuan; whole when it has at most 4 places."""
    return price.scaleb(4)


def microseconds(instant: datetime) -> int:
    """An aware instant as microseconds since 1970, exactly."""
    seconds = int(instant.replace(microsecond=0).timestamp())
    return seconds * 1_000_000 + instant.microsecond
