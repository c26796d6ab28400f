"""Cards cached in memory: never older than the offer, never another reader's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db, transaction
from market.offers import card_cache
from market.offers.models import Offer, OfferPhoto
from market.offers.queries import cards
from market.offers.services import close_offer, edit_offer
from market.offers.values import values_of
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.offers.test_views import queries_of, text

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]


@pytest.fixture
def owner(app: Flask, make_account: Make) -> Account:
    return make_account(name="王大伯", phone="+8613800001234")


def change(offer: Offer, **values: object) -> None:
    with transaction():
        edit_offer(offer.owner, offer, replace(values_of(offer), **values))


def test_what_has_not_changed_is_not_read_again(owner: Account, client: Client) -> None:
    make_offer(owner)
    client.get("/offers")
    before = queries_of(client, "/offers")
    make_offer(db.session.get_one(Account, 1))
    assert queries_of(client, "/offers") == before + 1
    assert queries_of(client, "/offers") == before


def test_a_change_is_shown_at_once(owner: Account, client: Client) -> None:
    offer = make_offer(owner, title="又甜又脆的梨")
    assert "又甜又脆的梨" in text(client.get("/offers"))
    change(offer, title="便宜卖的梨")
    page = text(client.get("/offers"))
    assert "便宜卖的梨" in page
    assert "又甜又脆的梨" not in page


def test_a_new_photo_is_shown_at_once(owner: Account, client: Client) -> None:
    offer = make_offer(owner)
    client.get("/offers")
    with transaction():
        offer.photos.append(OfferPhoto(position=0, sha256="a" * 64, width=96, height=96))
    assert "a" * 64 in text(client.get("/offers"))


def test_a_closed_offer_is_not_shown_from_memory(owner: Account, client: Client) -> None:
    offer = make_offer(owner, title="又甜又脆的梨")
    assert "又甜又脆的梨" in text(client.get("/offers"))
    with transaction():
        close_offer(owner, offer)
    assert "又甜又脆的梨" not in text(client.get("/offers"))


def test_a_number_shown_to_a_member_stays_masked_for_visitors(
    owner: Account, client: Client, log_in: LogIn
) -> None:
    make_offer(owner, title="好梨 13800001234")
    assert "13800001234" in text(log_in(owner).get("/offers"))
    assert "13800001234" not in text(client.get("/offers"))


def test_each_language_has_its_own_card(owner: Account, client: Client) -> None:
    make_offer(owner)
    chinese = text(client.get("/offers"))
    client.set_cookie("language", "en")
    english = text(client.get("/offers"))
    assert "元/斤" in chinese
    assert "CNY" in english
    assert "元/斤" not in english


def test_only_so_many_cards_stay(
    app: Flask, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_cache, "MAX_CARDS", 2)
    ids = [make_offer(owner).id for _ in range(4)]
    with app.test_request_context():
        assert card_cache.cached_cards(ids) == card_cache.cached_cards(ids) == cards(ids)
        assert len(app.extensions["offer_cards"].cards) == 2
        assert db.session.get(Offer, ids[0])
