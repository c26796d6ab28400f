"""Posts from many trades, with what each field of them is: posts.txt beside this file, and
amounts.txt for what is said of quantities and prices.

A line: kind @ post @ side @ goods @ quantity @ price @ basis @ place @ days @ phone. Names, joined
by a bar, stand for codes; a slash joins what is as right, empty is none, `*` is not judged. A
side of `?` has to be asked; a price of `-10/jin` is at most ten, one of `3050/?` for any unit.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from market.offers.posts import ParsedPost
from market.products.units import UNITS, in_base, measure, per_base

HERE = Path(__file__).parent
REFERENCE = HERE.parents[2] / "seeds" / "reference"
NEAR = Decimal("0.005")
FIELDS = ("side", "products", "quantity", "price", "basis", "region", "days", "phone")
AMOUNTS = ("quantity", "price", "basis")


@dataclass(frozen=True)
class Sample:
    """A post and, by field, what it may be."""

    kind: str
    text: str
    fields: dict[str, str]

    def slips(self, post: ParsedPost) -> dict[str, tuple[str, Any]]:
        """(expected, got) of the fields that are wrong, by name."""
        got = {
            "side": post.side.value if post.side else "?",
            "products": set(post.products),
            "quantity": (post.quantity, post.unit),
            "price": (post.price_low, post.price_high, post.price_unit),
            "basis": post.basis,
            "region": post.region or "",
            "days": (post.supply_from, post.supply_to),
            "phone": post.phone,
        }
        return {
            name: (cell, got[name])
            for name, cell in self.fields.items()
            if cell != "*" and not _FITS.get(name, _is_one_of)(cell, got[name])
        }


@cache
def samples() -> list[Sample]:
    lines = (HERE / "posts.txt").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        if not line.startswith("#"):
            kind, text, *cells = (cell.strip() for cell in line.split("@"))
            cells += [""] * (len(FIELDS) - len(cells))
            found.append(Sample(kind, text, dict(zip(FIELDS, cells, strict=True))))
    return found


@cache
def amount_samples() -> list[Sample]:
    found = []
    for line in (HERE / "amounts.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, text, *cells = (cell.strip() for cell in line.split("@"))
            found.append(Sample(kind, text, dict(zip(AMOUNTS, cells, strict=True))))
    return found


def sides(side: str) -> list[str]:
    """The posts of sides.txt that are of this side."""
    lines = (HERE / "sides.txt").read_text(encoding="utf-8").splitlines()
    return [line.partition(" ")[2] for line in lines if line.partition(" ")[0] == side]


def goods() -> Iterator[tuple[str, set[str], set[str]]]:
    """The posts of goods.txt, the codes of their goods and of what is not wanted."""
    known = _codes("products")
    for line in (HERE / "goods.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        named, text, denied = (cell.strip() for cell in f"{line} @ ".split(" @ ")[:3])
        codes = [
            {c for one in cell.split("|") if one for c in known[one]} for cell in (named, denied)
        ]
        yield text, codes[0], codes[1]


@cache
def _codes(table: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with (REFERENCE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["name_zh" if table == "products" else "name"], set()).add(
                row["code"]
            )
    return found | {"蔬菜": {"02"}}


def _is_one_of(cell: str, got: Any) -> bool:
    return any(got == one for one in cell.split("/"))


def _products(cell: str, got: set[str]) -> bool:
    known = _codes("products")
    kinds = [
        set().union(*(known[name] for name in one.split("/"))) for one in cell.split("|") if one
    ]
    return any(set(chosen) == got for chosen in product(*kinds))


def _region(cell: str, got: str) -> bool:
    names = cell.split("/")
    return any((got in _codes("regions")[name]) if name else not got for name in names)


def _quantity(cell: str, got: tuple[Decimal | None, str]) -> bool:
    return any(_is_amount(one, got) for one in cell.split(","))


def _is_amount(cell: str, got: tuple[Decimal | None, str]) -> bool:
    number, unit = got
    if not cell or cell == "*" or number is None:
        return (cell == "*") or (not cell and number is None)
    expected, _, code = cell.partition(" ")
    if unit not in UNITS or measure(unit) != measure(code):
        return False
    return _near(in_base(number, unit), in_base(Decimal(expected), code))


def _price(cell: str, got: tuple[Decimal | None, Decimal | None, str]) -> bool:
    low, high, unit = got
    for one in cell.split(","):
        if one in ("*", "*/"):
            return True
        if not one:
            return low is None and high is None
        span, _, code = one.partition("/")
        first, dash, last = span.partition("-")
        ends = [Decimal(x) if x else None for x in (first, last if dash else first)]
        if code == "?" and all(map(_near, ends, (low, high))):
            return True
        if unit in UNITS and code in UNITS and measure(unit) == measure(code):
            pairs = zip(ends, (low, high), strict=True)
            if all(_near(per_base(e, code), per_base(g, unit)) for e, g in pairs):
                return True
    return False


def _near(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= abs(one) * NEAR


def _days(cell: str, got: tuple[Any, Any]) -> bool:
    ends = cell.split("..") if cell else ["", ""]
    shown = [day.isoformat() if day else "" for day in got]
    return all(end in ("*", day) for end, day in zip(ends, shown, strict=True))


def _phone(cell: str, got: str) -> bool:
    numbers = [f"+86{one.removeprefix('0')}" if one else "" for one in cell.split("/")]
    return got in numbers


_FITS = {
    "products": _products,
    "region": _region,
    "quantity": _quantity,
    "price": _price,
    "days": _days,
    "phone": _phone,
}
