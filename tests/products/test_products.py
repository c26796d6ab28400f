"""Products: what is loaded, what a word means, how units compare."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from market.database import db
from market.products.forms import ProductField
from market.products.models import Product, ProductAlias
from market.products.queries import resolve_product, suggest_products
from market.products.services import check_products
from market.products.units import (
    PRICE_FACTORS,
    PRICE_SCALE,
    QUANTITY_FACTORS,
    QUANTITY_SCALE,
    UNITS,
    comparable,
    convert,
    convert_price,
    whole_factors,
)
from market.web.forms import Form
from tests.reference import copy_with_change

pytestmark = pytest.mark.postgresql


def names(text: str) -> list[str]:
    return [p.name for p in resolve_product(text)]


def test_all_products_are_loaded_with_their_tree(app: Flask) -> None:
    assert db.session.scalar(select(func.count(Product.code))) == 687
    navel = db.session.scalars(select(Product).where(Product.name == "脐橙")).one()
    assert navel.parent is not None
    assert navel.parent.name == "橙"
    assert navel.path.startswith(navel.parent.path + "/")


MEANT = {
    "洋芋": ["马铃薯"],
    "土豆": ["马铃薯"],
    "tudou": ["马铃薯"],
    "qicheng": ["脐橙"],
    "navel orange": ["脐橙"],
    "地瓜": ["红薯", "豆薯"],
    "麻阳冰糖橙": ["冰糖橙"],
    "没有这种东西": [],
    "": [],
}


def test_a_word_names_a_product(app: Flask) -> None:
    assert {text: names(text) for text in MEANT} == MEANT


def test_initials_give_every_product_they_may_stand_for(app: Flask) -> None:
    assert "脐橙" in names("qc")
    assert "脐橙" in [p.name for p, _ in suggest_products("qc")]


def test_an_alias_of_several_products_is_marked_ambiguous(app: Flask) -> None:
    several = (
        select(ProductAlias.alias).group_by(ProductAlias.alias).having(func.count() > 1)
    ).subquery()
    unmarked = select(ProductAlias.alias).where(
        ProductAlias.alias.in_(select(several)), ~ProductAlias.ambiguous
    )
    assert db.session.scalars(unmarked).all() == []


def test_a_monopoly_product_can_not_be_listed(app: Flask) -> None:
    forbidden = db.session.scalars(select(Product).where(~Product.listable)).all()
    assert [p.trade_note for p in forbidden] == ["state tobacco monopoly: must not be listed"]


class OneProduct(Form):
    html = ""
    product = ProductField("Product")


def filled(app: Flask, *values: str) -> OneProduct:
    with app.test_request_context(method="POST", data={"product": list(values)}):
        form = OneProduct(meta={"csrf": False})
        form.validate()
        form.html = str(form.product())
        return form


def test_an_ambiguous_word_is_refused_with_the_choices(app: Flask) -> None:
    form = filled(app, "地瓜")
    assert [name for _, name in form.product.options] == ["红薯", "豆薯"]
    assert form.product.errors
    assert form.html.count('type="radio"') == 2
    assert 'value="地瓜"' in form.html


def test_a_choice_settles_an_ambiguous_word_until_the_word_changes(app: Flask) -> None:
    code = filled(app, "地瓜").product.options[1][0]
    assert filled(app, code, "地瓜").product.data.name == "豆薯"
    assert filled(app, code, "脐橙").product.data.name == "脐橙"


def test_the_check_passes_the_shipped_files() -> None:
    assert check_products() == []


def test_the_check_finds_an_alias_of_two_products_that_is_not_listed(tmp_path: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0]["aliases"] = rows[9]["aliases"] = "双名"

    assert len(check_products(copy_with_change(tmp_path / "r", "products.csv", change))) == 1


def test_the_check_finds_a_broken_parent_and_a_circle(tmp_path: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows[0]["parent_code"] = "9999999"
        rows[9]["parent_code"] = rows[9]["code"]

    problems = check_products(copy_with_change(tmp_path / "r", "products.csv", change))
    assert "no such parent 9999999" in problems[0]
    assert "its own ancestor" in problems[1]


mass = st.sampled_from(["jin", "kg", "ton"])
amounts = st.decimals(min_value="0.001", max_value="999999999", places=3)


@given(amounts, mass, mass)
def test_conversion_goes_there_and_back(quantity: Decimal, one: str, other: str) -> None:
    assert convert(convert(quantity, one, other), other, one) == quantity


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_comparing_is_mutual_and_never_across_dimensions(one: str, other: str) -> None:
    assert comparable(one, other) == comparable(other, one)
    if UNITS[one].dimension is not UNITS[other].dimension:
        assert not comparable(one, other)


def test_a_price_per_jin_is_half_of_that_per_kilogram() -> None:
    assert convert_price(Decimal("2.35"), "jin", "kg") == Decimal("4.70")
    with pytest.raises(ValueError, match="head"):
        convert(Decimal(1), "head", "kg")


def test_scaled_factors_are_whole_however_small_a_unit_is() -> None:
    smaller = {code: unit.factor for code, unit in UNITS.items()} | {"liang": Decimal("0.05")}
    for factors in (smaller, {code: 1 / Fraction(factor) for code, factor in smaller.items()}):
        scale, whole = whole_factors(factors)
        assert {code: Fraction(n, scale) for code, n in whole.items()} == factors
        assert all(whole.values())


def test_every_unit_is_counted_exactly_in_integers() -> None:
    for code, unit in UNITS.items():
        assert Fraction(QUANTITY_FACTORS[code], QUANTITY_SCALE) == Fraction(unit.factor)
        assert Fraction(PRICE_FACTORS[code], PRICE_SCALE) == 1 / Fraction(unit.factor)


RELATIONS = {
    "脐橙": ("variety", "03/0301/0301013/0301014"),
    "茯茶": ("variety", "04/0401/0401001/0401004/0401005"),
    "仔猪": ("life_stage", "05/0501/0501002"),
    "面粉": ("made_from", "01/0101/0101016"),
    "五花肉": ("cut", "05/0501/0501008"),
    "蒜薹": ("part", "02/0202/0202017"),
    "橙": (None, "03/0301/0301013"),
}


@pytest.mark.parametrize(("name", "expected"), RELATIONS.items())
def test_a_product_says_what_it_is_to_the_one_above(
    app: Flask, name: str, expected: tuple[str | None, str]
) -> None:
    product = db.session.scalars(select(Product).where(Product.name == name)).one()
    assert (product.relation, product.family_path) == expected


@pytest.mark.parametrize(
    ("parent", "relation"), [("0101001", "kind"), ("0101001", ""), ("", "cut")]
)
def test_a_relation_is_one_of_five_and_only_to_a_parent(
    tmp_path: Path, parent: str, relation: str
) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        row = next(row for row in rows if row["code"] == "0101002")
        row.update(parent_code=parent, relation=relation)

    folder = copy_with_change(tmp_path / "reference", "products.csv", change)
    assert any("0101002 早籼稻: relation" in problem for problem in check_products(folder))
