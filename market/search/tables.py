"""Products and regions by number, in the order of their paths, so that a branch is a range."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np


class Table:
    """The paths of a tree in order; a thing's number is its place among them.

    Attributes:
        paths: codes from the top down, joined by `/`, ascending.
        codes: the last step of each path, as the database has it.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)
        self.codes = [self.code_of(path.rpartition("/")[2]) for path in self.paths]
        self._numbers = {code: number for number, code in enumerate(self.codes)}
        self._below: dict[str, tuple[list[str], np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self.paths)

    @staticmethod
    def code_of(step: str) -> str:
        """The code of a step of a path."""
        return step

    def number(self, code: str) -> int:
        """Raises KeyError for a code that was not there when the index was built."""
        return self._numbers[code]

    def branch(self, path: str) -> tuple[int, int]:
        """The numbers from the first up to, not with, the second are `path` and all below."""
        if not path:
            return 0, len(self.paths)
        # "0" follows "/" at once, and no step has a character before it.
        return bisect_left(self.paths, path), bisect_left(self.paths, path + "0")

    def below(self, path: str) -> tuple[list[str], np.ndarray]:
        """(codes one step below `path`, the ends of their ranges, flat: low, high, low, ...)."""
        known = self._below.get(path)
        if known is None:
            low, high = self.branch(path)
            depth = path.count("/") + 1 if path else 0
            children = [n for n in range(low, high) if self.paths[n].count("/") == depth]
            ranges = [end for n in children for end in self.branch(self.paths[n])]
            known = [self.codes[n] for n in children], np.array(ranges, np.intp)
            self._below[path] = known
        return known


class Products(Table):
    """Categories and products.

    Attributes:
        names: by code, the words that name it in a title.
    """

    def __init__(self, paths: Sequence[str], names: Mapping[str, Sequence[str]]) -> None:
        super().__init__(paths)
        self.names = {code: list(words) for code, words in names.items()}

    def saved(self) -> dict[str, object]:
        return {"paths": self.paths, "names": self.names}


class Regions(Table):
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
