"""Names of varieties, brands and dialects, as data: what they are read as."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

import config
from market.offers.search.understanding import parse_text
from market.products.lexicon import ProductLexicon
from market.products.models import Confidence, VarietyKind
from market.products.queries import product_lexicon
from market.products.varieties import series_end, variety_problems
from market.regions.queries import region_lexicon
from market.regions.services import read_csv
from market.text.characters import fold


@pytest.fixture
def lexicon(reference: Flask) -> ProductLexicon:
    return product_lexicon()


ROWS = read_csv(config.REFERENCE / "varieties.csv")


def test_a_variety_alone_is_its_product(lexicon: ProductLexicon) -> None:
    sure = [r for r in ROWS if r["kind"] != VarietyKind.SERIES]
    wrong = {r["name"]: lexicon.resolve(r["name"]) for r in sure} | {}
    wrong = {n: c for n, c in wrong.items() if c != (_code(n),)}
    assert wrong == {}


def _code(name: str) -> str:
    return next(r["product_code"] for r in ROWS if r["name"] == name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("希森6号", "0103001"),
        ("鸭屎香", "0401009"),
        ("甘平", "0301001"),
        ("秦脆", "0302001"),
        ("芫茜", "0201025"),
        ("地蛋", "0103001"),
        ("西门塔尔", "0502001"),
        ("杜洛克", "0501001"),
        ("湖羊", "0502011"),
        ("桂七青芒", "0303018"),
        ("普罗旺斯", "0203008"),
        ("老班章普洱", "0401006"),
    ],
)
def test_a_search_for_a_variety_is_sure_of_its_product(
    lexicon: ProductLexicon, text: str, code: str
) -> None:
    assert parse_text(text, lexicon, region_lexicon()).products == (code,)


def test_a_word_that_means_other_things_too_is_asked_about(lexicon: ProductLexicon) -> None:
    low = [r for r in ROWS if r["confidence"] == Confidence.LOW]
    assert low
    for row in low:
        understood = parse_text(row["name"], lexicon, region_lexicon())
        assert [c.codes for c in understood.choices] == [(row["product_code"],)]
        assert understood.products == ()


def test_a_word_of_two_products_is_asked_about(lexicon: ProductLexicon) -> None:
    assert set(lexicon.resolve("藤菜")) == {"0201027", "0201022"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("希森12号", "0103001"),
        ("青薯十一号", "0103001"),
        ("湘早籼45号", "0101002"),
        ("郑单1002", "0101017"),
        ("济麦23", "0101015"),
        ("陇薯15号", "0103001"),
        ("郑单50吨", None),
        ("郑单2元", None),
        ("不知名9号", None),
    ],
)
def test_a_number_behind_a_known_series_makes_a_variety_and_behind_nothing_else(
    lexicon: ProductLexicon, text: str, code: str | None
) -> None:
    assert lexicon.resolve(text) == ((code,) if code else ())


def test_a_quantity_is_no_number_of_a_series() -> None:
    assert series_end(fold("希森6号"), 0, "希森") == 4
    for text in ("希森50斤", "希森6", "希森20元", "希森30%", "希森 6号"):
        assert series_end(fold(text), 0, "希森") == 0


def test_every_variety_has_a_product_a_source_and_one_meaning(tmp_path: Path) -> None:
    row = dict(ROWS[0])
    wrong = [
        {**row, "product_code": "9999999"},
        {**row, "name": "某某", "kind": "slang"},
        {**row, "name": "某某二", "source": ""},
        {**row, "name": "苹果"},
    ]
    problems = list(variety_problems([row, *wrong], [row["product_code"]], {"苹果": ["0302001"]}))
    assert len(problems) == 5


def test_the_files_of_the_market_have_many_varieties_of_every_branch() -> None:
    assert len(ROWS) >= 1_500
    branches = {row["product_code"][:2] for row in ROWS}
    assert branches >= {"01", "02", "03", "04", "05", "06", "07", "08"}
