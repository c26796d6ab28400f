"""Products and their words as an administrator changes them: at once, with their history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.cache import versions
from market.database import db, transaction
from market.offers.search.filters import Filters
from market.products.models import Product, ProductAlias
from market.products.queries import resolve_product
from market.products.services import check_products, load_products
from market.regions.reference_edits import ReferenceEdit
from market.search import engine, snapshots
from market.search.services import drain
from market.web.errors import Invalid
from tests.conftest import Client
from tests.offers.factories import PEAR, make_offer
from tests.reference import copy_with_change
from tests.sql import statements

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
PAGE = f"/admin/products/{PEAR}"
SENT = {
    "name": "翠冠梨",
    "name_en": "Cuiguan pear",
    "unit": "kg",
    "storage_class": "fresh",
    "perishable": "y",
    "listable": "y",
}
NEW = {
    "name": "金珠果梨",
    "name_en": "Jinzhuguo pear",
    "category": "0302",
    "parent": "梨",
    "relation": "variety",
    "unit": "kg",
    "storage_class": "fresh",
    "perishable": "y",
}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "PAUSE", 0.0)


@pytest.fixture
def administrator(make_account: Make, log_in: Callable[[Account], Client]) -> Client:
    return log_in(make_account(name="管理员", role="administrator", scope="430000"))


def _codes(text: str) -> list[str]:
    return [product.code for product in resolve_product(text)]


def _load(folder: Path | None = None) -> None:
    with transaction():
        load_products(*[folder] if folder else [])
    db.session.expire_all()


def test_a_new_name_holds_at_once_and_the_old_one_still_finds_the_product(
    administrator: Client, client: Any, make_account: Make
) -> None:
    offer = make_offer(make_account())
    drain()
    assert "翠冠梨" in client.get(f"/offers/{offer.id}").text
    assert administrator.send(PAGE, {**SENT, "name": "翠玉冠梨"}, PAGE).status_code == 303
    drain()
    for place in (f"/offers/{offer.id}", "/offers?q=翠玉冠梨", "/offers?q=翠冠梨"):
        assert "翠玉冠梨" in client.get(place).text, place
    assert _codes("翠玉冠梨") == _codes("翠冠梨") == _codes("cuiyuguanli") == [PEAR]
    assert db.session.get_one(Product, PEAR).initials == "cygl"


def test_loading_the_reference_data_leaves_what_was_edited(administrator: Client) -> None:
    administrator.send(PAGE, {**SENT, "name": "翠玉冠梨", "storage_class": "chilled"}, PAGE)
    _load()
    product = db.session.get_one(Product, PEAR)
    assert (product.name, product.storage_class) == ("翠玉冠梨", "chilled")
    assert product.name_en == "Cuiguan pear"
    edit = db.session.get_one(ReferenceEdit, ("products", PEAR))
    assert edit.changed.keys() == {"name", "pinyin", "initials", "storage_class"}


def test_what_was_not_edited_follows_the_reference_data(
    administrator: Client, tmp_path: Path
) -> None:
    administrator.send(PAGE, {**SENT, "name": "翠玉冠梨"}, PAGE)

    def translate(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["code"] == PEAR)["name_en"] = "Cuiguan sand pear"

    _load(copy_with_change(tmp_path / "reference", "products.csv", translate))
    product = db.session.get_one(Product, PEAR)
    assert (product.name, product.name_en) == ("翠玉冠梨", "Cuiguan sand pear")


def test_a_name_that_a_later_release_has_for_another_product_gives_way(
    administrator: Client, tmp_path: Path
) -> None:
    administrator.send(PAGE, {**SENT, "name": "翠玉冠梨"}, PAGE)
    administrator.send("/admin/products/new", NEW)

    def release(rows: list[dict[str, str]]) -> None:
        pear = next(row for row in rows if row["code"] == "0302008")
        for code, name in (("0302801", "翠玉冠梨"), ("0302802", "金珠果梨")):
            rows.append(pear | {"code": code, "name_zh": name, "aliases": ""})

    _load(copy_with_change(tmp_path / "reference", "products.csv", release))
    names = dict(db.session.execute(db.select(Product.code, Product.name)).all())
    assert names[PEAR] == "翠冠梨"
    assert names["0302801"] == "翠玉冠梨"
    assert (names["0302802"], names["0302900"]) == ("金珠果梨", "金珠果梨0302900")


@pytest.mark.parametrize("name", ["鸭梨", "雪梨", "", "梨" * 21])
def test_a_name_that_means_another_product_or_is_none_is_refused(
    administrator: Client, name: str
) -> None:
    answer = administrator.send(PAGE, {**SENT, "name": name}, PAGE)
    assert answer.status_code == 200
    assert 'id="name-error"' in answer.text
    assert db.session.get_one(Product, PEAR).name == "翠冠梨"


def test_the_code_is_never_changed(administrator: Client) -> None:
    administrator.send(PAGE, {**SENT, "code": "0302999", "name": "翠玉冠梨"}, PAGE)
    assert db.session.get_one(Product, PEAR).name == "翠玉冠梨"
    assert db.session.get(Product, "0302999") is None


def test_of_a_retired_product_nothing_is_posted_and_what_was_can_be_read(
    administrator: Client, client: Any, make_account: Make
) -> None:
    farmer = make_account()
    offer, draft = make_offer(farmer), make_offer(farmer, draft=True)
    retired = {name: value for name, value in SENT.items() if name != "listable"}
    assert administrator.send(PAGE, retired, PAGE).status_code == 303
    assert "翠冠梨" in client.get(f"/offers/{offer.id}").text
    with pytest.raises(Invalid):
        make_offer(farmer)
    assert draft.product.listable is False
    assert "不可发布" in administrator.get("/admin/products?q=翠冠").text


def test_an_added_product_is_posted_and_found_and_stays_when_data_are_loaded(
    administrator: Client, client: Any, make_account: Make
) -> None:
    drain()
    assert administrator.send("/admin/products/new", NEW).status_code == 303
    (code,) = _codes("金珠果梨")
    assert code == "0302900"
    added = db.session.get_one(Product, code)
    assert added.path == "03/0302/0302007/0302900"
    assert added.family_path == "03/0302/0302007/0302900"
    offer = make_offer(make_account(), product=code)
    drain()
    found = engine.find(Filters(products=("03/0302/0302007",)))
    assert found is not None
    assert found.ids == [offer.id]
    assert f"/offers/{offer.id}" in client.get("/offers?q=金珠果梨").text
    _load()
    assert db.session.get_one(Product, code).name == "金珠果梨"
    administrator.send("/admin/products/new", {**NEW, "name": "银珠果梨"})
    assert _codes("银珠果梨") == ["0302901"]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"category": "0303"}, "parent"),
        ({"relation": ""}, "relation"),
        ({"parent": ""}, "relation"),
        ({"name": "雪梨"}, "name"),
        ({"unit": "parsec"}, "unit"),
    ],
)
def test_a_product_that_fits_nowhere_is_refused(
    administrator: Client, wrong: dict[str, str], where: str
) -> None:
    answer = administrator.send("/admin/products/new", NEW | wrong)
    assert answer.status_code == 200
    assert f'id="{where}-error"' in answer.text
    assert db.session.scalar(db.select(Product).where(Product.name == "金珠果梨")) is None


def test_the_files_leave_the_codes_of_added_products_free(tmp_path: Path) -> None:
    def take(rows: list[dict[str, str]]) -> None:
        rows.append(rows[0] | {"code": "0101900", "name_zh": "新谷", "aliases": ""})

    folder = copy_with_change(tmp_path / "reference", "products.csv", take)
    assert any("0101900" in problem for problem in check_products(folder))


def test_a_word_withdrawn_means_the_product_no_more_until_it_is_restored(
    administrator: Client, make_account: Make
) -> None:
    assert _codes("翠冠") == [PEAR]
    word = f"{PAGE}/words/翠冠"
    assert administrator.send(f"{word}/withdraw", page=PAGE).status_code == 303
    assert _codes("翠冠") == []
    _load()
    assert db.session.get(ProductAlias, ("翠冠", PEAR)) is None
    assert administrator.send(f"{word}/restore", page=PAGE).status_code == 303
    assert _codes("翠冠") == [PEAR]


def test_a_word_that_was_added_elsewhere_meanwhile_is_not_restored(administrator: Client) -> None:
    administrator.send(f"{PAGE}/words/翠冠/withdraw", page=PAGE)
    other = "/admin/products/0302013"
    assert administrator.send(f"{other}/words", {"word": "翠冠"}, other).status_code == 303
    assert _codes("翠冠") == ["0302013"]
    page = administrator.send(f"{PAGE}/words/翠冠/restore", page=PAGE)
    assert page.status_code == 303
    assert _codes("翠冠") == ["0302013"]
    assert administrator.send(f"{other}/words/翠冠/withdraw", page=other).status_code == 303
    assert _codes("翠冠") == []


def test_a_word_is_added_on_the_products_page(administrator: Client) -> None:
    assert administrator.send(f"{PAGE}/words", {"word": "脆皮冠子"}, PAGE).status_code == 303
    assert _codes("脆皮冠子") == [PEAR]
    answer = administrator.send(f"{PAGE}/words", {"word": "鸭梨"}, PAGE)
    assert 'id="word-error"' in answer.text
    assert administrator.get(f"{PAGE}/words/鸭梨").status_code in (404, 405)
    assert administrator.send(f"{PAGE}/words/没有/withdraw", page=PAGE).status_code == 404


def test_the_page_has_the_history_of_the_product_and_its_words(administrator: Client) -> None:
    administrator.send(PAGE, {**SENT, "name": "翠玉冠梨"}, PAGE)
    administrator.send(f"{PAGE}/words/翠冠/withdraw", page=PAGE)
    html = administrator.get(PAGE).text.split("做过什么")[-1]
    for text in ("<del>翠冠梨</del>", "<ins>翠玉冠梨</ins>", "管理员", "撤回"):
        assert text in html, text


def test_the_list_is_narrowed_and_asks_the_same_for_any_length(administrator: Client) -> None:
    html = administrator.get("/admin/products?q=翠冠").text
    assert f'href="{PAGE}"' in html
    assert "/admin/products/0302013" not in html
    assert "0302011" in administrator.get("/admin/products?q=cuiguan").text
    assert "/admin/products/0101001" not in administrator.get("/admin/products?category=03").text
    with statements() as few:
        administrator.get("/admin/products?q=翠冠")
    with statements() as many:
        administrator.get("/admin/products")
    assert len(few) == len(many) <= 8


def test_the_index_is_built_anew_once_a_product_changed_and_not_otherwise(
    app: Flask, administrator: Client, make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)
    make_offer(make_account())
    drain()
    before = engine.snapshots(app).newest()
    assert drain() == 0
    administrator.send(PAGE, {**SENT, "storage_class": "chilled"}, PAGE)
    assert drain() == 1
    view = engine.snapshots(app).newest()
    assert view is not before
    number = view.products.number(PEAR)
    assert view.products.storage[number] == "chilled"
    assert drain() == 0
