"""An offer as somebody reads it who knows no Chinese."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from market.accounts.models import Account
from market.offers.english import goods_in_english, localize_phrase, plain_phrase
from market.offers.queries import cards
from market.regions.rules import short_english_name
from market.web.language import in_language
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.offers.test_views import text

Make = Callable[..., Account]


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account(name="王大伯", phone="+8613800001234")


@pytest.fixture
def reader(client: Client) -> Client:
    client.set_cookie("language", "en")
    return client


def test_the_page_says_the_product_and_keeps_the_sellers_title(
    reader: Client, owner: Account
) -> None:
    offer = make_offer(
        owner, title="又脆又甜，产地直供", grade="特级，果径75以上", packaging="纸箱20斤"
    )
    html = text(reader.get(f"/offers/{offer.id}"))
    assert "<h1>Cuiguan pear from Shimen County</h1>" in html
    assert '<p class="muted" lang="zh-CN">又脆又甜，产地直供</p>' in html
    assert "<strong>CNY 4.70–5.20</strong><small>/kg</small><span>2.35–2.60 per jin" in html
    assert "<strong>1 tonne</strong> <small" in html
    assert "(2,000 jin)" in html
    assert 'extra grade, fruit diameter 75 mm or more <span class="soft" lang="zh-CN">' in html
    assert "cardboard boxes of 20 jin (10 kg)" in html
    assert "Translated from the trader’s own words" in html
    assert "Shimen County, Changde, Hunan" in html
    assert 'Cuiguan pear <span lang="zh-CN">翠冠梨</span>' in html


def test_a_chinese_page_shows_the_words_as_they_were_written(
    client: Client, owner: Account
) -> None:
    offer = make_offer(owner, title="又脆又甜，产地直供", grade="特级，果径75以上")
    html = text(client.get(f"/offers/{offer.id}"))
    assert "<h1>又脆又甜，产地直供</h1>" in html
    assert "lang=" not in html.partition("<h1>")[2]
    assert "extra grade" not in html


def test_a_card_says_goods_grade_and_amounts_in_english(app: Flask, owner: Account) -> None:
    offer = make_offer(owner, title="石门翠冠梨又脆又甜", grade="一级")
    with app.test_request_context(), in_language("en"):
        card = cards([offer.id])[0]
        assert (card.amount, card.amount_beside) == ("1 tonne", "2,000 jin")
    assert card.title == "Cuiguan pear from Shimen County"
    assert card.heading == card.goods == "Cuiguan pear"
    assert (card.remark, card.remark_language) == ("石门翠冠梨又脆又甜", "zh-CN")
    assert card.grade == '<span title="一级">grade 1</span>'
    assert card.place == "Shimen County, Changde"


def test_even_a_title_that_we_made_gives_the_chinese_word(app: Flask, owner: Account) -> None:
    offer = make_offer(owner, title="")
    with app.test_request_context(), in_language("en"):
        assert cards([offer.id])[0].remark == "石门翠冠梨"


def test_a_title_in_english_stays_the_heading(app: Flask, owner: Account) -> None:
    offer = make_offer(owner, title="Crisp Cuiguan pear, size 75 up")
    with app.test_request_context(), in_language("en"):
        card = cards([offer.id])[0]
    assert card.heading == card.title == "Crisp Cuiguan pear, size 75 up"
    assert card.remark_language == ""


@pytest.mark.parametrize(
    ("words", "name", "english", "goods"),
    [
        ("", "绿茶", "Green tea", "Green tea"),
        ("绿茶", "绿茶", "Green tea", "Green tea"),
        ("石门银峰", "绿茶", "Green tea", "Green tea · Shimen Yinfeng"),
        ("石门柑橘", "柑橘", "Citrus", "Citrus · Shimen"),
        ("自家种的又大又甜的橙子", "橙", "Orange", "Orange"),
        ("", "冰糖橙", "", "Bingtangcheng"),
    ],
)
def test_goods_have_the_owners_word_in_letters(
    words: str, name: str, english: str, goods: str
) -> None:
    assert goods_in_english(words, name, english) == goods


def test_a_variety_in_a_grade_is_spelt(app: Flask) -> None:
    with app.test_request_context(), in_language("en"):
        assert plain_phrase("石门银峰，一级") == "Shimen Yinfeng, grade 1"
        assert localize_phrase("石门银峰") == (
            '<span title="石门银峰">Shimen Yinfeng <span lang="zh-CN">石门银峰</span></span>'
        )
        assert plain_phrase("随便写的") == "随便写的"
        assert localize_phrase("<b>一级") == '<span title="&lt;b&gt;一级">&lt;b&gt;, grade 1</span>'
    with app.test_request_context():
        assert localize_phrase("石门银峰，一级") == "石门银峰，一级"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Changde City", "Changde"),
        ("Hunan Province", "Hunan"),
        ("Guangxi Zhuang Autonomous Region", "Guangxi"),
        ("Xiangxi Tujia and Miao Autonomous Prefecture",) * 2,
    ],
)
def test_an_outer_place_is_said_without_its_kind(name: str, short: str) -> None:
    assert short_english_name(name) == short
