"""The pages of prices, as visitors see them."""

from __future__ import annotations

import csv
import io
import math

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from market.cache import versions
from market.database import db, transaction
from market.prices.jobs import count_prices
from market.prices.models import PriceDay
from tests.fairs.factories import ORANGE, TEA
from tests.prices.factories import Make, ask, ask_all
from tests.sql import statements

ADDRESS = f"/prices/{ORANGE}"
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def market(app: Flask, make_account: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two prefectures, one cheap and one dear, and a county with too few."""
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", "430726", since=9)
    ask_all(make_account, "3.00 3.10 3.20 3.30 3.40 3.50", "430111")
    ask_all(make_account, "2.00 2.10", "430702")
    count_prices(math.inf)


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address, headers=CHINESE)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


@pytest.mark.usefixtures("app")
def test_words_too_long_for_a_product_are_refused_at_the_field(client: FlaskClient) -> None:
    page = text(client, "/prices?q=" + "橙" * 61)
    assert "最多 60 个字" in page.partition('id="search-q-error"')[2][:300]
    assert "橙" * 61 in page


@pytest.mark.usefixtures("market")
def test_a_product_is_shown_for_the_province_a_prefecture_and_a_county(client: FlaskClient) -> None:
    whole = text(client, ADDRESS)
    assert "2.10" in whole
    assert "4.20 元/公斤" in whole
    assert whole.index('y="19">常德市<') < whole.index('y="63">长沙市<'), "the cheapest first"
    county = text(client, f"{ADDRESS}?region=430726")
    assert "1.20" in county
    assert "报价不到五个" not in county
    few = text(client, f"{ADDRESS}?region=430702")
    assert "武陵区今天的报价不到五个，下面是常德市的。" in few


def test_a_line_is_drawn_only_from_four_weeks_on(
    app: Flask, make_account: Make, monkeypatch: pytest.MonkeyPatch, client: FlaskClient
) -> None:
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", since=15)
    count_prices(math.inf)
    assert "sparkline" not in text(client, "/prices")
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", since=29)
    with transaction():
        db.session.execute(delete(PriceDay))
    count_prices(math.inf)
    assert "sparkline" in text(client, "/prices")


@pytest.mark.usefixtures("market")
def test_a_card_shows_the_price_counted_last_wherever_it_stands(
    client: FlaskClient, make_account: Make
) -> None:
    assert ">2.10</span>" in text(client, "/prices")
    assert ">2.10</span>" in text(client, "/")
    ask_all(make_account, "3.60 3.70 3.80 3.90 4.00 4.10 4.20 4.30", "430111")
    count_prices(math.inf)
    for address in ("/prices", "/prices?category=03", "/"):
        shown = text(client, address)
        assert ">3.30</span>" in shown, address
        assert ">2.10</span>" not in shown, address


@pytest.mark.usefixtures("market")
def test_a_strange_place_product_or_page_is_answered(client: FlaskClient) -> None:
    for address in (
        f"{ADDRESS}?region=110101",
        f"{ADDRESS}?region=%00&measure=%F0%9F%8D%8A",
        f"{ADDRESS}?measure=head",
        "/prices?category=99&page=999999999999",
        "/prices?q=%F0%9F%8D%8A",
        "/prices/local?product=&region=&unit=x",
    ):
        text(client, address)
    for address in ("/prices/9999999", "/prices/0301", "/prices/脐橙脐橙脐橙橙", f"{ADDRESS}.pdf"):
        assert client.get(address).status_code == 404, address


@pytest.mark.usefixtures("market")
def test_the_list_has_it_and_the_search_finds_it(client: FlaskClient) -> None:
    assert ADDRESS in text(client, "/prices")
    assert ADDRESS in text(client, "/prices?category=03")
    found = client.get("/prices?q=脐橙")
    assert (found.status_code, found.location) == (302, ADDRESS)
    assert "没有叫" in text(client, "/prices?q=不存在的东西")


def test_without_any_price_the_pages_say_what_is_needed(client: FlaskClient) -> None:
    assert "有五家报价" in text(client, "/prices")
    empty = text(client, f"/prices/{TEA}")
    assert "今天报价的不到五家" in empty
    assert "<svg" not in empty


def test_a_reference_is_marked_as_such_and_named_with_its_years(client: FlaskClient) -> None:
    page = text(client, "/prices/0201001")
    assert "参考价（不是今天的行情）" in page
    assert "2013–2016" in page
    assert "来源：公开批发报价的统计" in page


@pytest.mark.usefixtures("market")
def test_the_table_is_taken_away_as_csv_with_a_mark_of_its_encoding(client: FlaskClient) -> None:
    answer = client.get(f"{ADDRESS}.csv", headers=CHINESE)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    by_place = {row[1]: row for row in rows}
    assert by_place["石门县"][3:7] == ["1.2", "1.1", "1.3", "5"]
    assert {"湖南省", "常德市", "长沙市"} < set(by_place)
    assert "武陵区" not in by_place, "it has too few"
    assert client.get(f"{ADDRESS}.xlsx").data.startswith(b"PK")


@pytest.mark.usefixtures("market")
def test_an_offer_says_what_is_asked_around_it(client: FlaskClient, make_account: Make) -> None:
    offer = ask(make_account(region="430726"), "1.60")
    page = " ".join(text(client, f"/offers/{offer.id}").split())
    assert "石门县同品今日 1.10–1.30 元/斤（5 条），这个价偏高" in page
    assert f"{ADDRESS}?region=430726" in page


@pytest.mark.usefixtures("market")
def test_the_form_hears_the_price_of_what_is_typed(client: FlaskClient) -> None:
    hint = text(client, "/prices/local?product=脐橙&region=武陵区&unit=jin")
    assert "常德市脐橙今日" in hint
    assert "武陵区报价太少" in hint
    assert text(client, "/prices/local?product=鱼&region=石门&unit=jin").strip() == ""


@pytest.mark.usefixtures("market")
def test_a_page_asks_the_database_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(ADDRESS)
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 60.0)
    with statements() as sent:
        client.get(f"{ADDRESS}?region=430700")
    assert len([one for one in sent if "regional_prices" in one]) == 1
    assert len(sent) <= 2


@pytest.mark.usefixtures("market")
def test_an_unchanged_page_answers_304(client: FlaskClient) -> None:
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
