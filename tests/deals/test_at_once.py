"""Fifty people do the same thing at the same instant: it happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger, services, verification
from market.deals.models import Deal, DealEvent, DealStatus, LedgerEntry
from market.offers.models import Offer
from market.web.errors import DomainError
from tests.deals.factories import Trade, agree, make_trade, propose, terms

pytestmark = pytest.mark.postgresql
CLIENTS = 50


@pytest.fixture
def trade(make_account: Callable[..., Account]) -> Trade:
    return make_trade(make_account)


def at_once(app: Flask, step: Callable[[], Any]) -> list[bool]:
    """Whether the step succeeded, for each of fifty threads that start together."""
    start = Barrier(CLIENTS)

    def one(_: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    step()
            except DomainError:
                return False
            return True

    db.session.remove()
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(CLIENTS)))


def test_fifty_clients_agree_to_one_deal_at_once_and_it_counts_once(
    app: Flask, trade: Trade
) -> None:
    deal_id, seller_id = propose(trade, quantity=30).id, trade.seller.id

    def step() -> None:
        actor = db.session.get_one(Account, seller_id)
        services.agree_deal(actor, db.session.get_one(Deal, deal_id))

    assert sum(at_once(app, step)) == 1
    assert db.session.scalars(select(Offer.remaining)).one() == 1970
    agreed = select(func.count()).where(DealEvent.status == DealStatus.AGREED)
    assert db.session.scalar(agreed) == 1


def test_fifty_clients_verify_one_deal_at_once_and_it_counts_once(app: Flask, trade: Trade) -> None:
    deal_id, official_id = agree(trade).id, trade.official.id

    def step() -> None:
        official = db.session.get_one(Account, official_id)
        verification.verify_deal(official, db.session.get_one(Deal, deal_id))

    assert sum(at_once(app, step)) == 1
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 1
    assert ledger.verify_ledger() == []


def test_fifty_copies_of_one_form_make_one_deal(app: Flask, trade: Trade) -> None:
    offer_id, buyer_id = trade.offer.id, trade.buyer.id

    def step() -> None:
        buyer = db.session.get_one(Account, buyer_id)
        offer = db.session.get_one(Offer, offer_id)
        services.propose_deal(buyer, offer, buyer, terms(), "f" * 32)

    assert sum(at_once(app, step)) == 1
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 1
