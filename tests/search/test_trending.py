"""What is in season."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import transaction, utcnow
from market.offers.models import Side
from market.search import trending
from market.search.services import rebuild
from tests.conftest import Client
from tests.offers.factories import make_offer

RICE, ORANGE = "0101001", "0301014"


def names(app: Flask) -> list[str]:
    app.extensions.pop("stores", None)
    with app.test_request_context():
        return [name for name, _address in trending.trending_products()]


def test_the_products_of_most_offers_lately_come_first(
    app: Flask, make_account: Callable[..., Account]
) -> None:
    owner = make_account()
    for _ in range(3):
        make_offer(owner)
        old = make_offer(owner, product=RICE)
        with transaction():
            old.published_at = utcnow() - trending.MAX_AGE - timedelta(hours=1)
    make_offer(owner, product=ORANGE)
    rebuild()
    assert names(app) == ["翠冠梨", "脐橙"]


def test_a_product_both_sides_want_ranks_above_one_only_sold(
    app: Flask, make_account: Callable[..., Account]
) -> None:
    owner = make_account()
    for side in ("sell", "buy"):
        make_offer(owner, product=ORANGE, side=side)
    for _ in range(3):
        make_offer(owner)
    rebuild()
    assert names(app) == ["脐橙", "翠冠梨"]
    sides = {"one": (5, 0), "even": (2, 2), "both": (3, 1)}
    counts = {code: dict(zip(Side, numbers, strict=True)) for code, numbers in sides.items()}
    assert trending.most_popular(counts) == ["even", "both", "one"]


def test_what_is_no_longer_on_the_market_is_not_in_season(
    app: Flask, make_account: Callable[..., Account]
) -> None:
    offer = make_offer(make_account())
    rebuild()
    assert names(app) == ["翠冠梨"]
    with transaction():
        offer.valid_until = utcnow()
    rebuild()
    assert names(app) == []


def test_without_an_index_the_pages_do_without(app: Flask, client: Client) -> None:
    assert names(app) == []
    assert client.get("/").status_code == client.get("/offers").status_code == 200


def test_they_stand_on_the_front_page_and_on_the_list_where_nothing_is_asked(
    app: Flask, client: Client, make_account: Callable[..., Account]
) -> None:
    make_offer(make_account())
    rebuild()
    link = 'href="/offers?product=0302011"'
    before_facets = client.get("/offers").get_data(as_text=True).split("with-side")[0]
    assert link in client.get("/").get_data(as_text=True)
    assert link in before_facets
    asked = client.get("/offers?side=sell").get_data(as_text=True).split("with-side")[0]
    assert link not in asked


@pytest.mark.parametrize("page", ["/", "/offers"])
def test_they_are_counted_once_in_a_while_and_not_for_each_page(
    app: Flask,
    client: Client,
    make_account: Callable[..., Account],
    page: str,
) -> None:
    make_offer(make_account())
    rebuild()
    client.get(page)
    store = app.extensions["stores"]["trending"]
    counted = store.get("products")
    client.get(page)
    assert store.get("products") is counted
