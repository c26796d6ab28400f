"""The index on disk: the only file that touches Whoosh, and only through public calls
that its forks answer alike.

A folder holds one index, `current` names the folder in use. A rebuild writes a folder of
its own and swaps the name, so who reads goes on reading the old one. Whoosh never calls
fsync: an index that can't be read is thrown away and built again from the database.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import shutil
import threading
import time
import traceback
import warnings
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from market.products.units import UNITS
from market.search.schema import ROW, IndexDocument, layout_version, sums
from market.search.tokens import Vocabulary
from market.web.file_lock import file_lock

with warnings.catch_warnings():
    # Whoosh was written for older Pythons; its escapes and imports are its own affair.
    warnings.simplefilter("ignore")
    import whoosh.columns
    import whoosh.fields
    import whoosh.index
    import whoosh.reading
    from whoosh.codec.whoosh3 import W3Codec

POINTER = "current"
DAMAGED = "damaged"
LOCK = "lock"
WORDS = "words.json"
# Whoosh sorts the postings of a segment in memory, and on disk, at twice the time, once they
# are more than this. So many documents stay well below.
MEMORY_MB = 512
SEGMENT_DOCUMENTS = 20_000
# Seconds after which nobody opens an index any more that is no longer in use.
OPENED_WITHIN = 5.0
# How often a commit is begun to be read while others follow it.
ATTEMPTS = 10
# What building anew doesn't cure: no space, no rights, no more open files.
THE_MACHINE = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EMFILE", "ENFILE", "EIO")
)


class Broken(Exception):
    """The index can't be read or written; building it again is the remedy."""


def current(root: Path) -> Path | None:
    """The folder of the index in use; None when there is none, or of another version."""
    try:
        name = (root / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    if not name.startswith(f"v{VERSION}-") or "/" in name or not (root / name).is_dir():
        return None
    return root / name


def writing(root: Path, wait_seconds: float = 60.0) -> AbstractContextManager[None]:
    """Hold the one right to write the index, across processes.

    Raises:
        Locked: another process still held it after `wait_seconds`.
    """
    return file_lock(root / LOCK, wait_seconds)


def mark_damaged(folder: Path) -> None:
    """Leave word for the worker that this index can't be read; a web process may."""
    with contextlib.suppress(OSError):
        (folder.parent / DAMAGED).write_text(folder.name, encoding="utf-8")


def is_damaged(folder: Path) -> bool:
    """Whether somebody found that this index can't be read."""
    try:
        return (folder.parent / DAMAGED).read_text(encoding="utf-8") == folder.name
    except OSError:
        return False


def build(root: Path, words: Vocabulary, documents: Iterable[IndexDocument]) -> Path:
    """Write a whole index beside the one in use and swap. Call it inside `writing`."""
    folder = root / f"v{VERSION}-{time.time_ns():x}"
    before = current(root)
    try:
        folder.mkdir()
        words.save(folder / WORDS)
        created, left = _create(folder), iter(documents)
        with _uncollected():
            while _add_segment(created, islice(left, SEGMENT_DOCUMENTS)) == SEGMENT_DOCUMENTS:
                _collect()
        _sync(folder)
        pointer = root / f"{POINTER}.new"
        pointer.write_text(folder.name, encoding="utf-8")
        os.replace(pointer, root / POINTER)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (root / DAMAGED).unlink(missing_ok=True)
    # Somebody may just be opening the one before: it stays until the next time.
    for old in root.glob("v*-*"):
        if old.is_dir() and old not in (folder, before):
            shutil.rmtree(old, ignore_errors=True)
    return folder


def forget_others(root: Path) -> bool:
    """Delete every index but the one in use, once nobody can be opening another; whether that
    is done. Call it inside `writing`."""
    used = current(root)
    others = [folder for folder in root.glob("v*-*") if folder.is_dir() and folder != used]
    if not others:
        return True
    if used is not None and time.time() - (root / POINTER).stat().st_mtime < OPENED_WITHIN:
        return False
    for folder in others:
        shutil.rmtree(folder, ignore_errors=True)
    return not any(folder.exists() for folder in others)


def _add_segment(created: Any, documents: Iterable[IndexDocument]) -> int:
    """Write the documents as a segment of their own; how many they were."""
    writer = created.writer(codec=_codec(), limitmb=MEMORY_MB)
    added = 0
    for document in documents:
        writer.add_document(**_fields(document))
        added += 1
    writer.commit(merge=False)
    return added


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Leave garbage alone meanwhile: going through a million postings over and over, none
    of them garbage, takes a third of the time of building."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        _collect()


def _collect() -> None:
    """Free the garbage made since the last time, all of it young: going through what else the
    process holds took longer than building a small index."""
    gc.collect(1)


def write(folder: Path, documents: Iterable[IndexDocument], gone: Iterable[int]) -> None:
    """Put the documents in place of what the index has of the ids `gone`, in one commit.

    Call it inside `writing`. Every document's id must be among `gone`, and once.

    Raises:
        Broken: the index can't be read. OSError: the disk can't be written.
    """
    with _breaking():
        writer = whoosh.index.open_dir(str(folder)).writer(codec=_codec(), timeout=1)
        try:
            with writer.searcher() as searcher:
                for id in gone:
                    writer.delete_by_term("id", str(id), searcher=searcher)
            for document in documents:
                writer.add_document(**_fields(document))
            writer.commit()
        except BaseException:
            with contextlib.suppress(Exception):
                writer.cancel()
            raise


class Handle:
    """An index opened for reading. Raises Broken where it can't be."""

    def __init__(self, folder: Path) -> None:
        with _breaking():
            self._index = whoosh.index.open_dir(str(folder), schema=_schema())

    def generation(self) -> int:
        """The number of the last commit; costs microseconds."""
        with _breaking():
            return self._index.latest_generation()

    def segments(self, opened: Mapping[str, SegmentFile]) -> Commit:
        """The segments of the last commit, open: of those in `opened`, by name, the same
        files, as a segment never changes but for what is deleted of it."""
        with _breaking():
            for left in reversed(range(ATTEMPTS)):
                try:
                    return self._segments(opened)
                except FileNotFoundError:
                    # Another commit has just put it together with others.
                    if not left:
                        raise
                time.sleep(0.01)
            raise AssertionError

    def _segments(self, opened: Mapping[str, SegmentFile]) -> Commit:
        # `reader()` would open every segment anew with each commit: five times the work, which
        # new offers wait for. Its two halves are as public, and the forks have them.
        storage, schema = self._index.storage, self._index.schema
        toc = whoosh.index.TOC.read(storage, self._index.indexname, schema=schema)
        parts = []
        for segment in toc.segments:
            name = segment.segment_id()
            file = opened.get(name) or SegmentFile(
                name, whoosh.reading.SegmentReader(storage, schema, segment)
            )
            if file.size:
                parts.append((file, np.fromiter(segment.deleted_docs(), np.int64)))
        parts.sort(key=lambda part: (-part[0].size, part[0].name))
        return Commit(toc.generation, parts)


@dataclass(frozen=True)
class Commit:
    """What a commit left: each segment, and the numbers of its documents that are deleted.

    The largest come first, so that most begin like the one before: Whoosh itself puts the
    newest, which are small, now first and now last.
    """

    generation: int
    parts: list[tuple[SegmentFile, np.ndarray]]


class SegmentFile:
    """One segment, open until nobody has it any more."""

    def __init__(self, name: str, leaf: Any) -> None:
        self.name = name
        self._leaf = leaf
        self._lock = threading.Lock()
        weakref.finalize(self, _close, leaf)

    @property
    def size(self) -> int:
        """How many documents it has, deleted ones too."""
        return self._leaf.doc_count_all()

    def rows(self) -> np.ndarray:
        """The facts of all its documents, as ROW. Raises Broken."""
        with _breaking():
            packed = b"".join(self._leaf.column_reader("row", translate=False))
            rows = np.frombuffer(packed, ROW)
            if len(rows) != self.size or (rows["check"] != sums(rows)).any():
                raise Broken(f"the rows of {self.name} are damaged")
            return rows

    def postings(self, field: str, text: str) -> np.ndarray:
        """The numbers of the documents with a term, ascending; empty for none. Raises Broken."""
        with self._lock, _breaking():
            try:
                matcher = self._leaf.postings(field, text)
            except whoosh.reading.TermNotFound:
                return np.zeros(0, np.int32)
            return np.fromiter(matcher.all_ids(), np.int32)


def _close(leaf: Any) -> None:
    with contextlib.suppress(Exception):
        leaf.close()


class TermList(whoosh.fields.ID):
    """Terms that are given as a list, each once: nothing is left to analyse."""

    def index(self, value: list[str], **kwargs: Any) -> list[tuple[bytes, int, float, bytes]]:
        return [(term.encode(), 1, 1.0, b"") for term in value]


def _schema() -> whoosh.fields.Schema:
    return whoosh.fields.Schema(
        id=whoosh.fields.ID(unique=True),
        key=TermList(),
        title=TermList(),
        text=TermList(),
        row=whoosh.fields.COLUMN(whoosh.columns.FixedBytesColumn(ROW.itemsize)),
    )


VERSION = layout_version(
    ROW, UNITS.values(), ((name, type(field).__name__) for name, field in _schema().items())
)


def _fields(document: IndexDocument) -> dict[str, Any]:
    return {
        "id": str(document.id),
        "key": document.keys,
        "title": document.title,
        "text": document.text,
        "row": document.row,
    }


def _codec() -> whoosh.codec.base.Codec:
    codec = W3Codec(blocklimit=1024, compression=0)
    # The length of a text stands in its row; asking for it at every posting is most of
    # the time that writing takes.
    codec.length_stats = False
    return codec


def _create(folder: Path) -> whoosh.index.FileIndex:
    return whoosh.index.create_in(str(folder), _schema())


def _sync(folder: Path) -> None:
    """Have the files on disk before they are pointed at."""
    for path in [*folder.iterdir(), folder]:
        if path.is_file() or path.is_dir():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


@contextlib.contextmanager
def _breaking() -> Iterator[None]:
    """Name whatever a damaged file makes Whoosh raise; a full or failing disk stays OSError."""
    try:
        yield
    except Broken:
        raise
    except MemoryError:
        raise
    except OSError as error:
        if error.errno in THE_MACHINE:
            raise
        # Not found, or a seek to a place that a damaged file made up.
        _let_go(error)
        raise Broken(str(error)) from error
    except Exception as error:
        _let_go(error)
        raise Broken(f"{type(error).__name__}: {error}") from error


def _let_go(error: BaseException | None) -> None:
    """Free what the frames of an error hold: Whoosh leaves the file it stumbled over open."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__
