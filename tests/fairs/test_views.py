from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair, FairStatus, FairTheme
from market.fairs.services import enrol_from_publications
from market.tallies.services import recount
from tests.fairs.factories import count_deal, make_fair, publish, send_seen
from tests.html import squeezed
from tests.sql import statements

Make = Callable[..., Account]
FORM = {
    "name": "2099年秋季对接会",
    "slug": "2099-autumn",
    "season": "autumn",
    "year": "2099",
    "region": "430000",
    "starts_on": "2099-09-15",
    "ends_on": "2099-09-30",
    "products": "脐橙、茶叶",
}


@pytest.fixture
def counted(make_account: Make) -> Fair:
    """An open fair with deals in two counties and a zone."""
    fair, buyer = make_fair(is_replay=True), make_account(region="430102")
    for place, amount in (("430726", 900_000_00), ("430671", 300_000_00)):
        seller = make_account("张三丰", region=place)
        publish(seller)
        count_deal(fair, seller, buyer, amount)
        count_deal(fair, seller, buyer, 50, agreed_on=date(2026, 9, 20))
    with transaction():
        enrol_from_publications(fair)
        recount(fair.id)
    return fair


def text(response: Any) -> str:
    assert response.status_code == 200
    page: str = response.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(page)
    assert page.count("<h1") == 1
    return page


def test_a_province_official_announces_a_fair(province: Account, log_in: Any) -> None:
    response = log_in(province).send("/fairs/new", FORM)
    assert response.headers["Location"] == "/desk/fairs/2099-autumn"
    fair = db.session.scalars(select(Fair)).one()
    assert fair.status is FairStatus.ANNOUNCED
    # 茶叶 is the name of a category of its own, and that is wider than the product.
    assert set(db.session.scalars(select(FairTheme.product_prefix))) == {"0301014", "0401"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": "2099-09-01"}, "ends_on"),
        ({"region": "亚特兰蒂斯"}, "region"),
        ({"region": "440000"}, "region"),
        ({"slug": "Autumn!"}, "slug"),
        ({"slug": "new"}, "slug"),
        ({"slug": "2026-autumn"}, "slug"),
        ({"products": "石头"}, "products"),
        ({"products": "地瓜"}, "products"),
        ({"year": "99"}, "year"),
        ({"name": ""}, "name"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"categories": "99"}, "categories"),
        ({"previous_id": "77"}, "previous_id"),
        ({"previous_id": "x"}, "previous_id"),
    ],
)
def test_a_wrong_fair_is_refused_at_its_field_and_keeps_what_was_typed(
    province: Account, log_in: Any, wrong: dict[str, str], field: str
) -> None:
    make_fair()
    page = text(log_in(province).send("/fairs/new", {**FORM, **wrong}))
    assert f'id="{field}-error"' in page
    assert FORM["name"] in page or "name" in wrong
    assert db.session.scalar(select(Fair).where(Fair.slug == "2099-autumn")) is None


def test_an_overlap_is_allowed_and_said(province: Account, log_in: Any) -> None:
    make_fair(slug="other", starts_on=date(2099, 9, 1), ends_on=date(2099, 9, 20))
    browser = log_in(province)
    browser.send("/fairs/new", FORM)
    assert "2026年秋季对接会" in text(browser.get("/desk/fairs/2099-autumn"))


def test_an_announced_fair_is_edited_in_all(province: Account, log_in: Any) -> None:
    make_fair(status=FairStatus.ANNOUNCED, starts_on=date(2099, 9, 18), ends_on=date(2099, 9, 25))
    browser = log_in(province)
    assert "2026年秋季对接会" in text(browser.get("/fairs/2026-autumn/edit"))
    assert send_seen(browser, "/fairs/2026-autumn/edit", FORM).status_code == 303
    fair = db.session.scalars(select(Fair)).one()
    assert (fair.name, fair.slug, fair.ends_on) == (FORM["name"], FORM["slug"], date(2099, 9, 30))


def test_an_open_fair_keeps_all_but_its_words(province: Account, log_in: Any) -> None:
    make_fair(ends_on=date(2099, 9, 1), starts_on=date(2098, 12, 1))
    browser = log_in(province)
    assert 'name="ends_on"' not in text(browser.get("/fairs/2026-autumn/edit"))
    send_seen(browser, "/fairs/2026-autumn/edit", FORM)
    fair = db.session.scalars(select(Fair)).one()
    assert (fair.name, fair.slug, fair.ends_on) == (FORM["name"], "2026-autumn", date(2099, 9, 1))


@pytest.mark.parametrize("role", ["county_official", "prefecture_official", "administrator", None])
@pytest.mark.parametrize("path", ["/fairs/new", "/fairs/2026-autumn/edit"])
def test_nobody_else_arranges_fairs(
    make_account: Make, log_in: Any, role: str | None, path: str
) -> None:
    make_fair()
    browser = log_in(make_account(role=role, scope="430000"))
    assert browser.get(path).status_code == 403


def test_a_province_official_of_another_region_edits_no_fair_of_ours(
    make_account: Make, log_in: Any
) -> None:
    make_fair()
    other = log_in(make_account(role="province_official", scope="440000"))
    assert other.get("/fairs/2026-autumn/edit").status_code == 403


def test_the_list_puts_the_open_fair_first(client: Any) -> None:
    make_fair(slug="past", status=FairStatus.CLOSED, name="旧会")
    make_fair(slug="soon", status=FairStatus.ANNOUNCED, name="新会")
    make_fair(name="今会")
    page = text(client.get("/fairs"))
    assert page.index("今会") < page.index("新会") < page.index("旧会")


def test_the_list_says_so_when_there_is_no_fair(client: Any) -> None:
    assert 'class="empty"' in text(client.get("/fairs"))


def test_the_face_shows_totals_every_county_and_what_is_invented(
    client: Any, counted: Fair
) -> None:
    page = text(client.get("/fairs/2026-autumn"))
    assert "120.00" in page
    assert page.count("/regions/4") >= 14
    every = text(client.get("/fairs/2026-autumn/counties"))
    assert every.count('<th scope="row"><a') == 124
    assert "屈原管理区" in every
    assert "审图号" in page
    assert page.count('class="notice notice-warning"') == 1


def test_each_county_of_the_map_has_its_name_its_value_and_a_link(
    client: Any, counted: Fair
) -> None:
    page = squeezed(text(client.get("/fairs/2026-autumn/map")))
    assert page.count('tabindex="0"') == 122
    assert re.search(r'regions/430726">\s*<text y="-26">石门县 [\d.]+ 万元</text>', page)
    # A zone stands with the county it is drawn on.
    assert re.search(r"汨罗市 [\d.]+ 万元 · 屈原管理区 [\d.]+ 万元</text>", page)
    lines = re.findall(r'<use href="([^#"]+)#c430726"', page)[0]
    response = client.get(lines)
    assert response.mimetype == "image/svg+xml"
    assert response.get_data(as_text=True).count("<path") == 122 + 1
    assert "immutable" in response.headers["Cache-Control"]
    assert "immutable" not in client.get(f"{lines}0").headers["Cache-Control"]
    assert client.get("/fairs/nowhere/regions/430000/borders.svg").status_code == 404


@pytest.mark.parametrize("code", ["430726", "430671", "430700", "430000"])
def test_a_regions_page_leads_down_to_its_deals(client: Any, counted: Fair, code: str) -> None:
    page = text(client.get(f"/fairs/2026-autumn/regions/{code}"))
    assert "脐橙" in page
    assert "张*" in page
    assert "张三丰" not in page


@pytest.mark.parametrize("code", ["440106", "999999", "x"])
def test_a_region_outside_the_fair_has_no_page(client: Any, counted: Fair, code: str) -> None:
    assert client.get(f"/fairs/2026-autumn/regions/{code}").status_code == 404


def test_an_earlier_fair_known_by_totals_says_so_and_shows_no_table(client: Any) -> None:
    make_fair(totals_only=True, status=FairStatus.CLOSED, total_listings=90_778, note="公报合计")
    page = text(client.get("/fairs/2026-autumn"))
    assert "90,778" in page
    assert "公报合计" in page
    assert "<table" not in page
    assert client.get("/fairs/2026-autumn/regions/430726").status_code == 404


def test_the_board_and_its_bulletin_are_read_in_at_most_21_queries(
    client: Any, counted: Fair
) -> None:
    db.session.remove()
    for address in ("/fairs/2026-autumn", "/fairs/2026-autumn/regions/430726"):
        with statements(only="") as sent:
            client.get(address)
        assert 0 < len(sent) <= 21


TOTALS = {
    "name": "2011年冬季对接会",
    "slug": "2011-winter",
    "season": "winter",
    "year": "2011",
    "region": "430000",
    "starts_on": "2011-12-01",
    "ends_on": "2011-12-31",
    "total_listings": "74917",
    "value": "102345.678901",
    "note": "省商务厅年报",
}


def test_a_province_official_enters_an_earlier_fair_by_its_totals(
    province: Account, log_in: Any
) -> None:
    browser = log_in(province)
    assert "/desk/fairs" in text(browser.get("/fairs"))
    assert "/fairs/totals/new" in text(browser.get("/desk/fairs"))
    text(browser.get("/fairs/totals/new"))
    response = browser.send("/fairs/totals/new", TOTALS)
    assert response.headers["Location"] == "/fairs/2011-winter"
    fair = db.session.scalars(select(Fair)).one()
    assert (fair.totals_only, fair.status) == (True, FairStatus.CLOSED)
    assert (fair.total_listings, fair.total_fen) == (74_917, 102_345_678_901)
    assert (fair.total_merchants, fair.total_deals) == (None, None)
    text(browser.get("/fairs/2011-winter"))


def test_in_english_the_value_of_an_earlier_fair_is_typed_in_millions(
    province: Account, log_in: Any
) -> None:
    browser = log_in(province)
    browser.set_cookie("language", "en")
    assert "Deal value (CNY million)" in browser.get("/fairs/totals/new").text
    browser.send("/fairs/totals/new", TOTALS | {"value": "1023.45678901"})
    assert db.session.scalars(select(Fair)).one().total_fen == 102_345_678_901
    assert 'CNY 1.02 <span class="figure-unit">billion' in browser.get("/fairs/2011-winter").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"note": ""}, "note"),
        ({"total_listings": "", "value": ""}, "total_listings"),
        ({"total_listings": "-1"}, "total_listings"),
        ({"total_deals": "many"}, "total_deals"),
        ({"value": "1.2345678"}, "value"),
        ({"value": "0"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "1e400"}, "value"),
        ({"slug": "totals"}, "slug"),
        ({"ends_on": "2011-11-01"}, "ends_on"),
    ],
)
def test_wrong_totals_are_refused_at_their_field(
    province: Account, log_in: Any, wrong: dict[str, str], field: str
) -> None:
    response = log_in(province).send("/fairs/totals/new", TOTALS | wrong)
    assert f'id="{field}-error"' in text(response)
    assert db.session.scalars(select(Fair)).all() == []


def test_only_the_province_enters_totals(make_account: Make, log_in: Any) -> None:
    county = log_in(make_account(role="county_official"))
    assert county.get("/fairs/totals/new").status_code == 403
    assert "/fairs/totals/new" not in text(county.get("/desk/fairs"))
