"""The page of custom statistics, its files, and what officials save of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from market.accounts.models import Account
from market.accounts.privacy.exports import erasers, exporters
from market.database import db, transaction
from market.fairs.models import Fair, FairStatus
from market.offers.models import Side, Verification
from market.tables.crosstab_request import MAX_CELLS, read_request
from market.tables.models import SavedCrosstab
from market.tables.saved_crosstabs import saved_for
from market.tallies.services import recount
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair, publish

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
SHIMEN, TAOYUAN, YUHU = "430726", "430725", "430302"


@pytest.fixture
def fair(make_account: Make) -> Fair:
    """Two deals in one county on two days, one in another prefecture, and three listings."""
    from market.fairs.services import enrol_from_publications

    fair = make_fair(status=FairStatus.CLOSED)
    seller, other = make_account(region=SHIMEN), make_account(region=YUHU)
    count_deal(fair, seller, other, 123_456_78, agreed_on=date(2026, 9, 16), unit="jin")
    count_deal(fair, seller, other, 100_000_00, agreed_on=date(2026, 9, 18), product_code=TEA)
    count_deal(fair, other, seller, 7_000_00, agreed_on=date(2026, 9, 18), unit="head")
    for side in (Side.SELL, Side.SELL, Side.BUY):
        publish(seller, side=side, verification=Verification.VERIFIED)
    with transaction():
        fair.status = FairStatus.OPEN
        enrol_from_publications(fair)
        recount(fair.id)
        fair.status = FairStatus.CLOSED
    return fair


@pytest.fixture
def province(make_account: Make, log_in: LogIn) -> Any:
    return log_in(make_account("省商务厅", role="province_official", scope="430000"))


def rows_of(client: Any, **asked: str) -> list[dict[str, str]]:
    """The rows of the long file."""
    response = client.get("/desk/crosstab.csv", query_string=asked)
    assert response.status_code == 200
    assert response.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))


def shown(client: Any, **asked: str) -> str:
    response = client.get("/desk/crosstab", query_string=asked)
    assert response.status_code == 200
    return str(response.get_data(as_text=True))


def test_the_long_file_has_a_row_for_each_value_with_its_codes(fair: Fair, province: Any) -> None:
    asked = {"rows": "county", "within": "product", "columns": "day", "measure": "value"}
    rows = rows_of(province, **asked)
    assert [
        (r["region_code"], r["region"], r["product_code"], r["product"], r["day"], r["value"])
        for r in rows
    ] == [
        (YUHU, "雨湖区", ORANGE, "脐橙", "2026-09-18", "7000.00"),
        (SHIMEN, "石门县", ORANGE, "脐橙", "2026-09-16", "123456.78"),
        (SHIMEN, "石门县", TEA, "绿茶", "2026-09-18", "100000.00"),
    ]
    assert {(r["period"], r["measure"], r["unit"]) for r in rows} == {("day", "成交额", "元")}
    assert {r["fair"] for r in rows} == {"2026年秋季对接会"}


def test_the_sheet_has_codes_in_columns_of_their_own_and_says_what_it_is(
    fair: Fair, province: Any
) -> None:
    asked = {"rows": "prefecture", "columns": "category", "measure": "value"}
    response = province.get("/desk/crosstab.xlsx", query_string=asked)
    sheet = openpyxl.load_workbook(io.BytesIO(response.data), data_only=True).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "成交额（按市州、大类）"
    assert "湖南省；2026年秋季对接会" in rows[1][0]
    assert any("台账第 3 号" in str(cell) for cell in rows[1])
    assert rows[3][:3] == ("市州代码（GB/T 2260）", "市州", "水果 03")
    of = {row[0]: row for row in rows[4:]}
    assert of["430700"][1:5] == ("常德市", 12.345678, 10, 22.345678)
    assert of["合计"][2:5] == (13.045678, 10, 23.045678)


def test_mean_prices_have_the_mean_of_all_where_others_have_a_sum(
    fair: Fair, province: Any
) -> None:
    page = shown(province, rows="county", columns="product", measure="mean_price")
    # 123,456.78 and 100,000 yuan for 100 jin each; heads are of another dimension.
    assert "2,469.14" in page
    assert "2,000" in page
    assert "2,234.57" in page
    assert "平均单价不能相加" in page
    heads = rows_of(province, rows="county", measure="quantity", dimension="head", columns="none")
    assert [(r["region_code"], r["value"], r["unit"]) for r in heads] == [(YUHU, "100", "头")]


def test_merchants_are_counted_by_place_and_never_by_product(fair: Fair, province: Any) -> None:
    rows = rows_of(province, rows="county", columns="none", measure="merchants")
    assert [(r["region_code"], r["value"], r["unit"]) for r in rows] == [(SHIMEN, "1", "家")]
    for asked in ({"rows": "product"}, {"fair": "_all"}, {"evidence": "code"}, {"product": "03"}):
        page = shown(province, measure="merchants", **asked)
        assert 'aria-invalid="true"' in page
        # What can't be counted is left out, and the rest is shown.
        assert "成交额（按" in page or "没有数据" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"rows": "county", "columns": "county"},
        {"rows": "county", "within": "county"},
        {"rows": "nowhere", "columns": "x", "measure": "y", "fair": "z", "region": "999999"},
        {"first": "2026-09-20", "last": "2026-09-01"},
        {"product": "9999999"},
        {"fair": "_daily", "measure": "listings"},
        {"rows": "day", "columns": "channel", "chart": "map"},
    ],
)
def test_what_makes_no_sense_is_said_and_the_page_stands(
    fair: Fair, province: Any, asked: dict[str, str]
) -> None:
    assert "自定义统计" in shown(province, **asked)
    assert province.get("/desk/crosstab.xlsx", query_string=asked).status_code == 200


def test_an_official_sees_their_own_regions_alone(
    fair: Fair, make_account: Make, log_in: LogIn
) -> None:
    shimen = log_in(make_account(role="county_official", scope=SHIMEN))
    yuhu = log_in(make_account(role="prefecture_official", scope="430300"))
    asked = {"rows": "county", "columns": "none", "fair": "_all"}
    assert {r["region_code"] for r in rows_of(shimen, **asked)} == {SHIMEN}
    assert {r["region_code"] for r in rows_of(yuhu, **asked)} == {YUHU}
    # A place that is not theirs is no choice.
    assert {r["region_code"] for r in rows_of(yuhu, **asked, region=SHIMEN)} == {YUHU}
    # What was sold or bought there is theirs, whoever the other side is.
    bought = rows_of(yuhu, **asked, measure="bought")
    assert [(r["region_code"], r["value"]) for r in bought] == [(YUHU, "223456.78")]
    assert log_in(make_account()).get("/desk/crosstab").status_code == 403


def test_a_table_that_is_too_large_for_a_page_is_a_file(
    fair: Fair, province: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"rows": "county", "columns": "day", "measure": "value"}
    assert "<tbody>" in shown(province, **asked)
    monkeypatch.setattr("market.tables.crosstab_page.MAX_CELLS", 10)
    page = shown(province, **asked)
    assert "<tbody>" not in page
    assert f"{MAX_CELLS:,}" in page
    assert len(rows_of(province, **asked)) == 3


@pytest.mark.parametrize("kind", ["bars", "line", "map"])
def test_each_chart_has_a_title_and_a_description(fair: Fair, province: Any, kind: str) -> None:
    page = shown(province, rows="day", columns="county", measure="deals", chart=kind)
    assert page.count("<title>成交笔数（按谈成日）（按") + page.count("<title>成交笔数（按县") >= 1
    assert "<desc>" in page


def test_a_map_is_offered_where_regions_add_up_alone(fair: Fair, province: Any) -> None:
    assert "chart=map" in shown(province, rows="county", measure="value")
    assert "chart=map" not in shown(province, rows="category", measure="value")
    assert "chart=map" not in shown(province, rows="county", measure="mean_price", columns="none")


def test_a_prefecture_leads_to_its_counties_and_a_week_to_its_days(
    fair: Fair, province: Any
) -> None:
    page = shown(province, rows="prefecture", columns="none")
    assert "rows=county" in page
    assert "region=430700" in page
    page = shown(province, rows="week", columns="none")
    assert "first=2026-09-14&amp;last=2026-09-20" in page


def test_a_view_is_saved_under_a_name_renamed_and_deleted(
    fair: Fair, make_account: Make, log_in: LogIn
) -> None:
    official = make_account(role="county_official", scope=SHIMEN)
    client = log_in(official)
    address = "/desk/crosstab?rows=product&columns=day&measure=deals"
    assert client.send(address, {"name": "各产品每日成交"}).status_code == 303
    assert client.send(address, {"name": "各产品每日成交"}).status_code == 303
    (saved,) = db.session.scalars(select(SavedCrosstab)).all()
    assert "rows=product" in saved.query
    again = client.send("/desk/crosstab?rows=category", {"name": "各产品每日成交"})
    assert "已有同名的统计" in again.get_data(as_text=True)
    assert "还差一项" in client.send(address, {"name": " "}).get_data(as_text=True)
    page = client.get("/desk/crosstab").get_data(as_text=True)
    assert "各产品每日成交" in page
    renamed = client.send(f"/desk/crosstab/saved/{saved.id}", {"name": "日报用", "is_shared": "y"})
    assert renamed.status_code == 303
    assert "rows=product" in renamed.location
    assert client.get(renamed.location).status_code == 200
    page = f"/desk/crosstab/saved/{saved.id}"
    assert client.send(f"{page}/delete", page=page).status_code == 303
    assert saved_for(official) == []


def test_the_office_finds_what_is_shared_and_nobody_else_does(
    app: Flask, make_account: Make, log_in: LogIn
) -> None:
    names = {}
    for name, role, scope in (
        ("我", "county_official", SHIMEN),
        ("同事", "county_official", SHIMEN),
        ("邻县", "county_official", TAOYUAN),
        ("市里", "prefecture_official", "430700"),
    ):
        names[name] = make_account(name, role=role, scope=scope)
    with transaction():
        for name, is_shared in (("大家用", True), ("自己用", False)):
            db.session.add(
                SavedCrosstab(
                    account_id=names["我"].id, name=name, query="rows=day", is_shared=is_shared
                )
            )
    assert [(r.name, r.owner) for r in saved_for(names["我"])] == [("大家用", ""), ("自己用", "")]
    assert [(r.name, r.owner) for r in saved_for(names["同事"])] == [("大家用", "我")]
    assert [saved_for(names[other]) for other in ("邻县", "市里")] == [[], []]
    shared = saved_for(names["同事"])[0].id
    for other in ("同事", "邻县"):
        client = log_in(names[other])
        assert client.get(f"/desk/crosstab/saved/{shared}").status_code == 403
        assert client.post(f"/desk/crosstab/saved/{shared}/delete").status_code in (400, 403)
    assert len(db.session.scalars(select(SavedCrosstab)).all()) == 2


def test_what_is_saved_leaves_with_its_owner(app: Flask, make_account: Make) -> None:
    official = make_account(role="county_official", scope=SHIMEN)
    with transaction():
        db.session.add(
            SavedCrosstab(account_id=official.id, name="我的", query="rows=day", is_shared=False)
        )
    exported = dict(exporters)["saved_crosstabs"](official)
    assert [(one["name"], one["query"]) for one in exported] == [("我的", "rows=day")]
    with transaction():
        for erase in erasers:
            erase(official)
    assert db.session.scalars(select(SavedCrosstab)).all() == []


def test_a_name_that_looks_like_a_formula_is_disarmed(
    fair: Fair, province: Any, app: Flask
) -> None:
    with transaction():
        db.session.get_one(Fair, fair.id).name = "=1+1"
    assert {r["fair"] for r in rows_of(province, rows="day", columns="none")} == {"'=1+1"}


def test_officials_find_the_way_from_the_pages_of_a_fair(
    fair: Fair, province: Any, client: Any
) -> None:
    for page in (f"/fairs/{fair.slug}", f"/fairs/{fair.slug}/regions/{SHIMEN}"):
        assert f"/desk/crosstab?fair={fair.slug}" in province.get(page).get_data(as_text=True)
        assert "/desk/crosstab" not in client.get(page).get_data(as_text=True)
    found = shown(province, fair=fair.slug, region=SHIMEN)
    assert "石门县；2026年秋季对接会" in found


def test_what_is_saved_says_all_that_was_chosen_and_nothing_else(
    fair: Fair, make_account: Make
) -> None:
    official = make_account(role="province_official", scope="430000")
    asked = read_request(official, MultiDict({"rows": "county", "junk": "1", "first": "x"})).asked
    assert asked == {
        "rows": "county",
        "columns": "measures",
        "measure": "value",
        "fair": fair.slug,
    }
