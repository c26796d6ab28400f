"""The pages of enquiries: who reads and writes what, and that nothing typed is lost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.accounts.services import reveal_phone
from market.database import db, transaction
from market.deals.models import Deal
from market.messages import enquiries, reports
from market.messages.enquiries import QuotationTerms, Wish
from market.messages.models import EnquiryMessage, EnquiryThread, MessageKind, Quotation
from market.offers.models import PriceBasis, Side
from market.web.home_time import home_today
from tests.conftest import Client
from tests.deals.factories import Trade, do, make_trade
from tests.offers.factories import make_offer
from tests.sql import statements

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]
TERMS = {
    "price": "2块2",
    "price_unit": "jin",
    "quantity": "1000",
    "unit": "jin",
    "basis": "ex_farm",
    "text": "",
}


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def key() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def thread(trade: Trade) -> EnquiryThread:
    with transaction():
        wish = Wish(Decimal(1000), "jin")
        return enquiries.enquire(trade.buyer, trade.buyer, trade.offer, wish, "最低多少？", key())


def quote(by: Account, thread: EnquiryThread) -> Quotation:
    terms = QuotationTerms(
        *(Decimal(2), "jin", Decimal(1000), "jin", PriceBasis.EX_FARM),
        home_today() + timedelta(days=7),
    )
    with transaction():
        return enquiries.quote(by, thread, terms, "", key())


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms that an answer needs."""
    return dict(re.findall(r'name="(quotation|key)" value="([0-9a-f]+)"', page))


def test_an_enquiry_goes_from_the_offer_to_a_thread_with_words_as_people_write_them(
    trade: Trade, log_in: LogIn
) -> None:
    client, page = log_in(trade.buyer), f"/offers/{trade.offer.id}/enquire"
    assert page in client.get(f"/offers/{trade.offer.id}").text
    sent = client.send(
        page,
        {
            "key": key(),
            "party": str(trade.buyer.id),
            "quantity": "0.1万",
            "unit": "jin",
            "wanted_on": (home_today() + timedelta(days=20)).isoformat(),
            "text": "要装箱",
        },
    )
    thread = db.session.scalars(select(EnquiryThread)).one()
    assert sent.location == f"/messages/{thread.id}"
    (message,) = thread.messages
    assert (message.quantity, message.unit, message.text) == (1000, "jin", "要装箱")
    assert "要 1,000 斤" in client.get(sent.location).text
    assert client.get(page).location == sent.location


def test_strange_input_is_told_at_its_field_and_loses_nothing(trade: Trade, log_in: LogIn) -> None:
    client, page = log_in(trade.buyer), f"/offers/{trade.offer.id}/enquire"
    said = {
        "key": key(),
        "party": str(trade.buyer.id),
        "quantity": "很多",
        "unit": "jin",
        "wanted_on": "前天的前天",
        "text": "装箱吗？<b>",
    }
    answer = client.send(page, said)
    assert answer.status_code == 200
    assert {"quantity-error", "wanted_on-error"} <= set(re.findall(r'id="([\w-]+)"', answer.text))
    assert 'value="很多"' in answer.text
    assert "装箱吗？&lt;b&gt;" in answer.text
    assert db.session.scalar(select(func.count(EnquiryThread.id))) == 0


def test_on_a_purchase_the_asking_side_quotes_at_once(trade: Trade, log_in: LogIn) -> None:
    purchase = make_offer(trade.buyer, side=Side.BUY)
    client, page = log_in(trade.seller), f"/offers/{purchase.id}/enquire"
    assert 'name="price"' in client.get(page).text
    until = (home_today() + timedelta(days=3)).isoformat()
    party = str(trade.seller.id)
    client.send(page, {**TERMS, "key": key(), "party": party, "valid_until": until})
    quotation = db.session.scalars(select(Quotation)).one()
    assert (quotation.price, quotation.from_asker) == (Decimal("2.2"), True)


def test_the_two_sides_bargain_to_a_deal_on_the_pages(
    trade: Trade, thread: EnquiryThread, log_in: LogIn
) -> None:
    seller, buyer, page = log_in(trade.seller), log_in(trade.buyer), f"/messages/{thread.id}"
    until = (home_today() + timedelta(days=3)).isoformat()
    form = {**TERMS, "party": str(trade.seller.id), "valid_until": until}
    assert seller.send(f"{page}/quote", {**form, "key": key()}).location == page
    shown = buyer.get(page).text
    assert "请您答复：1,000 斤 × 2.2 元/斤 = 2,200 元" in shown
    counter = {**form, "key": key(), "party": str(trade.buyer.id), "price": "2"}
    buyer.send(f"{page}/quote", counter)
    shown = seller.get(page).text
    assert "您出 2.2 元/斤，对方还 2 元/斤（低 9%）。" in shown
    once = fields(shown)
    for _ in range(2):
        assert seller.send(f"{page}/accept", once, page=page).location == page
    deal = db.session.scalars(select(Deal)).one()
    assert f'href="/deals/{deal.id}"' in buyer.get(page).text
    assert f'href="{page}"' in buyer.get(f"/deals/{deal.id}").text


def test_declining_takes_the_reason_into_the_thread(
    trade: Trade, thread: EnquiryThread, log_in: LogIn
) -> None:
    quote(trade.seller, thread)
    client, page = log_in(trade.buyer), f"/messages/{thread.id}"
    client.send(f"{page}/decline", {**fields(client.get(page).text), "reason": "太贵"}, page=page)
    newest = db.session.scalars(select(EnquiryMessage).order_by(EnquiryMessage.id.desc())).first()
    assert newest is not None
    assert (newest.kind, newest.text) == (MessageKind.DECLINED, "太贵")


def test_opening_a_thread_is_reading_it(trade: Trade, thread: EnquiryThread, log_in: LogIn) -> None:
    client = log_in(trade.seller)
    assert "1 条新的" in client.get("/messages").text
    assert 'badge-warn">1' in client.get("/fairs").text
    client.get(f"/messages/{thread.id}")
    assert "1 条新的" not in client.get("/messages").text
    assert 'badge-warn">1' not in client.get("/fairs").text


def test_a_thread_is_for_its_two_sides_and_for_officials_only_where_it_was_reported(
    trade: Trade, thread: EnquiryThread, make_account: Maker, log_in: LogIn
) -> None:
    page = f"/messages/{thread.id}"
    official, other = (
        log_in(trade.official),
        log_in(make_account("别县", role="county_official", region="430725")),
    )
    for client in (official, other, log_in(make_account("路人"))):
        assert client.get(page).status_code == 403
        assert client.get(f"{page}/quote").status_code == 403
    assert "最低多少" not in official.get("/desk/reported").text
    report = do(reports.report_thread, trade.seller, thread, "骚扰")
    do(enquiries.write, trade.buyer, thread, "举报之后写的", key())
    shown = official.get("/desk/reported").text
    assert "最低多少" in shown
    assert "举报之后写的" not in shown
    assert "最低多少" not in other.get("/desk/reported").text
    decide = f"/desk/reported/{report.id}"
    assert other.send(decide, {"decision": "closed", "reason": "看过"}).status_code == 403
    refused = official.send(decide, {"decision": "closed", "reason": ""}, page="/desk/reported")
    assert "请写明原因" in refused.text or "field-error" in refused.text
    official.send(decide, {"decision": "closed", "reason": "骚扰属实"}, page="/desk/reported")
    assert "骚扰属实" in log_in(trade.seller).get(page).text
    assert log_in(trade.buyer).send(page, {"key": key(), "text": "喂"}).status_code == 200
    assert db.session.scalar(select(func.count(EnquiryMessage.id))) == 2


def test_whom_one_blocks_is_told_so_and_finds_no_number(
    trade: Trade, thread: EnquiryThread, log_in: LogIn
) -> None:
    page = f"/messages/{thread.id}"
    seller, buyer = log_in(trade.seller), log_in(trade.buyer)
    with transaction():
        reveal_phone(trade.buyer, trade.seller, f"offers/{trade.offer.id}")
    assert "tel:" in buyer.get(page).text
    seller.send(f"{page}/block", {}, page=page)
    shown = buyer.get(page).text
    assert "对方不再接收您的消息。" in shown
    assert "tel:" not in shown
    assert 'name="text"' not in shown
    seller.send(f"{page}/unblock", {}, page=page)
    assert 'name="text"' in buyer.get(page).text


def test_the_owner_rings_the_asker_and_it_is_recorded_with_the_thread(
    trade: Trade, thread: EnquiryThread, log_in: LogIn
) -> None:
    page, client = f"/messages/{thread.id}", log_in(trade.seller)
    assert client.send(f"{page}/phone", {}, page=page).location == f"{page}#phone"
    assert f'href="tel:{trade.buyer.phone}"' in client.get(page).text
    assert trade.seller.name in log_in(trade.buyer).get("/me").text


def test_the_list_takes_as_many_statements_for_many_threads_as_for_one(
    trade: Trade, thread: EnquiryThread, make_account: Maker, log_in: LogIn
) -> None:
    client = log_in(trade.seller)
    client.get("/messages")
    with statements() as few:
        client.get("/messages")
    for number in range(4):
        asker = make_account(f"买家{number}")
        with transaction():
            enquiries.enquire(asker, asker, trade.offer, Wish(), "在吗", key())
    with statements() as many:
        assert client.get("/messages").text.count('<li class="panel') == 5
    assert len(many) == len(few)


def test_an_account_takes_its_conversations_with_it(
    app: Flask, trade: Trade, thread: EnquiryThread, log_in: LogIn
) -> None:
    quote(trade.seller, thread)
    told: Any = log_in(trade.buyer).get("/me/export.json").json
    (conversation,) = told["enquiries"]
    assert [m["from"] for m in conversation["messages"]] == ["me", "other"]
    assert conversation["messages"][1]["quotation"]["price"] == "2.0000"
