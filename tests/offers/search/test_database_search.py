"""The list's filters, counts and order, asked of the database."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.offers import services
from market.offers.models import Offer, Side
from market.offers.queries import cards, newest_ids
from market.offers.search.database_search import database_search
from market.offers.search.filters import Filters, Found, below
from market.offers.search.finder import find, set_finder
from market.products.models import Product
from market.regions.models import Region
from market.regions.queries import region_lexicon
from tests.offers.factories import make_offer
from tests.sql import statements

pytestmark = pytest.mark.postgresql


@pytest.fixture
def offers(app: Flask, make_account: Callable[..., Account]) -> dict[str, Offer]:
    """Pears and rice, for sale and wanted, in three counties of two prefectures."""
    owner = make_account()
    return {
        "pears": make_offer(owner),
        "dear": make_offer(owner, price_low=Decimal(3), price_high=Decimal(3), title="甜梨 大果"),
        "rice": make_offer(owner, product="0101001", region="430725"),
        "wanted": make_offer(owner, side="buy", region="430102"),
        "asked": make_offer(owner, region="430102", price_low=None, price_high=None),
        "draft": make_offer(owner, draft=True),
    }


def found(offers: dict[str, Offer], **filters: Any) -> set[str]:
    answer = database_search(Filters(**filters))
    names = {offer.id: name for name, offer in offers.items()}
    assert answer.total == len(answer.ids)
    return {names[id] for id in answer.ids}


def product_path(code: str) -> str:
    return db.session.get_one(Product, code).path


def region_path(code: str) -> str:
    return db.session.get_one(Region, code).path


def test_only_published_and_valid_offers_are_found(offers: dict[str, Offer]) -> None:
    assert found(offers) == {"pears", "dear", "rice", "wanted", "asked"}
    with transaction():
        offers["pears"].valid_until = utcnow()
    assert "pears" not in found(offers)


def test_filters_narrow_by_side_product_region_price_and_verification(
    offers: dict[str, Offer], make_account: Callable[..., Account]
) -> None:
    assert found(offers, side=Side.BUY) == {"wanted"}
    assert found(offers, products=("01",)) == {"rice"}
    assert found(offers, products=(product_path("0302007"),)) == {
        *("pears", "dear", "wanted", "asked"),
    }
    assert found(offers, regions=(region_path("430700"),)) == {"pears", "dear", "rice"}
    assert found(offers, regions=(region_path("430725"),)) == {"rice"}
    assert found(offers, price_min=Decimal(5), price_max=Decimal(6)) == {"dear", "wanted"}
    official = make_account(role="county_official")
    with transaction():
        services.verify_offer(official, offers["dear"])
    assert found(offers, verified=True) == {"dear"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("大果",), {"dear"}),
        (("大果", "甜梨"), {"dear"}),
        (("大果", "没有"), {"dear"}),
        (("没有",), set()),
        (("100%",), set()),
        (("_",), set()),
    ],
)
def test_all_the_words_must_be_said_or_where_nobody_says_them_all_any(
    offers: dict[str, Offer], words: tuple[str, ...], expected: set[str]
) -> None:
    assert found(offers, words=words) == expected


def test_where_a_place_has_too_little_what_is_around_comes_after_it(
    offers: dict[str, Offer],
) -> None:
    ids = {name: offer.id for name, offer in offers.items()}
    rice = find(Filters(regions=(region_path("430725"),)))
    assert (rice.widened, rice.inside, rice.total) == ("province", 1, 5)
    assert rice.ids[0] == ids["rice"]
    pears = find(Filters(products=("03",), regions=(region_path("430726"),), sort="newest"))
    assert (pears.widened, pears.inside) == ("province", 2)
    assert pears.ids == [ids["dear"], ids["pears"], ids["asked"], ids["wanted"]]
    assert find(Filters(regions=(region_path("430000"),))).widened == ""
    nothing = find(Filters(words=("没有",), regions=(region_path("430725"),)))
    assert (nothing.widened, nothing.total) == ("", 0)


def test_facets_count_the_next_level_below_what_was_chosen(offers: dict[str, Offer]) -> None:
    facets = database_search(Filters()).facets
    assert facets["side"] == [("sell", 4), ("buy", 1)]
    assert facets["product"] == [("03", 4), ("01", 1)]
    assert facets["region"] == [("430000", 5)]
    chosen = database_search(
        Filters(side=Side.SELL, products=("03/0302",), regions=(region_path("430000"),))
    ).facets
    assert chosen["side"] == [("sell", 3), ("buy", 1)]
    assert chosen["product"] == [("0302007", 3)]
    assert chosen["region"] == [("430700", 2), ("430100", 1)]


def test_a_leaf_has_nothing_below_it() -> None:
    assert below([("43/4307/430726", 2)], ("43/4307/430726",)) == []
    assert below([("430/1", 1), ("43/2", 2)], ("43",)) == [("2", 2)]


def test_of_several_chosen_each_is_counted() -> None:
    counts = [("43/4307/430726", 2), ("43/4301", 1), ("44", 5)]
    assert below(counts, ("43/4307", "43/4301")) == [("4307", 2), ("4301", 1)]


def test_the_order_is_newest_or_best_price_with_no_price_last(offers: dict[str, Offer]) -> None:
    ids = {name: offer.id for name, offer in offers.items()}
    newest = database_search(Filters(sort="newest")).ids
    assert newest == sorted(newest, reverse=True)
    by_price = database_search(Filters(side=Side.SELL, sort="price")).ids
    assert by_price[-2:] == [ids["dear"], ids["asked"]]


def test_by_price_come_sales_the_cheapest_first_then_purchases_the_best_paying_first(
    offers: dict[str, Offer],
) -> None:
    make_offer(
        offers["wanted"].owner,
        side="buy",
        price_low=Decimal(9),
        price_high=Decimal(9),
        title="急收",
    )
    rows = db.session.execute(select(Offer.id, Offer.side, Offer.price_per_base)).all()
    priced = {id: (side, price) for id, side, price in rows if price is not None}
    found = [priced[id] for id in database_search(Filters(sort="price")).ids if id in priced]
    sales = [price for side, price in found if side is Side.SELL]
    purchases = [price for side, price in found if side is Side.BUY]
    assert [side for side, _ in found] == [Side.SELL] * len(sales) + [Side.BUY] * len(purchases)
    assert sales == sorted(sales)
    assert purchases == sorted(purchases, reverse=True)
    assert len(purchases) == 2


def test_pages_hold_what_they_should(offers: dict[str, Offer]) -> None:
    pages = [database_search(Filters(page=n, per_page=2)) for n in (1, 2, 3, 4)]
    assert [len(p.ids) for p in pages] == [2, 2, 1, 0]
    assert {p.total for p in pages} == {5}
    assert len({id for p in pages for id in p.ids}) == 5


def test_an_installed_finder_is_asked_first_and_the_database_when_it_cant(
    offers: dict[str, Offer],
) -> None:
    answer = Found([offers["rice"].id], 1, {})
    set_finder(lambda filters: answer)
    assert find(Filters()) is answer
    set_finder(lambda filters: None)
    assert find(Filters()).total == 5
    set_finder(None)
    assert find(Filters()).total == 5


def test_cards_keep_the_order_and_drop_what_is_no_longer_public(
    app: Flask, offers: dict[str, Offer]
) -> None:
    ids = [offers[n].id for n in ("rice", "draft", "pears", "wanted")]
    with app.test_request_context():
        assert [card.id for card in cards(ids)] == [ids[0], ids[2], ids[3]]
        pears = cards([ids[2]])[0]
    assert (pears.region_name, pears.product_name) == ("常德市·石门县", "翠冠梨")
    assert str(pears.unit_name) in ("斤", "jin")


def test_cards_are_read_in_one_select(app: Flask, offers: dict[str, Offer]) -> None:
    ids = [offer.id for offer in offers.values()]
    region_lexicon()
    with app.test_request_context(), statements() as sent:
        cards(ids)
    assert len(sent) == 1


def test_the_newest_cards_of_a_region(app: Flask, offers: dict[str, Offer]) -> None:
    with app.test_request_context():
        assert len(newest_ids(1, region_path("430000"), Side.SELL)) == 1
        nearby = newest_ids(10, region_path("430700"), Side.SELL)
        assert newest_ids(9, region_path("430000"), Side.BUY) == [offers["wanted"].id]
    # The two newest of one owner.
    assert nearby == [offers[n].id for n in ("rice", "dear")]
