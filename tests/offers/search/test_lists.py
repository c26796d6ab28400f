"""The list itself: its sides, its parts, and what it offers where nothing is found."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from market.accounts.models import Account, TraderType
from market.database import transaction
from market.offers.models import Side
from market.offers.search.query import parse_query
from market.offers.search.results_page import ResultsPage, results_page
from tests.conftest import Client
from tests.offers.factories import make_offer

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
PEAR, NAVEL, CARROT, DURIAN, PINEAPPLE = "0302011", "0301014", "0202006", "0306006", "0306003"
SHIMEN, LIXIAN, TAOYUAN, FURONG = "430726", "430723", "430725", "430102"


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Any:
    with app.test_request_context():
        yield


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account()


def listed(query: str, **others: Any) -> ResultsPage:
    return results_page(dict(parse_qsl(query)), **others)


def arguments(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def sides(page: ResultsPage) -> list[tuple[int | None, bool]]:
    return [(count, active) for _label, count, _href, active in page.sides]


# The two sides


def test_the_switch_tells_how_many_there_are_on_each_side(owner: Account) -> None:
    for side in ("sell", "sell", "buy"):
        make_offer(owner, side)
    assert sides(listed("q=翠冠梨")) == [(3, True), (2, False), (1, False)]
    assert sides(listed("q=求购翠冠梨")) == [(3, False), (2, False), (1, True)]
    _, sell, _buy = listed("q=求购翠冠梨").sides
    assert sides(results_page(arguments(str(sell[2])))) == [(3, False), (2, True), (1, False)]


def test_the_switch_is_there_where_one_side_has_nothing(owner: Account) -> None:
    make_offer(owner)
    assert sides(listed("q=翠冠梨")) == [(1, True), (1, False), (0, False)]


@pytest.mark.parametrize("trader", list(TraderType))
def test_companies_and_buyers_begin_on_supply(
    make_account: Make, owner: Account, log_in: LogIn, trader: TraderType
) -> None:
    make_offer(owner)
    make_offer(owner, "buy")
    account = make_account()
    with transaction():
        account.trader_type = trader
    client = log_in(account)
    page = unescape(client.get("/offers").get_data(as_text=True))
    begins = trader in (TraderType.COMPANY, TraderType.BUYER)
    assert page.count("<article") == (1 if begins else 2)
    # What they say goes before what they usually look for.
    for said, count in (("side=buy", 1), ("side=both", 2), ("q=求购", 1)):
        assert client.get(f"/offers?{said}").get_data(as_text=True).count("<article") == count


def test_the_other_side_is_one_tap_away_from_where_one_begins(owner: Account) -> None:
    make_offer(owner)
    make_offer(owner, "buy")
    page = listed("q=翠冠梨", usual_side=Side.SELL)
    assert sides(page) == [(2, False), (1, True), (1, False)]
    for (_label, count, href, _active), expected in zip(page.sides, (2, 1, 1), strict=True):
        found = results_page(arguments(str(href)), usual_side=Side.SELL)
        assert found.found.total == count == expected
    # A search that is saved finds what was looked at.
    assert page.question.lasting == {"q": "翠冠梨", "side": "sell"}
    assert parse_query(page.question.lasting).filters.side is Side.SELL
    assert listed("", usual_side=Side.SELL).question.lasting == {}


def test_by_price_both_sides_stand_apart(owner: Account) -> None:
    prices = {"sell": (3, 2), "buy": (1, 4)}
    for side, both in prices.items():
        for price in both:
            make_offer(owner, side, price_low=Decimal(price), price_high=Decimal(price))
    (first, sales), (second, purchases) = listed("q=翠冠梨&sort=price").sections
    assert (first, second) == ("供应，便宜的在前", "求购，出价高的在前")
    assert [card.price_low for card in sales] == [2, 3]
    assert [card.price_low for card in purchases] == [4, 1]
    assert [title for title, _ in listed("q=翠冠梨&sort=price&side=buy").sections] == [""]


# The place and what lies around it


def test_what_lies_around_a_place_stands_apart_the_nearest_first(owner: Account) -> None:
    far, near, inside = (make_offer(owner, region=code) for code in (FURONG, LIXIAN, SHIMEN))
    middle = make_offer(owner, region=TAOYUAN)
    page = listed(f"q=翠冠梨&region={SHIMEN}")
    assert page.found.widened
    assert page.title == "石门县 1 条，周边 3 条"
    (title, here), (around, others) = page.sections
    assert (title, around) == ("石门县", "周边")
    assert [card.id for card in here] == [inside.id]
    # Not by age, in which they would stand the other way round.
    assert [card.id for card in others] == [near.id, middle.id, far.id]


@pytest.mark.parametrize(
    "query",
    [
        "q=石门县皂市镇翠冠梨",
        "q=皂市镇 翠冠梨",
        "q=翠冠梨&region=430726105",
        "q=翠冠梨&region=石门县皂市镇",
        "q=翠冠梨&region=石门县·皂市镇",
        "q=翠冠梨&region=Zaoshi Town, Shimen County",
        "q=石门皂市镇阳泉村的梨",
    ],
)
def test_a_town_is_a_place_to_look_in(owner: Account, query: str) -> None:
    inside = make_offer(owner, township="430726105", village="阳泉村")
    make_offer(owner, township="430726102")
    page = listed(query)
    assert page.filters.regions == ("43/4307/430726/430726105",)
    assert page.filters.near == SHIMEN
    assert [(title, len(cards)) for title, cards in page.sections] == [
        ("皂市镇", 1),
        ("周边", 1),
    ]
    assert page.sections[0][1][0].id == inside.id
    assert "石门县" in page.widened
    # What the page says of it is read again as the same.
    again = listed(f"q=翠冠梨&region={page.question.form.region._value()}")
    if "region=" in query:
        assert again.filters.regions == page.filters.regions


def test_a_place_chosen_from_the_counts_is_never_widened(owner: Account) -> None:
    make_offer(owner, region=SHIMEN)
    make_offer(owner, "buy", region=LIXIAN)
    page = listed("q=翠冠梨 常德")
    (href,) = [row[2] for row in dict(page.facets)["地方"] if row[1] and "石门" in str(row[0])]
    chosen = results_page(arguments(href))
    assert (chosen.found.total, chosen.found.widened) == (1, "")
    # Nor when something else is taken away or asked for.
    for _label, address in chosen.chips:
        if "region" in arguments(address):
            assert results_page(arguments(address)).found.widened == ""
    assert results_page({**arguments(href), "verified": "1"}).found.total == 0


def test_every_facet_of_a_widened_list_finds_what_it_counts(owner: Account) -> None:
    for code in (SHIMEN, LIXIAN, TAOYUAN, FURONG):
        make_offer(owner, region=code)
        make_offer(owner, "buy", region=code, price_low=Decimal(7), price_high=Decimal(7))
    page = listed(f"q=梨&region={SHIMEN}")
    assert page.found.widened
    rows = [row for _title, rows in page.facets for row in rows] + page.sides[1:]
    counted = [(count, str(href)) for _label, count, href, active in rows if count and not active]
    assert len(counted) > 5
    for count, href in counted:
        assert results_page(arguments(href)).found.total == count, href


def test_a_facet_with_one_choice_is_not_shown(owner: Account) -> None:
    make_offer(owner)
    make_offer(owner, "buy", price_low=None, price_high=None)
    titles = [title for title, _rows in listed("q=翠冠梨").facets]
    assert titles == []


# Where nothing is found


def test_a_word_that_nobody_says_is_compared_with_the_names_of_products(owner: Account) -> None:
    make_offer(owner, product=CARROT)
    page = listed("q=常德 carott 求购&side=sell")
    assert not page.found.total
    names = {label: arguments(href)["q"] for label, _count, href in page.corrections}
    assert names["carrot"] == "常德 carrot 求购"
    assert all(count for _label, count, _href in page.corrections)


def test_products_beside_the_one_that_nobody_has_are_offered(owner: Account) -> None:
    make_offer(owner, product=PINEAPPLE)
    make_offer(owner, product=NAVEL)
    page = listed("q=榴莲")
    assert not page.found.total
    ((label, count, href),) = page.siblings
    assert (label, count) == ("菠萝", 1)
    assert arguments(href) == {"product": PINEAPPLE}
    assert results_page(arguments(href)).found.total == 1


def test_the_page_of_nothing_names_them(owner: Account, client: Client) -> None:
    make_offer(owner, product=PINEAPPLE)
    page = unescape(client.get("/offers?q=榴莲").get_data(as_text=True))
    assert "相近的产品" in page
    assert ">菠萝</a>" in page


def test_a_text_that_is_too_long_is_shortened_and_says_so(client: Client, owner: Account) -> None:
    make_offer(owner)
    page = unescape(client.get("/offers?q=翠冠梨" + " 便宜" * 60).get_data(as_text=True))
    assert "只读了开头" in page or "太长" in page
    assert page.count("<article") == 1
