"""An account that asks what is known of it, and one that goes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.services import erase
from market.database import db, transaction
from market.deals.ledger import verify_ledger
from market.deals.models import Deal, DealStatus
from market.deals.services import add_proof
from market.offers.models import Offer, OfferStatus
from market.offers.photos import store_photo
from tests.deals.factories import agree, make_trade, propose, verify

Make = Callable[..., Account]


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), 99).save(out, "JPEG")
    return io.BytesIO(out.getvalue())


def gone(account: Account) -> None:
    known = account.password_hash
    assert known
    with transaction():
        erase(account, known)


def test_the_export_tells_the_offers_deals_and_proofs_of_an_account(
    make_account: Make, log_in: Any
) -> None:
    trade = make_trade(make_account, description="自家果园")
    deal = agree(trade)
    with transaction():
        proof = add_proof(trade.seller, deal, store_photo(picture(), "pending"))
    sold = log_in(trade.seller).get("/me/export.json").get_json()
    assert [(o["id"], o["description"]) for o in sold["offers"]] == [(trade.offer.id, "自家果园")]
    (told,) = sold["deals"]
    assert (told["as"], told["with"], told["amount_fen"]) == ("seller", "长沙鲜果", 23_500)
    assert [each["sha256"] for each in told["proofs"]] == [proof.sha256]
    bought = log_in(trade.buyer).get("/me/export.json").get_json()
    assert bought["offers"] == []
    assert [(d["as"], d["id"]) for d in bought["deals"]] == [("buyer", deal.id)]
    other = log_in(make_account()).get("/me/export.json").get_json()
    assert (other["offers"], other["deals"]) == ([], [])


def test_an_erased_sellers_offers_are_closed_and_say_nothing_of_them(
    make_account: Make,
) -> None:
    trade = make_trade(
        make_account,
        title="王大伯家的梨",
        description="找王大伯",
        photos=(store_photo(picture()),),
    )
    gone(trade.seller)
    offer = db.session.scalars(select(Offer)).one()
    assert offer.status is OfferStatus.CLOSED
    assert (offer.title, offer.description, offer.photos) == ("石门翠冠梨", "", [])


def test_an_erased_buyers_unverified_deals_give_the_quantity_back(make_account: Make) -> None:
    trade = make_trade(make_account)
    verified, agreed, proposed = verify(trade), agree(trade), propose(trade)
    assert trade.offer.remaining == 1800
    gone(trade.buyer)
    statuses = [db.session.get_one(Deal, d.id).status for d in (verified, agreed, proposed)]
    assert statuses == [DealStatus.VERIFIED, DealStatus.CANCELLED, DealStatus.CANCELLED]
    assert (trade.offer.remaining, trade.offer.status) == (1900, OfferStatus.PUBLISHED)
    assert verify_ledger() == []


def test_a_sold_out_offer_of_an_erased_seller_does_not_open_again(make_account: Make) -> None:
    trade = make_trade(make_account)
    agree(trade, quantity=2000)
    assert trade.offer.status is OfferStatus.CLOSED
    gone(trade.seller)
    assert trade.offer.remaining == 2000
    assert not trade.offer.is_public
