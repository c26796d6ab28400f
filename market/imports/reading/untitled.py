"""Columns whose head says too little, and what stands in or beside them says it: units beside the
amounts, numbers to ring."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from market.imports.reading import contents
from market.imports.reading.cells import text_of
from market.imports.reading.fields import FIELDS, ImportKind
from market.imports.reading.sheet import CellValue, Sheet
from market.text.characters import fold

if TYPE_CHECKING:
    from market.imports.reading.heads import SheetHead

_MOBILE = re.compile(r"(?:\+?86)?[\s-]?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}")
# What a head above units says, if it says anything.
_UNIT_TITLE = re.compile(r"(?:计量)?单位|units?", re.IGNORECASE)

_PHONE_TITLE = re.compile(
    r"(?:联系|移动)?(?:电话|手机|方式|号码)(?:号码?)?|phone|mobile|tel", re.IGNORECASE
)
_PHONE_OF = {"seller": "seller_phone", "buyer": "buyer_phone"}


def phones_of_parties(columns: Sequence[tuple[str, str | None]]) -> list[str | None]:
    """The fields of a sheet of deals, its columns given with their titles: a number without a word
    whose it is belongs to the party at its left, where each has one."""
    fields = [field for _title, field in columns]
    plain = [n for n, (title, _) in enumerate(columns) if _PHONE_TITLE.fullmatch(title.strip())]
    found: dict[str, int] = {}
    for n in plain:
        party = next((f for f in reversed(fields[:n]) if f in _PHONE_OF), None)
        if party is None or _PHONE_OF[party] in found:
            return fields
        found[_PHONE_OF[party]] = n
    assigned = {fields[n] for n in plain}
    if any(field in fields and field not in assigned for field in found):
        return fields
    for n in plain:
        fields[n] = None
    for field, n in found.items():
        fields[n] = field
    return fields


def field_of(
    title: str, before: tuple[str, str | None] | None, cells: Sequence[CellValue]
) -> str | None:
    """The field that a column without a head of its own is, by what stands in it; None for none.

    Args:
        before: the title of the column at its left, which may be merged over both, and its field.
    """
    filled = [cell for cell in cells if cell not in (None, "")]
    if not filled:
        return None
    merged = bool(before and title == before[0])
    if not title and all(_MOBILE.fullmatch(text_of(cell).strip()) for cell in filled):
        return "phone"
    if not (not title or merged or _UNIT_TITLE.fullmatch(title.strip())):
        return None
    if contents.fit("unit", filled) != 1:
        return None
    if all("元" in fold(text_of(cell)) for cell in filled):
        return "price_unit"
    beside = before[1] if before else None
    return {"quantity": "unit", "price": "price_unit"}.get(beside or "")


def with_untitled(sheet: Sheet, head: SheetHead, kind: ImportKind) -> SheetHead:
    """The head, with the columns that say only by their cells what they are."""
    columns = list(head.columns)
    fields = {column.field for column in columns}
    for given in ("unit", None):
        for n, column in enumerate(columns):
            if column.field != given:
                continue
            before = (columns[n - 1].title, columns[n - 1].field) if n else None
            below = [row[column.index] for row in sheet.rows[head.last_row + 1 :]]
            found = field_of(column.title, before, below)
            if found in FIELDS[kind] and found not in fields:
                fields = (fields - {given}) | {found}
                columns[n] = replace(column, field=found, unit=None)
    if kind is ImportKind.DEALS:
        parties = phones_of_parties([(c.title, c.field) for c in columns])
        columns = [replace(c, field=f) for c, f in zip(columns, parties, strict=True)]
    return replace(head, columns=tuple(columns))
