"""One immutable snapshot of the index: columns and postings as numpy arrays.

They are decoded once for each segment; a commit brings one small segment, the others are
kept (`market.search.snapshots`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

import numpy as np

from market.offers.filters import PRICE_BANDS
from market.offers.models import Side
from market.products.units import UNITS
from market.search import index
from market.search.schema import FACTS, MASS, SIDES, TITLE_WEIGHT, scaled
from market.search.tables import Products, Regions
from market.search.words import Words

NEVER = np.iinfo(np.int64).max
# Sorts whatever isn't priced by mass after what is, and the negotiable after all.
_OTHER_UNIT = np.int64(1 << 60)
_NEGOTIABLE = np.int64(1 << 61)
_NOTHING = np.zeros(0, np.int32)
# Counts of everything by what was asked: a few sides and price limits come again and again.
MOST_KEPT = 64
# The borders of the price bands as the index has prices, 0.0001 yuan per kilogram.
EDGES = np.array([int(scaled(low / UNITS["jin"].factor)) for low, _ in PRICE_BANDS], np.int64)

Kept = TypeVar("Kept")


class Segment:
    """The decoded arrays of one segment; postings when they are first asked for."""

    def __init__(self, file: index.SegmentFile) -> None:
        rows = file.rows()
        self.size = len(rows)
        self.columns = {name: rows[name].copy() for name in FACTS}
        self.columns["cheapness"] = _cheapness(self.columns)
        self.columns["band"] = _band_steps(self.columns["price"], self.columns["price_measure"])
        self.postings: dict[tuple[str, str], np.ndarray] = {}
        self.newest = np.lexsort((-self.columns["id"], -self.columns["published"]))


class View:
    """A snapshot: documents are numbered through all segments, in the order they stand.

    What it works out is kept for as long as it lives, which is until the next commit.
    """

    def __init__(self, words: Words, parts: list[tuple[Segment, index.SegmentFile]]) -> None:
        self.words = words
        self.parts = parts
        self.size = sum(segment.size for segment, _ in parts)
        self._lock = threading.RLock()
        self._columns: dict[str, np.ndarray] = {}
        self._postings: dict[tuple[str, str], np.ndarray] = {}
        self._kept = np.ones(self.size, bool)
        for base, (_, file) in zip(self._bases(), parts, strict=True):
            self._kept[base + file.deleted()] = False
        self._live: tuple[int, np.ndarray, np.ndarray] = (0, np.zeros(0, bool), _NOTHING)
        self._worked_out: tuple[np.ndarray, dict[Hashable, Any]] = (self._live[1], {})

    @property
    def products(self) -> Products:
        return self.words.products

    @property
    def regions(self) -> Regions:
        return self.words.regions

    @property
    def documents(self) -> int:
        """How many documents aren't deleted."""
        return int(self._kept.sum())

    def kept_ids(self) -> np.ndarray:
        """The offers that the index has, out of date or not."""
        return self.column("id")[self._kept]

    def column(self, name: str) -> np.ndarray:
        """A fact of every document: one of ROW, `cheapness`, or `band` (see EDGES)."""
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = _joined([s.columns[name] for s, _ in self.parts])
        return column

    def average_length(self) -> float:
        """Words in a document."""
        return max(1.0, float(self.column("length").mean())) if self.size else 1.0

    def postings(self, field: str, text: str) -> np.ndarray:
        """The documents with a term, ascending; deleted ones maybe among them."""
        known = self._postings.get((field, text))
        if known is None:
            with self._lock:
                found = [self._decoded(part, field, text) for part in self.parts]
            bases = self._bases()
            known = _joined([docs + base for base, docs in zip(bases, found, strict=True)])
            self._postings[field, text] = known
        return known

    def said(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        """(documents that say the word, ascending; how often, as weighed by where)."""
        title, text = self.postings("title", word), self.postings("text", word)
        documents = union((title, text))
        often = np.isin(documents, text, assume_unique=True).astype(np.float32)
        often[np.searchsorted(documents, title)] += TITLE_WEIGHT
        return documents, often

    def live(self, now: int) -> tuple[np.ndarray, np.ndarray]:
        """(mask, numbers) of what is neither deleted nor past its time at `now`."""
        changes_at, mask, numbers = self._live
        # `now` may also lie before the mask's instant by a hair, in another thread.
        if now >= changes_at:
            until = self.column("until")
            mask = self._kept & (until > now)
            numbers = np.flatnonzero(mask)
            changes_at = int(until[numbers].min()) if len(numbers) else NEVER
            self._live = (changes_at, mask, numbers)
        return mask, numbers

    def kept(self, now: int, name: Hashable, make: Callable[[], Kept]) -> Kept:
        """What `make` makes of all that is live, made once for as long as that stays so."""
        mask, _ = self.live(now)
        if self._worked_out[0] is not mask:
            self._worked_out = mask, {}
        made = self._worked_out[1]
        if name not in made:
            if len(made) >= MOST_KEPT:
                made.clear()
            made[name] = make()
        known: Kept = made[name]
        return known

    def newest(self, now: int) -> np.ndarray:
        """The live documents, the latest published first and among equals the highest id."""
        mask, _ = self.live(now)
        return self.kept(now, "newest", lambda: self._by_age()[mask[self._by_age()]])

    def close(self) -> None:
        for _, file in self.parts:
            file.close()

    def _by_age(self) -> np.ndarray:
        """All documents, newest first: the order of the largest segment with the documents
        of the others put in their places, which costs less than sorting anew."""
        known = self._columns.get("by_age")
        if known is None:
            bases, published = self._bases(), self.column("published")
            orders = [base + s.newest for base, (s, _) in zip(bases, self.parts, strict=True)]
            orders.sort(key=len, reverse=True)
            known = orders[0] if orders else _NOTHING
            if len(orders) > 1:
                few = np.concatenate(orders[1:])
                few = few[np.lexsort((-self.column("id")[few], -published[few]))]
                ages, of_few = -published[known], -published[few]
                places = np.searchsorted(ages, of_few)
                if (places == np.searchsorted(ages, of_few, "right")).all():
                    known = np.insert(known, places, few)
                else:  # published at the same instant as others: the ids decide
                    known = np.lexsort((-self.column("id"), -published))
            self._columns["by_age"] = known
        return known

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


def union(arrays: Iterable[np.ndarray]) -> np.ndarray:
    """The numbers that are in any of the arrays, ascending."""
    given = [array for array in arrays if len(array)]
    if len(given) <= 1:
        return given[0] if given else _NOTHING
    return np.unique(np.concatenate(given))


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else _NOTHING


def _cheapness(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Ascending: the cheapest sale or the best paying purchase, then other units, then none."""
    price = columns["price"]
    signed = np.where(columns["side"] == SIDES[Side.BUY], -price, price)
    other_unit = columns["price_measure"] != MASS
    by_unit = np.where(other_unit, signed + _OTHER_UNIT, signed)
    return np.where(price < 0, _NEGOTIABLE + other_unit, by_unit)


def _band_steps(price: np.ndarray, measure: np.ndarray) -> np.ndarray:
    """For each price where it lies: 2k+1 on the border k, 2k+2 above it and below the next;
    0 for what isn't priced by mass."""
    steps = EDGES.searchsorted(price, "left") + EDGES.searchsorted(price, "right")
    return np.where((price >= 0) & (measure == MASS), steps, 0).astype(np.uint8)
