"""What has changed since an import was tried is said, and what has left is imported again."""

from __future__ import annotations

import pytest

from market.database import db, transaction
from market.imports.jobs import work
from market.imports.models import Import, ImportRow, ImportState, RowState
from market.offers.models import Offer, OfferStatus
from tests.conftest import Client
from tests.imports.conftest import ROWS, bring, imported, newest, tried, workbook

FARMERS = ("姓名", "电话", "村", "同意方式", "见证人")
FARMER = ("田大伯", "13800002201", "白沙村", "口头", "村主任")


def again(number: int) -> Import:
    db.session.rollback()
    return db.session.get_one(Import, number)


def start(client: Client, number: int, policy: str = "skip") -> Import:
    page = f"/station/imports/{number}"
    assert client.send(f"{page}/start", {"policy": policy}, page).status_code == 303
    work()
    return again(number)


def page_of(client: Client, number: int) -> str:
    return client.get(f"/station/imports/{number}").get_data(as_text=True)


def test_a_farmer_registered_since_the_dry_run_is_said_and_then_found(station: Client) -> None:
    trial = tried(station, workbook(ROWS[:2])).id
    farmers = imported(station, workbook([FARMER], FARMERS), "农户.xlsx")
    assert farmers.made == 1
    stopped = start(station, trial)
    assert (stopped.state, stopped.changes) == (ImportState.CHECKED, {"farmer": 1})
    page = page_of(station, trial)
    assert "自试读以来有变化：1 行的农户已经登记。请再看一遍" in page
    done = start(station, trial)
    assert (done.state, done.made) == (ImportState.DONE, 2)
    assert "自试读以来有变化" not in page_of(station, trial)


def test_an_offer_posted_since_the_dry_run_is_said(station: Client) -> None:
    imported(station, workbook([("田大伯", *FARMER[1:])], FARMERS), "农户.xlsx")
    trial = tried(station, workbook(ROWS[:2])).id
    imported(station, workbook([(*ROWS[0][:5], 1.9)]), "先.xlsx")
    stopped = start(station, trial)
    assert (stopped.state, stopped.changes) == (ImportState.CHECKED, {"duplicate": 1})
    assert "1 行现为“已有" in page_of(station, trial)


def test_rows_of_an_import_undone_since_are_tried_anew_by_themselves(station: Client) -> None:
    first = imported(station, workbook(ROWS)).id
    trial = tried(station, workbook(ROWS), "再来一次.xlsx").id
    page = page_of(station, trial)
    assert "/start" not in page
    assert "没有新的内容" in page
    station.send(f"/station/imports/{first}/undo", page=f"/station/imports/{first}")
    work()
    assert "重新试读" in page_of(station, trial)
    anew = start(station, trial)
    assert (anew.state, anew.ready, anew.changes) == (ImportState.CHECKED, 3, {"ready": 3})
    done = start(station, trial)
    assert (done.state, done.made) == (ImportState.DONE, 3)


def test_an_offer_closed_since_is_no_longer_there_already(station: Client) -> None:
    imported(station, workbook(ROWS[:1]))
    trial = tried(station, workbook([(*ROWS[0][:5], 1.9)]), "贵.xlsx").id
    with transaction():
        for offer in db.session.scalars(db.select(Offer)):
            offer.status = OfferStatus.CLOSED
    anew = start(station, trial)
    assert (anew.state, anew.ready) == (ImportState.CHECKED, 1)


def test_where_nothing_can_be_imported_there_is_no_button(station: Client) -> None:
    trial = tried(station, workbook([("田大伯", "", "白沙村", "脐橙", "许多", 1)]))
    page = page_of(station, trial.id)
    assert "/start" not in page
    assert "一行也导入不了" in page


@pytest.mark.parametrize(
    ("consent", "told"),
    [
        (("口头", ""), "见证人"),
        (("", "村主任"), "怎么同意"),
        (("盖章", ""), "纸面放在哪里"),
    ],
)
def test_what_a_consent_lacks_is_said(station: Client, consent: tuple[str, str], told: str) -> None:
    rows = [(*FARMER[:3], *consent)]
    tried(station, workbook(rows, FARMERS), way="", witness="")
    (row,) = db.session.scalars(db.select(ImportRow))
    (problem,) = row.problems
    assert row.state is RowState.WRONG
    assert told in problem["text"]["zh_CN"]


def test_a_witness_in_the_cell_of_the_way_is_taken(station: Client) -> None:
    rows = [(*FARMER[:3], "口头（村支书在场）", "")]
    trial = tried(station, workbook(rows, FARMERS), way="", witness="")
    assert (trial.ready, trial.wrong) == (1, 0)


def test_an_empty_file_is_called_empty(station: Client) -> None:
    assert "这个文件是空的" in bring(station, b"", "空.xlsx").get_data(as_text=True)


def test_a_sheet_of_deals_or_farmers_brought_as_offers_is_asked_about(station: Client) -> None:
    deals = workbook(
        [("田大伯", "李老板", "脐橙", 300, 2)], ("卖方", "买方", "品名", "数量(斤)", "单价")
    )
    address = bring(station, deals, "成交.xlsx", "offers").headers["Location"]
    page = station.get(address).get_data(as_text=True)
    assert "这像是成交，不是供求" in page
    assert "kind=deals" in page
    assert "这像是" not in station.get(f"{address}?kind=deals").get_data(as_text=True)
    farmers = bring(station, workbook([FARMER], FARMERS), "农户.xlsx", "offers")
    page = station.get(farmers.headers["Location"]).get_data(as_text=True)
    assert "这像是农户名册" in page
    offers = bring(station, workbook(ROWS), "上市.xlsx", "offers").headers["Location"]
    assert "这像是" not in station.get(offers).get_data(as_text=True)


def test_what_is_asked_is_confirmed_as_the_page_says_and_not_asked_of_what_was_imported(
    station: Client,
) -> None:
    few = [("田大伯", "", "白沙村", "生猪", 20, 7)]
    trial = tried(station, workbook(few))
    assert trial.questioned == 1
    page = page_of(station, trial.id)
    assert "没错就勾选这里" in page
    assert "没写错就再发" not in page
    (row,) = db.session.scalars(db.select(ImportRow))
    assert all("再发一次" not in problem["text"]["zh_CN"] for problem in row.problems)
    # Its names too are in the reader's language.
    assert all("猪" not in problem["text"]["en"] for problem in row.problems)
    address = f"/station/imports/{trial.id}"
    station.send(f"{address}/start", {"policy": "skip", "keeps_questioned": "y"}, address)
    work()
    page = page_of(station, trial.id)
    assert newest().made == 1
    assert "您是说" not in page
