"""Which row is the head of a sheet, and what field each column is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from market.imports.reading import contents, untitled
from market.imports.reading.cells import cache_short, text_of
from market.imports.reading.fields import FIELDS as FIELDS
from market.imports.reading.fields import GOOD, GOOD_PRICE, MORE, NAMED_BY_GOODS, SEVERAL, TRADED
from market.imports.reading.fields import REQUIRED as REQUIRED
from market.imports.reading.fields import ImportKind as ImportKind
from market.imports.reading.head_units import split_unit, units_above
from market.imports.reading.head_words import (
    DESCRIPTIVE,
    IGNORED,
    NOT_FOR_SALE,
    OTHER_TIME,
    PRIVATE,
    fields_of,
    longest_first,
)
from market.imports.reading.sheet import CellValue, Sheet
from market.imports.reading.wide import find_goods, goods_in, is_sum
from market.text.characters import fold, tidy

# Titles, addressees and dates stand above the head, in no more rows.
MAX_ROWS_ABOVE = 30
MAX_TITLE_LENGTH = 24
# Of what stands below, to see what a column holds.
_SAMPLE_ROWS = 40
_YEAR = re.compile(r"20\d\d(?=年)")
_MOBILE = re.compile(r"1\d{10}")
_LONG_NUMBER = re.compile(r"\d{6}")
_MARKS = re.compile(r"[\s*#'’:：()（）\[\]【】<>《》、,，.。/_—\-]+")


@dataclass(frozen=True)
class SheetColumn:
    """A column below a head.

    Attributes:
        index: counted from 0.
        title: as it is written; of two lines both, with a slash between.
        field: of `FIELDS` or `SEVERAL`; None for none.
        unit: what its numbers are in, as the title says: the code of a unit, else its words
            (万斤, 万元, 月); None where it says nothing.
    """

    index: int
    title: str
    field: str | None
    unit: str | None


@dataclass(frozen=True)
class SheetHead:
    """The head of a sheet: its rows, both counted from 0 and included, and its columns."""

    first_row: int
    last_row: int
    columns: tuple[SheetColumn, ...]

    def column_of(self, field: str) -> SheetColumn | None:
        """The column of a field, the first of several; None for none."""
        return next((column for column in self.columns if column.field == field), None)


@dataclass(frozen=True)
class _Claim:
    """A field that a column may be, the better the greater `weight`."""

    weight: float
    column: int
    field: str


def find_head(sheet: Sheet, kind: ImportKind) -> SheetHead | None:
    """The head of a sheet, its columns matched to the fields of `kind`; None where no row has at
    least two of them."""
    best: tuple[float, SheetHead] | None = None
    full: SheetHead | None = None
    for row in range(min(len(sheet.rows), MAX_ROWS_ABOVE)):
        if not _may_be_head(sheet, row):
            continue
        for last in (row, row + 1):
            if last > row and not _is_second_line(sheet, row, kind):
                continue
            head = _read_head(sheet, kind, row, last)
            weight = _weight(head, kind) - _cut(sheet, row, last)
            # A second line that says nothing more is a row of the table.
            if weight >= 2 and (best is None or weight > best[0]):
                best = (weight, head)
            if full is None and weight >= 2 and _is_full(head, kind):
                full = head
    if best is None:
        return None
    # Of two tables below each other the upper is read: below it the other is told apart.
    if full and _has_people(sheet.rows[full.last_row + 1 : best[1].first_row]):
        best = (0, full)
    return _with_remarks(
        sheet, _with_units_above(sheet, untitled.with_untitled(sheet, best[1], kind)), kind
    )


def _is_full(head: SheetHead, kind: ImportKind) -> bool:
    return REQUIRED[kind] <= {column.field for column in head.columns}


def _has_people(rows: Sequence[Sequence[CellValue]]) -> bool:
    return any(_MOBILE.fullmatch(text_of(cell)) for row in rows for cell in row)


def is_head_word(cell: CellValue) -> bool:
    """Whether a cell is the title of some column, its unit aside."""
    if not isinstance(cell, str):
        return False
    word = _plain(split_unit(cell)[0])
    return word in IGNORED or any(word in _known(kind)[0] for kind in ImportKind)


def _with_units_above(sheet: Sheet, head: SheetHead) -> SheetHead:
    """The head, its amounts in the units that a title above it says, where nothing beside says
    others."""
    above = dict.fromkeys(text_of(cell) for row in sheet.rows[: head.first_row] for cell in row)
    units = units_above("\n".join(above))
    fields = {column.field for column in head.columns}
    for field, unit_field in (("quantity", "unit"), ("price", "price_unit")):
        if unit_field in fields:
            units.pop(field, None)
    of_each = {"quantity": GOOD, "price": GOOD_PRICE}
    units |= {of_each[field]: unit for field, unit in units.items() if field in of_each}
    columns = [replace(c, unit=c.unit or units.get(c.field or "")) for c in head.columns]
    return replace(head, columns=tuple(columns))


def _with_remarks(sheet: Sheet, head: SheetHead, kind: ImportKind) -> SheetHead:
    """The head, its columns without a field of their own going into the description of offers, but
    for numbers of rows, sums, and what is nobody's business."""
    if MORE not in SEVERAL[kind]:
        return head
    below = sheet.rows[head.last_row + 1 :]
    columns = [
        replace(column, field=MORE)
        if column.field is None and _is_remark(column.title, [row[column.index] for row in below])
        else column
        for column in head.columns
    ]
    return replace(head, columns=tuple(columns))


def _is_remark(title: str, cells: Sequence[CellValue]) -> bool:
    if not title or is_sum(title) or PRIVATE.search(fold(tidy(title))):
        return False
    if _plain(split_unit(title)[0]) not in DESCRIPTIVE:
        lines = [title, *title.split("/")]
        if any(_is_ignored(line) for line in lines):
            return False
        # A second number to ring, or a second name, is no word about the goods.
        claimed = {field for line in lines for field, *_ in _claimed(ImportKind.OFFERS, line)}
        if {"phone", "name", "agreed"} & claimed:
            return False
    filled = [text_of(cell) for cell in cells if cell not in (None, "")]
    return bool(filled) and not any(_LONG_NUMBER.search(text) for text in filled)


def with_fields(head: SheetHead, chosen: Mapping[int, str | None]) -> SheetHead:
    """The head as somebody corrected it: column -> field, or None for no field. A field that is
    chosen for one column leaves the one that had it, unless several may be it."""
    several = {field for fields in SEVERAL.values() for field in fields}
    given = {field for field in chosen.values() if field is not None} - several
    columns = []
    for column in head.columns:
        field = column.field if column.field not in given else None
        columns.append(replace(column, field=chosen.get(column.index, field)))
    return replace(head, columns=tuple(columns))


def guess_kind(sheet: Sheet) -> ImportKind:
    """What a sheet most likely holds: deals where it has two parties, farmers where it has
    people and no amounts, else offers. What somebody grows is no offer."""
    deals, offers = find_head(sheet, ImportKind.DEALS), find_head(sheet, ImportKind.OFFERS)
    if deals and deals.column_of("seller") and deals.column_of("buyer"):
        return ImportKind.DEALS
    if offers:
        goods = offers.column_of("product")
        cells = [row[goods.index] for row in sheet.rows[offers.last_row + 1 :]] if goods else []
        if contents.says_amounts(cells) or any(map(offers.column_of, TRADED)):
            return ImportKind.OFFERS
    farmers = find_head(sheet, ImportKind.FARMERS)
    return ImportKind.FARMERS if farmers and farmers.column_of("name") else ImportKind.OFFERS


def same_title(one: CellValue, other: str) -> bool:
    """Whether a cell repeats a title."""
    return isinstance(one, str) and _plain(one) == _plain(other) != ""


@cache_short
def _plain(text: str) -> str:
    return _MARKS.sub("", fold(tidy(text)))


def _weight(head: SheetHead, kind: ImportKind) -> float:
    """How much of a head it is: its fields, rather those that are required; one line rather
    than two, unless the second says more."""
    fields = {column.field for column in head.columns if column.field}
    titled = sum(1 for column in head.columns if column.title)
    missing = len(REQUIRED[kind] - fields - (NAMED_BY_GOODS if GOOD in fields else set()))
    units = sum(1 for column in head.columns if column.unit)
    known = len(fields) / titled if titled else 0
    if len(fields) < 2:
        return 0
    return (
        len(fields) - 0.3 * missing + known + 0.3 * units - 0.2 * (head.last_row - head.first_row)
    )


def _cut(sheet: Sheet, first: int, last: int) -> float:
    """What a head loses that cuts ranges which are merged with the row above or below."""
    tall = {
        merged
        for row in (first, last)
        for column in range(len(sheet.rows[row]))
        if (merged := sheet.merged.get((row, column))) and merged.is_tall
    }
    is_cut = any(merged.first_row < first or merged.last_row > last for merged in tall)
    return 0.5 if is_cut else 0


def _may_be_head(sheet: Sheet, row: int) -> bool:
    """Whether a row has several short texts and hardly anything else."""
    cells = [cell for cell in sheet.rows[row] if cell not in (None, "")]
    texts = [cell for cell in cells if isinstance(cell, str) and len(cell) <= MAX_TITLE_LENGTH]
    if any(_LONG_NUMBER.search(text_of(cell)) for cell in cells):
        return False  # somebody's phone
    return len({*texts}) >= 2 and len(texts) * 4 >= len(cells) * 3


def _is_second_line(sheet: Sheet, row: int, kind: ImportKind) -> bool:
    """Whether the row below goes on with the head: below merged heads, or with units alone."""
    if row + 1 >= len(sheet.rows):
        return False
    above, below = sheet.rows[row], sheet.rows[row + 1]
    if any(not isinstance(cell, str) for cell in below if cell not in (None, "")):
        return False
    added = [
        (top, cell)
        for top, cell in zip(above, below, strict=True)
        if isinstance(cell, str) and cell and cell != top
    ]
    if not added or any(len(cell) > MAX_TITLE_LENGTH for _, cell in added):
        return False
    grouped = any(
        sheet.merged[row, column].is_wide
        for column, cell in enumerate(above)
        if cell and (row, column) in sheet.merged
    )
    words = [
        cell
        for top, cell in added
        if _goes_on(kind, top, cell) or (grouped and kind is ImportKind.OFFERS and goods_in([cell]))
    ]
    return len(words) * 2 > len(added) or (grouped and bool(words))


def _goes_on(kind: ImportKind, top: CellValue, cell: str) -> bool:
    """Whether a title goes on in the line below: with a word or unit of its own, or with one that
    says something only below the other (价格, 最低)."""
    if _claimed(kind, cell) or split_unit(cell)[0] == "":
        return True
    return any(quality >= 2 for _field, quality, _rank in _claimed(kind, f"{_title(top)}{cell}"))


def _read_head(sheet: Sheet, kind: ImportKind, first: int, last: int) -> SheetHead:
    titles = []
    for column in range(len(sheet.rows[first])):
        lines = [_title(sheet.rows[row][column]) for row in range(first, last + 1)]
        titles.append(list(dict.fromkeys(filter(None, lines))))
    sample = sheet.rows[last + 1 : last + 1 + _SAMPLE_ROWS]
    years = [_YEAR.findall("".join(lines)) for lines in titles]
    latest = max((year for found in years for year in found), default="")
    claims = [
        _Claim(_claim_weight(quality, field, rank, [r[n] for r in sample]), n, field)
        for n, lines in enumerate(titles)
        for field, quality, rank in _claims_of(lines, kind)
        if not (years[n] and max(years[n]) < latest) and not _is_of_others(lines, kind)
    ]
    fields = _assign(claims)
    goods = _goods(titles, kind)
    of_goods = {claim.column for claim in claims if claim.field == "product"} - goods.keys()
    if goods and "product" not in {fields.get(column) for column in of_goods}:
        others = (c for c in claims if c.column not in goods and c.field not in NAMED_BY_GOODS)
        fields = {**_assign(list(others)), **goods}
    return SheetHead(
        first,
        last,
        tuple(
            SheetColumn(n, "/".join(lines), fields.get(n), _unit_of(lines))
            for n, lines in enumerate(titles)
        ),
    )


def _is_of_others(lines: Sequence[str], kind: ImportKind) -> bool:
    """Whether a column tells of another year, or of what nobody sells."""
    title = "".join(lines)
    is_none = kind is ImportKind.OFFERS and NOT_FOR_SALE.search(title) is not None
    return is_none or OTHER_TIME.search(title) is not None


def _goods(titles: Sequence[Sequence[str]], kind: ImportKind) -> Mapping[int, str]:
    """The columns for each of the goods, where a sheet of offers has such."""
    if GOOD not in SEVERAL[kind]:
        return {}

    def is_price(line: str) -> bool:
        return any(field == "price" and q >= 2 for field, q, _rank in _claimed(kind, line))

    return find_goods(titles, is_price)


def _title(cell: CellValue) -> str:
    return " ".join(tidy(cell).split()) if isinstance(cell, str) else ""


def _unit_of(lines: Sequence[str]) -> str | None:
    """The unit that the last line of a title says, else one above."""
    return next((unit for line in reversed(lines) if (unit := split_unit(line)[1])), None)


def _claims_of(lines: Sequence[str], kind: ImportKind) -> Iterator[tuple[str, float, int]]:
    """(field, quality, rank) of what a title may be: both lines together, else the lower one,
    else the upper."""
    tried = ["".join(lines), *reversed(lines)] if len(lines) > 1 else lines
    for n, title in enumerate(tried):
        if found := _claimed(kind, title):
            yield from ((field, quality - n * 0.2, rank) for field, quality, rank in found)
            return


@cache_short
def _claimed(kind: ImportKind, title: str) -> tuple[tuple[str, float, int], ...]:
    """(field, quality, rank) of what one line may be: the whole of it, then how it ends (Chinese
    heads say at their end what they are), then how it begins."""
    known, ordered = _known(kind)
    words = dict.fromkeys((_plain(split_unit(title)[0]), _plain(title)))
    for word in filter(None, words):
        if word in IGNORED or word in DESCRIPTIVE:
            return ()
        if word in known:
            return tuple((field, 3.0, rank) for field, rank in known[word])
    for word in filter(None, words):
        if any(word.endswith(other) for other in IGNORED | DESCRIPTIVE if len(other) > 2):
            return ()
        for quality, is_at in ((2.0, str.endswith), (1.0, str.startswith)):
            found = next((o for o in ordered if len(o) > 1 and is_at(word, o)), None)
            if found and len(word) <= len(found) + 8:
                return tuple((field, quality, rank) for field, rank in known[found])
    return ()


def _is_ignored(line: str) -> bool:
    """Whether a line is no field of any kind."""
    words = {_plain(split_unit(line)[0]), _plain(line)}
    return any(w in IGNORED or any(w.endswith(o) for o in IGNORED if len(o) > 2) for w in words)


@cache
def _known(kind: ImportKind) -> tuple[Mapping[str, tuple[tuple[str, int], ...]], list[str]]:
    known = fields_of(kind)
    return known, longest_first(known)


def _claim_weight(quality: float, field: str, rank: int, cells: Sequence[CellValue]) -> float:
    """Of a column that holds something else there is less than nothing."""
    fit = contents.fit(field, cells)
    if fit is not None and fit < 0.2 and field in contents.PLAIN:
        return -1
    # Whose it is wins over whom to ring: 合作社 over 联系人.
    return quality + 2 * (0.5 if fit is None else fit) - rank / 30


def _assign(claims: Sequence[_Claim]) -> dict[int, str]:
    """Each column's field, each field once, the weightiest claims first."""
    fields: dict[int, str] = {}
    for claim in sorted(claims, key=lambda c: (-c.weight, c.column)):
        free = claim.column not in fields and claim.field not in fields.values()
        if claim.weight >= 0 and free:
            fields[claim.column] = claim.field
    # 品种 alone is what is sold.
    if "product" not in fields.values():
        for column, field in fields.items():
            if field == "variety":
                fields[column] = "product"
    return fields
