"""Sheets that are downloaded: a template of each kind, and the rows of a file that failed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy import select

from market.database import db
from market.imports.checking import chosen_sheet
from market.imports.models import Import, ImportRow, RowState
from market.imports.reading.heads import FIELDS, REQUIRED, ImportKind
from market.imports.reading.sheets import CellValue, Sheet
from market.text.cells import WrittenNumber, csv_bytes, disarmed
from market.web.language import lazy_gettext as _l
from market.web.language import select as page_language

FAILED = (RowState.WRONG, RowState.QUESTION)
# Phone numbers, and other numbers with a sign, are no formulas.
PHONE = re.compile(r"[+-]?[\d][\d\s.-]*")
MAX_WIDTH = 40
CSV_ENDINGS = (".csv", ".tsv", ".txt")

# One row of each kind, by field; what is empty is left to the person.
EXAMPLES: dict[ImportKind, dict[str, Any]] = {
    ImportKind.OFFERS: {
        "side": _l("Sale"),
        "name": _l("Zhang San"),
        "phone": "13800000000",
        "region": "",
        "village": "",
        "product": _l("navel oranges"),
        "grade": _l("grade one"),
        "quantity": 3,
        "unit": _l("tonne"),
        "price": 2.6,
        "price_unit": _l("jin"),
        "description": _l("picked fresh, can be loaded at the road"),
    },
    ImportKind.FARMERS: {
        "name": _l("Zhang San"),
        "phone": "13800000000",
        "trader_type": _l("Farmer"),
        "consent": _l("On paper, signed"),
        "witness": _l("The paper is with the village accountant"),
    },
    ImportKind.DEALS: {
        "seller": _l("Zhang San"),
        "seller_phone": "13800000000",
        "buyer": _l("Li Si, fruit wholesale"),
        "buyer_phone": "13900000000",
        "product": _l("navel oranges"),
        "quantity": 3,
        "unit": _l("tonne"),
        "price": 2.6,
        "price_unit": _l("jin"),
    },
}
NOTES: dict[str, Any] = {
    "side": _l("For sale or wanted. Empty: as you choose when you bring the file."),
    "name": _l(
        "Of the farmer or household. With a phone, or else a village, they are found again."
    ),
    "phone": _l("A mobile or landline number. Without it callers reach the station."),
    "region": _l("Only where it is not your station's county."),
    "product": _l("As people call it."),
    "quantity": _l("A number, with its unit here or in the column beside: 3 tonnes, 8万斤."),
    "lot": _l("How much one must take at least. Empty: any amount."),
    "price": _l("Yuan, for the unit of the price; a range such as 2.4-2.8; empty: on request."),
    "from_day": _l("A day, such as 2026-12-01, or part of a month."),
    "trader_type": _l("Farmer, cooperative, broker, company or buyer. Empty: farmer."),
    "agreed": _l("Yes or no; who says no is not taken. Where some say yes, so must all."),
    "consent": _l("Spoken, on paper or by phone. Empty: as you say when you bring the file."),
    "witness": _l("Who saw it, or where the paper is."),
    "seller": _l("The farmer of your station who sold."),
    "buyer": _l("A person or firm; the county rings them to check."),
    "buyer_phone": _l("Without it nobody can confirm the deal."),
    "buyer_region": _l("Empty: you are asked whether it is your station's county."),
    "amount": _l("Empty: quantity times price."),
    "day": _l("At most 30 days back. Empty: the day on which the buyer confirms it."),
    "occasion": _l("By its day and goods the site knows itself; asked about where this differs."),
}


def template(kind: ImportKind) -> bytes:
    """A workbook to fill in: the heads, an example row that is not imported, and what is meant."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        grey = book.add_format({"font_color": "#777777", "italic": True})
        as_text = book.add_format({"num_format": "@"})
        sheet, notes = book.add_worksheet(_("Sheet to fill in")), book.add_worksheet(_("Notes"))
        sheet.freeze_panes(1, 0)
        sheet.write_string(0, 0, _("No."), bold)
        sheet.write_string(1, 0, _("Example"), grey)
        notes.set_column(0, 0, 24)
        notes.set_column(1, 1, 80)
        notes.write_string(0, 0, _("The row that begins with Example is not imported."), bold)
        for n, (field, label) in enumerate(FIELDS[kind].items(), 1):
            sheet.write_string(0, n, str(label), bold)
            sheet.set_column(n, n, 14, as_text if "phone" in field else None)
            value = EXAMPLES[kind].get(field, "")
            if isinstance(value, int | float):
                sheet.write_number(1, n, value, grey)
            else:
                sheet.write_string(1, n, str(value), grey)
            is_needed = _("needed") if field in REQUIRED[kind] else ""
            notes.write_string(n, 0, str(label), bold if is_needed else None)
            parts = filter(None, (is_needed, str(NOTES.get(field, ""))))
            notes.write_string(n, 1, ": ".join(parts))
    return file.getvalue()


def failed_rows(imported: Import) -> tuple[bytes, str]:
    """The rows that were not imported because something is wrong with them, as they came, below
    their titles and heads, with a column of reasons; (the file, its ending).

    Raises:
        FileNotFoundError: the file was deleted. NoHead, UnreadableFile.
    """
    rows = list(_failed(imported))
    if imported.filename.lower().endswith(CSV_ENDINGS):
        return csv_bytes([[_plain(cell) for cell in row] for row in rows]), "csv"
    file = io.BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        red = book.add_format({"font_color": "#a02020", "text_wrap": True})
        last = len(rows[0]) - 1
        for n, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(n, column, cell, day)
                elif isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(n, column, cell)
                elif cell is not None:
                    text = str(disarmed(_plain(cell)))
                    sheet.write_string(n, column, text, red if column == last else None)
        sheet.set_column(0, last, 14)
        sheet.set_column(last, last, MAX_WIDTH)
    return file.getvalue(), "xlsx"


def _failed(imported: Import) -> Iterator[Sequence[CellValue]]:
    sheet, head = chosen_sheet(imported)
    titles = {column.index: column.title for column in head.columns}
    labels = FIELDS[imported.kind]
    reasons: dict[int, list[str]] = {}
    found = select(ImportRow.row, ImportRow.problems).where(
        ImportRow.import_id == imported.id, ImportRow.state.in_(FAILED)
    )
    for row, problems in db.session.execute(found.order_by(ImportRow.row, ImportRow.part)):
        for problem in problems:
            about = titles.get(problem["column"]) or str(labels.get(problem["field"], ""))
            text = problem["text"][page_language()]
            why = _("%(cell)s: %(problem)s", cell=about, problem=text) if about else text
            reasons.setdefault(row, []).append(why)
    # What stands above says units, and is expected by whoever is sent the sheet.
    for row in range(head.first_row):
        yield [*_title(sheet, row), None]
    for row in range(head.first_row, head.last_row + 1):
        is_last = row == head.last_row
        yield [*sheet.rows[row], _("Why it was not imported") if is_last else None]
    for row, why in reasons.items():
        yield [*sheet.rows[row], "\n".join(dict.fromkeys(why))]


def _title(sheet: Sheet, row: int) -> Iterator[CellValue]:
    """The cells of a line above the head, each merged range once."""
    for column, cell in enumerate(sheet.rows[row]):
        merged = sheet.merged.get((row, column))
        is_first = merged is None or (row, column) == (merged.first_row, merged.first_column)
        yield cell if is_first else None


def _plain(cell: CellValue) -> CellValue:
    """The cell; a number with a sign is no formula."""
    return WrittenNumber(cell) if isinstance(cell, str) and PHONE.fullmatch(cell) else cell
