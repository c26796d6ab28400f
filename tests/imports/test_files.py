"""Strange files, templates, and the rows that come back."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from werkzeug.http import parse_options_header

from market.database import db, transaction, utcnow
from market.imports import files
from market.imports.jobs import work
from market.imports.models import Import, ImportRow, ImportState
from market.imports.reading.heads import FIELDS, ImportKind, find_head
from market.imports.reading.sheets import read_sheets
from tests.conftest import Client
from tests.imports.conftest import HEADS, ROWS, bring, imported, newest, tried, workbook

BAD = ("覃三姐", "", "新铺村", "=没有这样的货", "许多", "+1")


def brought() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(Import)) or 0


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"", "empty.xlsx"),
        (b"\x00" * 4000, "zeros.xlsx"),
        (b"PK\x03\x04 no archive", "broken.xlsx"),
        (b"%PDF-1.7 something", "paper.pdf"),
        (random.Random(1).randbytes(9_000), "noise.xls"),
    ],
)
def test_a_strange_file_is_refused_with_a_sentence(
    station: Client, content: bytes, filename: str
) -> None:
    answer = bring(station, content, filename)
    assert answer.status_code == 200
    assert 'id="file-error"' in answer.get_data(as_text=True)
    assert brought() == 0


def test_a_file_that_is_too_large_is_refused(
    station: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("market.imports.forms.MAX_FILE_BYTES", 1000)
    page = bring(station, b"a" * 1001, "large.csv").get_data(as_text=True)
    assert "8 MB" in page
    assert brought() == 0


def test_a_broken_workbook_never_breaks_a_page(station: Client) -> None:
    whole, rng = workbook(ROWS), random.Random(7)
    for _ in range(12):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 40)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        assert bring(station, bytes(broken)).status_code in (200, 303)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", ["offers", "farmers", "deals"])
def test_a_template_is_read_as_what_it_is_and_its_example_is_not_imported(
    station: Client, kind: str, language: str
) -> None:
    station.set_cookie("language", language)
    answer = station.get(f"/station/imports/template/{kind}.xlsx")
    assert answer.status_code == 200
    sheet = read_sheets(answer.data, "template.xlsx")[0]
    head = find_head(sheet, ImportKind(kind))
    assert head is not None
    assert [c.field for c in head.columns] == [None, *FIELDS[ImportKind(kind)]]
    trial = tried(station, answer.data, "template.xlsx")
    assert (trial.ready, trial.wrong, trial.skipped) == (0, 0, 1)


def came_back(station: Client, trial: Import) -> tuple[bytes, list[list[Any]]]:
    """(the file of rows to put right, its rows)."""
    data = station.get(f"/station/imports/{trial.id}/failed").data
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return data, book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_rows_that_failed_come_back_with_the_reasons(station: Client) -> None:
    trial = tried(station, workbook([*ROWS, BAD]))
    answer = station.get(f"/station/imports/{trial.id}/failed")
    assert parse_options_header(answer.headers["Content-Disposition"]) == (
        "attachment",
        {"filename": "上市-要改的行.xlsx"},
    )
    data, (title, head, row) = came_back(station, trial)
    assert title[0] == "白沙镇农产品上市统计表"
    assert head == [*HEADS, "未导入原因"]
    # What would be a formula is none.
    assert row[:6] == ["覃三姐", "", "新铺村", "'=没有这样的货", "许多", "+1"]
    reasons = row[6].split("\n")
    assert [reason.partition("：")[0] for reason in reasons] == ["品名", "数量(斤)"]
    again = tried(station, data, "改过.xlsx")
    assert (again.ready, again.wrong) == (0, 1)


def test_a_sheet_that_came_back_and_was_put_right_makes_nothing_twice(station: Client) -> None:
    heads = ("姓名", "电话", "村", "品名", "数量")
    rows = [
        ("田大伯", "13800002201", "白沙村", "脐橙/不知名", "3/2"),
        ("田二伯", "13800002202", "白沙村", "蜜柚", 5),
    ]
    first = imported(station, workbook(rows, heads, title="上市表（单位：万斤）"))
    assert (first.made, first.wrong) == (2, 1)
    _data, (title, head, row) = came_back(station, first)
    mended = [cell.replace("不知名", "红薯") for cell in row]
    again = tried(station, workbook([mended], head, title=title[0]), "改好.xlsx")
    assert (again.ready, again.duplicates, again.wrong) == (1, 1, 0)
    page = station.get(f"/station/imports/{again.id}?show=ready").get_data(as_text=True)
    # The unit that the title says came back too.
    assert "20,000 斤" in page


def test_rows_of_a_csv_come_back_as_csv(station: Client) -> None:
    lines = [HEADS, *ROWS, BAD]
    text = "\r\n".join(",".join(map(str, line)) for line in lines)
    trial = tried(station, text.encode("gb18030"), "上市.csv")
    assert (trial.ready, trial.wrong) == (3, 1)
    answer = station.get(f"/station/imports/{trial.id}/failed")
    assert answer.mimetype == "text/csv"
    head, row = answer.data.decode("utf-8-sig").splitlines()[:2]
    assert head.endswith("未导入原因")
    assert "'=没有这样的货" in row


def test_the_file_and_what_was_read_of_it_leave_after_the_day_of_undoing(station: Client) -> None:
    done = imported(station, workbook([*ROWS, BAD]))
    assert (files.folder() / done.file_sha256).exists()
    with transaction():
        done.done_at = utcnow() - timedelta(hours=25)
    work()
    done = newest()
    assert not (files.folder() / done.file_sha256).exists()
    assert {str(row.values) for row in db.session.scalars(db.select(ImportRow))} == {"{}"}
    page = f"/station/imports/{done.id}"
    assert station.get(page).status_code == 200
    assert station.get(f"{page}/failed").status_code == 404
    answer = station.send(f"{page}/undo", page="/station/imports/new")
    assert answer.status_code == 303
    work()
    assert newest().state is ImportState.DONE


def test_what_is_given_up_leaves_nothing(station: Client) -> None:
    trial = tried(station, workbook(ROWS))
    page = f"/station/imports/{trial.id}"
    station.send(f"{page}/discard", page=page)
    work()
    assert newest().state is ImportState.DISCARDED
    assert list(files.folder().glob("[0-9a-f]*")) == []
    assert db.session.scalar(db.select(ImportRow.id)) is None


def test_a_sheet_without_heads_says_so(station: Client) -> None:
    address = bring(station, "一,二\n三,四".encode(), "x.csv").headers["Location"]
    page = station.get(address).get_data(as_text=True)
    assert "没有找到表头" in page
