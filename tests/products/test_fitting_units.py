"""Which units a product is offered in."""

from __future__ import annotations

import pytest
from flask import Flask

from market.database import db
from market.products.fitting_units import fitting_units
from market.products.models import Product
from market.products.units import UNITS
from tests.conftest import Client


@pytest.mark.parametrize(
    ("name", "fits", "others"),
    [
        ("生猪", "head kg jin", "box mu litre plant bottle"),
        ("猪肉", "jin kg box", "head bird mu"),
        ("鸡蛋", "piece jin kg box basket", "head mu litre"),
        ("鸡", "bird jin kg", "head mu plant"),
        ("山羊", "bird head jin", "box mu"),
        ("脐橙", "jin kg ton box", "mu head litre plant machine"),
        ("茶油", "jin kg litre bottle barrel", "head mu"),
        ("绿茶", "jin kg gram box", "head mu litre"),
        ("白酒", "bottle litre box", "head mu"),
        ("楠竹", "pole ton", "head litre"),
        ("果树苗", "plant", "jin head litre"),
        ("鱼苗", "fish", "head litre"),
        ("农机", "machine", "jin litre"),
    ],
)
def test_the_units_of_a_product_are_those_of_its_trade(
    reference: Flask, name: str, fits: str, others: str
) -> None:
    product = db.session.query(Product).filter_by(name=name).one()
    units = fitting_units(product.code, product.unit)
    assert units >= set(fits.split())
    assert not units & set(others.split())


def test_every_product_has_its_own_unit_and_no_unknown_one(reference: Flask) -> None:
    for product in db.session.query(Product):
        units = fitting_units(product.code, product.unit)
        assert product.unit in units
        assert units <= set(UNITS)
        assert len(units) <= len(UNITS) / 2


def test_the_units_of_a_typed_product_are_asked_for_by_the_form(client: Client) -> None:
    client.set_cookie("language", "en")
    found = client.get("/products/units.json?product=猪苗").json or []
    labels = {one["value"]: one["label"] for one in found}
    assert labels["head"] == "head"
    assert "mu" not in labels
    assert client.get("/products/units.json?product=地瓜").json == []
    assert client.get("/products/units.json").json == []
