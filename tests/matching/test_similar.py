"""What else a visitor of a sale is shown: never a rival of its seller first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import transaction
from market.matching.similar import MAX_OWN, MAX_SHOWN, similar_offers
from market.offers.models import Offer
from market.offers.services import verify_offer
from tests.conftest import Client
from tests.offers.factories import PEAR, make_offer
from tests.offers.test_views import text
from tests.sql import statements

pytestmark = [pytest.mark.postgresql]
Make = Callable[..., Account]
RICE, TEA = "0101001", "0401001"


@pytest.fixture
def seller(make_account: Make) -> Account:
    return make_account("果农老李")


def verified(make_account: Make, product: str) -> Offer:
    offer = make_offer(make_account(), product=product)
    with transaction():
        verify_offer(make_account(role="county_official"), offer)
    return offer


def shown(app: Flask, offer: Offer) -> list[int]:
    with app.test_request_context():
        return [card.id for card in similar_offers(offer)]


def test_the_sellers_other_sales_come_first_then_other_verified_goods_of_the_county(
    app: Flask, seller: Account, make_account: Make
) -> None:
    offer, own = make_offer(seller), make_offer(seller, product=RICE)
    near = verified(make_account, TEA)
    make_offer(make_account(), product=TEA)  # not verified
    assert shown(app, offer) == [own.id, near.id]


def test_a_rival_with_the_same_goods_is_never_among_them(
    app: Flask, seller: Account, make_account: Make
) -> None:
    offer = make_offer(seller)
    verified(make_account, PEAR)
    assert shown(app, offer) == []


def test_one_seller_does_not_fill_the_row_and_it_takes_two_statements(
    app: Flask, seller: Account, make_account: Make
) -> None:
    offer = make_offer(seller)
    for _ in range(MAX_OWN + 2):
        make_offer(seller, product=RICE)
    near = [verified(make_account, TEA).id for _ in range(3)]
    found = shown(app, offer)
    assert len(found) == MAX_SHOWN
    assert found[MAX_OWN] == near[-1]
    with app.test_request_context():
        _ = offer.id
        with statements() as sent:
            similar_offers(offer)
    assert len(sent) <= 2


def test_a_purchase_has_matches_instead_and_an_owner_no_advice(
    app: Flask, seller: Account, log_in: Callable[[Account], Client]
) -> None:
    offer = make_offer(seller)
    make_offer(seller, product=RICE)
    assert shown(app, make_offer(seller, "buy")) == []
    assert "这家还卖" not in text(log_in(seller).get(f"/offers/{offer.id}"))
    assert "这家还卖" in text(app.test_client().get(f"/offers/{offer.id}"))
