"""A trader's page: who has one, and what it shows and keeps to itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from market.accounts.models import Account
from market.accounts.services import erase_account
from market.database import db, transaction, utcnow
from market.messages import enquiries
from market.messages.enquiries import Wish
from market.messages.models import EnquiryThread
from market.traders.queries import answer_record, deal_record, represented_by
from market.traders.rules import tonnes, usual_answer_time
from tests.conftest import Client
from tests.deals.factories import Trade, agree, make_trade, verify
from tests.offers.factories import make_offer

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def ask(trade: Trade, asker: Account, hours: float | None) -> EnquiryThread:
    """An enquiry of a day ago, answered after so many hours or not at all."""
    with transaction():
        key = uuid.uuid4().hex
        thread = enquiries.enquire(asker, asker, trade.offer, Wish(Decimal(100), "jin"), "?", key)
        thread.opened_at = utcnow() - timedelta(days=1)
    if hours is not None:
        with transaction():
            enquiries.write(trade.seller, thread, "有", uuid.uuid4().hex)
            thread.messages[-1].at = thread.opened_at + timedelta(hours=hours)
    return thread


def test_the_median_of_answers_is_said_from_three_on() -> None:
    hours = [timedelta(hours=h) for h in (1, 9, 2)]
    assert usual_answer_time(hours) == timedelta(hours=2)
    assert usual_answer_time(hours[:2]) is None


def test_only_weights_are_added_up_in_tonnes() -> None:
    amounts = [(Decimal(3000), "jin"), (Decimal("0.5"), "ton"), (Decimal(40), "head")]
    assert tonnes(amounts) == Decimal(2)


@pytest.mark.postgresql
def test_verified_deals_are_counted_once_with_their_weight_and_first_day(trade: Trade) -> None:
    first, _second = verify(trade, quantity=300), verify(trade, quantity=200)
    agree(trade, quantity=150)
    for party in (trade.seller, trade.buyer):
        record = deal_record([party.id])
        assert (record.deals, record.tonnes) == (2, Decimal("0.25"))
        assert record.since == first.agreed_on
    assert deal_record([trade.seller.id, trade.buyer.id]).deals == 2


def test_deals_of_farmers_one_represents_stand_apart(trade: Trade, make_account: Maker) -> None:
    verify(trade)
    station = make_account("信息站", role="assistant")
    with transaction():
        trade.seller.password_hash = None
        trade.seller.represented_by_id = station.id
    assert deal_record([station.id]).deals == 0
    assert deal_record(represented_by(station)).deals == 1


@pytest.mark.postgresql
def test_answers_are_counted_by_the_first_one_of_ninety_days(
    trade: Trade, make_account: Maker
) -> None:
    for hours in (1, 2, None):
        ask(trade, make_account(), hours)
    assert answer_record(trade.seller).usual is None
    ask(trade, make_account(), 5)
    record = answer_record(trade.seller)
    assert (record.usual, record.answered, record.asked) == (timedelta(hours=2), 3, 4)
    with transaction():
        for thread in db.session.scalars(db.select(EnquiryThread)):
            thread.opened_at = utcnow() - timedelta(days=91)
    assert answer_record(trade.seller).asked == 0


def test_the_page_shows_both_sides_and_neither_numbers_nor_others_nor_amounts(
    trade: Trade, client: Client
) -> None:
    deal = verify(trade)
    wanted = make_offer(trade.seller, side="buy", title="收柑橘")
    page = client.get(f"/traders/{trade.seller.id}").text
    assert "王大伯" in page
    assert f"/offers/{trade.offer.id}" in page
    assert "1 笔" in page
    assert f"/offers/{wanted.id}" in client.get(f"/traders/{trade.seller.id}?side=buy").text
    assert trade.buyer.name not in page
    assert "csrf_token" not in page
    assert str(trade.seller.phone)[-11:] not in page
    assert f"{deal.amount_fen / 100:g}" not in page


def test_the_page_is_reached_from_the_offer_and_from_the_deal(
    trade: Trade, client: Client, log_in: LogIn
) -> None:
    address = f'href="/traders/{trade.seller.id}"'
    assert address in client.get(f"/offers/{trade.offer.id}").text
    deal = verify(trade)
    shown = log_in(trade.buyer).get(f"/deals/{deal.id}").text
    assert address in shown
    assert f"/traders/{trade.buyer.id}" not in shown, "who has posted nothing has no page"
    thread = ask(trade, trade.buyer, None)
    assert address in log_in(trade.buyer).get(f"/messages/{thread.id}").text


def test_who_never_published_holds_an_office_or_is_erased_has_no_page(
    trade: Trade, client: Client, make_account: Maker
) -> None:
    quiet = make_account("只看看")
    make_offer(quiet, draft=True)
    for account in (quiet, trade.official, trade.buyer):
        assert client.get(f"/traders/{account.id}").status_code == 404
    assert client.get("/traders/999999").status_code == 404
    assert client.get("/traders/99999999999999999999999").status_code == 404
    with transaction():
        erase_account(trade.seller)
    assert client.get(f"/traders/{trade.seller.id}").status_code == 404


def test_who_offers_nothing_now_still_has_a_page(trade: Trade, client: Client) -> None:
    with transaction():
        trade.offer.valid_until = utcnow() - timedelta(days=1)
    page = client.get(f"/traders/{trade.seller.id}")
    assert page.status_code == 200
    assert f"/offers/{trade.offer.id}" not in page.text
    assert "现在没有" in page.text
