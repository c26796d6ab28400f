"""Places as somebody types and reads them who knows no Chinese."""

from __future__ import annotations

import pytest
from flask import Flask

from market.database import db
from market.products.models import Product
from market.products.queries import resolve_product
from market.regions.models import Region
from market.regions.queries import full_name, region_lexicon
from market.web.language import in_language
from tests.conftest import Client


def test_every_county_is_found_by_the_name_that_an_english_page_gives_it(reference: Flask) -> None:
    lexicon = region_lexicon()
    missed = [
        name
        for place in lexicon.places.values()
        if place.is_leaf
        for name in [lexicon.name_in_english(place)]
        if lexicon.resolve(name) != (place.code,)
    ]
    assert missed == []


def test_every_product_is_found_by_its_english_name(reference: Flask) -> None:
    products = list(db.session.query(Product))
    assert [
        p.name_en for p in products if [f.code for f in resolve_product(p.name_en)] != [p.code]
    ] == []


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Shimen County, Changde, Hunan", ("430726",)),
        ("shimen, changde", ("430726",)),
        ("Chaoyang District, Beijing", ("110105",)),
        ("Xiangxi Tujia Miao Autonomous Prefecture", ("433100",)),
        ("Xiangxi Tujia and Miao Autonomous Prefecture", ("433100",)),
        ("Shimen County, Beijing", ()),
    ],
)
def test_a_county_is_read_with_the_larger_places_behind_it(
    reference: Flask, typed: str, codes: tuple[str, ...]
) -> None:
    assert region_lexicon().resolve(typed, leaves_only=False) == codes


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("430726", "Shimen County, Changde"),
        ("431229", "Jingzhou Miao and Dong Autonomous County, Huaihua"),
        ("433127", "Yongshun County, Xiangxi Tujia and Miao Autonomous Prefecture"),
        ("522732", "Sandu Sui Autonomous County, Qiannan Bouyei and Miao Autonomous Prefecture"),
    ],
)
def test_the_peoples_of_an_autonomous_place_are_joined(
    reference: Flask, code: str, name: str
) -> None:
    region = db.session.get_one(Region, code)
    with reference.test_request_context(), in_language("en"):
        assert full_name(region) == name


def test_pickers_fill_in_what_the_page_s_language_says(client: Client) -> None:
    client.set_cookie("language", "en")
    place = client.get("/regions/suggest.json?q=shimen").json[0]
    assert place["value"] == "Shimen County, Changde"
    product = client.get("/products/suggest.json?q=qicheng").json[0]
    assert product["value"] == "Navel orange"
