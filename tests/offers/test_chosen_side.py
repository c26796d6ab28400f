"""A sentence on the tab that its writer tapped: the tab holds unless the words say otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from market.accounts.models import Account
from market.offers.models import Side
from market.offers.sentence import read_sentence
from tests.conftest import Client
from tests.offers.pages import errors_of, offer_form
from tests.offers.test_views import text

SAYS_NOTHING = [
    "大蒜3吨 四块五一斤",
    "脐橙20吨，到长沙岳麓，两块五一斤",
    "红薯 5吨 1块2",
    "新鲜莲藕两千斤，三块",
    "garlic 20 tonnes 4 yuan per kg",
    "navel oranges, 5 yuan/kg, 20 tonnes",
]
SELLS = [
    "出售大蒜3吨 四块五一斤",
    "我有脐橙20吨，两块五一斤",
    "红薯5吨急卖 1块2",
    "自家莲藕想卖，两千斤，三块",
    "selling 20 tonnes of garlic, 4 yuan per kg",
    "20 tonnes of garlic for sale, 4 yuan per kg",
    "looking for buyers: 20 tonnes of garlic, 4 yuan per kg",
]
BUYS = [
    "收购大蒜3吨 四块五一斤",
    "想买脐橙20吨，两块五一斤",
    "求购红薯5吨 1块2",
    "我要莲藕两千斤，三块",
    "莲藕两千斤，一块以内",
    "want 20 tonnes navel oranges, 5 yuan/kg delivered to Changsha Yuelu, by Dec 20",
    "want 20 tonnes of garlic at 4 yuan per kg, Cili",
    "We need 20 tonnes of garlic at 4 yuan per kg",
    "looking for 20 tonnes of garlic at 4 yuan per kg",
    "buying garlic, 20 tonnes, 4 yuan per kg",
    "looking for suppliers of garlic, 20 tonnes, 4 yuan per kg",
]


@pytest.fixture
def browser(make_account: Callable[..., Account], log_in: Callable[[Account], Client]) -> Client:
    return log_in(make_account())


@pytest.mark.parametrize("tab", Side)
@pytest.mark.parametrize("sentence", SAYS_NOTHING)
def test_the_tab_holds_where_no_word_says_a_side(app: Flask, sentence: str, tab: Side) -> None:
    assert read_sentence(sentence, tab)[0].side is tab


@pytest.mark.parametrize("tab", Side)
@pytest.mark.parametrize(
    ("sentence", "side"), [*((one, Side.SELL) for one in SELLS), *((one, Side.BUY) for one in BUYS)]
)
def test_words_that_plainly_say_a_side_win(
    app: Flask, sentence: str, side: Side, tab: Side
) -> None:
    post = read_sentence(sentence, tab)[0]
    assert (post.side, "side" in post.unsure) == (side, False)


def filled(browser: Client, sentence: str, tab: str) -> str:
    action, fields = offer_form(text(browser.get(f"/offers/new?side={tab}")))
    return text(browser.post(action, data={**fields, "sentence": sentence, "fill": "0"}))


def test_a_purchase_without_a_word_for_it_stays_one_and_goes_to_the_place_it_names(
    browser: Client,
) -> None:
    page = filled(browser, "脐橙20吨，到长沙岳麓，两块五一斤", "buy")
    action, fields = offer_form(page)
    assert "side=buy" in action
    assert "岳麓" in fields["region"]
    assert (fields["price_basis"], fields["description"]) == ("delivered", "")
    assert "您的话里说的是" not in page


def test_the_form_says_that_it_changed_the_side(browser: Client) -> None:
    page = filled(browser, "出售大蒜3吨，四块五一斤", "buy")
    assert "side=sell" in offer_form(page)[0]
    assert "您的话里说的是“供应”" in page
    assert "side" not in errors_of(page)
    # Said once: who goes on has seen it.
    action, fields = offer_form(page)
    assert "您的话里说的是" not in text(browser.post(action, data={**fields, "quantity": ""}))


def test_who_may_be_on_the_other_side_is_asked_and_stays_where_they_are(browser: Client) -> None:
    page = filled(browser, "食堂、学校用土豆500斤", "sell")
    assert "side=sell" in offer_form(page)[0]
    assert "没说是卖还是买" in page


def test_an_english_purchase_leaves_no_word_of_its_side_in_public(browser: Client) -> None:
    page = filled(
        browser,
        "want 20 tonnes navel oranges, 5 yuan/kg delivered to Changsha Yuelu, by Dec 20",
        "buy",
    )
    fields = offer_form(page)[1]
    assert "岳麓" in fields["region"] or "Yuelu" in fields["region"]
    assert fields["description"] == ""
