"""The live offers as plain arrays: what the peers are filled with, and brute force over them.

Everyone is given the same facts and the same words, cut by the market's own cutter, and
everyone's answers are held against what is counted here one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from market.matching.rules import OfferFacts
from tests.benchmarks import scoring

# Yuan per jin, from border to border; a price on a border belongs to both bands.
BANDS = ((0, 1), (1, 2), (2, 5), (5, 10), (10, 20), (20, None))
BAND_NAMES = [f"{low}-{high or ''}" for low, high in BANDS]
SIDES = ("sell", "buy")
FIRST = 20


@dataclass(frozen=True)
class Answer:
    """Ids in order; how many in all and counts by facet, where the question asks for them."""

    ids: list[Any]
    total: int | None = None
    facets: dict[str, dict[str, int]] | None = None


@dataclass(frozen=True)
class Place:
    """All of a family of products on one side in a county, the newest first, with facets."""

    family: int
    county: int
    side: int


@dataclass(frozen=True)
class Newest:
    """A page of everything, or of a side, the newest first."""

    side: int | None
    page: int


@dataclass(frozen=True)
class Saying:
    """What says all the words, the most fitting first; of a side and prefecture if given."""

    words: tuple[str, ...]
    side: int | None = None
    prefecture: int | None = None

    @property
    def below(self) -> str:
        """The level of regions that is counted: the next below what is asked for."""
        return "province" if self.prefecture is None else "county"


@dataclass(frozen=True)
class Wanted:
    """The best counterparts of an offer at an instant, by the whole score of matching.

    Attributes:
        own: the offer.
        worth, near: what a peer that can't work out the whole score ranks by.
        worth: (in thousandths, products), each product once.
        near: (in thousandths, `county`, `prefecture` or `province`, which one), the nearest first.
    """

    id: int
    own: OfferFacts
    now: datetime
    side: int
    worth: tuple[tuple[int, tuple[int, ...]], ...]
    near: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True)
class Begins:
    """Products by what somebody began to type: the shortest word first, then by code."""

    typed: str


NUMBERS = (
    *("id", "side", "verified", "band", "published"),
    *("category", "family", "kind", "product", "province", "prefecture", "county"),
)


@dataclass(frozen=True)
class Listings:
    """Columns of equal length, the newest first.

    Attributes:
        columns: by the names of NUMBERS; `band` has a bit for each of BANDS, products and
            regions are their codes as numbers (0: none that deep), `published` microseconds.
        words: what each says, a word of the title twice.
        paths: of the products by their codes.
        names: (what may be typed, place among all that is suggested, code) of products.
        offers: the rows they were read from, and `finished` deals by account and `places` by
            code: what matching is told from.
        now: the instant that matching is asked at.
    """

    columns: dict[str, np.ndarray]
    words: list[list[str]]
    paths: dict[int, str]
    names: list[tuple[str, int, str]]
    offers: list[Any]
    finished: dict[int, int]
    places: dict[str, Any]
    now: datetime

    def __len__(self) -> int:
        return len(self.words)

    def rows(self) -> Iterator[tuple[int, ...]]:
        """Plain numbers, in the order of NUMBERS."""
        return zip(*(self.columns[name].tolist() for name in NUMBERS), strict=True)

    @cached_property
    def saying(self) -> dict[str, np.ndarray]:
        """The places of the rows that say a word, ascending."""
        places: dict[str, list[int]] = {}
        for place, words in enumerate(self.words):
            for word in set(words):
                places.setdefault(word, []).append(place)
        return {word: np.array(found, np.int64) for word, found in places.items()}

    def place(self, asked: Place) -> Answer:
        near = self._are(family=asked.family, county=asked.county)
        fits = near & self._are(side=asked.side)
        return Answer(
            self._ids(fits)[:FIRST], int(fits.sum()), self._facets(near, asked.side, "kind")
        )

    def newest(self, asked: Newest) -> Answer:
        fits = np.ones(len(self), bool) if asked.side is None else self._are(side=asked.side)
        start = (asked.page - 1) * FIRST
        return Answer(self._ids(fits)[start : start + FIRST])

    def text(self, asked: Saying) -> Answer:
        said = np.zeros(len(self), np.int64)
        for word in asked.words:
            said[self.saying[word]] += 1
        near = said == len(asked.words)
        if asked.prefecture is not None:
            near &= self._are(prefecture=asked.prefecture)
        fits = near if asked.side is None else near & self._are(side=asked.side)
        facets = self._facets(near, asked.side, "category", asked.below)
        return Answer(self._ids(fits), int(fits.sum()), facets)

    def facts(self, place: int) -> OfferFacts:
        """What matching reads of the listing at that place."""
        return scoring.facts_of(self.offers[place], self.finished, self.places)

    def wanted(self, asked: Wanted) -> Answer:
        related = [product for _, products in asked.worth for product in products]
        fits = np.isin(self.columns["product"], related) & self._are(side=asked.side)
        others = map(self.facts, np.flatnonzero(fits).tolist())
        return Answer(scoring.best(asked.own, others, asked.now, FIRST))

    def begins(self, asked: Begins) -> Answer:
        fits = sorted({(n, code) for typed, n, code in self.names if typed.startswith(asked.typed)})
        return Answer(list(dict.fromkeys(code for _, code in fits))[:8])

    def _are(self, **wanted: int) -> np.ndarray:
        fits = np.ones(len(self), bool)
        for name, value in wanted.items():
            fits &= self.columns[name] == value
        return fits

    def _ids(self, fits: np.ndarray) -> list[int]:
        return self.columns["id"][fits].tolist()

    def _facets(
        self, near: np.ndarray, side: int | None, product: str, region: str = ""
    ) -> dict[str, dict[str, int]]:
        names = ["side", "verified", "band", product, *([region] if region else [])]
        rows = zip(*(self.columns[name][near].tolist() for name in names), strict=True)
        return gathered(((*row, 1) for row in rows), side)


def gathered(rows: Iterable[Any], side: int | None) -> dict[str, dict[str, int]]:
    """Facets from rows of (side, verified, band, product[, region], how many).

    The sides are counted as if none were asked for; the rest of the side asked.
    """
    sides: Counter[str] = Counter()
    others: dict[str, Counter[str]] = {
        name: Counter() for name in ("verified", "price", "product", "region")
    }
    for of, verified, band, product, *region, n in rows:
        sides[SIDES[of]] += n
        if side is not None and of != side:
            continue
        if verified:
            others["verified"]["1"] += n
        for bit, name in enumerate(BAND_NAMES):
            if band >> bit & 1:
                others["price"][name] += n
        if product:
            others["product"][str(product)] += n
        if region and region[0]:
            others["region"][str(region[0])] += n
    return {"side": dict(sides), **{name: dict(count) for name, count in others.items()}}


def read(words: Any) -> Listings:
    """The listings of the database, cut by `words`, the index's cutter. Needs an app context."""
    from market.database import db
    from market.search.services import columns

    return listed(db.session.execute(columns()), words)


def listed(rows: Iterable[Any], words: Any) -> Listings:
    """Rows of `market.search.services.columns()`, cut by `words`. Needs an app context."""
    from market.matching.queries import home_now
    from market.regions.queries import region_lexicon
    from market.search.services import finished_deals

    numbers: list[tuple[int, ...]] = []
    offers, said, paths = [], [], {}
    for row in rows:
        offers.append(row)
        numbers.append(_numbers(row))
        said.append([*words.cut(row.title) * 2, *words.cut(f"{row.grade} {row.description}")])
        paths[int(row.product_code)] = row.product_path
    table = np.array(numbers, np.int64)
    columns = {name: table[:, place] for place, name in enumerate(NUMBERS)}
    order = np.lexsort((-columns["id"], -columns["published"]))
    return Listings(
        columns={name: column[order] for name, column in columns.items()},
        words=[said[place] for place in order.tolist()],
        paths=paths,
        names=_names(),
        offers=[offers[place] for place in order.tolist()],
        finished=finished_deals(),
        places=region_lexicon().places,
        now=home_now(),
    )


def _names() -> list[tuple[str, int, str]]:
    """All that the market's own list has, in which English names stand too."""
    from market.products.queries import product_lexicon

    known = product_lexicon().suggestions
    return list(known.rows())


def _numbers(row: Any) -> tuple[int, ...]:
    from market.products.units import UNITS, Dimension
    from market.search.schema import microseconds

    band = 0
    if row.price_per_base is not None and UNITS[row.price_unit].dimension is Dimension.MASS:
        jin = row.price_per_base / 2
        for bit, (low, high) in enumerate(BANDS):
            band |= (low <= jin and (high is None or jin <= high)) << bit
    steps = [int(step) for step in row.product_path.split("/")]
    places = [int(step.ljust(6, "0")) for step in row.region_path.split("/")]
    kind = steps[3] if len(steps) > 3 else 0
    prefecture, county = (*places, 0, 0)[1:3]
    return (
        *(row.id, SIDES.index(row.side), row.verification == "verified", band),
        microseconds(row.published_at),
        *(steps[0], steps[2], kind, steps[-1], places[0], prefecture, county),
    )
