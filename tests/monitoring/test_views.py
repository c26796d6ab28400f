"""The pages of monitoring: who sees what, filters, and the way down to the offers."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.offers.models import Side
from tests.conventions.test_pages import faults
from tests.fairs.factories import ORANGE, TEA
from tests.html import squeezed
from tests.monitoring.test_prices import ask, usual
from tests.monitoring.test_queries import LINLI, SHIMEN, TAOYUAN, YUEYANG, heap
from tests.sql import statements

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
PAGES = ("/desk/market", "/desk/prices", "/desk/activity")
OF_ORANGES = f"/desk/market/{LINLI}/{ORANGE}/mass"


@pytest.fixture
def province(make_account: Make, log_in: LogIn) -> Any:
    client = log_in(make_account("省商务厅", role="province_official", scope="430000"))
    client.set_cookie("language", "en")
    return client


@pytest.mark.parametrize("role", [None, "assistant", "administrator"])
def test_monitoring_is_for_officials(
    role: str | None, make_account: Make, log_in: LogIn, client: Any
) -> None:
    account = log_in(make_account(role=role))
    for page in (*PAGES, OF_ORANGES, f"/desk/prices/{ORANGE}/mass"):
        assert account.get(page).status_code == 403
        assert client.get(page).status_code == 303


def test_a_county_sees_nothing_of_its_neighbour(make_account: Make, log_in: LogIn) -> None:
    heap(make_account, LINLI)
    county = log_in(make_account(role="county_official", region=SHIMEN))
    own = log_in(make_account(role="county_official", region=LINLI))
    assert OF_ORANGES in own.get("/desk/market").text
    for page in ("/desk/market", f"/desk/market?region={LINLI}", "/desk/market?by=province"):
        assert OF_ORANGES not in county.get(page).text
    assert county.get(OF_ORANGES).status_code == 403
    assert own.get(OF_ORANGES).status_code == 200
    assert own.get(f"/desk/market/430700/{ORANGE}/mass").status_code == 403
    assert county.get("/desk/activity").text.count('<th scope="row"') == 1 + 2
    assert f"region={LINLI}" not in county.get("/desk/activity?region=430700").text


@pytest.mark.parametrize(
    "address",
    [
        f"/desk/market/999999/{ORANGE}/mass",
        f"/desk/market/110101/{ORANGE}/mass",
        f"/desk/market/{LINLI}/0000000/mass",
        f"/desk/market/{LINLI}/03/mass",
        f"/desk/market/{LINLI}/{ORANGE}/kg",
        f"/desk/prices/{ORANGE}/jin",
    ],
)
def test_what_there_is_not_is_a_404(province: Any, address: str) -> None:
    assert province.get(address).status_code == 404


def test_filters_narrow_and_nonsense_is_left_out(province: Any, make_account: Make) -> None:
    heap(make_account, LINLI)
    heap(make_account, YUEYANG, Side.BUY, product_code=TEA)
    tea = f"/desk/market/{YUEYANG}/{TEA}/mass"

    def shown(query: str) -> set[str]:
        text = province.get(f"/desk/market?{query}").text
        return {page for page in (OF_ORANGES, tea) if page in text}

    assert shown("") == shown("level=alert") == shown("page=99&kind=x") == {OF_ORANGES, tea}
    assert shown("level=notice") == set()
    assert shown("kind=shortage") == shown("category=04") == shown("region=430600") == {tea}
    assert shown("kind=glut") == shown("category=03") == shown("region=430724") == {OF_ORANGES}


def test_a_finding_explains_itself_and_leads_to_the_same_offers(
    province: Any, make_account: Make
) -> None:
    offers = heap(make_account)
    heap(make_account, SHIMEN, Side.BUY, tonnes=5, number=2)
    html = province.get(OF_ORANGES).text
    said = "for sale 420 tonnes (6 offers of 6 people), wanted nothing; half of it posted 21 days"
    assert said in html
    assert "within 150 km 10 tonnes more are wanted than offered" in html
    assert all(f'href="/offers/{offer.id}"' in html for offer in offers)
    (link,) = re.findall(rf'href="(/offers\?side=sell&amp;[^"]*region={LINLI})"', html)
    listed = province.get(link.replace("&amp;", "&")).text
    assert all(f'href="/offers/{offer.id}"' in listed for offer in offers)
    (there,) = re.findall(rf'href="(/offers\?side=buy&amp;[^"]*region={SHIMEN})"', html)
    assert province.get(there.replace("&amp;", "&")).status_code == 200


def test_a_product_with_few_offers_is_no_finding_and_says_so(
    province: Any, make_account: Make
) -> None:
    heap(make_account, number=1)
    assert "Too few offers" in province.get(OF_ORANGES).text
    assert "are in balance" in province.get("/desk/market").text


def test_what_moved_is_told_and_drawn_with_its_table(province: Any, make_account: Make) -> None:
    usual(make_account)
    for days in range(5):
        ask(make_account(), "2.60", days)
    html = squeezed(province.get("/desk/prices").text)
    assert "median CNY 2.60/jin this week from 5" in html
    assert "CNY 5.20/kg" in html
    assert re.search(r'<svg class="sparkline".*?<title>[^<]+</title> ?<desc>[^<]+</desc>', html)
    page = province.get(f"/desk/prices/{ORANGE}/mass?region={SHIMEN}").text
    assert page.count('<th scope="row"') == 12
    assert "Asked everywhere" in page
    other = province.get(f"/desk/prices/{ORANGE}/mass?region={YUEYANG}").text
    assert "Nobody here has posted" in other
    assert province.get("/desk/prices?level=notice").text.count("Nothing like that") == 1


@pytest.mark.parametrize("sort", ["", "offer", "verification", "deal", "place", "nonsense"])
def test_the_table_of_counties_is_sorted_and_filtered(province: Any, sort: str) -> None:
    html = province.get(f"/desk/activity?sort={sort}&region=430700").text
    rows = re.findall(r'href="/desk/market\?region=(\d{6})"', html)
    assert TAOYUAN in rows
    assert all(code.startswith("4307") for code in rows)
    assert html.count("aria-sort") == 1


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_is_whole(language: str, province: Any, make_account: Make) -> None:
    province.set_cookie("language", language)
    heap(make_account, LINLI)
    heap(make_account, YUEYANG, Side.BUY, product_code=TEA, unit="plant", tonnes=9000)
    usual(make_account)
    pages = (*PAGES, OF_ORANGES, f"/desk/prices/{ORANGE}/mass")
    steps = ("/desk/market?by=prefecture", "/desk/market?by=province", "/desk/market?level=notice")
    for page in (*pages, *steps, "/desk/activity?region=430700&sort=deal"):
        assert faults(province.get(page).text) == [], page


def test_every_page_says_of_when_its_figures_are(province: Any) -> None:
    for page in PAGES:
        assert "Figures as of" in province.get(page).text


def test_pages_ask_the_database_a_bounded_number_of_questions(
    app: Flask, province: Any, make_account: Make
) -> None:
    app.config["MONITORING_SECONDS"] = 60.0
    for region in (LINLI, SHIMEN, TAOYUAN, YUEYANG):
        heap(make_account, region, price_low=Decimal(2), price_high=Decimal(2))
    pages = (*PAGES, OF_ORANGES, f"/desk/prices/{ORANGE}/mass")
    for page in pages:
        with statements() as cold:
            assert province.get(page).status_code == 200
        with statements() as warm:
            province.get(page)
        # The account with its grants, the words of the lexicons, and what is read.
        assert len(cold) <= 10, page
        assert len(warm) <= 6, page
