"""Reading the sets: which rows are kept aside, the corpus, the facts of a pair.

Pure but for the files beside this one and the reference data in seeds/.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from market.matching.rules import OfferFacts
from market.products.services import product_rows
from market.products.units import comparable, convert, in_base, measure, per_base

HERE = Path(__file__).parent
REFERENCE = HERE.parents[1] / "seeds" / "reference"
PARTS = ("open", "aside")
# The kind of the rows on which much was grown.
FIRST = "first set"
# A post of which a person would ask which side it is of.
ASKED = "?"
# Of each offer of the corpus, in its unit.
QUANTITY = Decimal(1000)
TODAY = datetime(2026, 11, 21, 12, tzinfo=UTC)

# Among the codes of a name: that it names no product is right as well.
NOTHING = "-"

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def rows(name: str, part: str) -> list[Row]:
    """The rows of one set: names, queries, pairs or posts."""
    return read(HERE / f"{name}_{part}.csv")


def key(name: str, row: Row) -> str:
    """The text that decides in which part a row is."""
    if name == "pairs":
        return "|".join(row[column] for column in ("side", "asked", "better", "worse"))
    return row["name" if name == "names" else "text"]


def part_of(text: str) -> str:
    """A third is kept aside, by what the text is and not by who chose it."""
    return "aside" if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 3 == 0 else "open"


def several(cell: str) -> frozenset[str]:
    """The codes of a cell, which are joined by a bar."""
    return frozenset(filter(None, cell.split("|")))


def either(cell: str) -> frozenset[str]:
    """The readings of a cell, each of which is right, joined by a slash."""
    return frozenset(cell.split("/"))


def slots(cell: str) -> list[frozenset[str]]:
    """The products of a cell, joined by a bar; each by its readings."""
    return [either(one) for one in cell.split("|") if one]


def choices(cell: str) -> dict[str, frozenset[str]]:
    """word=code|code;word=... as a dictionary."""
    return {
        word: several(codes)
        for word, _, codes in (one.partition("=") for one in cell.split(";") if one)
    }


@cache
def product_paths() -> dict[str, str]:
    """code -> path, of products and of the categories above them."""
    parents = {row["code"]: row["parent_code"] for row in read(REFERENCE / "products.csv")}
    paths = {}
    for code, parent in parents.items():
        steps = [code]
        while parent:
            steps.append(parent)
            parent = parents[parent]
        paths[code[:2]] = code[:2]
        paths[code[:4]] = f"{code[:2]}/{code[:4]}"
        paths[code] = "/".join([code[:2], code[:4], *reversed(steps)])
    return paths


@cache
def products() -> dict[str, dict[str, Any]]:
    """The products as the database has them, by code."""
    return {row["code"]: row for row in product_rows(read(REFERENCE / "products.csv"))}


@cache
def regions() -> dict[str, Row]:
    """The regions and the zones, by code; a zone stands where its host does."""
    found = {row["code"]: row for row in read(REFERENCE / "regions.csv")}
    for zone in read(REFERENCE / "zones.csv"):
        if zone["code"]:
            host = found[zone["host_county_code"]]
            found[zone["code"]] = {**host, **{k: zone[k] for k in ("code", "name", "parent_code")}}
    return found


def region_path(code: str) -> str:
    """Its ancestors and itself, each without the zeros of its level, from the top down."""
    steps = []
    while code:
        short = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
        steps.append(short)
        code = regions()[code]["parent_code"]
    return "/".join(reversed(steps))


def is_within(path: str, branch: str) -> bool:
    return path == branch or path.startswith(branch + "/")


@dataclass(frozen=True)
class Sample:
    """An offer of the corpus; `id` is its line.

    Attributes:
        price: yuan per `unit`; None: negotiable.
        text: what a person reads of it.
    """

    id: int
    side: str
    product: str
    title: str
    grade: str
    description: str
    region: str
    price: Decimal | None
    unit: str
    verified: bool
    days_ago: int

    @property
    def text(self) -> str:
        return f"{self.title} {self.grade} {self.description}"

    def yuan_per_base(self, within: str) -> Decimal | None:
        """None for what is negotiable or not measured within this."""
        return per_base(self.price, self.unit) if measure(self.unit) == within else None

    def covers(self, quantity: Decimal, unit: str) -> bool:
        """Whether there is so much of it."""
        return comparable(self.unit, unit) and convert(QUANTITY, self.unit, unit) >= quantity


@cache
def corpus() -> list[Sample]:
    return [
        Sample(
            id=number,
            side=row["side"],
            product=row["product"],
            title=row["title"],
            grade=row["grade"],
            description=row["description"],
            region=row["region"],
            price=Decimal(row["price"]) if row["price"] else None,
            unit=row["unit"],
            verified=row["verified"] == "1",
            days_ago=int(row["days_ago"]),
        )
        for number, row in enumerate(read(HERE / "offers.csv"), start=1)
    ]


def facts(row: Row) -> tuple[OfferFacts, OfferFacts, OfferFacts]:
    """The asked offer, the better and the worse counterpart of a pair."""
    asked = _said(row["asked"])
    other = "buy" if row["side"] == "sell" else "sell"
    # Record, age and least lot are of one offer; the rest is as the asked one says.
    shared = {k: v for k, v in asked.items() if k in INHERITED}
    return (
        _facts(1, row["side"], asked),
        _facts(2, other, {**shared, **_said(row["better"])}),
        _facts(3, other, {**shared, **_said(row["worse"])}),
    )


INHERITED = frozenset({"product", "region", "quantity", "price", "days"})
SAYS = INHERITED | {"lot", "age", "deals", "verified", "basis"}


def _said(cell: str) -> dict[str, str]:
    said = dict(one.split("=", 1) for one in cell.split())
    if unknown := said.keys() - SAYS:
        raise ValueError(f"{cell}: {unknown}")
    return said


def _facts(number: int, side: str, said: dict[str, str]) -> OfferFacts:
    region, product = regions()[said["region"]], products()[said["product"]]
    quantity, unit = _measured(said["quantity"])
    first = last = None
    if "days" in said:
        first, last = (
            (TODAY + timedelta(days=int(day))).date() for day in said["days"].split("..")
        )
    price, _, price_unit = said.get("price", "none").partition("/")
    low, _, high = price.partition("-")
    priced: Callable[[str], Any] = (
        (lambda text: per_base(Decimal(text), price_unit)) if price_unit else (lambda _: None)
    )
    return OfferFacts(
        id=number,
        owner_id=number,
        side=side,
        product_code=said["product"],
        product_path=product["family_path"],
        region_code=said["region"],
        region_path=region_path(said["region"]),
        latitude=float(region["lat"]),
        longitude=float(region["lon"]),
        quantity=in_base(quantity, unit),
        min_lot=in_base(*_measured(said["lot"])) if "lot" in said else None,
        measure=measure(unit),
        price_low=priced(low),
        price_high=priced(high or low),
        price_measure=measure(price_unit or unit),
        price_unit=price_unit or unit,
        price_basis=said.get("basis", "ex_farm"),
        storage_class=product["storage_class"],
        perishable=product["perishable"],
        supply_from=first,
        supply_to=last,
        published_at=TODAY - timedelta(days=int(said.get("age", "2"))),
        verified="verified" in said,
        finished_deals=int(said.get("deals", "0")),
    )


def _measured(text: str) -> tuple[Decimal, str]:
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return Decimal(number), text[len(number) :]
