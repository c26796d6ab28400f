"""Rows that are no entries: empty ones, totals, titles between, notes below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from market.imports.reading.cells import cache_short, is_nothing, text_of
from market.imports.reading.fields import GOOD, MORE
from market.imports.reading.heads import SheetHead, is_head_word, same_title
from market.imports.reading.sheet import CellValue, Sheet
from market.text.characters import fold
from market.text.numbers import parse_number

EMPTY, TOTAL, TITLE, NOTE = "empty", "total", "title", "note"
NO_GOODS, STRUCK = "no_goods", "struck"
# So many of what sheets count.
_SOME = (
    r"[\d,.〇零一二两三四五六七八九十百千万亿]+\s*"
    r"(?:多|余)?\s*(?:[万千]?(?:公斤|千克|斤|吨|元|亩)|户|人|名|家|个|条|笔|行|项|种|头|只|羽|株|箱|件|批|次)"
)
_ALL = r"(?:(?:本页|以上|[全本][乡镇县村市组社区]+|[\u4e00-\u9fff]{1,6}[村组镇乡社区])\s*)?"
_TOTAL = re.compile(
    r"(?:本页|全[乡镇县村市]|以上|[\u4e00-\u9fff]{0,8}?)(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|汇\s*总|总\s*和)[:：]?.{0,12}"
    # 共6户; 合计6户，脐橙3万斤: a sum goes on as long as it counts.
    rf"|(?:[\u4e00-\u9fff]{{0,8}}?(?:合|总|小|共)\s*计|{_ALL}[总一]?\s*共)\s*"
    rf"(?:农户|有|约|为|[:：])?\s*{_SOME}.*"
    rf"|{_ALL}(?:[总一]?共|共有)[:：]?|总[户人]数[:：]?\s*\d.*"
    r"|(?:grand\s?|sub)?-?total[s:]?.{0,12}|sum|平均(?:数|值|价)?|均价|[σ∑]"
)
_NOTE_WORDS = (
    r"备\s*注|注|附注|说\s*明|填表说明|填写说明|填\s*报?\s*表?\s*人|制\s*[表单]|审\s*核|审\s*批"
    r"|复\s*核|负责人|分管领导|单位负责人|经办人|联系人|联系电话|填报单位|填报时间|填报日期"
    r"|经手人|统计[人员]|记录[人员]|登记人|联络员|主管|上报[人时日]\w?|填表日期|填表时间|报送|日\s*期|单位|盖\s*章|签\s*[字名]|数据来源|来源"
    r"|note|notes|remark|remarks|prepared by|checked by|source|date"
)
_NOTE = re.compile(
    rf"(?:{_NOTE_WORDS})(?:人|员)?\s*(?:[(（][^)）]{{0,12}}[)）])?\s*\d*\s*[:：、.,，].*"
    r"|[（(【].*[)）】]|[*※].*|\d{4}年\d{1,2}月\d{1,2}日.*|第\s*\d+\s*页.*"
)
# 一、水果; （二）求购信息.
SECTION = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}\s*(?:[)）]\s*[、.．]?|[、.．])")
# Who wrote it and when stands in few cells.
_MAX_NOTE_CELLS = 6
_IN_CELL = re.compile(r"[:：]$")
_NAMING = ("product", "name", "seller", "buyer")
_COUNTED = ("quantity", "amount", GOOD)
# What a row may say alone for those below: none of the fields, a place.
_GROUPING = (None, MORE, "region", "township", "village")


@cache_short
def _is_total_word(text: str) -> bool:
    return _TOTAL.fullmatch(fold(text)) is not None


class RowSorter:
    """Tells entries from other rows, from above to below; it counts what it saw, to know a sum
    that is called nothing."""

    def __init__(self, sheet: Sheet, head: SheetHead) -> None:
        self.sheet, self.head = sheet, head
        self.by_index = {c.index: c.field for c in head.columns}
        self.fields = {field: n for n, field in self.by_index.items() if field not in (None, MORE)}
        # Where another table begins below, whose head is another.
        self.other_table: int | None = None
        self.mapped = [n for n, field in self.by_index.items() if field not in (None, MORE)]
        self.goods = [n for n, field in self.by_index.items() if field == GOOD]
        counted = [n for n, field in self.by_index.items() if field in _COUNTED]
        # All so far, and those since the last total.
        self._sums: dict[int, list[Decimal]] = {n: [] for n in counted}
        self._since: dict[int, list[Decimal]] = {n: [] for n in counted}

    def reason(self, row: int) -> str | None:
        """Why a row is no entry; None where it is one."""
        cells = self.sheet.rows[row]
        if row <= self.head.last_row:
            return EMPTY if all(map(is_nothing, cells)) else TITLE
        if self._is_empty(cells) or self.is_continued(row):
            return EMPTY
        if self._is_struck(row):
            return STRUCK
        if self._is_other_head(cells):
            self.other_table = row
            return TITLE
        if self._is_head_again(cells):
            self.other_table = None
            return TITLE
        if self._is_total(cells) or self._is_sum(cells):
            for counted in self._since.values():
                counted.clear()
            return TOTAL
        if self._is_note(cells):
            return NOTE
        if self._is_title(row, cells):
            return TITLE
        if self.goods and all(is_nothing(cells[n]) or cells[n] in (0, "0") for n in self.goods):
            return NO_GOODS
        self._count(cells)
        return None

    def is_continued(self, row: int) -> bool:
        """Whether the entry above goes on: all that is filled in is merged with it."""
        cells = self.sheet.rows[row]
        filled = [n for n in self.mapped if not is_nothing(cells[n])]
        ranges = [self.sheet.merged.get((row, n)) for n in filled]
        return bool(filled) and all(
            merged and self.head.last_row < merged.first_row < row for merged in ranges
        )

    def _is_struck(self, row: int) -> bool:
        """Whether all of an entry is crossed out."""
        cells = self.sheet.rows[row]
        filled = [n for n in self.mapped if not is_nothing(cells[n])]
        return bool(filled) and all((row, n) in self.sheet.struck for n in filled)

    def _cell(self, cells: Sequence[CellValue], field: str) -> CellValue:
        index = self.fields.get(field)
        return cells[index] if index is not None else None

    def _is_empty(self, cells: Sequence[CellValue]) -> bool:
        """Whether nothing is filled in but numbers of rows, units and strokes."""
        besides = ("unit", "price_unit", "side", "agreed")
        mapped = [n for n in self.mapped if self.by_index[n] not in besides]
        if not all(is_nothing(cells[n]) or cells[n] == 0 for n in mapped):
            return False
        texts = [c for c in cells if isinstance(c, str) and not is_nothing(c)]
        others = set(texts) - {
            text_of(self._cell(cells, f)) for f in ("unit", "price_unit", "side")
        }
        return not any(_is_total_word(t) or _NOTE.fullmatch(fold(t)) for t in others)

    def _is_head_again(self, cells: Sequence[CellValue]) -> bool:
        filled = [(n, cell) for n, cell in enumerate(cells) if not is_nothing(cell)]
        titles = {column.index: column.title for column in self.head.columns}
        rows = range(self.head.first_row, self.head.last_row + 1)
        same = [
            n
            for n, cell in filled
            if same_title(cell, titles.get(n, ""))
            or any(isinstance(cell, str) and cell == self.sheet.rows[r][n] for r in rows)
        ]
        return len(same) >= 2 and len(same) * 3 >= len(filled) * 2

    def _is_other_head(self, cells: Sequence[CellValue]) -> bool:
        """Whether it has the titles of a table, and they are not those of the head above."""
        filled = [(n, cell) for n, cell in enumerate(cells) if not is_nothing(cell)]
        known = [n for n, cell in filled if is_head_word(cell)]
        if len(known) < 3 or len(known) * 5 < len(filled) * 4:
            return False
        titles = {column.index: column.title for column in self.head.columns}
        rows = range(self.head.first_row, self.head.last_row + 1)
        return not all(
            same_title(cell, titles.get(n, "")) or any(cell == self.sheet.rows[r][n] for r in rows)
            for n, cell in filled
        )

    def _is_total(self, cells: Sequence[CellValue]) -> bool:
        """Whether a cell calls the row a sum, and it names nobody and nothing besides."""
        filled = [text_of(cell) for cell in cells if not is_nothing(cell)]
        named = [text_of(self._cell(cells, field)) for field in _NAMING]
        # Elsewhere it may be a remark: 合计三车.
        if not any(map(_is_total_word, [*filled[:1], *named])):
            return False
        entries = [word for word in named if word and not _is_total_word(word)]
        return len(entries) < 2

    def _is_sum(self, cells: Sequence[CellValue]) -> bool:
        """Whether a row that names nobody and nothing has the sum of those above."""
        if any(not is_nothing(self._cell(cells, field)) for field in _NAMING):
            return False
        for column in self._sums:
            number = parse_number(text_of(cells[column]))
            for counted in (self._sums[column], self._since[column]):
                if number and len(counted) > 1 and abs(sum(counted) - number) <= number / 1000:
                    return True
        return False

    def _count(self, cells: Sequence[CellValue]) -> None:
        for column in self._sums:
            if number := parse_number(text_of(cells[column])):
                self._sums[column].append(number)
                self._since[column].append(number)

    def _is_note(self, cells: Sequence[CellValue]) -> bool:
        texts = list(dict.fromkeys(text_of(cell) for cell in cells if not is_nothing(cell)))
        if not texts or len(texts) > _MAX_NOTE_CELLS:
            return False
        if self._has_goods(cells):
            return False
        first = fold(texts[0])
        return _NOTE.fullmatch(first) is not None or (
            len(texts) > 1 and _IN_CELL.search(first) is not None
        )

    def _has_goods(self, cells: Sequence[CellValue]) -> bool:
        """Whether it says how much of what, or whom to ring: rather an entry that is refused than
        one that nobody misses."""
        pairs = (("product", "quantity"), ("name", "phone"), ("seller", "amount"))
        texts = [(self._cell(cells, one), self._cell(cells, other)) for one, other in pairs]
        texts += [(self._cell(cells, "name"), cells[n]) for n in self.goods]
        for one, other in ((text_of(naming), text_of(counted)) for naming, counted in texts):
            is_filled = one and any(map(str.isdigit, other)) and one != other
            if is_filled and not (_NOTE.fullmatch(fold(one)) or _NOTE.fullmatch(fold(other))):
                return True
        return False

    def _is_title(self, row: int, cells: Sequence[CellValue]) -> bool:
        """Whether one text alone stands in the row, merged across it or where no goods, amounts or
        people are: 一、柑橘类."""
        filled = [n for n, cell in enumerate(cells) if not is_nothing(cell)]
        texts = {text_of(cells[n]) for n in filled}
        if len(texts) != 1 or not isinstance(cells[filled[0]], str):
            return False
        if len(filled) == 1 and SECTION.match(text_of(cells[filled[0]])):
            return True
        merged = self.sheet.merged.get((row, filled[0]))
        if merged and merged.is_wide and len(filled) > 2:
            return True
        return len(filled) == 1 and self.by_index.get(filled[0]) in _GROUPING
