"""What invented things are made of: shares, round figures, names, seasons."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from market.demonstration import people
from market.demonstration.offer_rows import amount_words, load_phrases, round_price, round_quantity
from market.demonstration.places import allot
from market.demonstration.traded_products import landscape, load_traded_products, products_for_sale
from market.offers.models import Side
from market.products.units import comparable
from market.web.forms import normalize_phone


@given(
    st.integers(0, 10**7),
    st.lists(st.floats(0.01, 100), min_size=1, max_size=150),
    st.integers(0, 5),
)
def test_parts_add_up_and_none_is_below_the_least(
    total: int, weights: list[float], least: int
) -> None:
    if total < least * len(weights):
        with pytest.raises(ValueError, match="less than"):
            allot(total, weights, least)
        return
    parts = allot(total, weights, least)
    assert sum(parts) == total
    assert min(parts) >= least


@given(st.floats(0.01, 10**9))
def test_a_said_quantity_is_near_what_is_meant(quantity: float) -> None:
    found = round_quantity(quantity)
    assert found >= 1
    assert quantity < 1 or Decimal("0.6") < found / Decimal(quantity) < Decimal("1.7")


@given(st.decimals("0.001", "500000", places=4))
def test_a_round_price_is_above_zero_and_near(price: Decimal) -> None:
    found = round_price(price)
    assert found > 0
    assert abs(found - price) <= max(price * Decimal("0.06"), Decimal("0.0100"))


def test_amounts_are_told_as_people_do() -> None:
    assert amount_words(Decimal(25_000), "jin") == "2.5万斤"
    assert amount_words(Decimal(300), "head") == "300头"


def test_every_block_of_invented_phones_is_valid_in_form() -> None:
    for block in range(len(people.PREFIXES)):
        phone = people.phone(block * 10_000 + 1234)
        assert normalize_phone(phone) == phone
    with pytest.raises(IndexError):
        people.phone(len(people.PREFIXES) * 10_000)


@pytest.mark.parametrize("month", range(1, 13))
def test_goods_of_every_month_have_a_price_and_units_that_compare(app: Flask, month: int) -> None:
    goods = load_traded_products(month)
    assert len(goods) > 300
    for good in goods.values():
        assert good.price > 0
        assert good.quantity > 0
        assert comparable(good.unit, good.price_unit)


def test_fresh_fruit_is_sold_in_its_season(app: Flask) -> None:
    navel_orange, watermelon = "0301014", "0305001"
    assert watermelon in load_traded_products(7)
    assert watermelon not in load_traded_products(1)
    assert navel_orange in load_traded_products(12)
    assert navel_orange not in load_traded_products(7)


def test_what_needs_a_licence_or_may_not_be_listed_is_not_on_any_shelf(app: Flask) -> None:
    tobacco, seed, betel, salamander = "0801003", "1001001", "0905005", "0602010"
    for month in (1, 4, 7, 10):
        assert not {tobacco, seed, betel, salamander} & load_traded_products(month).keys()


def test_a_protected_product_stands_out_at_home(app: Flask) -> None:
    goods = load_traded_products(11)
    at_home = products_for_sale(goods, "mountain", ["0401004"])
    weights = dict(zip([g.code for g in at_home.goods], at_home.weights, strict=True))
    assert max(weights, key=lambda code: weights[code]) == "0401004"


def test_the_land_is_what_the_longest_prefix_says() -> None:
    rows = [
        {"prefix": "4307", "landscape": "lake"},
        {"prefix": "430726", "landscape": "mountain"},
    ]
    assert landscape("430723", "县", rows) == "lake"
    assert landscape("430726", "县", rows) == "mountain"
    assert landscape("430102", "区", rows) == "suburb"
    assert landscape("110000", "县", rows) == "hill"


def test_there_are_sentences_for_every_side(app: Flask) -> None:
    import random

    phrases = load_phrases()
    for side in Side:
        for part in ("tail", "quality", "trade"):
            assert phrases.pick(random.Random(1), side, part, "0301014")
