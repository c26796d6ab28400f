"""Files to sheets: Excel workbooks, OpenDocument, CSV, and tables of web pages called .xls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from market.imports.reading.delimited import read_delimited
from market.imports.reading.file_kinds import FileKind, kind_of
from market.imports.reading.html_tables import read_html
from market.imports.reading.sheet import MAX_COLUMNS as MAX_COLUMNS
from market.imports.reading.sheet import MAX_FILE_BYTES as MAX_FILE_BYTES
from market.imports.reading.sheet import MAX_ROWS as MAX_ROWS
from market.imports.reading.sheet import CellValue as CellValue
from market.imports.reading.sheet import Sheet as Sheet
from market.imports.reading.sheet import UnreadableFile as UnreadableFile
from market.imports.reading.workbooks import read_workbook
from market.web.language import lazy_gettext as _l

MAX_NAME_LENGTH = 60
_END = re.compile(r"\.(?:xlsx|xlsm|xlsb|xls|et|ods|csv|tsv|txt|html?)$", re.IGNORECASE)


def read_sheets(data: bytes, filename: str) -> list[Sheet]:
    """The sheets of a file that have anything in them, in their order; hidden ones are told.

    What kind of file it is, its content says, not its name.

    Args:
        filename: what it is called, which names the sheet of a CSV.

    Raises:
        UnreadableFile: with a sentence that says what to do.
    """
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableFile(
            _l("The file is too large: at most %(most)s MB.", most=MAX_FILE_BYTES >> 20)
        )
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableFile(_l("The file is empty."))
    name = _END.sub("", PurePath(filename.replace("\\", "/")).name)[:MAX_NAME_LENGTH]
    kind = kind_of(data)
    if kind is FileKind.TEXT:
        sheets: Sequence[Sheet] = [read_delimited(data, name)]
    elif kind is FileKind.HTML:
        sheets = read_html(data, name)
    else:
        sheets = read_workbook(data, kind)
    found = [sheet for sheet in sheets if sheet.rows]
    if not found:
        raise UnreadableFile(_l("There is nothing in this file."))
    return found
