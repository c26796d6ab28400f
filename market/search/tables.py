"""Products and regions by number, in the order of their paths, so that a branch is a range."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Steps:
    """Branches of a tree; those that nothing is in are left out.

    Attributes:
        ends: of each in turn two numbers; from the first up to, not with, the second are in it.
        size: above all of these.
    """

    codes: list[str]
    ends: np.ndarray
    size: int

    @classmethod
    def of(cls, branches: Iterable[tuple[str, tuple[int, int]]]) -> Steps:
        """Of codes with their branches."""
        there = [(code, ends) for code, ends in branches if ends[0] < ends[1]]
        ends = np.array([ends for _, ends in there], np.intp).ravel()
        return cls([code for code, _ in there], ends, int(ends.max(initial=0)) + 1)

    def sums(self, numbers: np.ndarray) -> np.ndarray:
        """How many of the numbers are in each of the branches, of which there must be some."""
        # What is between one branch and the next is summed up too, in every second place.
        return np.add.reduceat(np.bincount(numbers, minlength=self.size), self.ends)[::2]


class PathTable:
    """The paths of a tree in order; a thing's number is its place among them.

    Attributes:
        paths: codes from the top down, joined by `/`, ascending.
        codes: the last step of each path, as the database has it.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)
        self.codes = [self.code_of(path.rpartition("/")[2]) for path in self.paths]
        self._numbers = {code: number for number, code in enumerate(self.codes)}
        self._below: dict[str, Steps] = {}
        self._branches: dict[str, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self.paths)

    @staticmethod
    def code_of(step: str) -> str:
        """The code of a step of a path."""
        return step

    def __contains__(self, code: object) -> bool:
        return code in self._numbers

    def number(self, code: str) -> int:
        """Raises KeyError for a code that was not there when the index was built."""
        return self._numbers[code]

    def branch(self, path: str) -> tuple[int, int]:
        """The numbers from the first up to, not with, the second are `path` and all below."""
        known = self._branches.get(path)
        if known is None:
            # "0" follows "/" at once, and no step has a character before it.
            high = bisect_left(self.paths, path + "0") if path else len(self.paths)
            known = bisect_left(self.paths, path), high
            # Nothing that isn't there: what people make up is without end.
            if known[0] < high:
                self._branches[path] = known
        return known

    def below(self, path: str) -> Steps:
        """One step below `path`."""
        known = self._below.get(path)
        if known is None:
            low, high = self.branch(path)
            depth = path.count("/") + 1 if path else 0
            children = [n for n in range(low, high) if self.paths[n].count("/") == depth]
            branches = ((self.codes[n], self.branch(self.paths[n])) for n in children)
            known = self._below[path] = Steps.of(branches)
        return known


class Products(PathTable):
    """Categories and products.

    Attributes:
        names: by code, the words that name it in a title.
        families: by number, the path through varieties only (`Product.family_path`).
        storage: by number, the storage class; empty of a category.
        perishable: by number.
    """

    def __init__(
        self,
        paths: Sequence[str],
        names: Mapping[str, Sequence[str]],
        families: Sequence[str],
        storage: Sequence[str],
        perishable: Sequence[bool],
    ) -> None:
        super().__init__(paths)
        self.names = {code: list(words) for code, words in names.items()}
        self.families = list(families)
        self.storage = list(storage)
        self.perishable = list(perishable)
        if {len(self.families), len(self.storage), len(self.perishable)} != {len(self.paths)}:
            raise ValueError("not as many facts as products")

    def saved(self) -> dict[str, object]:
        return {
            "paths": self.paths,
            "names": self.names,
            "families": self.families,
            "storage": self.storage,
            "perishable": self.perishable,
        }


class Regions(PathTable):
    """Regions with their centroids in degrees, nan where unknown."""

    def __init__(
        self,
        paths: Sequence[str],
        latitude: Sequence[float | None],
        longitude: Sequence[float | None],
    ) -> None:
        super().__init__(paths)
        self.latitude = np.array(latitude, np.float64)
        self.longitude = np.array(longitude, np.float64)
        if not len(self.latitude) == len(self.longitude) == len(self.paths):
            raise ValueError("not as many centroids as regions")

    @staticmethod
    def code_of(step: str) -> str:
        return step.ljust(6, "0")

    def saved(self) -> dict[str, object]:
        def plain(column: np.ndarray) -> list[float | None]:
            return [None if np.isnan(value) else value for value in column.tolist()]

        return {
            "paths": self.paths,
            "latitude": plain(self.latitude),
            "longitude": plain(self.longitude),
        }
