"""The board and what hangs below it: every figure can be followed down to its deals."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli
import html5lib
import pytest
from flask import Flask, request

import config
from market import worker
from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.verification import verify_deal
from market.fairs.models import Fair, FairStatus
from market.fairs.services import enrol_from_publications
from market.fairs.session_services import add_session
from market.regions.models import Region
from market.tallies.models import FairCount
from market.tallies.screen_figures import day_of_fair
from market.tallies.screen_views import REFRESH_SECONDS
from market.tallies.services import recount, update_counts
from market.web import page_cache
from market.web.home_time import home_today
from tests.conftest import make_app
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair, new_deal, publish
from tests.html import squeezed

Make = Callable[..., Account]
BOARD = "/fairs/2026-autumn"
SHIMEN, QUYUAN, FURONG = "430726", "430671", "430102"
ROOT = Path(config.ROOT)


def text(response: Any) -> str:
    assert response.status_code == 200
    page: str = response.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(page)
    assert page.count("<h1") == 1
    return page


def count(fair: Fair) -> None:
    with transaction():
        enrol_from_publications(fair)
        recount(fair.id)


@pytest.fixture
def fair(make_account: Make) -> Fair:
    """Two counties dealt, one listed; a year before, another fair did."""
    buyer = make_account("长沙鲜果行", region=FURONG)
    farmer, zone = make_account("张三丰", region=SHIMEN), make_account(region=QUYUAN)
    last_year = {"starts_on": date(2025, 9, 10), "ends_on": date(2025, 9, 20), "year": 2025}
    before = make_fair(
        slug="last-year", name="去年会", name_en="", status=FairStatus.CLOSED, **last_year
    )
    count_deal(before, farmer, buyer, 200_000_00, agreed_on=date(2025, 9, 12))
    count(before)
    fair = make_fair(same_season_id=before.id)
    publish(farmer)
    count_deal(fair, farmer, buyer, 900_000_00)
    count_deal(fair, farmer, buyer, 50_000_00, product_code=TEA, agreed_on=date(2026, 9, 20))
    count_deal(fair, zone, buyer, 300_000_00)
    count(fair)
    return fair


def told(page: str) -> str:
    """The first of the big figures."""
    return re.findall(r'class="figure-value">([^<]+?) ?<', page)[0]


@pytest.mark.parametrize("by", ["amount_fen", "deals", "listings", "phone"])
def test_the_board_is_drawn_by_each_figure_and_by_value_where_there_is_no_such(
    client: Any, fair: Fair, by: str
) -> None:
    page = squeezed(text(client.get(f"{BOARD}?by={by}")))
    shown = {"deals": "石门县 2", "listings": "石门县 1"}.get(by, "石门县 95.00 万元")
    assert page.count("aria-current") == 2
    assert re.search(rf'<text y="-26">{shown}[ <]', page)
    # Where there is nothing, that is seen without the figure and without colours.
    assert page.count('class="map-0" tabindex') == 122 - (1 if by == "listings" else 2)
    assert '<pattern id="map-none"' in page
    assert re.search(r'<text x="\d+" y="\d+">常德</text>', page)


def test_a_prefectures_page_has_the_map_of_its_counties_with_their_names(
    client: Any, fair: Fair
) -> None:
    page = squeezed(text(client.get(f"{BOARD}/regions/430700")))
    assert len(re.findall(r'class="map-\d" tabindex="-1"', page)) == 9
    assert re.search(r'<text x="\d+" y="\d+">石门</text>', page)
    lines = client.get(f"{BOARD}/regions/430700/borders.svg").get_data(as_text=True)
    assert lines.count("<path") == 9 + 1
    assert "county-map" not in text(client.get(f"{BOARD}/regions/{SHIMEN}"))


def test_the_days_stand_beside_those_of_the_named_baseline(client: Any, fair: Fair) -> None:
    page = text(client.get(BOARD))
    assert 'class="line-beside"' in page
    assert "去年会" in page
    # The year before had its one deal on its third day.
    region = text(client.get(f"{BOARD}/regions/{SHIMEN}"))
    third = re.findall(r"9月17日.*?(?=<tr>)", region, re.S)[0]
    assert "20.00" in third


def test_a_running_fair_has_every_day_up_to_today_and_says_by_which_day(
    client: Any, make_account: Make
) -> None:
    fair = make_fair(starts_on=date(2026, 9, 15), ends_on=date(2026, 9, 30))
    seller, buyer = make_account(region=SHIMEN), make_account(region=FURONG)
    for day, fen in ((16, 12_7500_00), (21, 3_8300_00)):
        count_deal(fair, seller, buyer, fen, agreed_on=date(2026, 9, day))
    with transaction():
        recount(fair.id)
        fair.status = FairStatus.OPEN
        count = db.session.get_one(FairCount, fair.id)
        count.counted_at = datetime(2026, 9, 22, 4, tzinfo=UTC)
    page = text(client.get(f"/fairs/{fair.slug}/regions/{SHIMEN}"))
    told = dict(re.findall(r"(9月\d+日)(?:</a>)?<td>([^<]+)", page))
    assert told == {
        **{f"9月{n}日": "0.00" for n in range(15, 23)},
        **{"9月16日": "12.75", "9月21日": "3.83"},
    }
    assert '<th scope="col">成交额（万元，按谈成日）</th>' in page
    for address in ("", "/screen"):
        assert "逐日成交额（按谈成日）" in text(client.get(f"/fairs/{fair.slug}{address}"))


def test_what_awaits_verification_stands_beside_the_figures_and_not_in_them(
    client: Any, fair: Fair, make_account: Make
) -> None:
    seller, buyer = make_account(region=SHIMEN), make_account(region=FURONG)
    with transaction():
        db.session.add(new_deal(fair, seller, buyer, 77_777_00, status="agreed"))
    for address in (BOARD, f"{BOARD}/counties", f"{BOARD}/regions/{SHIMEN}"):
        page = text(client.get(address))
        assert "<strong>7.78 万元</strong>" in page
    assert told(text(client.get(BOARD))) == "125.00"
    assert "fair-unverified" not in text(client.get(f"{BOARD}/regions/{QUYUAN}"))


def test_the_counties_are_ordered_by_any_figure(client: Any, fair: Fair) -> None:
    page = text(client.get(f"{BOARD}/counties?sort=deals"))
    assert page.count('<th scope="row"><a') == 124
    assert page.index(SHIMEN) < page.index(QUYUAN) < page.index(FURONG)
    assert "subtotal" not in page
    assert "subtotal" in text(client.get(f"{BOARD}/counties?sort=drop"))


def test_each_level_leads_to_the_next_down_to_the_deal(client: Any, fair: Fair) -> None:
    steps = ["regions/430000", "regions/430700", f"regions/{SHIMEN}"]
    for step, below in pairwise(steps):
        assert f"{BOARD}/{below}" in text(client.get(f"{BOARD}/{step}"))
    region = text(client.get(f"{BOARD}/{steps[-1]}"))
    assert f"{BOARD}/{steps[-1]}/deals" in region
    deals = text(client.get(f"{BOARD}/{steps[-1]}/deals"))
    deal = re.findall(rf'href="({BOARD}/deals/\d+)"', deals)[0]
    page = text(client.get(deal))
    assert "张*" in page
    assert "张三丰" not in page


@pytest.mark.parametrize(
    ("chosen", "value"),
    [
        ("", "95.00"),
        ("?product=0301014", "90.00"),
        ("?product=03", "90.00"),
        ("?product=04", "5.00"),
        ("?day=2026-09-20", "5.00"),
        ("?product=0301014&day=2026-09-20", "0.00"),
        ("?side=sold", "95.00"),
        ("?side=bought", "0.00"),
        ("?product=%25&day=never&side=up&page=-4", "95.00"),
    ],
)
def test_the_deals_behind_a_figure_add_up_to_it(
    client: Any, fair: Fair, chosen: str, value: str
) -> None:
    assert told(text(client.get(f"{BOARD}/regions/{SHIMEN}/deals{chosen}"))) == value


def test_every_link_of_a_product_leads_to_deals_of_its_value(client: Any, fair: Fair) -> None:
    whole = f"{BOARD}/regions/430000/products"
    assert len(_products(text(client.get(whole)))) == 2
    for category in ("03", "04"):
        rows = _products(text(client.get(f"{whole}?category={category}")))
        assert len(rows) == 3
        for address, value in rows:
            assert told(text(client.get(address))) == value


def _products(page: str) -> list[tuple[str, str]]:
    """(the address of its deals, its value) of each category and product of the page."""
    found: list[tuple[str, str]] = re.findall(
        r'href="([^"]+deals\?product=\d+)">.*?<td>([\d.,]+)', squeezed(page)
    )
    return found


def test_only_those_who_may_see_the_proof_are_led_to_it(
    client: Any, fair: Fair, make_account: Make, log_in: Any
) -> None:
    deals = text(client.get(f"{BOARD}/regions/{SHIMEN}/deals"))
    address = re.findall(rf'href="{BOARD}/deals/(\d+)"', deals)[0]
    whole = f'href="/deals/{address}"'
    public = f"{BOARD}/deals/{address}"
    assert whole not in text(client.get(public))
    for role, scope, sees in (
        ("county_official", SHIMEN, True),
        ("prefecture_official", "430700", True),
        ("county_official", QUYUAN, False),
    ):
        official = make_account(role=role, scope=scope)
        assert (whole in text(log_in(official).get(public))) is sees


def test_a_deal_that_is_not_counted_has_no_public_page(
    client: Any, fair: Fair, make_account: Make
) -> None:
    deal = new_deal(fair, make_account(), make_account(), status="agreed")
    with transaction():
        db.session.add(deal)
    assert client.get(f"{BOARD}/deals/{deal.id}").status_code == 404
    assert client.get(f"{BOARD}/deals/999").status_code == 404
    # A deal of another fair is none of this one.
    assert client.get(f"{BOARD}/deals/1").status_code == 404


def test_the_json_has_every_level_exactly_and_the_entry_it_goes_up_to(
    client: Any, fair: Fair
) -> None:
    found = client.get(f"{BOARD}/figures.json")
    data = found.get_json()
    assert data["total"]["amount_fen"] == 125_000_000
    assert data["total"]["mass_kg"] == "150.0000"
    assert data["total"]["varieties"] == 1
    last = ledger.head()
    assert data["ledger"] == {"entry": last.id, "hash": last.hash}
    for name in ("amount_fen", "deals", "listings"):
        assert sum(p[name] for p in data["prefectures"]) == data["total"][name]
        assert sum(d[name] for d in data["days"]) == data["total"][name]
        for p in data["prefectures"]:
            assert sum(c[name] for c in p["counties"]) == p[name]
    assert sum(Decimal(d["mass_kg"]) for d in data["days"]) == 150
    again = client.get(f"{BOARD}/figures.json", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304


def test_a_fair_known_by_its_totals_has_no_counties_screen_or_figures(client: Any) -> None:
    make_fair(totals_only=True, status=FairStatus.CLOSED, total_listings=9, note="公报")
    for page in ("counties", "screen", "figures.json", "map", "regions/430000/deals"):
        assert client.get(f"{BOARD}/{page}").status_code == 404


def test_the_pages_of_a_count_lead_to_the_fairs_own_while_it_is_announced(client: Any) -> None:
    make_fair(status=FairStatus.ANNOUNCED)
    for page in (
        "counties",
        "map",
        "regions/430700",
        "regions/430000/products",
        "regions/430000/tables",
    ):
        assert client.get(f"{BOARD}/{page}").location == BOARD
    text(client.get(f"{BOARD}/screen"))


def test_an_announced_fair_says_when_it_begins_and_how_to_join_and_has_no_figures(
    client: Any, make_account: Make
) -> None:
    province = make_account("省商务厅", role="province_official", region=FURONG, scope="430000")
    today, earlier = home_today(), make_fair(slug="earlier", status=FairStatus.CLOSED)
    fair = make_fair(
        status=FairStatus.ANNOUNCED,
        starts_on=today + timedelta(days=12),
        ends_on=today + timedelta(days=21),
        previous_id=earlier.id,
        organiser="省商务厅市场处",
        contact="0731-8228 0000",
    )
    session = {"name": "柑橘专场", "slug": "citrus", "themes": [ORANGE], "note": "", "name_en": ""}
    day = today + timedelta(days=13)
    with transaction():
        add_session(province, fair, {**session, "starts_on": day, "ends_on": day})
    page = text(client.get(BOARD))
    assert re.search(r"距开幕</dt>\s*<dd[^>]*>12 <span[^>]*>天", page)
    for shown in ("柑橘专场", "脐橙", "省商务厅市场处", "0731-8228 0000", "怎样参加", "/poster"):
        assert shown in page
    for absent in ("万元", "0.00", "%", "<svg role", "fair-figures", "earlier"):
        assert absent not in page.split("<main")[1].split("</main>")[0]


def test_a_small_fair_that_was_just_opened_has_a_board_and_a_screen(client: Any) -> None:
    """Fewer counties than are ranked, and none of them has anything yet."""
    fair = make_fair(region=db.session.get_one(Region, "430800"))
    count(fair)
    for page in ("", "/screen"):
        assert "0.00" in text(client.get(BOARD + page))


def test_the_screen_ranks_prefectures_counties_and_products_and_names_the_last_change(
    client: Any, fair: Fair
) -> None:
    page = squeezed(text(client.get(f"{BOARD}/screen")))
    ranked = {
        name: re.findall(r"<li><span>(.*?)</span><strong>(.*?)</strong>", part)
        for name, part in re.findall(r'<section class="screen-(\w+)">(.*?)</section>', page)
    }
    assert ranked["first"] == [("常德", "95.00"), ("岳阳", "30.00")]
    assert ranked["top"] == [("石门县", "95.00"), ("屈原管理区", "30.00")]
    assert ranked["products"] == [("脐橙", "120.00"), ("绿茶", "5.00")]
    assert re.search(r"最后变动 <time", page)
    assert "去年同季 20.00 万元" in page
    assert page.count("data-deal=") == 3
    assert 'class="line-beside"' in page


def test_the_screen_of_a_fair_to_come_has_its_map_and_says_that_nothing_is_counted(
    client: Any,
) -> None:
    make_fair(status=FairStatus.ANNOUNCED)
    page = squeezed(text(client.get(f"{BOARD}/screen")))
    figures = page.split('class="screen-figures"')[1].split("</dl>")[0]
    assert re.findall("<dt>(.*?) <small>", figures) == ["距开幕", "会期"]
    assert "0.00" not in figures
    assert "核实" not in page.split("<footer")[1].split("</footer>")[0]
    assert page.count('class="map-0" tabindex') == 122
    lines = re.findall(r'<use href="([^"#]+)#borders"', page)[0]
    assert text_of_picture(client.get(lines)).count("<path") == 122 + 1
    for section in ("first", "top", "products"):
        assert re.search(rf'class="screen-{section}">.*?还没有统计。', page)


def text_of_picture(response: Any) -> str:
    assert response.status_code == 200
    return str(response.get_data(as_text=True))


@pytest.mark.parametrize(
    ("today", "day"), [(14, (0, 16)), (15, (1, 16)), (30, (16, 16)), (31, (16, 16))]
)
def test_the_day_of_a_fair_counts_from_its_first_to_its_last(
    today: int, day: tuple[int, int]
) -> None:
    fair = Fair(starts_on=date(2026, 8, 15), ends_on=date(2026, 8, 30))
    assert day_of_fair(fair, date(2026, 8, today)) == day


def test_the_screen_tells_its_time_masks_names_and_refreshes_without_scripts(
    client: Any, fair: Fair
) -> None:
    page = text(client.get(f"{BOARD}/screen"))
    assert '<noscript><meta http-equiv="refresh"' in page
    assert f'data-every="{REFRESH_SECONDS}"' in page
    assert re.search(r"<time datetime=.*?>\d\d:\d\d:\d\d</time>", page)
    assert "审图号" in page
    assert "张三丰" not in page


def test_a_deal_verified_at_the_desk_is_on_the_screen_within_five_seconds(
    tmp_path: Path, app: Flask, fair: Fair, make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By design: what may pass before the worker looks, a cached page is made anew, and the
    screen asks, is less than five seconds together; and each does its part."""
    kept = config.Base.PAGE_CACHE_SECONDS["/fairs"]
    assert worker.RECOUNT_EVERY + kept + REFRESH_SECONDS < 5
    refresh = re.findall(
        r'refresh" content="(\d+)"', (ROOT / "templates/tallies/screen.html").read_text()
    )
    assert worker.RECOUNT_EVERY + kept + int(refresh[0]) < 5
    now = [1000.0]
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now[0])
    site = make_app(
        tmp_path / "site",
        PAGE_CACHE_SECONDS={"/fairs": kept},
        SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"],
    )
    visitor = site.test_client(use_cookies=False)
    before = visitor.get(f"{BOARD}/screen")
    seller, official = make_account(region=SHIMEN), make_account(role="county_official")
    deal = new_deal(fair, seller, make_account(region=FURONG), 60_000_00, status="agreed")
    with transaction():
        db.session.add(deal)
        db.session.flush()
        verify_deal(official, deal)
    counting = worker.Step(app, lambda: _in_transaction(update_counts), worker.RECOUNT_EVERY)
    now[0] += worker.RECOUNT_EVERY
    assert counting.turn() is True
    assert visitor.get(f"{BOARD}/screen").data == before.data
    now[0] += kept
    after = visitor.get(f"{BOARD}/screen", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "131.00" in after.get_data(as_text=True)
    now[0] += kept
    again = visitor.get(f"{BOARD}/screen", headers={"If-None-Match": after.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("page", ["", f"/regions/{SHIMEN}"])
def test_a_cached_page_is_made_anew_once_anything_it_shows_of_the_fair_has_changed(
    tmp_path: Path, app: Flask, fair: Fair, make_account: Make, page: str
) -> None:
    site = make_app(
        tmp_path / "site",
        PAGE_CACHE_SECONDS={"/fairs": 0.0},
        SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"],
    )
    made: list[str] = []
    site.before_request(lambda: made.append(request.path))
    visitor = site.test_client(use_cookies=False)
    seller, official = make_account(region=SHIMEN), make_account(role="county_official")
    deal = new_deal(fair, seller, make_account(region=FURONG), 60_000_00, status="agreed")

    def post() -> None:
        db.session.add(deal)

    for change in (post, lambda: verify_deal(official, deal), update_counts):
        kept = [visitor.get(BOARD + page).data for _ in range(2)]
        assert kept[0] == kept[1]
        _in_transaction(change)
        assert visitor.get(BOARD + page).data != kept[0]
    assert len(made) == 4


def _in_transaction(act: Callable[[], Any]) -> Any:
    with transaction():
        return act()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_boards_pages_and_their_styles_arrive_in_the_first_round_trip(
    client: Any, fair: Fair, language: str
) -> None:
    """All but the map, which is a picture."""
    client.set_cookie("language", language)
    asked = {"Accept-Encoding": "br"}
    assert client.get(BOARD, headers=asked).headers["Content-Encoding"] == "br"
    for page in ("", "/counties", "/regions/430000", "/regions/430700", f"/regions/{SHIMEN}"):
        written = text(client.get(BOARD + page))
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', written)
        without_map = re.sub(r'<svg class="county-map.*?</svg>', "", written, flags=re.DOTALL)
        sent = len(brotli.compress(without_map.encode(), quality=4))
        sent += sum(len(client.get(style, headers=asked).data) for style in styles)
        assert sent <= 14_000, page
