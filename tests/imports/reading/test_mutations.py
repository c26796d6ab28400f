"""Two hundred mutations of the offices' files: read or refused with a sentence, never an error."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest

from market.imports.reading.heads import ImportKind, find_head, guess_kind, with_fields
from market.imports.reading.rows import ParsedRow, read_rows
from market.imports.reading.sheets import Sheet, UnreadableFile, read_sheets
from tests.imports.reading import offices, village_offices
from tests.imports.reading.books import CONTEXT

pytestmark = pytest.mark.usefixtures("reference")
STRANGE: list[Any] = [
    *(None, "", " ", "-", 0, -1, 1e300, float("nan"), float("inf"), True, 10**30, 0.1 + 0.2),
    *("=A1", "#REF!", "#####", "同上", "合计", "1" * 400, "一" * 3000, "😀😀", "\u200b", "\0"),
    *("各", "各各", "、、、", "1/2/3", "5000斤5000斤", "３万斤", "-5斤", "1e400", "99999999999999"),
    *("2026-13-45", "0000.0.0", "9999年12月31日", "13800001122" * 9, "石门县" * 40, "%s %(x)s"),
    *("脐橙" * 200, "脐橙、" * 100, "<script>", "' or 1=1", "\n\n", "1,2,3,4", "面议" * 99),
]


OFFICES = {**offices.OFFICES, **village_offices.OFFICES}


@cache
def original(name: str) -> bytes:
    return OFFICES[name]()


def read_all(sheets: list[Sheet]) -> int:
    """Read every sheet as every kind; how many entries there were."""
    count = 0
    for sheet in sheets:
        guess_kind(sheet)
        for kind in ImportKind:
            head = find_head(sheet, kind)
            if head is None:
                continue
            for row in read_rows(sheet, head, kind, CONTEXT):
                if isinstance(row, ParsedRow):
                    count += 1
                    assert row.values or row.problems
                    assert all(str(problem.text) for problem in row.problems)
    return count


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Some bytes of `data` changed, cut out, doubled or put elsewhere."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(changed)) if changed else 0
        length = chance.choice([1, 2, 8, 200])
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = chance.randbytes(1)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length]
            case 3:
                changed[at:at] = chance.randbytes(length)
            case 4:
                changed[at : at + length] = changed[-length:]
    return bytes(changed)


def mutate_members(data: bytes, chance: random.Random) -> bytes:
    """The same inside a member of an archive."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = [name for name in old.namelist() if name.endswith((".xml", ".rels"))]
        wanted = chance.choice([n for n in names if "sheet" in n or "content" in n] or names)
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, swap_words(content, chance) if name == wanted else content)
    return changed.getvalue()


def swap_words(xml: bytes, chance: random.Random) -> bytes:
    """Numbers of an XML made strange, so that it stays well-formed, or some bytes of it."""
    if chance.random() < 0.3:
        return mutate(xml, chance)
    parts = xml.split(b'"')
    for _ in range(chance.randrange(1, 20)):
        at = chance.randrange(1, len(parts), 2) if len(parts) > 2 else 0
        parts[at] = chance.choice([b"0", b"-1", b"99999999999", b"A1", b"XFD1", b"e", b"", b"s"])
    return b'"'.join(parts)


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [mutate, mutate_members]


@pytest.mark.parametrize("seed", range(200))
def test_a_file_that_was_damaged_is_read_or_refused_with_a_sentence(seed: int) -> None:
    chance = random.Random(seed)
    name = chance.choice(sorted(OFFICES))
    data = original(name)
    change = chance.choice(MUTATIONS) if data.startswith(b"PK") else mutate
    with suppress(UnreadableFile):
        read_all(read_sheets(change(data, chance), name))


@pytest.mark.parametrize("seed", range(60))
def test_strange_cells_are_read_or_refused_at_their_place(seed: int) -> None:
    chance = random.Random(seed)
    name = chance.choice(sorted(OFFICES))
    (sheet, *_) = read_sheets(original(name), name)
    rows = [list(row) for row in sheet.rows]
    for _ in range(chance.randrange(1, 60)):
        row = chance.choice(rows[len(rows) // 4 :])
        row[chance.randrange(len(row))] = chance.choice(STRANGE)
    read_all([Sheet(sheet.name, tuple(map(tuple, rows)), merged=sheet.merged)])


@pytest.mark.parametrize("seed", range(20))
def test_columns_that_were_mapped_wrongly_are_problems_and_no_errors(seed: int) -> None:
    chance = random.Random(seed)
    name = chance.choice(sorted(OFFICES))
    (sheet, *_) = read_sheets(original(name), name)
    kind = guess_kind(sheet)
    head = find_head(sheet, kind)
    assert head is not None
    fields = [column.field for column in head.columns]
    chance.shuffle(fields)
    chosen = with_fields(head, dict(enumerate(fields)))
    assert list(read_rows(sheet, chosen, kind, CONTEXT))
