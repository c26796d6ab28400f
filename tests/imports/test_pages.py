"""The page of an import: what matters first, and nothing that waits for a reload by hand."""

from __future__ import annotations

import re

from market.imports.jobs import work
from tests.conftest import Client
from tests.imports.conftest import (
    HEADS,
    ROWS,
    bring,
    chosen_columns,
    imported,
    newest,
    tried,
    workbook,
)
from tests.imports.reading.village_offices import villages
from tests.imports.test_deals import sheet, sold

BAD = ("覃四哥", "", "新铺村", "没有这样的货", 500, 1)


def page_of(station: Client, number: int, show: str = "") -> str:
    """The page with its spaces made one."""
    query = f"?show={show}" if show else ""
    page = station.get(f"/station/imports/{number}{query}").get_data(as_text=True)
    return " ".join(page.split())


def refreshed(page: str) -> str:
    """The part of the page that documents.js puts in the place of the old one."""
    begin = page.index("data-waiting=")
    return page[begin : page.index("</main>")]


def rows_shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"第 (\d+) 行</span>", page)]


def test_the_rows_to_put_right_come_first_and_the_button_before_them(station: Client) -> None:
    trial = tried(station, workbook([ROWS[0], BAD, *ROWS[1:]]))
    page = page_of(station, trial.id)
    assert rows_shown(page) == [4]
    assert page.index("导入 3 行</button>") < page.index('class="tabs"') < page.index("第 4 行")
    assert rows_shown(page_of(station, trial.id, "all")) == [4, 3, 5, 6]
    assert rows_shown(page_of(station, trial.id, "ready")) == [3, 5, 6]


def test_where_all_is_right_the_rows_are_shown_at_once(station: Client) -> None:
    trial = tried(station, workbook(ROWS))
    assert rows_shown(page_of(station, trial.id)) == [3, 4, 5]


def test_what_the_worker_has_done_shows_with_its_buttons_without_a_reload(station: Client) -> None:
    trial = tried(station, workbook([*ROWS, BAD]))
    address = f"/station/imports/{trial.id}"
    assert f'action="{address}/start"' in refreshed(page_of(station, trial.id))
    station.send(f"{address}/start", {"policy": "skip"}, address)
    waiting = page_of(station, trial.id)
    assert 'data-waiting="yes"' in waiting
    assert "documents.js" in waiting
    work()
    done = refreshed(page_of(station, trial.id, "made"))
    assert rows_shown(done) == [3, 4, 5]
    # Quietly, at the end.
    assert done.index("第 5 行") < done.index("button-quiet") < done.index(f"{address}/undo")
    assert "button-danger" not in done[: done.index("button-quiet")]


def test_what_is_said_of_a_whole_row_is_said_in_the_first_of_its_lines(station: Client) -> None:
    heads = (*HEADS[:4], "数量", *HEADS[5:])
    row = ("田大伯", "13800002201", "白沙村", "脐橙/萝卜", "300斤/若干", 2)
    address = bring(station, workbook([row], heads)).headers["Location"]
    # Nobody says how the farmer agreed.
    station.send(address, {**chosen_columns(station, address), "side": "sell"})
    work()
    trial = newest()
    page = page_of(station, trial.id)
    assert trial.wrong == 2
    assert page.count("和上一行说的一样") == 1


def test_the_county_is_named_only_where_it_is_not_the_station_s(station: Client) -> None:
    heads = (*HEADS, "面积(亩)")
    done = imported(station, workbook([(*ROWS[0], 12)], heads))
    page = page_of(station, done.id)
    assert "138 0000 2201 · 白沙村" in page
    assert "面积(亩)：12" in page


def test_names_and_phones_may_stand_in_one_column_and_days_are_shown(station: Client) -> None:
    heads = ("姓名及电话", "村", "品名", "数量(斤)", "上市时间")
    trial = tried(
        station, workbook([("田大伯 13800002201", "白沙村", "脐橙", 30000, "冬至")], heads)
    )
    assert trial.ready == 1
    assert "12月22日" in page_of(station, trial.id)


def test_a_file_of_several_sheets_says_so(station: Client) -> None:
    address = bring(station, villages(), "各村.xlsx").headers["Location"]
    assert "另外还有 2 张表" in station.get(address).get_data(as_text=True)


def test_of_an_undone_import_no_empty_rows_are_shown_first(station: Client) -> None:
    done = imported(station, workbook([*ROWS, BAD]))
    address = f"/station/imports/{done.id}"
    station.send(f"{address}/undo", page=address)
    work()
    page = page_of(station, done.id)
    assert rows_shown(page) == [3, 4, 5]
    assert "原表和各行内容已删除" in page


def test_a_price_that_is_refused_is_not_shown_as_on_request(station: Client) -> None:
    row = ("田大伯", "13800002201", "白沙村", "脐橙", 30000, "-1")
    trial = tried(station, workbook([row]))
    assert (trial.wrong, trial.ready) == (1, 0)
    assert "面议" not in page_of(station, trial.id)


def test_rows_to_put_right_are_offered_where_there_are_some(station: Client) -> None:
    trial = tried(station, sheet(sold(buyer_region="")))
    assert (trial.wrong, trial.questioned) == (0, 1)
    assert f"/station/imports/{trial.id}/failed" not in page_of(station, trial.id)
    trial = tried(station, workbook([*ROWS, BAD]))
    assert f"/station/imports/{trial.id}/failed" in page_of(station, trial.id)
