"""Ratings: who gives one, once, of what, and what becomes of one that is disputed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.database import db, transaction, utcnow
from market.deals import verification
from market.deals.models import Deal
from market.notify.models import Notice, NoticeKind
from market.offers.models import Side
from market.traders import disputes, ratings
from market.traders.line_queries import are_deals_hidden, count_disputes, ratings_of
from market.traders.models import DisputeDecision, TraderDispute, TraderRating
from market.web.errors import Invalid, InvalidTransition, Refused, Repeated
from tests.conftest import Client
from tests.deals.factories import Trade, agree, do, make_trade, refused, verify

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def key() -> str:
    return uuid.uuid4().hex


def rate(by: Account, deal: Deal, stars: int = 4, text: str = "货对板") -> TraderRating:
    rating: TraderRating = do(ratings.rate, by, deal, stars, text, key())
    return rating


def dispute(by: Account, trader: Account, rating: TraderRating | None = None) -> TraderDispute:
    row: TraderDispute = do(disputes.dispute, by, trader, rating, "不是这么回事", key())
    return row


@pytest.mark.postgresql
def test_each_side_of_a_verified_deal_rates_the_other_once(trade: Trade) -> None:
    deal = agree(trade)
    refused(Refused, ratings.rate, trade.buyer, deal, 5, "", key())
    do(verification.verify_deal, trade.official, deal, "核过")
    given = rate(trade.buyer, deal)
    assert (given.rated_id, given.side) == (trade.seller.id, Side.BUY)
    assert rate(trade.seller, deal).rated_id == trade.buyer.id
    refused(Refused, ratings.rate, trade.buyer, deal, 5, "", key())
    refused(Refused, ratings.rate, trade.official, deal, 5, "", key())
    assert db.session.scalar(select(func.count()).select_from(TraderRating)) == 2


def test_a_form_sent_twice_rates_once_and_the_range_is_kept(trade: Trade) -> None:
    deal, one = verify(trade), key()
    refused(Invalid, ratings.rate, trade.buyer, deal, 6, "", key())
    refused(Invalid, ratings.rate, trade.buyer, deal, 5, "长" * 201, key())
    do(ratings.rate, trade.buyer, deal, 5, "", one)
    refused(Repeated, ratings.rate, trade.buyer, deal, 5, "", one)


def test_after_sixty_days_nobody_rates(trade: Trade) -> None:
    deal = verify(trade)
    with transaction():
        deal.verified_at = utcnow() - timedelta(days=60, minutes=1)
    refused(Refused, ratings.rate, trade.buyer, deal, 5, "", key())


def test_one_person_behind_both_sides_rates_nobody(trade: Trade, make_account: Maker) -> None:
    deal = verify(trade)
    station = make_account("信息站", role="assistant")
    with transaction():
        for party in (trade.seller, trade.buyer):
            party.password_hash, party.represented_by_id = None, station.id
    refused(Refused, ratings.rate, station, deal, 5, "", key())
    with transaction():
        trade.buyer.represented_by_id = None
        trade.buyer.name, trade.buyer.region_code = trade.seller.name, trade.seller.region_code
    refused(Refused, ratings.rate, trade.buyer, deal, 5, "", key())


def test_an_average_takes_three_and_leaves_out_what_is_hidden_or_taken_back(trade: Trade) -> None:
    deals = [verify(trade) for _ in range(4)]
    given = [
        rate(trade.buyer, deal, stars) for deal, stars in zip(deals, (5, 4, 4, 1), strict=True)
    ]
    assert ratings_of(trade.seller, 1).average == Decimal("3.5")
    do(
        disputes.decide_dispute,
        trade.official,
        dispute(trade.seller, trade.seller, given[3]),
        DisputeDecision.HIDE,
        "与事实不符",
    )
    assert ratings_of(trade.seller, 1).average == Decimal("4.3")
    do(verification.return_deal, trade.official, deals[0], "数字不对")
    found = ratings_of(trade.seller, 1)
    assert (found.average, len(found.rows)) == (None, 2)


def test_the_rated_answer_once(trade: Trade) -> None:
    given = rate(trade.buyer, verify(trade))
    refused(Refused, ratings.answer_rating, trade.buyer, given, "我自己答")
    refused(Invalid, ratings.answer_rating, trade.seller, given, " ")
    do(ratings.answer_rating, trade.seller, given, "谢谢")
    refused(InvalidTransition, ratings.answer_rating, trade.seller, given, "再说一句")


@pytest.mark.postgresql
def test_the_countys_official_decides_a_dispute_with_a_reason_and_both_are_told(
    trade: Trade, make_account: Maker
) -> None:
    given = rate(trade.buyer, verify(trade))
    row = dispute(trade.seller, trade.seller, given)
    assert dispute(trade.seller, trade.seller, given).id == row.id, "one waits already"
    assert count_disputes(["43"]) == 1
    other = make_account("别县", role="county_official", region="430102")
    refused(Refused, disputes.decide_dispute, other, row, DisputeDecision.HIDE, "撤")
    refused(Invalid, disputes.decide_dispute, trade.official, row, DisputeDecision.HIDE, " ")
    do(disputes.decide_dispute, trade.official, row, DisputeDecision.HIDE, "查无此事")
    assert given.is_hidden
    refused(
        InvalidTransition, disputes.decide_dispute, trade.official, row, DisputeDecision.KEEP, "留"
    )
    told = select(Notice).where(
        Notice.account_id == trade.seller.id, Notice.kind == NoticeKind.TRADER
    )
    assert {n.facts["event"] for n in db.session.scalars(told)} == {"rated", "dispute_decided"}


def test_the_figures_of_deals_are_disputed_hidden_and_shown_again(
    trade: Trade, client: Client
) -> None:
    verify(trade)
    address = f"/traders/{trade.seller.id}"
    for decision, shown in ((DisputeDecision.HIDE, False), (DisputeDecision.KEEP, True)):
        row = dispute(trade.buyer, trade.seller)
        do(disputes.decide_dispute, trade.official, row, decision, "核过台账")
        assert are_deals_hidden(trade.seller) is not shown
        assert ("1 笔" in client.get(address).text) is shown


def test_a_deal_is_rated_answered_and_disputed_on_the_pages(
    trade: Trade, client: Client, log_in: LogIn
) -> None:
    deal = verify(trade)
    buyer, seller = log_in(trade.buyer), log_in(trade.seller)
    form = f"/deals/{deal.id}/rate"
    assert form in buyer.get(f"/deals/{deal.id}").text
    answer = buyer.send(form, {"key": key(), "stars": "", "text": "货对板，打13900001234"})
    assert "请选 1 到 5 分" in answer.text
    assert "打13900001234" in answer.text, "nothing typed is lost"
    buyer.send(form, {"key": key(), "stars": "5", "text": "货对板，打13900001234"})
    assert f'href="{form}"' not in buyer.get(f"/deals/{deal.id}").text
    page = client.get(f"/traders/{trade.seller.id}").text
    assert "货对板" in page
    assert "13900001234" not in page
    assert trade.buyer.name not in page
    (given,) = db.session.scalars(select(TraderRating))
    assert f"/ratings/{given.id}/answer" in seller.get(f"/traders/{trade.seller.id}").text
    seller.send(f"/ratings/{given.id}/answer", {"text": "多谢照顾"})
    assert "多谢照顾" in client.get(f"/traders/{trade.seller.id}").text
    seller.send(f"/traders/{trade.seller.id}/dispute/{given.id}", {"key": key(), "reason": "不实"})
    desk, row = log_in(trade.official), db.session.scalars(select(TraderDispute)).one()
    assert "不实" in desk.get("/desk/disputes").text
    missing = desk.send(f"/desk/disputes/{row.id}", {"decision": "hide"}, page="/desk/disputes")
    assert "请说明原因" in missing.text or "为什么" in missing.text
    assert row.decision is None
    decided = {"decision": "hide", "reason": "查过合同"}
    desk.send(f"/desk/disputes/{row.id}", decided, page="/desk/disputes")
    assert "货对板" not in client.get(f"/traders/{trade.seller.id}").text
    assert "查过合同" in seller.get(f"/traders/{trade.seller.id}").text
    assert client.get(f"/traders/{trade.buyer.id}/dispute/{given.id}").status_code == 404


def test_who_never_posted_has_a_page_once_rated_so_that_they_can_answer(
    trade: Trade, client: Client, log_in: LogIn
) -> None:
    deal, address = verify(trade), f"/traders/{trade.buyer.id}"
    assert client.get(address).status_code == 404
    given = rate(trade.seller, deal)
    assert client.get(address).status_code == 200
    assert f"/ratings/{given.id}/answer" in log_in(trade.buyer).get(address).text


def test_a_visitor_logs_in_before_disputing(trade: Trade, client: Client) -> None:
    verify(trade)
    assert client.get(f"/traders/{trade.seller.id}/dispute").status_code == 303


@pytest.mark.postgresql
def test_what_one_wrote_is_exported_and_goes_with_the_account(trade: Trade, app: Flask) -> None:
    given = rate(trade.buyer, verify(trade), text="王大伯的货好")
    dispute(trade.seller, trade.seller, given)
    exported: Any = export_account(trade.buyer)
    assert exported["ratings"][0]["text"] == "王大伯的货好"
    assert export_account(trade.seller)["disputes"][0]["reason"] == "不是这么回事"
    with transaction():
        erase_account(trade.buyer)
    for model in (TraderRating, TraderDispute):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
