"""Each product has a drawing, and each drawing a product."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

from market.products.drawings import drawing_codes, drawing_of, drawings_by_code

ROOT = Path(__file__).resolve().parents[2]
DRAWINGS = {path.stem: path for path in (ROOT / "static/img/drawings").glob("*.svg")}


def product_codes() -> list[str]:
    with (ROOT / "seeds/reference/products.csv").open(encoding="utf-8") as file:
        return [row["code"] for row in csv.DictReader(file)]


def test_every_product_and_category_has_a_drawing_that_is_there() -> None:
    codes = product_codes()
    for code in {*codes, *(c[:4] for c in codes), *(c[:2] for c in codes)}:
        assert drawing_of(code) in DRAWINGS, code


def test_every_subcategory_has_a_drawing() -> None:
    assert {code[:4] for code in product_codes()} <= drawings_by_code().keys()


def test_no_drawing_lies_there_unused() -> None:
    used = {drawing_of(code) for code in product_codes()}
    assert set(DRAWINGS) == used == {drawing_of(code) for code in drawing_codes()}


def test_what_has_a_drawing_of_its_own_is_a_product() -> None:
    assert {code for code in drawings_by_code() if len(code) == 7} <= {*product_codes()}


def test_an_unknown_code_is_drawn_as_something() -> None:
    assert drawing_of("9999999") in DRAWINGS
    assert drawing_of("") in DRAWINGS


def test_the_drawings_are_light_and_drawn_with_one_pen() -> None:
    for path in DRAWINGS.values():
        text = path.read_text("utf-8")
        root = ElementTree.fromstring(text)
        assert root.get("viewBox") == "0 0 64 64", path.name
        assert root.get("stroke-width") == "2.4", path.name
        assert len(text) <= 1_000, path.name
        assert not re.search(r"<(script|image|use|text|style)|href|url\(", text), path.name
