"""Prices and quantities beside other figures: each keeps what is its own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from market.text.amounts import UNKNOWN_UNIT, find_amounts


def _read(text: str) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    prices, quantities = find_amounts(text)
    return (
        [(_number(p.low), _number(p.high), p.unit) for p in prices],
        [(_number(q.low), q.unit, q.role) for q in quantities],
    )


def _number(value: Decimal | None) -> str:
    return "…" if value is None else f"{value.normalize():f}"


@pytest.mark.parametrize(
    ("text", "price", "unit"),
    [
        ("东北大豆，蛋白39,2.15元/斤", "2.15", "jin"),
        ("水分15,出米率68,1.36元/斤", "1.36", "jin"),
        ("红叶石楠球冠幅1米2,55一株", "55", "plant"),
        ("马尼拉草皮，2.8元一平方", "2.8", UNKNOWN_UNIT),
        ("原价4块，现在3块2一斤", "3.2", "jin"),
        ("大蒜/2.7元/30吨/带皮", "2.7", ""),
        ("尿素一袋95", "95", "bag"),
        ("猪崽整窝4200", "4200", "nest"),
        ("一箱5脾，600元一箱，60箱", "600", "box"),
        ("线椒甩卖，1.2不还价", "1.2", ""),
        ("2.5元一亩地的苗", "2.5", "mu"),
        ("鱼苗500元/万尾", "0.05", "fish"),
        ("种苗每万株300元", "0.03", "plant"),
        ("百斤一百二", "1.2", "jin"),
        ("每斤约3元", "3", "jin"),
        ("面粉95元一袋50斤", "95", "bag"),
        ("运费300元，货价1.8元/斤", "1.8", "jin"),
    ],
)
def test_a_price_is_none_of_the_figures_beside_it(text: str, price: str, unit: str) -> None:
    assert _read(text)[0] == [(price, price, unit)]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("荔枝6元以上10元以下", "6", "10", ""),
        ("旋耕机 一台3000以内", "…", "3000", "machine"),
        ("预算5元/公斤以内", "…", "5", "kg"),
    ],
)
def test_limits_at_both_ends_are_one_range(text: str, low: str, high: str, unit: str) -> None:
    assert _read(text)[0] == [(low, high, unit)]


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("外三元 230-260斤 150头", [("230", "jin", "size"), ("150", "head", "amount")]),
        ("生猪200头，240斤以上", [("200", "head", "amount"), ("240", "jin", "size")]),
        ("鲈鱼8两到1斤2；10吨", [("0.8", "jin", "size"), ("10", "ton", "amount")]),
        ("草鱼4-6斤，2万斤", [("4", "jin", "size"), ("20000", "jin", "amount")]),
        ("32元/件（20斤），1500件", [("20", "jin", "package"), ("1500", "case", "amount")]),
        ("筐装十斤，200筐", [("10", "jin", "package"), ("200", "basket", "amount")]),
        ("枸杞280粒的，1200斤", [("280", UNKNOWN_UNIT, "size"), ("1200", "jin", "amount")]),
        ("一窝11头", [("11", "head", "package")]),
        ("1斤2", [("1.2", "jin", "amount")]),
        ("万把斤", [("10000", "jin", "amount")]),
        ("胡萝卜二两起，50件起步", [("2", "liang", "size"), ("50", "case", "lot")]),
        ("面粉95元一袋50斤", [("50", "jin", "package")]),
    ],
)
def test_a_quantity_is_none_of_the_figures_beside_it(
    text: str, quantities: list[tuple[str, str, str]]
) -> None:
    assert _read(text)[1] == quantities
