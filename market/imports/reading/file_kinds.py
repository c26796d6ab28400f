"""What kind of file some bytes are, and what to do with those that are no sheets."""

from __future__ import annotations

import enum
import io
import re
import zipfile

from market.imports.reading.sheet import UnreadableFile
from market.web.language import lazy_gettext as _l


class FileKind(enum.Enum):
    XLSX = enum.auto()
    XLSB = enum.auto()
    XLS = enum.auto()
    ODS = enum.auto()
    HTML = enum.auto()
    TEXT = enum.auto()


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
_PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
# An archive that may end before its directory begins.
_MARK, _MAX_MEMBERS = b"PK\x03\x04", 5000
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style)[\s>]", re.IGNORECASE)
_XML_WORKBOOK = b"urn:schemas-microsoft-com:office:spreadsheet"
_SAVE = _l("Open it in Excel or WPS, save it as an Excel workbook (.xlsx) and send that.")
_WORD = _l(
    "This is a text document. Copy its table into Excel or WPS, save it as an Excel workbook "
    "(.xlsx) and send that."
)
PASSWORD = _l(
    "The file is locked with a password. Open it, take the password off, save it and send it again."
)


def kind_of(data: bytes) -> FileKind:
    """The kind of file, by its content.

    Raises:
        UnreadableFile: it is no sheet; the sentence says what to do.
    """
    if data.startswith(b"PK"):
        return _kind_of_archive(data)
    if data.startswith(_COMPOUND):
        return _kind_of_compound(data)
    if data.startswith(b"%PDF"):
        raise UnreadableFile(
            _l(
                "This is a PDF: it shows a table, but holds no cells. Send the workbook it was "
                "made from, or type the table into Excel or WPS."
            )
        )
    if data.startswith(_PICTURES) or data[4:8] == b"ftyp":
        raise UnreadableFile(
            _l("This is a picture. Type the table into Excel or WPS and send the workbook.")
        )
    if data.startswith(_PACKED):
        raise UnreadableFile(_l("This is a packed folder: unpack it and send the workbook in it."))
    if data.startswith(b"{\\rtf"):
        raise UnreadableFile(_WORD)
    begin = data[:4096].replace(b"\0", b"")
    if _XML_WORKBOOK in begin or begin.startswith(b"MIME-Version"):
        raise UnreadableFile(_SAVE)
    if begin.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and _HTML.search(begin):
        return FileKind.HTML
    return FileKind.TEXT


def _kind_of_archive(data: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = {info.filename: info for info in archive.infolist()}
    # zipfile raises the last for a version of the format that it does not know.
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        raise UnreadableFile(
            _l("The file is broken, perhaps it was cut off on its way. Send it again.")
        ) from None
    if len(infos) > _MAX_MEMBERS:
        raise UnreadableFile()
    if any(info.flag_bits & 1 for info in infos.values()):
        raise UnreadableFile(PASSWORD)
    lower = {name.lower() for name in infos}
    if "xl/workbook.xml" in lower:
        return FileKind.XLSX
    if "xl/workbook.bin" in lower:
        return FileKind.XLSB
    if "word/document.xml" in lower:
        raise UnreadableFile(_WORD)
    if any(name.startswith("index/") or name == "index.zip" for name in lower):
        raise UnreadableFile(
            _l("This is a file of Numbers. Export it there as Excel (.xlsx) and send that.")
        )
    if "content.xml" in lower:
        return FileKind.ODS
    if any(name.startswith("ppt/") for name in lower):
        raise UnreadableFile(_WORD)
    if any(name.endswith((".xlsx", ".xls", ".csv", ".ods")) for name in lower):
        raise UnreadableFile(_l("This is a packed folder: unpack it and send the workbook in it."))
    raise UnreadableFile()


def _named(word: str) -> bytes:
    """The name of a stream as the directory of a compound file writes it."""
    return word.encode("utf-16-le") + b"\0\0"


def _kind_of_compound(data: bytes) -> FileKind:
    if _named("EncryptedPackage") in data:
        raise UnreadableFile(PASSWORD)
    if _named("Workbook") in data or _named("Book") in data:
        return FileKind.XLS
    raise UnreadableFile(_WORD if _named("WordDocument") in data else None)
