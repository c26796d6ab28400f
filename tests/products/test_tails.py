"""What stands behind a product's name: the product still, another one, or another thing."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

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


def read(lexicon: ProductLexicon, text: str) -> str:
    codes = [code for token in lexicon.find_products(fold(text)) for code in token.meaning]
    return " ".join(db.session.get_one(Product, code).name for code in dict.fromkeys(codes))


def by_kind() -> dict[str, dict[str, str]]:
    """The product of each text, empty for none, by the kind of what stands behind it."""
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    with (Path(__file__).parent / "tails.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kinds[row["kind"]] |= dict.fromkeys(row["texts"].split(), row["product"])
    return kinds


@pytest.mark.parametrize("kind", by_kind())
def test_what_stands_behind_a_name_is_read_by_its_kind(lexicon: ProductLexicon, kind: str) -> None:
    expected = by_kind()[kind]
    assert {text: read(lexicon, text) for text in expected} == expected


SIDE_BY_SIDE = {
    "白菜萝卜": "大白菜 萝卜",
    "鸡鸭鹅": "鸡 鸭 鹅",
    "牛肚鸭血": "牛副产品 禽副产品",
    "黑山羊羊羔": "羊羔",
    "红笋（莴笋）": "莴笋",
    "土鸡公鸡": "土鸡",
    "花椒大红袍": "花椒",
    "番茄炒蛋": "",
    "土豆烧牛肉": "",
    "水稻种子泰优398": "种子",
}


def test_of_names_side_by_side_the_one_that_is_meant_is_read(lexicon: ProductLexicon) -> None:
    assert {text: read(lexicon, text) for text in SIDE_BY_SIDE} == SIDE_BY_SIDE


@pytest.mark.parametrize("name", ["草鱼苗", "洋葱头", "沃柑果子", "黑山羊肉", "orange juice"])
def test_a_name_reaches_over_what_is_made_of_it_or_says_its_kind(
    lexicon: ProductLexicon, name: str
) -> None:
    (token,) = lexicon.find_products(f"{name}，大量")
    assert (token.start, token.end) == (0, len(name))
