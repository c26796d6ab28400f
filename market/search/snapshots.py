"""The newest view of the index in a process, one for each generation.

The process looks for a newer generation at most every PAUSE seconds. A question in flight
finishes on the view it began with.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np

from market.search import index
from market.search.tokens import Vocabulary
from market.search.view import Segment, View

PAUSE = 0.05


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
        self._words: tuple[Path, Vocabulary] | None = None
        self._orders: dict[tuple[str, ...], np.ndarray] = {}

    def newest(self) -> View:
        """The view to ask, open for as long as somebody has it.

        Raises:
            index.Broken: there is no index, or it can't be read.
        """
        with self._lock:
            return self._refreshed()

    def words(self, folder: Path) -> Vocabulary:
        """The words of the index in `folder`, read once for it. Raises index.Broken."""
        if self._words is None or self._words[0] != folder:
            self._words = folder, _loaded_words(folder)
        return self._words[1]

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
        known: dict[index.SegmentFile, Segment] = {}
        if folder != self.folder or self._view is None:
            self._orders = {}
            handle = index.Handle(folder)
        else:
            assert self._handle is not None
            handle = self._handle
            known = {file: segment for segment, file in self._view.parts}
        commit = handle.segments({file.name: file for file in known})
        parts = [(known.get(file) or Segment(file), file) for file, _ in commit.parts]
        view = View(
            self.words(folder), parts, [deleted for _, deleted in commit.parts], self._orders
        )
        self.folder, self.generation, self._handle = folder, commit.generation, handle
        self._view = view

    def _forget(self) -> None:
        self._view, self._words, self.folder, self.generation = None, None, None, -1


def _loaded_words(folder: Path) -> Vocabulary:
    try:
        return Vocabulary.load(folder / index.WORDS)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise index.Broken(f"{index.WORDS}: {error}") from error
