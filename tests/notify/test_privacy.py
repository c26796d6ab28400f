"""No notice leads to a page that went with an erased account."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.services import erase_account
from market.database import db, transaction
from market.messages import enquiries
from market.messages.enquiries import Wish
from market.messages.models import EnquiryThread
from market.notify.labels import notice_address
from market.notify.models import Notice
from market.offers import public_questions
from tests.conftest import Client
from tests.deals.factories import make_trade, propose
from tests.offers.factories import make_offer

pytestmark = pytest.mark.postgresql


def test_notices_of_what_went_with_an_account_go_and_those_of_what_stays_stay(
    app: Flask, make_account: Callable[..., Account], log_in: Callable[[Account], Client]
) -> None:
    trade = make_trade(make_account)
    stays = make_offer(trade.seller)
    request = make_offer(trade.buyer, "buy")

    def key() -> str:
        return uuid.uuid4().hex

    with transaction():
        for offer in (trade.offer, stays):
            enquiries.enquire(trade.buyer, trade.buyer, offer, Wish(), "还有吗？", key())
        question = public_questions.ask(trade.seller, request, "要什么规格？", key())
    thread = db.session.scalars(select(EnquiryThread).filter_by(offer_id=stays.id)).one()
    with transaction():
        enquiries.write(trade.seller, thread, "有", key())
        public_questions.answer(trade.buyer, question, "统货")
    propose(trade)
    browser = log_in(trade.seller)
    assert len(list(db.session.scalars(select(Notice).filter_by(account_id=trade.seller.id)))) > 3
    with transaction():
        erase_account(trade.buyer)
    left = list(db.session.scalars(select(Notice)))
    assert {notice.account_id for notice in left} == {trade.seller.id}
    with app.test_request_context():
        addresses = {notice_address(notice) for notice in left}
    assert f"/messages/{thread.id}" in addresses, "what the seller wrote is theirs"
    assert len(addresses) == 2
    for address in addresses:
        assert browser.get(address).status_code == 200
