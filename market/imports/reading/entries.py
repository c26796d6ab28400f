"""Reads the entries of a sheet, field by field, each problem at its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from market.imports.reading import words
from market.imports.reading.amounts import (
    Amount,
    read_price,
    read_quantity,
    read_yuan,
    settle_unit,
)
from market.imports.reading.cells import (
    CellProblem,
    check_shown,
    is_ditto,
    is_nothing,
    text_of,
)
from market.imports.reading.days import DaysFound, read_days
from market.imports.reading.fields import REQUIRED, ImportKind
from market.imports.reading.goods import CellGood, GoodsReader, share
from market.imports.reading.heads import SheetHead
from market.imports.reading.parsed import ParsedRow, Problem, ReadingContext
from market.imports.reading.people import read_name, read_phone
from market.imports.reading.places import PlaceProblem, PlaceReader
from market.imports.reading.sheet import CellValue, Sheet
from market.imports.reading.skipping import RowSorter
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from market.web.language import lazy_gettext as _l

MAX_LENGTHS = {"variety": 60, "grade": 60, "packaging": 60, "delivery": 120, "witness": 120}
MAX_LENGTHS |= {"description": 2000, "note": 200}
_MISSING = _l("Still missing.")
_Read = TypeVar("_Read")


@dataclass
class _Entry:
    """An entry as it is read: one part of a row."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def copy(self) -> _Entry:
        return _Entry(dict(self.values), list(self.problems))


class EntryReader:
    """Reads the rows of one sheet, from above to below: 同上 means the cell above."""

    def __init__(
        self, sheet: Sheet, head: SheetHead, kind: ImportKind, context: ReadingContext
    ) -> None:
        self.sheet, self.head, self.kind, self.context = sheet, head, kind, context
        self.columns = {column.field: column for column in head.columns if column.field}
        self.sorter = RowSorter(sheet, head)
        regions = region_lexicon()
        self.goods = GoodsReader(product_lexicon(), regions, context.today)
        self.places = PlaceReader(regions, context.regions)
        self.elsewhere = PlaceReader(regions, ())
        self.side = context.side or words.side_of(sheet, head)
        self._above: dict[str, CellValue] = {}
        self._read: dict[tuple[Any, ...], Any] = {}

    def read(self, row: int) -> Iterator[ParsedRow]:
        """The entries of a row."""
        self.row, self.cells = row, self._cells(row)
        entry = _Entry()
        for name, cell in self.cells.items():
            self._try(entry, name, partial(check_shown, cell))
        for problem in entry.problems:
            if problem.field:
                self.cells[problem.field] = None
        read = {
            ImportKind.OFFERS: self._offers,
            ImportKind.FARMERS: self._farmers,
            ImportKind.DEALS: self._deals,
        }[self.kind]
        for part, found in enumerate(read(entry)):
            self._ask_missing(found)
            values = {
                name: value for name, value in found.values.items() if value not in (None, "")
            }
            problems = sorted(found.problems, key=lambda p: (p.column is None, p.column))
            yield ParsedRow(row, part, values, tuple(problems))

    def _cells(self, row: int) -> dict[str, CellValue]:
        """The cells of a row by field, what stands for the one above in its place."""
        cells: dict[str, CellValue] = {}
        for name, column in self.columns.items():
            cell = self.sheet.rows[row][column.index]
            if is_ditto(cell):
                cell = self._above.get(name)
            if isinstance(cell, str) and is_nothing(cell):
                cell = None
            if cell is not None:
                self._above[name] = cell
            cells[name] = cell
        return cells

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

    def _try(self, entry: _Entry, name: str, read: Callable[[], _Read]) -> _Read | None:
        """What `read` reads of a field; None, with a problem at its cell, where it refuses."""
        try:
            return read()
        except CellProblem as problem:
            self._refuse(entry, getattr(problem, "field", name), problem.text)
            return None

    def _refuse(self, entry: _Entry, name: str, text: Any) -> None:
        column = self.columns.get(name)
        entry.problems.append(Problem(name, column.index if column else None, text))

    def _ask_missing(self, entry: _Entry) -> None:
        refused = {problem.field for problem in entry.problems}
        for name in sorted(REQUIRED[self.kind] - refused):
            if entry.values.get(name) in (None, ""):
                self._refuse(entry, name, _MISSING)

    # What several kinds have

    def _person(self, entry: _Entry, name: str, phone: str) -> None:
        """A name and a phone number, which may stand in one cell."""
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

    def _place(self, entry: _Entry) -> None:
        parts = self._text("region"), self._text("township"), self._text("village")
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

    def _texts(self, entry: _Entry, *names: str) -> None:
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

    def _days(self, entry: _Entry, name: str) -> DaysFound:
        cell = self.cells.get(name)
        if cell is None:
            return DaysFound()
        args = cell, self._title_unit(name), self.context.today
        return self._try(entry, name, lambda: self._once(read_days, *args)) or DaysFound()

    # Offers

    def _offers(self, entry: _Entry) -> Iterator[_Entry]:
        self._person(entry, "name", "phone")
        self._place(entry)
        self._side(entry)
        self._texts(entry, "variety", "grade", "packaging", "delivery", "description")
        self._supply(entry)
        yield from self._parts(entry)

    def _side(self, entry: _Entry) -> None:
        side = self.side
        if text := self._text("side"):
            side = self._try(entry, "side", lambda: words.read_side(text))
        elif side is None:
            self._refuse(entry, "side", _l("For sale or wanted? The sheet does not say."))
        entry.values["side"] = side

    def _supply(self, entry: _Entry) -> None:
        begin, end = self._days(entry, "from_day"), self._days(entry, "until_day")
        first = begin.first
        last = end.last or (None if begin.is_day else begin.last)
        if last and last < self.context.today:
            name = "until_day" if end.last else "from_day"
            self._refuse(entry, name, _l("That day has passed."))
        elif first and last and last < first:
            self._refuse(entry, "until_day", _l("The last day is before the first."))
        else:
            entry.values |= {"from_day": first, "until_day": last}
        more = [entry.values.get("description"), begin.words, end.words]
        entry.values["description"] = "；".join(dict.fromkeys(filter(None, more)))

    # Goods and amounts

    def _parts(self, entry: _Entry) -> Iterator[_Entry]:
        """An entry for each of the goods."""
        goods = self.goods.read(self._text("product")) if self._text("product") else []
        if len(goods) == 1:
            goods = [self.goods.narrowed(goods[0], self._text("variety"))]
        for n, good in enumerate(goods or [None]):
            part = entry.copy()
            code = self._product(part, good) if good else ""
            amount = self._quantity(part, n, goods)
            self._price(part, amount, code, n, goods)
            yield part

    def _product(self, entry: _Entry, good: CellGood) -> str:
        code = self._try(entry, "product", lambda: good.code) or ""
        entry.values["product"] = code
        entry.values["product_words"] = good.words if code else ""
        if code and entry.values.get("variety") == good.words:
            entry.values["variety"] = ""
        return code

    def _share(self, name: str, n: int, goods: list[CellGood]) -> CellValue:
        """What the cell of an amount says of the n-th of the goods."""
        cell = self.cells.get(name)
        return share(text_of(cell), goods)[n] if len(goods) > 1 else cell

    def _quantity(self, entry: _Entry, n: int, goods: list[CellGood]) -> Amount | None:
        amount = self._try(entry, "quantity", lambda: self._amount(n, goods))
        if amount:
            entry.values |= {"quantity": amount.number, "unit": amount.unit}
        return amount

    def _amount(self, n: int, goods: list[CellGood]) -> Amount | None:
        if self.cells.get("quantity") is None:
            return self._own_amount(goods[n]) if goods else None
        column = self.columns["quantity"].index
        merged = self.sheet.merged.get((self.row, column))
        if merged and merged.is_tall:
            rows = range(merged.first_row, merged.last_row + 1)
            if sum(not self.sorter.is_continued(row) for row in rows) > 1:
                raise CellProblem(
                    _l(
                        "The cell is merged over several rows: so much in each of them, or in all "
                        "together? Write each row's own."
                    )
                )
        cell = self._share("quantity", n, goods)
        unit = self._title_unit("quantity")
        found = self._once(read_quantity, cell, unit, self.cells.get("unit"))
        if goods and (own := goods[n].amount) and not goods[n].is_shared and own != found:
            raise CellProblem(
                _l("With the product you wrote %(amount)s: which is it?", amount=goods[n].name)
            )
        return found

    def _own_amount(self, good: CellGood) -> Amount | None:
        if good.amount and good.is_shared:
            raise CellProblem(
                _l(
                    "%(amount)s of each of these goods, or of all together? Write 各 before it, or "
                    "one row for each.",
                    amount=f"{good.amount.number:f}",
                )
            )
        return good.amount

    def _price(
        self, entry: _Entry, amount: Amount | None, code: str, n: int, goods: list[CellGood]
    ) -> None:
        low = self._try(entry, "price", lambda: self._one_price("price", amount, code, n, goods))
        high = self._try(
            entry, "price_to", lambda: self._one_price("price_to", amount, code, n, goods)
        )
        refused = {problem.field for problem in entry.problems}
        if {"price", "price_to"} & refused:
            return
        if low is None and high is None:
            entry.values["is_negotiable"] = True
            return
        entry.values |= low or high or {}
        if low and high:
            if low["price_unit"] != high["price_unit"]:
                self._refuse(
                    entry,
                    "price_to",
                    _l("The two prices are for different units: write both for the same one."),
                )
            elif high["price_to"] < low["price"]:
                self._refuse(entry, "price_to", _l("The highest price is below the lowest."))
            else:
                entry.values["price_to"] = high["price_to"]

    def _one_price(
        self, name: str, amount: Amount | None, code: str, n: int, goods: list[CellGood]
    ) -> dict[str, Any] | None:
        cell = self.cells.get(name)
        if cell is None:
            return None
        if len(goods) > 1:
            cell = words.each_of(text_of(cell), len(goods))[n]
        column = self.columns[name]
        unit_cell = self.cells.get("price_unit")
        found = self._once(read_price, cell, column.title, column.unit, unit_cell)
        if found.low is None:
            return None
        if amount is None and not found.unit:
            # What it is for, the quantity will say once it is right.
            return {}
        unit = self._once(settle_unit, found, amount, code)
        return {
            "price": found.low,
            "price_to": found.high,
            "price_unit": unit,
            "basis": found.basis,
        }

    # Farmers

    def _farmers(self, entry: _Entry) -> Iterator[_Entry]:
        self._person(entry, "name", "phone")
        self._place(entry)
        if text := self._text("trader_type"):
            entry.values["trader_type"] = self._try(
                entry, "trader_type", lambda: words.read_trader_type(text)
            )
        if text := self._text("consent"):
            entry.values["consent"] = self._try(entry, "consent", lambda: words.read_consent(text))
        self._texts(entry, "witness")
        entry.values["consent_day"] = self._past_day(entry, "consent_day")
        yield entry

    def _past_day(self, entry: _Entry, name: str) -> Any:
        found = self._days(entry, name)
        if found.first is None or not found.is_day:
            if found.first or found.last or found.words:
                self._refuse(entry, name, _l("Write the day itself, such as 2026-10-05."))
            return None
        if found.first > self.context.today:
            self._refuse(entry, name, _l("That day lies ahead."))
            return None
        return found.first

    # Deals

    def _deals(self, entry: _Entry) -> Iterator[_Entry]:
        self._person(entry, "seller", "seller_phone")
        self._person(entry, "buyer", "buyer_phone")
        if text := self._text("buyer_region"):
            found = self._try(entry, "buyer_region", lambda: self._elsewhere(text))
            entry.values["buyer_region"] = found
        entry.values["day"] = self._past_day(entry, "day")
        if text := self._text("occasion"):
            title = self.columns["occasion"].title
            entry.values["occasion"] = self._try(
                entry, "occasion", lambda: words.read_occasion(text, title)
            )
        self._texts(entry, "variety", "note")
        for part in self._parts(entry):
            part.values.pop("is_negotiable", None)
            self._sum(part)
            yield part

    def _elsewhere(self, text: str) -> str:
        try:
            return self.elsewhere.read(text, "", "").region
        except PlaceProblem as problem:
            raise CellProblem(problem.text) from None

    def _sum(self, entry: _Entry) -> None:
        """The money of a deal, which must be its price times its quantity."""
        cell = self.cells.get("amount")
        if cell is None:
            return
        yuan = self._try(entry, "amount", lambda: read_yuan(cell, self._title_unit("amount")))
        if yuan is None:
            return
        entry.values["amount"] = yuan
        if (text := words.other_sum(entry.values, yuan)) is not None:
            self._refuse(entry, "amount", text)
