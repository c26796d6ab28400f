"""The lexicon of products: from the words of the trade to the tree."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from sqlalchemy import select, update

from market.cache import versions
from market.database import db, transaction
from market.products.lexicon import ProductLexicon
from market.products.models import Product, ProductAlias, Variety
from market.products.queries import product_lexicon, resolve_product
from market.text.characters import fold


@pytest.fixture
def lexicon(app: Flask) -> ProductLexicon:
    return product_lexicon()


def meant(text: str) -> list[str]:
    return [product.name for product in resolve_product(text)]


def read(lexicon: ProductLexicon, text: str) -> list[str]:
    codes = [code for token in lexicon.find_products(fold(text)) for code in token.meaning]
    return [db.session.get_one(Product, code).name for code in codes]


WORDS = {
    "Ｔｏｍａｔｏｅｓ": "番茄",
    "POTATOES": "马铃薯",
    "蘿蔔": "萝卜",
    "tǔ dòu": "马铃薯",
    "tu3 dou4": "马铃薯",
    "hong fu shi": "红富士",
    "葱头": "洋葱",
}


def test_a_word_is_found_however_it_is_written(lexicon: ProductLexicon) -> None:
    assert {text: meant(text) for text in WORDS} == {text: [name] for text, name in WORDS.items()}


SLIPS = {
    "弥猴桃": "猕猴桃",
    "香姑": "香菇",
    "红罗卜": "胡萝卜",
    "西兰化": "西兰花",
    "杏包菇": "杏鲍菇",
}


def test_a_slip_of_one_character_is_mended(lexicon: ProductLexicon) -> None:
    assert {text: meant(text) for text in SLIPS} == {text: [name] for text, name in SLIPS.items()}


def test_another_head_at_the_end_is_no_slip(lexicon: ProductLexicon) -> None:
    assert meant("酥李") == ["李子"]


NAMES = {
    "贵州小黄姜（带泥）": "生姜",
    "甘肃高原夏菜娃娃菜": "娃娃菜",
    "新疆库尔勒香梨特级": "香梨",
    "冰鲜大带鱼段": "带鱼",
    "去皮荸荠": "荸荠",
    "羊前腿": "羊肉",
    "冻猪大肠": "猪副产品",
    "鸭胸": "鸭肉",
    "苹果(红富士)": "红富士",
    "蚕豆(鲜)": "蚕豆",
    "某某一号梨": "梨",
    "园黄梨": "梨",
    "柚子苗": "果树苗",
    "干花菇": "干香菇",
    "玉米油": "玉米油",
}


def test_a_wholesale_name_is_read_by_its_head(lexicon: ProductLexicon) -> None:
    assert {name: read(lexicon, name) for name in NAMES} == {k: [v] for k, v in NAMES.items()}


STRANGE = ["番杏", "鸡蛋糕", "土豆粉", "核桃油", "苹果味", "银杏叶", "小米手机", "红豆沙"]


def test_what_is_made_of_a_product_is_not_the_product(lexicon: ProductLexicon) -> None:
    assert {name: read(lexicon, name) for name in STRANGE} == {name: [] for name in STRANGE}


def test_an_ambiguous_word_is_settled_by_fresh_or_dry_alone(lexicon: ProductLexicon) -> None:
    assert read(lexicon, "百合干") == ["百合(干)"]
    assert read(lexicon, "新鲜蚕豆") == ["蚕豆"]
    assert len(read(lexicon, "蚕豆")) == 2


def test_suggestions_are_names_then_varieties_the_shortest_first(
    lexicon: ProductLexicon,
) -> None:
    varieties = set(db.session.scalars(select(Variety.name)))
    for typed in ("橙", "冰糖", "qc", "tudou", "navel"):
        words = [word for _code, word in lexicon.suggest(typed)]
        assert words
        assert words == sorted(words, key=lambda word: (word in varieties, len(word)))
    assert lexicon.suggest("没有这种") == []
    assert [code for code, _word in lexicon.suggest("冰", 3)] == [
        code for code, _word in lexicon.suggest("冰")
    ][:3]


def test_a_word_loaded_by_another_process_is_noticed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert meant("大个子椒") == ["辣椒"]
    other = product_lexicon()
    with transaction():
        db.session.add(
            ProductAlias(
                alias="大个子椒", product_code="0203005", ambiguous=False, pinyin="", initials=""
            )
        )
    assert product_lexicon() is other
    later = time.monotonic() + 60
    monkeypatch.setattr(versions.time, "monotonic", lambda: later)
    assert meant("大个子椒") == ["甜椒"]


def test_a_product_renamed_is_noticed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    product_lexicon()
    with transaction():
        db.session.execute(update(Product).where(Product.code == "0203013").values(name="黄蜀葵"))
    later = time.monotonic() + 60
    monkeypatch.setattr(versions.time, "monotonic", lambda: later)
    assert product_lexicon().resolve("黄蜀葵") == ("0203013",)


def test_the_folded_text_is_as_long_as_the_text() -> None:
    for text in ("㎏ ﷺ ½ 斤", "İstanbul", "ǖ蘿蔔ＡＢＣ", "😀"):
        assert len(fold(text)) == len(text)
