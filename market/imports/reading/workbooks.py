"""Excel and OpenDocument workbooks, read by python-calamine."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from market.imports.reading.archives import pack, unpack
from market.imports.reading.file_kinds import PASSWORD, FileKind
from market.imports.reading.merging import make_sheet
from market.imports.reading.ods import scan_ods
from market.imports.reading.scan import Scan
from market.imports.reading.sheet import CellValue, Merged, Sheet, TooLargeSheet, UnreadableFile
from market.imports.reading.xls import scan_xls
from market.imports.reading.xlsb import scan_xlsb
from market.imports.reading.xlsx import scan_xlsx

# Of what is no table: pictures, charts, the look.
_NEEDED = ("xl/", "_rels/", "[Content_Types].xml")
_NOT_NEEDED = ("media", "drawings", "charts", "theme", "printerSettings", "embeddings")
_NEEDED_OF_ODS = ("mimetype", "content.xml", "META-INF/manifest.xml")
_SCANS = {FileKind.XLSX: scan_xlsx, FileKind.XLSB: scan_xlsb, FileKind.ODS: scan_ods}
_Read = TypeVar("_Read")


def read_workbook(data: bytes, kind: FileKind) -> list[Sheet]:
    """The sheets of a workbook; of hidden ones those that are not too large.

    Raises:
        UnreadableFile: it is broken, locked, or too large.
    """
    if kind is FileKind.XLS:
        return _guarded(lambda: list(_sheets(data, scan_xls(data))))
    members = unpack(data, _NEEDED_OF_ODS.__contains__ if kind is FileKind.ODS else _is_needed)
    scans = _SCANS[kind](members)
    if kind is FileKind.ODS and any(scan.is_too_large for scan in scans.values()):
        # Of these calamine reads every sheet at once.
        raise TooLargeSheet()
    return _guarded(lambda: list(_sheets(pack(members), scans)))


def _is_needed(name: str) -> bool:
    return name.startswith(_NEEDED) and not name.startswith(
        tuple(f"xl/{folder}/" for folder in _NOT_NEEDED)
    )


def _guarded(read: Callable[[], _Read]) -> _Read:
    """What `read` reads; whatever calamine raises of a broken file is a sentence."""
    try:
        return read()
    except UnreadableFile:
        raise
    except PasswordError:
        raise UnreadableFile(PASSWORD) from None
    except (CalamineError, OSError, ValueError, OverflowError, KeyError, IndexError):
        raise UnreadableFile() from None
    except BaseException as error:
        # What goes wrong in Rust beyond its own errors is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile() from None


def _sheets(data: bytes, scans: dict[str, Scan] | list[Scan]) -> Iterator[Sheet]:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            if isinstance(scans, dict):
                scan = scans.get(about.name)
            else:
                scan = scans[number] if number < len(scans) else None
            is_hidden = about.visible != SheetVisibleEnum.Visible
            if scan is None or scan.last_row < 0:
                continue
            if scan.is_too_large:
                if is_hidden:
                    continue
                raise TooLargeSheet()
            sheet = workbook.get_sheet_by_index(number)
            yield _read(about.name, sheet, scan, is_hidden)


def _read(name: str, sheet: CalamineSheet, scan: Scan, is_hidden: bool) -> Sheet:
    cells: list[list[CellValue]] = [
        list(map(_value, row)) for row in sheet.to_python(skip_empty_area=False)
    ]
    for (row, column), text in scan.shown.items():
        while len(cells) <= row:
            cells.append([])
        cells[row].extend([None] * (column + 1 - len(cells[row])))
        cells[row][column] = text
    known = sheet.merged_cell_ranges or []
    ranges = scan.ranges or [Merged(*first, *last) for first, last in known]
    return make_sheet(name, cells, ranges, is_hidden, scan.struck)


def _value(cell: Any) -> CellValue:
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        return str(cell)
    assert cell is None or isinstance(cell, bool | int | float | date)
    return cell
