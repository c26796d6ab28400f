"""What every kind of entry has: cells by field, problems at them, people, places and days."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar

from market.imports.reading import words
from market.imports.reading.cells import (
    CellProblem,
    check_shown,
    is_ditto,
    is_nothing,
    text_of,
)
from market.imports.reading.days import DaysFound, read_days
from market.imports.reading.fields import MORE, REQUIRED, SEVERAL, ImportKind
from market.imports.reading.heads import SheetHead
from market.imports.reading.parsed import ParsedRow, Problem, ReadingContext
from market.imports.reading.people import read_name, read_phone
from market.imports.reading.places import PlaceReader
from market.imports.reading.sheet import CellValue, Sheet
from market.imports.reading.skipping import RowSorter
from market.regions.queries import region_lexicon
from market.web.language import lazy_gettext as _l

MAX_LENGTHS = {"variety": 60, "grade": 60, "packaging": 60, "delivery": 120, "witness": 120}
MAX_LENGTHS |= {"description": 2000, "note": 200}
_MISSING = _l("Still missing.")
_STRUCK = _l("This is crossed out: write what holds, without the line.")
_DIGIT = re.compile(r"\d")
_BOTH = (("name", "phone"), ("seller", "seller_phone"), ("buyer", "buyer_phone"))
# A sheet for each village is called by it.
_VILLAGE_SHEET = re.compile(r"[\u4e00-\u9fff]{1,7}(?:村|社区|居委会)")
_Read = TypeVar("_Read")


@dataclass
class Entry:
    """An entry as it is read: one part of a row.

    Attributes:
        goods: what its cell or its head calls the goods.
        columns: where fields stand that stand elsewhere in other parts.
    """

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    goods: str = ""
    columns: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Entry:
        return Entry(dict(self.values), list(self.problems))

    def parsed(self, row: int, part: int) -> ParsedRow:
        """It, the problems in the order of their cells."""
        values = {name: value for name, value in self.values.items() if value not in (None, "")}
        problems = sorted(self.problems, key=lambda p: (p.column is None, p.column))
        return ParsedRow(row, part, values, tuple(problems), self.columns)


def _asked_once(parts: list[Entry]) -> list[Entry]:
    """The parts of a row; one in their place where all have the same problems."""
    asked = [[(p.field, p.column, str(p.text)) for p in part.problems] for part in parts]
    if len(parts) < 2 or not asked[0] or any(each != asked[0] for each in asked):
        return parts
    first, *others = parts
    first.values = {
        name: value
        for name, value in first.values.items()
        if all(other.values.get(name) == value for other in others)
    }
    first.values["product_words"] = "、".join(dict.fromkeys(part.goods for part in parts))
    return [first]


class EntryReader(ABC):
    """Reads the rows of one sheet, from above to below: 同上 means the cell above."""

    kind: ImportKind

    def __init__(self, sheet: Sheet, head: SheetHead, context: ReadingContext) -> None:
        self.sheet, self.head, self.context = sheet, head, context
        several = SEVERAL[self.kind]
        self.columns = {c.field: c for c in head.columns if c.field and c.field not in several}
        self.sorter = RowSorter(sheet, head)
        self.places = PlaceReader(region_lexicon(), context.regions)
        self.beside = self._table_beside()
        self._above: dict[int, CellValue] = {}
        self._read: dict[tuple[Any, ...], Any] = {}

    def read(self, row: int) -> Iterator[ParsedRow]:
        """The entries of a row."""
        self.row, self.cells = row, self._cells(row)
        entry = Entry()
        self._check_shown(entry, *self.cells)
        filled = [n for n in self.beside if not is_nothing(self.sheet.rows[row][n])]
        if filled:
            text = _l("Another table stands beside this one: put its rows below the others.")
            entry.problems.append(Problem(None, filled[0], text))
        parts = []
        for found in self._entries(entry):
            self._ask_missing(found)
            parts.append(found)
        for part, found in enumerate(_asked_once(parts)):
            yield found.parsed(row, part)

    @abstractmethod
    def _entries(self, entry: Entry) -> Iterator[Entry]:
        """The parts of the row, with the values of their kind."""

    def _table_beside(self) -> list[int]:
        """The columns of a second table at the right, whose titles are those of the first."""
        titles = {same.title: name for name, same in self.columns.items() if same.title}
        again = [c for c in self.head.columns if c.field in (None, MORE) and c.title in titles]
        fields = {titles[column.title] for column in again}
        is_table = len(fields) > 2 and fields & {"name", "product", "seller"}
        return [column.index for column in again] if is_table else []

    def _cells(self, row: int) -> dict[str, CellValue]:
        """The cells of a row by field, what stands for the one above in its place."""
        cells: dict[str, CellValue] = {}
        for name, column in self.columns.items():
            cells[name] = self._cell(row, column.index)
        return cells

    def _cell(self, row: int, column: int) -> CellValue:
        cell = self.sheet.rows[row][column]
        if is_ditto(cell):
            cell = self._above.get(column)
        if isinstance(cell, str) and is_nothing(cell):
            cell = None
        if cell is not None:
            self._above[column] = cell
        return cell

    def _check_shown(self, entry: Entry, *names: str) -> None:
        """Let the cells of these fields be empty that show no value, each with its problem."""
        for name in names:
            self._try(entry, name, partial(check_shown, self.cells.get(name)))
            column = self.columns.get(name)
            if column is not None and (self.row, column.index) in self.sheet.struck:
                self._refuse(entry, name, _STRUCK)
        self.cells |= {problem.field: None for problem in entry.problems if problem.field}

    def _text(self, name: str) -> str:
        return text_of(self.cells.get(name))

    def _title_unit(self, name: str) -> str | None:
        return self.columns[name].unit if name in self.columns else None

    def _once(self, read: Callable[..., _Read], *args: Any) -> _Read:
        """What `read` reads of these arguments, which stand in hundreds of rows."""
        key = read, *((type(arg), arg) for arg in args)
        if key not in self._read:
            try:
                self._read[key] = read(*args)
            except CellProblem as problem:
                self._read[key] = problem.with_traceback(None)
        found = self._read[key]
        if isinstance(found, CellProblem):
            raise found.with_traceback(None)
        return found

    def _try(self, entry: Entry, name: str, read: Callable[[], _Read]) -> _Read | None:
        """What `read` reads of a field; None, with a problem at its cell, where it refuses."""
        try:
            return read()
        except CellProblem as problem:
            self._refuse(entry, getattr(problem, "field", name), problem.text)
            return None

    def _refuse(self, entry: Entry, name: str, text: Any) -> None:
        column = self.columns.get(name)
        entry.problems.append(Problem(name, column.index if column else None, text))

    def _ask_missing(self, entry: Entry) -> None:
        refused = {problem.field for problem in entry.problems}
        # Of a column for both: 姓名及电话.
        refused |= {name for name, phone in _BOTH if phone in refused and name not in self.columns}
        for name in sorted(REQUIRED[self.kind] - refused):
            if entry.values.get(name) in (None, ""):
                self._refuse(entry, name, _MISSING)

    # What several kinds have

    def _person(self, entry: Entry, name: str, phone: str) -> None:
        """A name and a phone number, which may stand in one cell."""
        if name not in self.columns and (text := self._text(phone)) and not _DIGIT.search(text):
            # A column for both: 姓名及电话.
            entry.values[name] = self._try(entry, phone, lambda: read_name(text)[0])
            return
        called, beside = self._try(entry, name, lambda: read_name(self.cells.get(name))) or ("", "")
        number, rest = self._try(entry, phone, lambda: read_phone(self.cells.get(phone))) or (
            "",
            "",
        )
        if beside and number and beside != number:
            self._refuse(
                entry,
                phone,
                _l(
                    "Which number is to be rung, %(one)s or %(other)s? Leave one.",
                    one=beside,
                    other=number,
                ),
            )
        entry.values[name] = called or rest
        entry.values[phone] = number or beside

    def _agreed(self, entry: Entry) -> None:
        """Refuse whoever said no, or nothing where others said yes. A yes tells not how."""
        refused = {problem.field for problem in entry.problems}
        if "agreed" not in self.columns or "agreed" in refused:
            return
        column = self.columns["agreed"].index
        cell = self.sheet.rows[self.row][column]
        if is_ditto(cell):
            cell = self._above.get(column)
        if cell is not None:
            self._above[column] = cell
        if self._try(entry, "agreed", lambda: self._once(self._has_agreed, cell)) is False:
            self._refuse(entry, "agreed", words.NOT_AGREED)

    def _has_agreed(self, cell: CellValue) -> bool:
        # A stroke is nothing, yet × is a no.
        if is_nothing(cell) and not words.is_no(text_of(cell)):
            return not self._somebody_agreed
        return words.read_agreed(text_of(cell))

    @cached_property
    def _somebody_agreed(self) -> bool:
        column = self.columns["agreed"].index
        rows = self.sheet.rows[self.head.last_row + 1 :]
        return any(words.is_yes(text_of(row[column])) for row in rows)

    def _place(self, entry: Entry) -> None:
        village = self._text("village")
        if "village" not in self.columns and _VILLAGE_SHEET.fullmatch(self.sheet.name.strip()):
            village = self.sheet.name.strip()
        parts = self._text("region"), self._text("township"), village
        found = self._try(entry, "region", lambda: self.places.read(*parts))
        if found is None:
            return
        entry.values |= {
            "region": found.region,
            "township": found.township,
            "village": found.village,
        }
        if not found.region:
            self._refuse(entry, "region", _l("Still missing: the county."))

    def _texts(self, entry: Entry, *names: str) -> None:
        for name in names:
            text = self._text(name)
            if len(text) > MAX_LENGTHS[name]:
                self._refuse(
                    entry,
                    name,
                    _l(
                        "At most %(most)s characters, not %(count)s.",
                        most=MAX_LENGTHS[name],
                        count=len(text),
                    ),
                )
            else:
                entry.values[name] = text

    def _days(self, entry: Entry, name: str) -> DaysFound:
        cell = self.cells.get(name)
        if cell is None:
            return DaysFound()
        args = cell, self._title_unit(name), self.context.today
        return self._try(entry, name, lambda: self._once(read_days, *args)) or DaysFound()

    def _past_day(self, entry: Entry, name: str) -> Any:
        found = self._days(entry, name)
        if found.first is None or not found.is_day:
            if found.first or found.last or found.words:
                self._refuse(entry, name, _l("Write the day itself, such as 2026-10-05."))
            return None
        if found.first > self.context.today:
            self._refuse(entry, name, _l("That day lies ahead."))
            return None
        return found.first
