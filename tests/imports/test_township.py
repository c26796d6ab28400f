"""A sheet of one township: it is read around the rows, can be corrected, and its farmers live
there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import db
from market.imports.models import ImportState
from market.imports.reading.heads import SheetHead
from market.imports.reading.sheet import Sheet
from market.imports.sheet_township import township_of
from market.offers.models import Offer
from market.web.home_time import home_today
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

JIASHAN, ZAOSHI, NEW_SHOP = "430726102", "430726105", "430726112"
FARMER_HEADS = ("姓名", "电话", "村", "同意方式", "见证人")
FARMERS = [("田大伯", "13800002201", "汉丰村", "口头", "村主任")]
DEAL_HEADS = ("卖方", "卖方电话", "买方", "买方电话", "品名", "数量(斤)", "单价(元/斤)", "成交日期")
TITLE = "石门县夹山镇2026年农产品上市统计表"


def sheet(*rows: tuple[Any, ...], name: str = "Sheet1") -> Sheet:
    return Sheet(name, rows)


HEAD = ("姓名", "品名")
ROW = ("田大伯", "脐橙")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("made", "head", "filename", "township"),
    [
        (sheet((TITLE, TITLE), HEAD, ROW), 1, "", JIASHAN),
        (sheet(("石 门 县 夹 山 镇 统计表", None), HEAD, ROW), 1, "", JIASHAN),
        (sheet(("统计表", None), ("填报单位：夹山镇人民政府", None), HEAD, ROW), 2, "", JIASHAN),
        (sheet(HEAD, ROW, ("填表单位：", "夹山镇农业综合服务中心")), 0, "", JIASHAN),
        (sheet(HEAD, ROW, name="夹山"), 0, "", JIASHAN),
        (sheet(HEAD, ROW, name="夹山镇上市表"), 0, "", JIASHAN),
        (sheet(HEAD, ROW), 0, "2026年夹山镇上市表.xlsx", JIASHAN),
        # The title says it better than the file's name.
        (sheet((TITLE, None), HEAD, ROW), 1, "皂市镇.xlsx", JIASHAN),
        (sheet(("夹山镇、皂市镇上市统计表", None), HEAD, ROW), 1, "", ""),
        (sheet(("慈利县太平镇上市统计表", None), HEAD, ROW), 1, "", ""),
        # A row is about itself alone.
        (sheet(HEAD, ("田大伯", "夹山镇的脐橙")), 0, "上市.xlsx", ""),
        (sheet(HEAD, ROW), 0, "上市.xlsx", ""),
    ],
)
def test_the_township_of_a_sheet_is_read_around_its_rows(
    made: Sheet, head: int, filename: str, township: str
) -> None:
    assert township_of(made, SheetHead(head, head, ()), filename, "430726") == township


def chosen(client: Client, address: str) -> str | None:
    """The township that the page of the columns has chosen; None where it does not ask."""
    page = client.get(address).get_data(as_text=True)
    select = re.search(r'<select[^>]*name="township"[^>]*>(.*?)</select>', page, re.S)
    if select is None:
        return None
    selected = re.search(r'<option selected value="([^"]*)"', select[1])
    return selected[1] if selected else ""


def test_offers_of_a_townships_sheet_are_of_the_township_unless_their_row_says_another(
    station: Client,
) -> None:
    heads = (*HEADS, "乡镇")
    rows = [(*ROWS[0], ""), (*ROWS[1], "皂市镇"), (*ROWS[2], "")]
    imported(station, workbook(rows, heads, TITLE))
    offers = db.session.scalars(db.select(Offer).order_by(Offer.id)).all()
    assert [offer.township_code for offer in offers] == [JIASHAN, ZAOSHI, JIASHAN]
    farmers = db.session.scalars(
        db.select(Account).where(Account.represented_by_id.is_not(None)).order_by(Account.id)
    )
    assert [farmer.township_code for farmer in farmers] == [JIASHAN, ZAOSHI, JIASHAN]
    assert "夹山镇白沙村" in station.get("/station?township=430726102").get_data(as_text=True)


@pytest.mark.parametrize("kind", ["farmers", "deals"])
def test_farmers_and_sellers_of_a_townships_sheet_live_there(station: Client, kind: str) -> None:
    day = (home_today() - timedelta(days=2)).isoformat()
    deal = ("田大伯", "13800002201", "李老板", "13800002299", "脐橙", 500, 1.6, day)
    content = {
        "farmers": workbook(FARMERS, FARMER_HEADS, TITLE),
        "deals": workbook([deal], DEAL_HEADS, TITLE),
    }[kind]
    imported(station, content, keeps_questioned="y")
    farmer = db.session.scalars(db.select(Account).where(Account.name == "田大伯")).one()
    assert farmer.township_code == JIASHAN


@pytest.mark.parametrize("said", [NEW_SHOP, ""])
def test_the_township_read_can_be_corrected_and_stays_as_it_was_said(
    station: Client, said: str
) -> None:
    address = bring(station, workbook(ROWS, title=TITLE)).headers["Location"]
    assert chosen(station, address) == JIASHAN
    trial = tried(station, workbook(ROWS, title=TITLE + " "), township=said)
    assert trial.township_code == (said or None)
    assert chosen(station, f"/station/imports/{trial.id}/columns") == said


def test_a_township_of_another_county_is_refused(station: Client) -> None:
    address = bring(station, workbook(ROWS, title=TITLE)).headers["Location"]
    said = {"township": "430725101", "way": "spoken", "witness": "村主任", "side": "sell"}
    answer = station.send(address, {**chosen_columns(station, address), **said})
    assert answer.status_code == 200
    assert newest().state is ImportState.COLUMNS


def test_the_station_of_one_township_is_not_asked(
    log_in: Callable[[Account], Client], make_account: Callable[..., Account]
) -> None:
    station = log_in(make_account(role="assistant", scope="430726", township=ZAOSHI))
    trial = tried(station, workbook(ROWS, title=TITLE))
    assert trial.township_code == ZAOSHI
    assert chosen(station, f"/station/imports/{trial.id}/columns") is None
