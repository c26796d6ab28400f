"""The dry run: each row of a sheet as it would be, what is wrong with it, what is there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import select

from market.database import chunks, db
from market.imports.deal_rows import DealChecks
from market.imports.farmer_rows import FarmerChecks
from market.imports.farmers import FarmerBook, SheetFarmer
from market.imports.files import sheets_of
from market.imports.models import Import, ImportRow, RowState
from market.imports.offer_rows import OfferChecks
from market.imports.reading.fields import SEVERAL
from market.imports.reading.heads import ImportKind, SheetHead, find_head, with_fields
from market.imports.reading.rows import ParsedRow, ReadingContext, SkippedRow, read_rows
from market.imports.reading.sheets import CellValue, Sheet
from market.imports.values import cell_text, pack, row_key
from market.regions.models import Region
from market.stations.scope import check_served, stations_of
from market.web.errors import DomainError, Invalid
from market.web.home_time import home_today
from market.web.language import in_language
from market.web.language import lazy_gettext as _l

# In a cell of the template's example row.
EXAMPLES = frozenset(("示例", "样例", "Example"))
# Where the reading ends and the comparing begins, of 100.
READ = 40
CHECKS: Mapping[ImportKind, type[OfferChecks] | type[FarmerChecks] | type[DealChecks]] = {
    ImportKind.OFFERS: OfferChecks,
    ImportKind.FARMERS: FarmerChecks,
    ImportKind.DEALS: DealChecks,
}
# Of a deal the station's farmer is the seller.
PARTY_FIELDS = {"name": "seller", "phone": "seller_phone"}
Progress = Callable[[int], None]


class NoHead(Invalid):
    """No row of the sheet names its columns."""

    message = _l("No row of the sheet names its columns: write their names above them.")


@dataclass
class CheckedRow:
    """A row of the dry run, as `ImportRow` stores it."""

    row: int
    part: int
    state: RowState
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    duplicate_of: dict[str, Any] | None = None
    row_key: str = ""
    account_id: int | None = None


def chosen_sheet(imported: Import) -> tuple[Sheet, SheetHead]:
    """The sheet of the import, and its head as it was corrected.

    Raises:
        NoHead, UnreadableFile. FileNotFoundError: the file was deleted.
    """
    sheet = sheets_of(imported)[imported.sheet or 0]
    head = find_head(sheet, imported.kind)
    if head is None:
        raise NoHead()
    return sheet, with_fields(head, {int(n): field for n, field in imported.columns.items()})


def check_sheet(imported: Import, report: Progress) -> list[CheckedRow]:
    """The rows of the import's sheet as they would be imported now. Reads only.

    Args:
        report: is told how far it is, from 0 to 100.

    Raises like chosen_sheet.
    """
    return _Checker(imported, *chosen_sheet(imported)).check(report)


class _Checker:
    """Goes through the rows of one sheet."""

    def __init__(self, imported: Import, sheet: Sheet, head: SheetHead) -> None:
        self.imported, self.sheet, self.head = imported, sheet, head
        several = SEVERAL[imported.kind]
        self.head_columns = {
            c.field: c.index for c in head.columns if c.field and c.field not in several
        }
        # Those of the row that is looked at.
        self.columns: dict[str, int] = {}
        self.assistant = imported.assistant
        self.book = FarmerBook(self.assistant, imported.way, imported.witness)
        self.checks = CHECKS[imported.kind](imported, self.book)
        self.first_rows: dict[Any, int] = {}
        self.occurrences: dict[str, int] = {}

    def check(self, report: Progress) -> list[CheckedRow]:
        parsed = self._read(report)
        entries = [_with_party(row.values) for row in parsed if isinstance(row, ParsedRow)]
        self.book.look_up(
            *({row[name] for row in entries if row.get(name)} for name in ("phone", "name"))
        )
        checked = []
        for number, each in enumerate(parsed):
            checked.append(
                self._row(each)
                if isinstance(each, ParsedRow)
                else CheckedRow(each.row, 0, RowState.SKIPPED, {"reason": each.reason})
            )
            if number % 200 == 0:
                report(READ + (95 - READ) * number // len(parsed))
        self._find_imported(checked)
        for row in checked:
            row.values.pop("found", None)
        return checked

    def _read(self, report: Progress) -> list[ParsedRow | SkippedRow]:
        scope = tuple(station.region_code for station in stations_of(self.assistant))
        # Where the row names no county, it is the station's.
        regions = (self.imported.region_code, *scope)
        context = ReadingContext(home_today(), tuple(dict.fromkeys(regions)), self.imported.side)
        rows: list[ParsedRow | SkippedRow] = []
        for each in read_rows(self.sheet, self.head, self.imported.kind, context):
            is_example = not EXAMPLES.isdisjoint(_texts(self.sheet.rows[each.row]))
            rows.append(SkippedRow(each.row, "example") if is_example else each)
            if len(rows) % 200 == 0:
                report(READ * each.row // len(self.sheet.rows))
        return [row for row in rows if isinstance(row, ParsedRow) or self._says_something(row)]

    def _says_something(self, skipped: SkippedRow) -> bool:
        return skipped.reason != "empty" and skipped.row > self.head.last_row

    def _row(self, parsed: ParsedRow) -> CheckedRow:
        values = dict(parsed.values)
        checked = CheckedRow(parsed.row, parsed.part, RowState.WRONG)
        self.columns = {**self.head_columns, **parsed.columns}
        for problem in parsed.problems:
            text = in_languages(partial(str, problem.text))
            self._note(checked, problem.field, problem.column, text)
        values.setdefault("region", self.imported.region_code)
        if values["region"] == self.imported.region_code and self.imported.township_code:
            values["township"] = values.get("township") or self.imported.township_code
        for name, other in PARTY_FIELDS.items() if self.imported.kind is ImportKind.DEALS else ():
            values[name] = values.pop(other, None)
        farmer = self._attempt(checked, lambda: self._farmer(values))
        if not checked.problems:
            self._attempt(checked, lambda: self.checks.check(values))
        checked.values = pack(values)
        if farmer is not None:
            checked.account_id = farmer.account_id
            checked.values["farmer"] = farmer.to_json()
        if not checked.problems:
            assert farmer is not None
            self._compare(checked, farmer, values)
        return checked

    def _farmer(self, values: Mapping[str, Any]) -> SheetFarmer | None:
        """Whose row it is. None: it says not even a name, as its problems tell."""
        if not values.get("name"):
            return None
        region = db.session.get_one(Region, values["region"])
        check_served(self.assistant, region, values.get("township"))
        wanted = SheetFarmer(
            values["name"],
            values.get("phone"),
            values["region"],
            values.get("township"),
            values.get("village", ""),
            trader_type=values.get("trader_type") or "farmer",
            way=values.get("consent", ""),
            witness=values.get("witness", ""),
            given_on=values.get("consent_day"),
        )
        found = self.book.find(wanted)
        posts = self.imported.kind is ImportKind.OFFERS
        if posts and found and found.account_id in self.book.to_ask:
            raise Invalid(_l("Their consent has lapsed: renew it first."), "name")
        return found or self.book.add(wanted)

    def _attempt(self, checked: CheckedRow, step: Callable[[], Any]) -> Any:
        """What the step gives; what it refuses is a problem of the row."""
        try:
            return step()
        except DomainError as error:
            texts = in_languages(lambda: _refusal(step))
            name = error.field
            if self.imported.kind is ImportKind.DEALS:
                name = PARTY_FIELDS.get(name or "", name)
            # The cell of the way may say who saw it.
            column = self.columns.get(name or "")
            if name == "witness" and column is None:
                column = self.columns.get("consent")
            self._note(checked, name, column, texts)
        return None

    def _note(
        self,
        checked: CheckedRow,
        field: str | None,
        column: int | None,
        texts: Mapping[str, str],
        is_question: bool = False,
    ) -> None:
        """Write down a problem, with what stands in its cell."""
        cells = self.sheet.rows[checked.row]
        content = cells[column] if column is not None and column < len(cells) else None
        checked.problems.append(
            {
                "field": field,
                "column": column,
                "content": cell_text(content)[:80],
                "text": dict(texts),
                "asks": is_question,
            }
        )

    def _compare(self, checked: CheckedRow, farmer: SheetFarmer, values: Mapping[str, Any]) -> None:
        """Say whether the row is there already, and ask about what is seldom meant."""
        checked.state = RowState.READY
        for number, (name, _text) in enumerate(self.checks.questions(values)):
            # Units and names in it are of the language it is asked in.
            texts = in_languages(partial(self._question, values, number))
            self._note(checked, name, self.columns.get(name), texts, is_question=True)
            checked.state = RowState.QUESTION
        written = {n: v for n, v in checked.values.items() if n not in ("farmer", "found")}
        key = row_key(self.imported.region_code, self.imported.kind, written)
        before = self.occurrences[key] = self.occurrences.get(key, -1) + 1
        checked.row_key = row_key(self.imported.region_code, self.imported.kind, written, before)
        first = self.first_rows.setdefault(self.checks.sameness(farmer, values), checked.row)
        checked.duplicate_of = self.checks.existing(farmer, values)
        if first != checked.row and checked.duplicate_of is None:
            checked.duplicate_of = {"kind": "row", "row": first}
        if checked.duplicate_of is not None:
            checked.state = RowState.DUPLICATE

    def _question(self, values: Mapping[str, Any], number: int) -> str:
        """What is asked about a row, in the language of the moment."""
        _name, text = list(self.checks.questions(values))[number]
        return str(text)

    def _find_imported(self, checked: Sequence[CheckedRow]) -> None:
        """Mark what an import of the station has made before, of this file or another."""
        by_key = {row.row_key: row for row in checked if row.row_key}
        for some in chunks(by_key):
            made = ImportRow.state.in_((RowState.MADE, RowState.RETAINED))
            found = select(ImportRow.row_key, ImportRow.import_id).where(
                ImportRow.row_key.in_(some), made
            )
            for key, import_id in db.session.execute(found):
                by_key[key].state = RowState.DUPLICATE
                by_key[key].duplicate_of = {"kind": "import", "id": import_id}


def _with_party(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values; of a deal the farmer is its seller."""
    return {name: values.get(name) or values.get(other) for name, other in PARTY_FIELDS.items()}


def _refusal(step: Callable[[], Any]) -> str:
    """Why the step is refused, in the language of the moment."""
    try:
        step()
    except DomainError as error:
        return str(error.message)
    return ""


def in_languages(text: Callable[[], str]) -> dict[str, str]:
    """A text in each language of the site: whoever reads the row may choose another."""
    texts = {}
    for code in current_app.config["LANGUAGES"]:
        with in_language(code):
            texts[code] = text()
    return texts


def _texts(cells: Sequence[CellValue]) -> set[str]:
    return {cell.strip() for cell in cells if isinstance(cell, str)}
