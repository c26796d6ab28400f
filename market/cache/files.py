"""Files made on request: each once, found by what it says; any may be made again."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import current_app


class MakerBusy(Exception):
    """Another file is being made, and the wait was too long."""


class FileStore:
    """Files in a folder of the instance; those unused for longest make room, an eighth at a time.

    Making one takes a processor for a while: a process makes one at a time.

    Args:
        folder: its name in the instance.
        max_wait_seconds: how long one that is asked for waits for those before it.
    """

    def __init__(self, folder: str, max_files: int, max_wait_seconds: float) -> None:
        self.max_files = max_files
        self._name, self._wait = folder, max_wait_seconds
        self._making = threading.BoundedSemaphore(1)

    def get_or_make(
        self, digest: str, ending: str, allow: Callable[[], None], make: Callable[[], bytes]
    ) -> bytes:
        """The file's content.

        Args:
            digest: of all that it says, in hexadecimal digits: its name.
            allow: called before it is made anew; what it raises refuses that.

        Raises:
            MakerBusy: it would have to be made, and another was being made for too long.
        """
        path = self._folder() / digest[:2] / f"{digest}.{ending}"
        try:
            content = path.read_bytes()
            os.utime(path)
            return content
        except FileNotFoundError:
            pass
        allow()
        if not self._making.acquire(timeout=self._wait):
            raise MakerBusy
        try:
            content = make()
        finally:
            self._making.release()
        self._write(path, content)
        return content

    def clear(self) -> None:
        """Delete every file: one may name somebody who is erased."""
        for file in self._files():
            file.unlink(missing_ok=True)

    def _folder(self) -> Path:
        return Path(current_app.config["INSTANCE"]) / self._name

    def _files(self) -> Iterator[Path]:
        return (file for file in self._folder().rglob("*") if file.is_file())

    def _write(self, path: Path, content: bytes) -> None:
        """All of it or nothing; a disk that is full costs only that it is made again."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(name, path)
            self._make_room()
        except OSError:
            current_app.logger.warning("%s can't be kept", path, exc_info=True)

    def _make_room(self) -> None:
        files = list(self._files())
        if len(files) > self.max_files:
            files.sort(key=lambda file: file.stat().st_mtime)
            for file in files[: len(files) - self.max_files + self.max_files // 8]:
                file.unlink(missing_ok=True)
