"""One immutable snapshot of the index: columns and postings as numpy arrays.

They are decoded once for each segment; a commit brings one small segment, the others stay
(`market.search.snapshots`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.lib.recfunctions import repack_fields

from market.offers.models import Side
from market.offers.search.filters import PRICE_BANDS
from market.products.units import UNITS
from market.regions.models import is_township
from market.search import index
from market.search.schema import (
    MASS,
    MATCHED,
    ROW,
    SEARCHED,
    SIDES,
    TITLE_WEIGHT,
    product_key,
    region_key,
    scaled,
)
from market.search.tables import PathTable, Products, Regions
from market.search.tokens import Vocabulary

NEVER = np.iinfo(np.int64).max
# Sorts purchases after sales, what isn't priced by mass after what is, and the negotiable
# after all. No price comes near the smallest of them.
_WANTED = np.int64(1 << 59)
_OTHER_UNIT = np.int64(1 << 60)
_NEGOTIABLE = np.int64(1 << 61)
_NOTHING = np.zeros(0, np.int32)
# Counts of everything by what was asked: a few sides and price limits come again and again.
MAX_LIVE_VALUES = 64
# Documents of a segment that stays as it is for many commits; see `Commit`.
LARGE_SEGMENT = 1000
# The borders of the price bands as the index has prices, 0.0001 yuan per kilogram.
EDGES = np.array([int(scaled(low / UNITS["jin"].factor)) for low, _ in PRICE_BANDS], np.int64)
# For a price where it lies: 2k+1 on the border k, 2k+2 above it and below the next; 0 for what
# isn't priced by mass.
STEPS = 2 * len(EDGES) + 1
# What is counted together: offers of one side, verified or not, of one step of the price.
CELLS = (len(SIDES), 2, STEPS)

_numbers = itertools.count()

Value = TypeVar("Value")


class Segment:
    """The decoded arrays of one segment; postings when they are first asked for."""

    def __init__(self, file: index.SegmentFile) -> None:
        rows = file.rows()
        self.size = len(rows)
        self.columns = {name: rows[name].copy() for name in SEARCHED}
        matched = repack_fields(rows[list(MATCHED)], align=True)
        self.facts = matched.dtype
        # Whole rows of words are gathered many times as quickly as records with fields.
        self.columns["facts"] = matched.view(np.int64).reshape(self.size, -1)
        self.columns["cheapness"] = _cheapness(self.columns)
        self.columns["cell"] = _cells(self.columns)
        self.postings: dict[tuple[str, str], np.ndarray] = {}


class View:
    """A snapshot: documents are numbered through all segments, in the order they stand; of
    each segment some are `deleted`.

    What it works out is reused for as long as it lives, which is until the next commit; only
    `orders` (the documents of the large segments by age, by their names) passes to the next.
    """

    def __init__(
        self,
        words: Vocabulary,
        parts: list[tuple[Segment, index.SegmentFile]],
        deleted: list[np.ndarray],
        orders: dict[tuple[str, ...], np.ndarray],
    ) -> None:
        self.number = next(_numbers)
        self.words = words
        self._orders = orders
        self.parts = parts
        self.size = sum(segment.size for segment, _ in parts)
        self._columns: dict[str, np.ndarray] = {}
        self._postings: dict[tuple[str, str], np.ndarray] = {}
        self._made: dict[Hashable, Any] = {}
        self._term_counts: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._is_present = np.ones(self.size, bool)
        for base, numbers in zip(self._bases(), deleted, strict=True):
            self._is_present[base + numbers] = False
        self._live: tuple[int, np.ndarray, np.ndarray] = (0, np.zeros(0, bool), _NOTHING)
        self._live_values: tuple[np.ndarray, dict[Hashable, Any]] = (self._live[1], {})

    @property
    def products(self) -> Products:
        return self.words.products

    @property
    def regions(self) -> Regions:
        return self.words.regions

    @property
    def documents(self) -> int:
        """How many documents aren't deleted."""
        return int(self._is_present.sum())

    def present_ids(self) -> np.ndarray:
        """The offers that the index has, out of date or not."""
        return self.column("id")[self._is_present]

    def column(self, name: str) -> np.ndarray:
        """Of every document: one of SEARCHED; `cheapness`; `cell`, its number among CELLS; `age`,
        its place when the latest published come first, and among equals the highest id; or
        `longness`, its number of words as a share of the usual number."""
        column = self._columns.get(name)
        if column is None:
            if name == "longness":
                length = self.column("length").astype(np.float32)
                column = length / max(1.0, length.mean()) if self.size else length
            elif name == "age":
                column = np.empty(self.size, np.int32)
                column[self._by_age()] = np.arange(self.size, dtype=np.int32)
            else:
                column = _joined([s.columns[name] for s, _ in self.parts])
            self._columns[name] = column
        return column

    def facts(self, documents: np.ndarray) -> np.ndarray:
        """What matching reads of these documents: records with the fields MATCHED."""
        if not self.parts:
            return np.zeros(0, ROW)
        packed = self.column("facts").take(documents, axis=0)
        return packed.view(self.parts[0][0].facts).reshape(len(documents))

    def postings(self, field: str, text: str) -> np.ndarray:
        """The documents with a term, ascending; deleted ones maybe among them."""
        known = self._postings.get((field, text))
        if known is None:
            found = [self._decoded(part, field, text) for part in self.parts]
            bases = self._bases()
            known = _joined([docs + base for base, docs in zip(bases, found, strict=True)])
            self._postings[field, text] = known
        return known

    def term_counts(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        """(documents that say the word, ascending; how often, as weighed by where)."""
        known = self._term_counts.get(word)
        if known is None:
            often = np.zeros(self.size, np.uint8)
            often[self.postings("text", word)] = 1
            often[self.postings("title", word)] += TITLE_WEIGHT
            documents = np.flatnonzero(often)
            known = self._term_counts[word] = documents, often[documents]
        return known

    def branch(self, kind: str, path: str) -> np.ndarray:
        """The documents of a `product` or in a `region`, and below."""
        table = self.table(kind)
        if "/" not in path:
            low, high = table.branch(path)
            number = self.column(kind)
            return np.flatnonzero((number >= low) & (number < high))
        key = product_key if kind == "product" else region_key
        code = table.code_of(path.rpartition("/")[2])
        return np.concatenate([self.postings("key", key(side, code)) for side in Side])

    def inside(self, documents: np.ndarray, path: str) -> np.ndarray:
        """Which of the documents are in the region or township at this path, or below it."""
        if is_township(path):
            return np.isin(documents, self.branch("region", path))
        numbers, (low, high) = self.column("region")[documents], self.regions.branch(path)
        return (numbers >= low) & (numbers < high)

    def table(self, kind: str) -> PathTable:
        """Of a `product` or a `region`."""
        return self.products if kind == "product" else self.regions

    def live(self, now: int) -> tuple[np.ndarray, np.ndarray]:
        """(mask, numbers) of what is neither deleted nor past its time at `now`."""
        changes_at, mask, numbers = self._live
        # `now` may also lie before the mask's instant by a hair, in another thread.
        if now >= changes_at:
            until = self.column("until")
            mask = self._is_present & (until > now)
            numbers = np.flatnonzero(mask)
            changes_at = int(until[numbers].min()) if len(numbers) else NEVER
            self._live = (changes_at, mask, numbers)
        return mask, numbers

    def version(self, now: int) -> Hashable:
        """Stays the same for as long as the view's answers do."""
        self.live(now)
        return self.number, self._live[0]

    def once(self, name: Hashable, make: Callable[[], Value]) -> Value:
        """What `make` makes of this snapshot, made once."""
        return _made_once(self._made, name, make)

    def of_live(self, now: int, name: Hashable, make: Callable[[], Value]) -> Value:
        """What `make` makes of all that is live, made once for as long as that stays so."""
        mask, _ = self.live(now)
        of_mask, made = self._live_values
        if of_mask is not mask or len(made) >= MAX_LIVE_VALUES:
            made = {}
            self._live_values = mask, made
        return _made_once(made, name, make)

    def newest(self, now: int, side: Side | None = None) -> np.ndarray:
        """The live documents, of one side if given, in the order of their age."""
        if side is not None:
            newest, sides = self.newest(now), self.column("side")
            return self.of_live(now, side, lambda: newest[sides[newest] == SIDES[side]])
        mask, _ = self.live(now)
        return self.of_live(now, "newest", lambda: self._by_age()[mask[self._by_age()]])

    def _by_age(self) -> np.ndarray:
        """All documents, newest first: those of small segments, which commits bring and put
        together, are put into the order of the large, a tenth of the work of sorting anew."""
        known = self._columns.get("by_age")
        if known is None:
            large = [(segment.size, file.name) for segment, file in self.parts]
            large = [(size, name) for size, name in large if size >= LARGE_SEGMENT]
            names, end = tuple(name for _, name in large), sum(size for size, _ in large)
            order = self._orders.get(names)
            if order is None:
                order = self._with(_NOTHING, np.arange(end))
                self._orders.clear()
                self._orders[names] = order
            known = self._columns["by_age"] = self._with(order, np.arange(end, self.size))
        return known

    def _with(self, order: np.ndarray, more: np.ndarray) -> np.ndarray:
        """Documents in order of age, with more of them put in their places."""
        published, ids = self.column("published"), self.column("id")
        more = more[np.lexsort((-ids[more], -published[more]))]
        ages, of_more = -published[order], -published[more]
        places = ages.searchsorted(of_more)
        again = of_more[places != ages.searchsorted(of_more, "right")]
        order = np.insert(order, places, more)
        if len(again):
            # Published at the same instant as others: among those the ids decide.
            ages = -published[order]
            steps = np.zeros(len(order) + 1, np.int32)
            np.add.at(steps, ages.searchsorted(again), 1)
            np.add.at(steps, ages.searchsorted(again, "right"), -1)
            equal = steps[:-1].cumsum() > 0
            among = order[equal]
            order[equal] = among[np.lexsort((-ids[among], -published[among]))]
        return order

    def _bases(self) -> list[int]:
        sizes = [segment.size for segment, _ in self.parts]
        return [sum(sizes[:i]) for i in range(len(sizes))]

    @staticmethod
    def _decoded(part: tuple[Segment, index.SegmentFile], field: str, text: str) -> np.ndarray:
        segment, file = part
        known = segment.postings.get((field, text))
        if known is None:
            known = segment.postings[field, text] = file.postings(field, text)
        return known


def _made_once(made: dict[Hashable, Any], name: Hashable, make: Callable[[], Value]) -> Value:
    if name not in made:
        made[name] = make()
    known: Value = made[name]
    return known


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else _NOTHING


def _cheapness(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Ascending: the cheapest sale, then the best paying purchase; other units; no price."""
    price = columns["price"]
    signed = np.where(columns["side"] == SIDES[Side.BUY], _WANTED - price, price)
    other_unit = columns["price_measure"] != MASS
    by_unit = np.where(other_unit, signed + _OTHER_UNIT, signed)
    return np.where(price < 0, _NEGOTIABLE + other_unit, by_unit)


def _cells(columns: dict[str, np.ndarray]) -> np.ndarray:
    price = columns["price"]
    steps = EDGES.searchsorted(price, "left") + EDGES.searchsorted(price, "right")
    steps[(price < 0) | (columns["price_measure"] != MASS)] = 0
    numbers = np.ravel_multi_index((columns["side"], columns["verified"], steps), CELLS)
    return numbers.astype(np.uint8)
