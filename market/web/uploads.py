"""Files as they arrive: of each no more is stored than one may have, so that a form whose
pictures are too large still comes with everything typed."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Flask, Request

MAX_FILE_BYTES = 8 * 1024 * 1024
IN_MEMORY = 500 * 1024


class CappedFile(SpooledTemporaryFile[bytes]):
    """Keeps one byte more than MAX_FILE_BYTES, which tells that it was too large.

    Attributes:
        failed: the disk took no more; what came is not whole.
    """

    failed = False

    def write(self, data: Any) -> int:
        room = MAX_FILE_BYTES + 1 - self.tell()
        if room > 0 and not self.failed:
            try:
                super().write(data[:room])
            except OSError:
                self.failed = True
        return len(data)


class CappedRequest(Request):
    """A request whose files are capped."""

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> IO[bytes]:
        return CappedFile(max_size=IN_MEMORY, mode="rb+")


def init_app(app: Flask) -> None:
    app.request_class = CappedRequest
