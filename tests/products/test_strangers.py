"""Goods of the trade that the tree lacks are known as such, however their names end."""

from __future__ import annotations

import pytest
from flask import Flask

from market.products.queries import product_lexicon


@pytest.mark.parametrize(
    "name",
    ["面包蟹", "象拔蚌", "秋刀鱼", "大黄米", "菠萝包", "帝王蟹", "糯米粉", "刺果番荔枝"],
)
def test_another_species_or_good_is_no_product_of_the_tree(reference: Flask, name: str) -> None:
    assert product_lexicon().resolve(name) == ()


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("甘蓝苗128孔", "0804017"),
        ("生菜苗200孔", "0804017"),
        ("辣椒苗72孔", "0804017"),
        ("辣椒穴盘苗", "0804017"),
        ("脐橙穴盘苗", "0804006"),
        ("枸杞280粒", "0702010"),
        ("goji berries 280 grains/50g", "0702010"),
    ],
)
def test_a_count_behind_a_name_says_in_what_form_it_is_sold(
    reference: Flask, name: str, product: str
) -> None:
    assert [c for n in product_lexicon().find_products(name) for c in n.meaning] == [product]
