"""Words written with a slip of the pen or the keyboard, and half-typed or fuzzy pinyin."""

from __future__ import annotations

import pytest
from flask import Flask

from market.database import db
from market.products.lexicon import ProductLexicon
from market.products.models import Product
from market.products.queries import product_lexicon
from market.text.characters import fold


@pytest.fixture
def lexicon(reference: Flask) -> ProductLexicon:
    return product_lexicon()


def meant(lexicon: ProductLexicon, text: str) -> str:
    return "|".join(db.session.get_one(Product, c).name for c in lexicon.resolve(text))


SLIPS = {
    "of the same sound": {
        "番加": "番茄", "香焦": "香蕉", "大算": "大蒜", "杨没": "杨梅", "土都": "马铃薯",
        "芒过": "芒果",
        "火龙国": "火龙果", "车里子": "车厘子", "西红是": "番茄", "朝天叫": "朝天椒",
        "当规": "当归",
        "砂唐桔": "砂糖橘", "柠盟": "柠檬", "天嘛": "天麻", "辣交": "辣椒", "猕候桃": "猕猴桃",
    },
    "of the same shape": {
        "大自菜": "大白菜", "哈密爪": "哈密瓜", "荔技": "荔枝", "玉未": "玉米", "红暑": "红薯",
        "弥猴挑": "猕猴桃", "胡萝ト": "胡萝卜", "枇把": "枇杷", "马铃暑": "马铃薯",
        "茯令": "茯苓", "党叁": "党参",
    },
    "that are rare words themselves": {
        "罗卜": "萝卜", "火笼果": "火龙果", "哈蜜瓜": "哈密瓜", "车里子": "车厘子",
        "桂园肉": "桂圆干",
    },
    "in longer words": {
        "樱桃西红市": "樱桃番茄", "阳光枚瑰": "阳光玫瑰", "南美白对吓": "南美白对虾",
    },
    "of spaces and what shows nothing": {
        "苹 果": "苹果", "猕 猴 桃": "猕猴桃", "土\u200b豆": "马铃薯", "黄\ufeff鳝": "黄鳝",
    },
    "of traditional characters with several readings": {"乾辣椒": "干辣椒", "乾香菇": "干香菇"},
}  # fmt: skip


@pytest.mark.parametrize("texts", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_of_writing_is_mended(lexicon: ProductLexicon, texts: dict[str, str]) -> None:
    assert {text: meant(lexicon, text) for text in texts} == texts


PINYIN = {
    "of another reading": {"changdoujiao": "豇豆", "chonglou": "重楼", "zhonglou": "重楼"},
    "as many speak": {"zurou": "猪肉", "hongsu": "红薯", "fuluobo": "胡萝卜", "lurou": ""},
    "half typed": {"fanq": "番茄", "tudo": "马铃薯", "xihongsh": "番茄"},
    "with spaces": {"tu dou": "马铃薯", "hong shu": "红薯"},
}


@pytest.mark.parametrize("texts", PINYIN.values(), ids=PINYIN.keys())
def test_pinyin_is_read_however_it_is_spelt(lexicon: ProductLexicon, texts: dict[str, str]) -> None:
    assert {text: meant(lexicon, text) for text in texts} == texts


@pytest.mark.parametrize(
    "text",
    [
        "一年四季都有",
        "四季度",
        "提供样品",
        "免费送货",
        "菠萝格",
        "羊年",
        "合作社",
        "大自然",
        "天地",
        "自家",
        "老板",
    ],
)
def test_ordinary_words_are_no_slips(lexicon: ProductLexicon, text: str) -> None:
    assert [t for t in lexicon.find_products(fold(text)) if t.end - t.start > 1] == []


def test_another_kind_of_the_same_goods_is_no_slip(lexicon: ProductLexicon) -> None:
    assert "南瓜" not in meant(lexicon, "小兰瓜")
    assert meant(lexicon, "酥李") == "李子"
