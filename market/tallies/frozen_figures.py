"""Figures of a fair's region frozen as JSON: the one shape, from the count to the paper.

The JSON holds `fair`, `region`, `ledger` (number and hash of the last entry counted), `taken_at`,
`totals` (the figures of market.tallies.figures), `children` (the units below, each with its
totals), `products`, `days` and `missing` (units that are not in). Numbers are integers, or exact
decimals as text; money is integer fen, mass is kilograms. `format` says by which rules:

- none, or 1: as of `ledger`; `days` are by the local day agreed.
- 2: figures of a day are as of its end, `until`, whenever they are frozen: `totals` are
  cumulative, `increment` is what the day added, `days` are the increments of each day, and
  `ledger` is the last entry before `until`. Figures of a whole fair are as in format 1.

The first documents froze a shape of their own, which upgrade_document() reads. Nothing that is
frozen is written again: what was hashed stays byte for byte.

Canonical JSON is UTF-8, keys sorted, no white space, non-ASCII characters as they are. Anyone can
take the SHA-256 of that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from market.deals.ledger import Head
from market.tallies.comparisons import days_between
from market.tallies.figures import FIGURE_NAMES
from market.tallies.queries import ADDITIVE, Totals
from market.tallies.region_queries import ProductRow
from market.text.days import local_day
from market.web.home_time import home_zone

FORMAT = 2
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

Json = dict[str, Any]


@dataclass(frozen=True)
class FrozenFair:
    """The fair as it was named then."""

    id: int | None
    name: str
    name_en: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class FrozenRegion:
    """A region with its figures and those of the units below it.

    Attributes:
        increment: what the day added; None where the figures are of no day's end.
        ledger: the last entry counted; until: the end of the day, which then decides.
        correction: the number of the correction the figures are of; 0: of none.
    """

    code: str
    name: str
    name_en: str
    totals: Totals
    increment: Totals | None
    ledger: Head
    until: datetime | None
    correction: int = 0
    children: Sequence[FrozenRegion] = ()


@dataclass(frozen=True)
class MissingUnit:
    """A unit whose figures are not in; `parent`: the prefecture it submits to."""

    code: str
    name: str
    name_en: str
    reason: str = ""
    parent: str | None = None


class FrozenFigures:
    """What read_figures() reads; parts are parsed when they are first asked for.

    Attributes:
        data: the JSON as it was frozen, brought to this shape where it is of the first documents.
        version, correction: the numbers of what a statement's figures were frozen for.
    """

    def __init__(self, data: Json, version: int = 0, correction: int = 0) -> None:
        self.data, self.version, self.correction = data, version, correction

    @cached_property
    def fair(self) -> FrozenFair:
        fair = self.data["fair"]
        days = (date.fromisoformat(fair[name]) for name in ("starts_on", "ends_on"))
        return FrozenFair(fair.get("id"), fair["name"], fair["name_en"], *days)

    @cached_property
    def region(self) -> FrozenRegion:
        """The region the figures are of."""
        return _region({**self.data["region"], **self.data})

    @property
    def ledger(self) -> Head:
        return self.region.ledger

    @property
    def totals(self) -> Totals:
        return self.region.totals

    @property
    def increment(self) -> Totals | None:
        return self.region.increment

    @property
    def until(self) -> datetime | None:
        return self.region.until

    @property
    def children(self) -> Sequence[FrozenRegion]:
        return self.region.children

    @property
    def figure_names(self) -> list[str]:
        """The figures that were known when these were frozen, in the order they are shown."""
        return [name for name in FIGURE_NAMES if name in self.data["totals"]]

    @property
    def is_daily(self) -> bool:
        """Whether they are of the end of a day, with what that day added."""
        return self.increment is not None

    @property
    def as_of(self) -> datetime | None:
        """The end of the day they are of, else when they were counted; None: never."""
        frozen_at = self.data["taken_at"]
        return self.until or (datetime.fromisoformat(frozen_at) if frozen_at else None)

    @cached_property
    def products(self) -> Sequence[ProductRow]:
        """The most valuable first."""
        return [ProductRow(**parse_numbers(row)) for row in self.data["products"]]

    @property
    def product_count(self) -> int:
        """How many products there are; the first documents froze only some of them."""
        return int(self.data.get("product_count", len(self.data["products"])))

    @cached_property
    def days(self) -> Sequence[tuple[date, Totals]]:
        return [(date.fromisoformat(row["day"]), parse_totals(row)) for row in self.data["days"]]

    @property
    def deal_days(self) -> list[tuple[date, int, int]]:
        """(day, deals, fen) of each day on which a deal was counted or reversed."""
        return [
            (day, of.deals or 0, of.amount_fen or 0)
            for day, of in self.days
            if of.deals or (self.is_daily and of.amount_fen)
        ]

    @property
    def every_day(self) -> list[tuple[date, int, int]]:
        """deal_days and the days between them on which there was nothing, from the fair's first
        day to the last that is counted; empty where there is nothing at all."""
        counted = {day: (deals, fen) for day, deals, fen in self.deal_days}
        if not counted:
            return []
        days = days_between(min(self.fair.starts_on, *counted), max(self.last_day, *counted))
        return [(day, *counted.get(day, (0, 0))) for day in days]

    @property
    def last_day(self) -> date:
        """The last local day of the fair that is counted."""
        if self.as_of is None:
            return self.fair.starts_on
        day = self.end_of_day if self.is_daily else local_day(self.as_of, home_zone())
        return max(self.fair.starts_on, min(day, self.fair.ends_on))

    @property
    def end_of_day(self) -> date:
        """The local day as of whose end daily figures are: `until` is the midnight after it."""
        assert self.until is not None
        return local_day(self.until, home_zone()) - timedelta(days=1)

    @cached_property
    def missing(self) -> Sequence[MissingUnit]:
        names = ("code", "name", "name_en", "reason", "parent")
        return [MissingUnit(**{n: m[n] for n in names if n in m}) for m in self.data["missing"]]

    @property
    def is_county(self) -> bool:
        """Whether they are those of one reporting county and gather nothing."""
        return not self.children and not self.missing

    @cached_property
    def prefectures(self) -> Sequence[FrozenRegion]:
        """The counties by who gathered them; counties without a prefecture are under the whole."""
        if self.is_county:
            return [_with_children(self.region, [self.region], self.totals)]
        gathering = {unit.parent for unit in self.missing}
        groups = [one for one in self.children if one.children or one.code in gathering]
        counties = [one for one in self.children if one not in groups]
        if not counties:
            return groups
        is_whole = len(counties) == len(self.children)
        totals = self.totals if is_whole else Totals.of(one.totals for one in counties)
        return [_with_children(self.region, counties, totals), *groups]

    @property
    def counties(self) -> list[FrozenRegion]:
        """The reporting counties whose figures are in."""
        return [county for group in self.prefectures for county in group.children]

    def increment_on(self, day: date) -> Totals:
        """What the day added; where there is no `increment`, what was agreed and listed on it."""
        return self.increment or dict(self.days).get(day, Totals())


def _with_children(
    region: FrozenRegion, children: Sequence[FrozenRegion], totals: Totals
) -> FrozenRegion:
    names = (region.code, region.name, region.name_en)
    return FrozenRegion(*names, totals, None, region.ledger, region.until, children=children)


def read_figures(data: str | Json, version: int = 0, correction: int = 0) -> FrozenFigures:
    """Read frozen figures of any format.

    Args:
        data: the JSON, parsed or not.
        version, correction: of the statement they are of, if they are of one.
    """
    parsed: Json = json.loads(data) if isinstance(data, str) else data
    read = _UPGRADES.get(parsed.get("format", "document" if "prefectures" in parsed else 1), dict)
    return FrozenFigures(read(parsed), version, correction)


def upgrade_document(data: Json) -> Json:
    """The figures of the first documents in the shape of today: they had counties by prefecture,
    some of the products, and of days only deals and value."""
    region = data["region"]
    counties = [county["code"] for group in data["prefectures"] for county in group["counties"]]
    groups = [] if counties == [region["code"]] else data["prefectures"]
    direct = [c for group in groups if group["code"] == region["code"] for c in group["counties"]]
    below = [{**c, "totals": c["total"]} for c in direct]
    below += [
        {
            **group,
            "totals": group["total"],
            "children": [{**c, "totals": c["total"]} for c in group["counties"]],
        }
        for group in groups
        if group["code"] != region["code"]
    ]
    names = ("code", "name", "name_en")
    is_daily = "increment" in data
    return {
        "fair": data["fair"],
        "region": region,
        "ledger": {"id": data["ledger"]["entry"], "hash": data["ledger"]["hash"]},
        "taken_at": data["counted_at"],
        **({"until": data["counted_at"], "increment": data["increment"]} if is_daily else {}),
        "totals": data["totals"],
        "children": below,
        "products": [
            {**{n: p[n] for n in names}, "category": "", **p["total"]} for p in data["products"]
        ],
        "product_count": data["products_in_all"],
        "days": [{"day": d, "deals": deals, "amount_fen": fen} for d, deals, fen in data["days"]],
        "missing": data.get("standing", {}).get("missing", []),
    }


# By format, where it is not of today's shape.
_UPGRADES: Mapping[Any, Callable[[Json], Json]] = {"document": upgrade_document}


def _region(data: Json, above: FrozenRegion | None = None) -> FrozenRegion:
    """A region and those below it, which are as of its ledger entry unless they name their own."""
    if "ledger" in data or above is None:
        ledger = Head(**data["ledger"])
        until = datetime.fromisoformat(data["until"]) if "until" in data else None
    else:
        ledger, until = above.ledger, above.until
    increment = parse_totals(data["increment"]) if "increment" in data else None
    names = (data["code"], data["name"], data["name_en"])
    totals, correction = parse_totals(data["totals"]), data.get("correction", 0)
    region = FrozenRegion(*names, totals, increment, ledger, until, correction)
    children = [_region(child, region) for child in data.get("children", ())]
    return FrozenRegion(*names, totals, increment, ledger, until, correction, children)


def parse_totals(data: Mapping[str, Any]) -> Totals:
    """The figures of figures_json(); 0 for one that was not known yet."""
    numbers = parse_numbers({name: data[name] for name in FIGURE_NAMES if name in data})
    return Totals(**numbers | {"mass_kg": Decimal(numbers.get("mass_kg") or 0)})


def parse_numbers(row: Mapping[str, Any]) -> Json:
    """The row with its mass as the decimal it is."""
    return {**row, "mass_kg": Decimal(row["mass_kg"] or 0)} if "mass_kg" in row else {**row}


def figures_json(totals: Any, names: Sequence[str] = FIGURE_NAMES) -> Json:
    """The figures of `totals` as the JSON holds them."""
    return {name: plain(getattr(totals, name)) or 0 for name in names}


def increment_json(totals: Totals) -> Json:
    """What a day added: the figures that add up."""
    return figures_json(totals, ADDITIVE)


_PLAIN = {int, str, bool, type(None)}


def plain(value: Any) -> Any:
    """`value` as JSON holds it exactly: whole numbers as integers, others as text."""
    if type(value) in _PLAIN:  # most are: whether they are mappings takes longer
        return value
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return int(value) if whole else f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def canonical(data: Mapping[str, Any]) -> str:
    """The one text of frozen figures."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def sum_totals(parts: Iterable[FrozenFigures]) -> Totals:
    """The totals of several together; what is listed in two of them is one variety."""
    parts = list(parts)
    listed = {row.code for part in parts for row in part.products if row.listings}
    return Totals.of((part.totals for part in parts), varieties=len(listed))
