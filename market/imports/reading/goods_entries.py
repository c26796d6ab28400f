"""The goods of an entry, each with its amount and its price."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from market.imports.reading import words
from market.imports.reading.amounts import (
    PRICE_PLACES,
    Amount,
    PriceFound,
    read_price,
    read_quantity,
    read_yuan,
    settle_unit,
)
from market.imports.reading.cells import CellProblem, text_of
from market.imports.reading.entries import Entry, EntryReader
from market.imports.reading.fields import ImportKind
from market.imports.reading.goods import (
    MAX_CELL_LENGTH,
    MAX_WORDS_LENGTH,
    CellGood,
    GoodsReader,
    share,
)
from market.imports.reading.head_units import split_unit
from market.imports.reading.heads import SheetHead
from market.imports.reading.parsed import ReadingContext
from market.imports.reading.sheet import CellValue, Sheet
from market.imports.reading.signs import check_number
from market.imports.reading.wide import GoodsColumn, goods_columns
from market.products.queries import product_lexicon
from market.products.units import UNITS, comparable, convert
from market.regions.queries import region_lexicon
from market.web.language import lazy_gettext as _l

# What stands in a column of goods for none of them.
_NONE = (None, 0, "0")
_PRICE_OF_WHICH = _l("Which of the goods is this price for? Write a column of prices for each.")


class GoodsEntryReader(EntryReader):
    """Reads entries about goods: several in a cell make several parts."""

    def __init__(self, sheet: Sheet, head: SheetHead, context: ReadingContext) -> None:
        super().__init__(sheet, head, context)
        self.goods = GoodsReader(product_lexicon(), region_lexicon(), context.today)
        self.by_index = {column.index: column for column in head.columns}
        self.wide = goods_columns([(c.index, c.title, c.field) for c in head.columns])

    def _parts(self, entry: Entry) -> Iterator[Entry]:
        """An entry for each of the goods: of a cell, or of the columns that name them."""
        if not self.wide:
            yield from self._of_cell(entry)
            return
        columns, cells = self.columns, self.cells
        filled = [goods for goods in self.wide if self._cell(self.row, goods.index) not in _NONE]
        for goods in filled:
            self.columns, self.cells = dict(columns), dict(cells)
            self._take_up(goods)
            part = entry.copy()
            if len(filled) > 1 and goods.price is None and self.cells.get("price") is not None:
                self._refuse(part, "price", _PRICE_OF_WHICH)
            if len(filled) > 1:
                self.cells["amount"] = None  # of all together
            self._check_shown(part, "quantity", "price")
            yield from self._of_cell(part)
        self.columns, self.cells = columns, cells

    def _take_up(self, goods: GoodsColumn) -> None:
        """Let the fields of the goods be those of its columns."""
        self.columns |= dict.fromkeys(("product", "quantity"), self.by_index[goods.index])
        self.cells |= {"product": goods.words, "quantity": self._cell(self.row, goods.index)}
        if goods.price is not None:
            self.columns["price"] = self.by_index[goods.price]
            self.cells["price"] = self._cell(self.row, goods.price)

    def _of_cell(self, entry: Entry) -> Iterator[Entry]:
        goods = self._try(entry, "product", self._goods) or []
        if len(goods) == 1:
            goods = [self.goods.narrowed(goods[0], self._text("variety"))]
        for n, good in enumerate(goods or [None]):
            part = entry.copy()
            part.goods = good.name if good else ""
            if self.wide:
                names = ("product", "quantity", "price")
                part.columns = {f: self.columns[f].index for f in names if f in self.columns}
            code = self._product(part, good) if good else ""
            amount = self._quantity(part, n, goods)
            self._price(part, amount, code, n, goods)
            self._sum(part, amount, code, n, goods)
            self._lot(part, amount)
            yield part

    def _goods(self) -> list[CellGood]:
        text = self._text("product")
        most = MAX_CELL_LENGTH
        goods = self.goods.read(text) if 0 < len(text) <= most else []
        if len(goods) == 1 and goods[0].amount is None:
            most = MAX_WORDS_LENGTH
        if len(text) > most:
            raise CellProblem(
                _l("At most %(most)s characters, not %(count)s.", most=most, count=len(text))
            )
        return goods

    def _product(self, entry: Entry, good: CellGood) -> str:
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

    def _quantity(self, entry: Entry, n: int, goods: list[CellGood]) -> Amount | None:
        amount = self._try(entry, "quantity", lambda: self._amount(n, goods))
        if amount:
            entry.values |= {"quantity": amount.number, "unit": amount.unit}
        if amount and amount.most:
            self._say_range(entry, amount, amount.most)
        return amount

    def _say_range(self, entry: Entry, amount: Amount, most: Decimal) -> None:
        """Say up to how much there is, of which the quantity is the least."""
        if self.kind is ImportKind.DEALS:
            self._refuse(entry, "quantity", _l("Write how much was agreed: one number."))
            return
        in_column = self.cells.get("quantity") is not None
        title = split_unit(self.columns["quantity"].title)[0] if in_column else ""
        text = f"{amount.number:f}-{most:f}{UNITS[amount.unit].name}"
        text = f"{title}：{text}" if title else text
        before = entry.values.get("description")
        entry.values["description"] = f"{before}；{text}" if before else text

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

    def _sum(
        self, entry: Entry, amount: Amount | None, code: str, n: int, goods: list[CellGood]
    ) -> None:
        """The money for all of it: it must be the price times the quantity, and says the price
        where nothing else does."""
        yuan = self._try(entry, "amount", lambda: self._yuan(n, goods))
        if yuan is None:
            return
        entry.values["amount"] = yuan
        if (text := words.other_sum(entry.values, yuan, self._title_unit("amount"))) is not None:
            self._refuse(entry, "amount", text)
        if entry.values.pop("is_negotiable", False) and amount:
            each = (yuan / amount.number).quantize(PRICE_PLACES, ROUND_HALF_UP).normalize() + 0
            found = PriceFound(each, each, amount.unit)
            if self._try(entry, "amount", lambda: settle_unit(found, amount, code)):
                entry.values |= {"price": each, "price_to": each, "price_unit": amount.unit}

    def _yuan(self, n: int, goods: list[CellGood]) -> Decimal | None:
        if self.cells.get("amount") is None:
            return None
        return read_yuan(self._share("amount", n, goods), self._title_unit("amount"))

    def _lot(self, entry: Entry, amount: Amount | None) -> None:
        """How much one must take at least, in the unit of the quantity."""
        cell = self.cells.get("lot")
        if cell is None or amount is None:
            return
        unit = self._title_unit("lot") or f"{UNITS[amount.unit].name}"
        found = self._try(entry, "lot", lambda: self._once(read_quantity, cell, unit, None))
        if found is None:
            return
        if not comparable(found.unit, amount.unit):
            self._refuse(entry, "lot", _l("Write it in the unit of the quantity."))
            return
        least = convert(found.number, found.unit, amount.unit).normalize() + 0
        if least > amount.number:
            self._refuse(entry, "lot", _l("That is more than there is."))
        else:
            entry.values["lot"] = least

    def _own_amount(self, good: CellGood) -> Amount | None:
        if good.amount:
            check_number(self._text("product"), is_sentence=True)
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
        self, entry: Entry, amount: Amount | None, code: str, n: int, goods: list[CellGood]
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
