"""The members of a workbook's archive, unpacked no further than they are small enough."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping

from market.imports.reading.sheet import TooLargeSheet, UnreadableFile

# Of all members that are read together: 20,000 rows of thirty columns, and more.
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
_AT_ONCE = 1 << 20


def unpack(data: bytes, is_needed: Callable[[str], bool]) -> dict[str, bytes]:
    """The members whose names are needed. What the archive says of their sizes is not believed.

    Raises:
        UnreadableFile: they are too large together, or broken.
    """
    found: dict[str, bytes] = {}
    left = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not is_needed(info.filename) or info.is_dir():
                    continue
                with archive.open(info) as member:
                    parts: list[bytes] = []
                    while part := member.read(min(_AT_ONCE, left + 1)):
                        left -= len(part)
                        if left < 0:
                            raise TooLargeSheet()
                        parts.append(part)
                found[info.filename] = b"".join(parts)
    except (
        *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
        # zipfile says so of a compression it doesn't know, and RuntimeError of a password.
        *(ValueError, NotImplementedError, RuntimeError),
    ):
        raise UnreadableFile() from None
    return found


def pack(members: Mapping[str, bytes]) -> bytes:
    """An archive of just these members: whoever reads it meets nothing else."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
