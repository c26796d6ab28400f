"""The list's page: what it says it understood, how to ask for less or more, and what next."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.offers.models import Offer, Side
from market.offers.search.query import SearchQuery, parse_query
from market.offers.search.results_page import EPOCH, ResultsPage, results_page
from market.regions.models import Region
from tests.conftest import Client
from tests.offers.factories import PEAR, make_offer
from tests.offers.test_views import queries_of

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
PEARS, ORANGE, RICE = "0302007", "0301014", "0101001"
SHIMEN, TAOYUAN, CHANGDE, FURONG = "430726", "430725", "430700", "430102"
DONGCHENG = "110101"
ADDRESS = re.compile(r'href="(/offers\?[^"]*)"')


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Any:
    with app.test_request_context():
        yield


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account()


def asked(query: str, home: Region | None = None) -> SearchQuery:
    return parse_query(dict(parse_qsl(query)), home)


def listed(query: str, home: Region | None = None) -> ResultsPage:
    return results_page(dict(parse_qsl(query)), home)


def arguments(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def path(code: str) -> str:
    return db.session.get_one(Region, code).path


def labels(question: SearchQuery) -> list[str]:
    return [part.label for part in question.parts]


def rows(listing: ResultsPage, title: str) -> dict[str, tuple[Any, str, bool]]:
    facets = dict(listing.facets)
    return {str(label): (n, href, on) for label, n, href, on in facets.get(title, [])}


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def test_the_text_is_understood_and_each_piece_can_be_taken_away() -> None:
    question = asked("q=常德 翠冠梨 求购 3块以下")
    assert question.filters.side is Side.BUY
    assert [one.rpartition("/")[2] for one in question.filters.products] == [PEAR]
    assert question.filters.regions == (path(CHANGDE),)
    assert question.filters.price_max == Decimal(6)
    assert labels(question) == ["求购", "翠冠梨", "常德市", "不超过 3 元/斤"]
    for part in question.parts:
        rest = question.instead(part.rest)
        assert labels(rest) == [label for label in labels(question) if label != part.label]


def test_what_was_typed_otherwise_is_told_by_its_name() -> None:
    assert labels(asked("q=土豆")) == ["马铃薯"]


def test_a_filter_chosen_wins_over_the_text_which_is_no_longer_told() -> None:
    question = asked(f"q=常德 翠冠梨 求购&side=sell&product={RICE}&region={FURONG}")
    assert question.filters.side is Side.SELL
    assert question.filters.regions == (path(FURONG),)
    assert [one.rpartition("/")[2] for one in question.filters.products] == [RICE]
    assert labels(question) == ["供应", "稻谷", "芙蓉区"]


@pytest.mark.parametrize(
    ("query", "product", "region"),
    [
        (f"q=翠冠梨 石门&product={PEARS}&region={CHANGDE}", PEAR, SHIMEN),
        (f"q=梨 常德&product={PEAR}&region={SHIMEN}", PEAR, SHIMEN),
        ("q=翠冠梨 石门&product=03&region=430000", PEAR, SHIMEN),
    ],
)
def test_where_one_lies_inside_the_other_the_narrower_counts(
    query: str, product: str, region: str
) -> None:
    question = asked(query)
    assert [one.rpartition("/")[2] for one in question.filters.products] == [product]
    assert question.filters.regions == (path(region),)
    assert len(labels(question)) == 4


@pytest.mark.parametrize(
    ("query", "low", "high", "told"),
    [
        ("q=3块以下&price_max=2", None, 4, 2),
        ("q=3块以下&price_max=5", None, 6, 2),
        ("q=3块以下&price_min=2", 4, 6, 2),
        ("q=3块以下&price_min=4", 8, None, 1),
        ("q=3块以下&price_min=4&price_unit=kg", 4, 6, 2),
    ],
)
def test_prices_meet_and_those_chosen_win_where_they_dont(
    query: str, low: int | None, high: int | None, told: int
) -> None:
    question = asked(query)
    assert (question.filters.price_min, question.filters.price_max) == (low, high)
    assert len(labels(question)) == told


def test_an_ambiguous_word_is_searched_as_all_it_may_mean_until_it_is_settled() -> None:
    listing = listed("q=常德 地瓜")
    assert len(listing.filters.products) == 2
    ((word, meanings),) = listing.choices
    assert word == "地瓜"
    for _name, address in meanings:
        settled = listed(urlsplit(address).query)
        assert settled.choices == []
        assert len(settled.filters.products) == 1
        assert settled.filters.regions == (path(CHANGDE),)
        assert "地瓜" not in address
    assert {arguments(address)["product"] for _, address in meanings} == {"0103003", "0202040"}


@pytest.mark.parametrize(
    ("language", "names"), [("en", ["Paddy rice", "Milled rice"]), ("zh", ["稻谷", "大米"])]
)
def test_an_english_head_is_asked_about_in_the_language_of_the_page(
    client: Client, language: str, names: list[str]
) -> None:
    client.set_cookie("language", language)
    page = client.get("/offers?q=rice").get_data(as_text=True)
    for code, name in zip(("0101001", "0101007"), names, strict=True):
        assert re.search(rf'href="/offers\?product={code}">\s*{name}', page)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Camellia oil under 100 yuan", ["kg", "bottle"]),
        ("茶油50到100元", ["kg", "bottle"]),
        ("2块以下的梨", ["kg", "box"]),
        ("under 3 yuan", ["kg"]),
        ("茶油每瓶100元以下", []),
        ("茶油", []),
    ],
)
def test_a_price_without_a_unit_can_be_meant_by_another(
    app: Flask, text: str, units: list[str]
) -> None:
    page = listed(urlencode({"q": text}))
    meant = [asked(urlsplit(href).query).understood for _label, href in page.price_units]
    assert [found.price_unit for found in meant] == units
    limits = page.question.understood.price_min, page.question.understood.price_max
    for found in meant:
        assert (found.price_min, found.price_max) == limits
        assert (found.products, found.words) == (page.question.understood.products, ())
        assert found.has_price_unit


def test_each_facet_counts_what_following_it_finds_and_is_taken_away_again(owner: Account) -> None:
    make_offer(owner)
    make_offer(owner, region=TAOYUAN, price_low=Decimal(7), price_high=Decimal(8))
    make_offer(owner, side="buy", region=FURONG)
    make_offer(owner, product=RICE)
    before = listed("q=")
    assert set(dict(before.facets)) >= {"产品", "价格"}
    for title, facet in before.facets:
        for label, count, href, active in facet:
            assert not active
            narrowest_region = listed(urlsplit(href).query)
            assert narrowest_region.found.total == count, (title, label)
            away = [listed(urlsplit(href).query) for _label, href in narrowest_region.chips]
            assert [found.found.total for found in away] == [4], (title, label)


def test_a_facet_that_narrows_nothing_is_not_shown(owner: Account, client: Any) -> None:
    make_offer(owner)
    make_offer(owner)
    assert not {"买卖", "产品", "地方"} & dict(listed("q=").facets).keys()
    page = text(client.get("/offers"))
    assert 'class="facets" aria-label="地方"' not in page
    assert 'name="product"' not in page
    make_offer(owner, region=DONGCHENG)
    assert "地方" in dict(listed("q=").facets)


def test_a_facet_takes_away_what_the_text_says_too(owner: Account) -> None:
    for region in (SHIMEN, TAOYUAN):
        make_offer(owner, side="buy", region=region)
        make_offer(owner, side="buy", region=region, product="0302010")
    listing = listed("q=梨 常德 求购")
    for title, rest in (("产品", "常德 求购"), ("地方", "梨 求购")):
        (away,) = [href for _, href, on in rows(listing, title).values() if on]
        assert arguments(away)["q"] == rest
    assert arguments(str(listing.sides[0][2]))["q"] == "梨 常德"


def test_by_distance_is_offered_only_where_there_is_a_place_to_measure_from(
    owner: Account,
) -> None:
    near, far = make_offer(owner, region=SHIMEN), make_offer(owner, region=FURONG)
    shimen = db.session.get_one(Region, SHIMEN)
    assert len(listed("").sorts) == 3
    assert listed("sort=distance").filters.sort == "relevance"
    assert len(listed("q=石门").sorts) == len(listed("", shimen).sorts) == 4
    assert len(listed("q=湖南").sorts) == 3
    listing = listed("sort=distance", shimen)
    assert [card.id for card in listing.cards] == [near.id, far.id]
    here, away = (listing.kilometres[card.id] for card in listing.cards)
    assert here == pytest.approx(0, abs=0.1)
    assert away is not None
    assert 150 < away < 300
    assert not listed("").kilometres


def test_a_member_sees_how_far_it_is_and_a_visitor_after_naming_a_place(
    owner: Account, client: Client, log_in: LogIn
) -> None:
    make_offer(owner, region=FURONG)
    assert "公里" not in text(client.get("/offers"))
    assert re.search(r"\d+ 公里", text(log_in(owner).get("/offers")))
    assert re.search(r"\d+ 公里", text(client.get("/offers?q=常德")))


def test_too_little_in_a_place_is_told_with_what_the_list_goes_on_with(owner: Account) -> None:
    make_offer(owner)
    for _ in range(6):
        make_offer(owner, region=TAOYUAN)
    listing = listed("q=石门")
    assert (listing.found.widened, listing.found.inside) == ("prefecture", 1)
    assert listing.cards[0].region_name == "常德市·石门县"
    assert "石门县" in listing.widened
    assert "1" in listing.widened
    assert "常德市" in listing.widened
    assert listed("q=桃源").widened == ""


def test_pages_stay_as_they_were_while_new_offers_arrive(owner: Account, client: Client) -> None:
    for _ in range(25):
        make_offer(owner)
    first = listed("sort=newest")
    second = listed(urlsplit(first.page_url(2)).query)
    shown = [card.id for card in first.cards]
    make_offer(owner)
    again = listed(urlsplit(first.page_url(2)).query)
    assert [c.id for c in again.cards] == [c.id for c in second.cards]
    back = listed(urlsplit(again.page_url(1)).query)
    assert [c.id for c in back.cards] == shown
    assert len(listed("sort=newest").cards) == 20
    assert listed("sort=newest").found.total == 26


def test_a_page_is_the_same_until_something_changes(owner: Account) -> None:
    for _ in range(21):
        make_offer(owner)
    first = listed("").as_of
    assert first == listed("").as_of
    newest = max(offer.published_at for offer in db.session.scalars(db.select(Offer)))
    assert EPOCH + timedelta(milliseconds=first or 0) >= newest


@pytest.mark.parametrize("as_of", ["-1", "0", "x", "1e9", "9" * 30, "9" * 5000, "", "１２"])
def test_a_bad_instant_is_no_instant(owner: Account, as_of: str) -> None:
    make_offer(owner)
    instant = listed(f"as_of={as_of}").filters.as_of
    assert instant is None or instant <= utcnow()


@pytest.mark.parametrize("query", [f"as_of={'9' * 5000}", "as_of=%00", "sort=distance", "q=%EF%BF"])
def test_no_instant_or_order_breaks_the_list(client: Client, query: str) -> None:
    assert client.get(f"/offers?{query}").status_code == 200


def test_a_text_too_long_is_told(client: Client) -> None:
    assert 'class="field-error"' in text(client.get("/offers?q=" + "长" * 101))


def test_nothing_found_says_what_was_looked_for_and_what_comes_close(
    owner: Account, client: Client
) -> None:
    make_offer(owner)
    make_offer(owner, price_low=Decimal(3), price_high=Decimal(3))
    page = text(client.get("/offers?q=翠冠梨&side=sell&price_max=1"))
    assert "供应" in page.split("empty-title")[1]
    listing = listed("q=翠冠梨&side=sell&price_max=1")
    ((_label, count, address),) = listing.nearest
    assert count == 2
    assert arguments(address) == {"q": "翠冠梨", "side": "sell"}
    assert listed(urlsplit(address).query).found.total == count


def test_when_no_single_part_is_to_blame_the_parts_alone_are_offered(owner: Account) -> None:
    make_offer(owner)
    listing = listed("q=翠冠梨&side=buy&price_max=1")
    assert [arguments(address) for _, _, address in listing.nearest] == [{"q": "翠冠梨"}]


def test_what_was_not_found_is_posted_with_product_and_place_filled_in(
    owner: Account, log_in: LogIn
) -> None:
    ((_label, address),) = listed("q=石门 翠冠梨 出售").postings
    assert arguments(address) == {"side": "buy", "product": PEAR, "region": SHIMEN}
    page = text(log_in(owner).get(address.replace(SHIMEN, TAOYUAN)))
    assert 'value="翠冠梨"' in page
    assert "桃源县" in page
    assert len(listed("q=翠冠梨").postings) == 2
    ((_label, address),) = listed("q=常德 梨&side=buy").postings
    assert arguments(address) == {"side": "sell", "product": PEARS}


@pytest.mark.parametrize(
    "query", ["product=x", "product=%00", "region=999999", "product=0302007&region="]
)
def test_a_form_is_not_broken_by_what_it_is_filled_with(
    owner: Account, log_in: LogIn, query: str
) -> None:
    assert log_in(owner).get(f"/offers/new?{query}").status_code == 200


def test_old_addresses_keep_working(owner: Account) -> None:
    make_offer(owner)
    old = "q=%E6%A2%A8&side=sell&product=0302&region=430700&price_min=2&price_max=3&price_unit=jin"
    assert listed(f"{old}&verified=&sort=newest&page=1").found.total == 1
    assert listed("price_min=4&price_max=6&price_unit=kg").found.total == 1


def test_the_list_costs_as_many_questions_with_many_offers_as_with_few(
    owner: Account, client: Client
) -> None:
    make_offer(owner)
    few = queries_of(client, "/offers?q=翠冠梨 石门")
    with transaction():
        owner = db.session.get_one(Account, 1)
    for _ in range(15):
        make_offer(owner)
    assert queries_of(client, "/offers?q=翠冠梨 石门") <= few


@pytest.mark.parametrize("text", ["🍊", "%", '"', "*", "…", "？！"])
def test_a_text_without_a_word_is_said_to_have_none(client: Client, text: str) -> None:
    page = client.get("/offers", query_string={"q": text}).get_data(as_text=True)
    assert "没有可以搜的字" in page
    assert "没有可以搜的字" not in client.get("/offers?q=🍊 脐橙").get_data(as_text=True)


def test_what_is_not_wanted_is_a_chip_that_can_be_taken_away(client: Client) -> None:
    listing = results_page({"q": "橘子不要砂糖橘"})
    assert dict(listing.chips) == {
        "柑橘": listing.url(q="不要砂糖橘"),
        "不要 砂糖橘": listing.url(q="橘子"),
    }
    assert (listing.filters.side, len(listing.filters.excluded)) == (None, 1)
    assert "不要 砂糖橘" in listing.question.title
    # What is chosen explicitly wins.
    assert results_page({"q": "橘子不要砂糖橘", "product": "0301005"}).filters.excluded == ()


def test_a_place_that_is_not_wanted_is_a_chip_too(client: Client) -> None:
    labels = [label for label, _address in results_page({"q": "大米 不要湖南的"}).chips]
    assert labels == ["大米", "不要 湖南省"]
    # What can't be left out is told to be looked past.
    labels = [label for label, _address in results_page({"q": "大米 外地勿扰"}).chips]
    assert labels == ["大米", "“外地勿扰”没有计入"]


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "求购 收购 脐橙"},
        {"q": "想买脐橙 出售"},
        {"q": "求购脐橙", "side": "buy"},
        {"q": "收购 求购脐橙", "side": "buy"},
    ],
)
def test_a_side_that_is_said_twice_is_one_chip_that_takes_it_all_away(
    client: Client, asked: dict[str, str]
) -> None:
    listing = results_page(asked)
    sides = [address for label, address in listing.chips if label in ("求购", "供应")]
    assert len(sides) == 1
    assert results_page(dict(parse_qsl(urlsplit(sides[0]).query))).filters.side is None


def test_an_upper_bound_of_a_quantity_is_not_passed_over_in_silence(client: Client) -> None:
    labels = [label for label, _address in results_page({"q": "脐橙 不超过5吨"}).chips]
    assert labels == ["脐橙", "“不超过5吨”没有计入"]


def test_searches_that_come_close_leave_out_what_is_not_wanted(
    app: Flask, make_account: Callable[..., Account]
) -> None:
    owner = make_account()
    make_offer(owner, product="0301005", region="430102")
    make_offer(owner, product="0301006", region="430102")
    listing = results_page({"q": "橘子不要砂糖橘 岳阳", "verified": "1"})
    assert not listing.found.total
    assert {count for label, count, _href in listing.nearest if "砂糖橘" not in label} == {1}
