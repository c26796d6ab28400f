"""What a web process has of the index in memory: one immutable snapshot per generation.

Columns and postings are numpy arrays, decoded once for each segment; a commit brings one
small segment, the others are kept. The process looks for a newer generation at most
every PAUSE seconds. A question in flight finishes on the snapshot it began with.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from market.offers.models import Side
from market.search import index
from market.search.schema import SIDES
from market.search.words import Words

PAUSE = 0.05
FACTS = ("id", "side", "verified", "by_mass", "price", "published", "until", "length")
NEVER = np.iinfo(np.int64).max
# Sorts whatever isn't priced by mass after what is, and the negotiable after all.
_OTHER_UNIT = np.int64(1 << 60)
_NEGOTIABLE = np.int64(1 << 61)

Postings = index.Postings


class Paths:
    """Numbers for the paths that occur, growing, never changed; shared by all snapshots."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[bytes, int] = {}
        self._by_step: dict[str, int] = {}
        self._below: dict[str, tuple[list[str], np.ndarray]] = {}

    def numbers(self, paths: np.ndarray) -> np.ndarray:
        """A number for each path."""
        return np.array([self._number(path) for path in paths.tolist()], np.int32)

    def _number(self, path: bytes) -> int:
        number = self._numbers.get(path)
        if number is None:
            number = self._numbers[path] = len(self.texts)
            self.texts.append(path.decode())
            self._by_step[self.texts[-1].rpartition("/")[2]] = number
        return number

    def ending(self, step: str) -> int | None:
        """The number of the path whose last step this is, if it occurs."""
        return self._by_step.get(step)

    def below(self, above: str) -> tuple[list[str], np.ndarray]:
        """(steps next below the path `above`, for each path number its place among them or
        one past the end where it isn't below)."""
        known = self._below.get(above)
        if known is None or len(known[1]) != len(self.texts):
            start = f"{above}/" if above else ""
            steps: dict[str, int] = {}
            places = []
            for text in list(self.texts):
                inside = text.startswith(start)
                step = text[len(start) :].split("/", 1)[0] if inside else ""
                places.append(steps.setdefault(step, len(steps)) if inside else -1)
            array = np.array(places, np.intp)
            array[array < 0] = len(steps)
            known = self._below[above] = (list(steps), array)
        return known


class Segment:
    """The decoded arrays of one segment; all but the postings at once."""

    def __init__(self, file: index.SegmentFile, products: Paths, regions: Paths) -> None:
        rows = file.rows()
        self.size = len(rows)
        self.columns = {name: rows[name].copy() for name in FACTS}
        self.columns["product"] = products.numbers(rows["product"])
        self.columns["region"] = regions.numbers(rows["region"])
        self.columns["cheapness"] = _cheapness(self.columns)
        self.postings: dict[tuple[str, str], Postings] = {}


class View:
    """A snapshot: documents are numbered through all segments, in the order they stand."""

    def __init__(
        self,
        words: Words,
        parts: list[tuple[Segment, index.SegmentFile]],
        products: Paths,
        regions: Paths,
    ) -> None:
        self.words = words
        self.products = products
        self.regions = regions
        self.parts = parts
        self.size = sum(segment.size for segment, _ in parts)
        self._lock = threading.RLock()
        self._columns: dict[str, np.ndarray] = {}
        self._postings: dict[tuple[str, str], Postings] = {}
        self._kept = np.ones(self.size, bool)
        for base, (_, file) in zip(self._bases(), parts, strict=True):
            self._kept[base + file.deleted()] = False
        self._live = (0, np.zeros(0, bool), np.zeros(0, np.int64))

    @property
    def documents(self) -> int:
        """How many documents aren't deleted."""
        return int(self._kept.sum())

    def kept_ids(self) -> np.ndarray:
        """The offers that the index has, out of date or not."""
        return self.column("id")[self._kept]

    def column(self, name: str) -> np.ndarray:
        """A fact of every document."""
        column = self._columns.get(name)
        if column is None:
            arrays = [segment.columns[name] for segment, _ in self.parts]
            column = np.concatenate(arrays) if arrays else np.zeros(0, np.int64)
            self._columns[name] = column
        return column

    def average_length(self) -> float:
        """Words in a document."""
        return float(self.column("length").mean()) if self.size else 1.0

    def postings(self, field: str, text: str) -> Postings:
        """(document numbers ascending, weights) of a term, deleted ones maybe among them."""
        known = self._postings.get((field, text))
        if known is None:
            with self._lock:
                found = [self._decoded(part, field, text) for part in self.parts]
            bases = self._bases()
            numbers = [base + docs for base, (docs, _) in zip(bases, found, strict=True)]
            known = (
                np.concatenate(numbers) if numbers else np.zeros(0, np.int64),
                np.concatenate([w for _, w in found]) if found else np.zeros(0, np.float32),
            )
            self._postings[field, text] = known
        return known

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

    def close(self) -> None:
        for _, file in self.parts:
            file.close()

    def _bases(self) -> list[int]:
        sizes = [segment.size for segment, _ in self.parts]
        return [sum(sizes[:i]) for i in range(len(sizes))]

    @staticmethod
    def _decoded(part: tuple[Segment, index.SegmentFile], field: str, text: str) -> Postings:
        segment, file = part
        known = segment.postings.get((field, text))
        if known is None:
            known = segment.postings[field, text] = file.postings(field, text)
        return known


class Snapshots:
    """The newest view of the index at `root`, opened when it is asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder: Path | None = None
        self.generation = -1
        self._lock = threading.Lock()
        self._looked = -PAUSE
        self._handle: index.Handle | None = None
        self._view: View | None = None
        self._users: dict[View, int] = {}
        self._segments: dict[str, Segment] = {}
        self._products, self._regions = Paths(), Paths()

    @contextlib.contextmanager
    def newest(self) -> Iterator[View]:
        """The view to ask, kept open for as long as the block runs.

        Raises:
            index.Broken: there is no index, or it can't be read.
        """
        with self._lock:
            view = self._refreshed()
            self._users[view] += 1
        try:
            yield view
        finally:
            with self._lock:
                self._users[view] -= 1
                self._close_unused()

    def close(self) -> None:
        """Let go of everything that no question is using."""
        with self._lock:
            self._forget()

    def _refreshed(self) -> View:
        now = time.monotonic()
        if self._view is not None and now - self._looked < PAUSE:
            return self._view
        try:
            folder = index.current(self.root)
            if folder is None or index.is_damaged(folder):
                raise index.Broken("there is no index that can be read")
            if self._view is None or folder != self.folder or self._generation() != self.generation:
                self._open(folder)
        except (index.Broken, OSError):
            self._forget()
            raise
        self._looked = now
        assert self._view is not None
        return self._view

    def _generation(self) -> int:
        return self._handle.generation() if self._handle else -1

    def _open(self, folder: Path) -> None:
        if folder != self.folder or self._view is None:
            self._segments = {}
            words, handle = _loaded_words(folder), index.Handle(folder)
        else:
            assert self._handle is not None
            words, handle = self._view.words, self._handle
        # Should a commit come between the two, the next look opens it once more.
        generation = handle.generation()
        files = handle.segments()
        try:
            parts = [(self._segment(file), file) for file in files]
            view = View(words, parts, self._products, self._regions)
        except BaseException:
            for file in files:
                file.close()
            raise
        self._segments = {file.name: segment for segment, file in parts}
        self.folder, self.generation, self._handle = folder, generation, handle
        self._view = view
        self._users[view] = 0
        self._close_unused()

    def _segment(self, file: index.SegmentFile) -> Segment:
        known = self._segments.get(file.name)
        return known or Segment(file, self._products, self._regions)

    def _forget(self) -> None:
        self._view, self.folder, self.generation = None, None, -1
        self._close_unused()

    def _close_unused(self) -> None:
        idle = [v for v, users in self._users.items() if not users and v is not self._view]
        for view in idle:
            del self._users[view]
            view.close()


def _loaded_words(folder: Path) -> Words:
    try:
        return Words.load(folder / index.WORDS)
    except (OSError, ValueError, AttributeError) as error:
        raise index.Broken(f"{index.WORDS}: {error}") from error


def _cheapness(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Ascending: the cheapest sale or the best paying purchase, then other units, then none."""
    price = columns["price"]
    signed = np.where(columns["side"] == SIDES[Side.BUY], -price, price)
    other_unit = columns["by_mass"] != 1
    by_unit = np.where(other_unit, signed + _OTHER_UNIT, signed)
    return np.where(price < 0, _NEGOTIABLE + other_unit, by_unit)


def union(arrays: Iterable[np.ndarray]) -> np.ndarray:
    """The numbers that are in any of the arrays, ascending."""
    given = [array for array in arrays if len(array)]
    if len(given) <= 1:
        return given[0] if given else np.zeros(0, np.int64)
    return np.unique(np.concatenate(given))
