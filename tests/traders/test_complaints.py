"""Complaints: who may complain, that the accused are heard, and what the county decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.database import db, transaction, utcnow
from market.notify.models import Notice
from market.text.days import local_midnight
from market.traders import complaints
from market.traders.backlog import trader_tasks
from market.traders.complaint_models import Complaint, ComplaintDecision, ComplaintKind
from market.traders.complaint_queries import (
    complaints_page,
    count_complaints,
    count_upheld,
    is_late,
)
from market.traders.complaints import ComplaintSubject
from market.web.errors import Invalid, InvalidTransition, Refused, Repeated
from market.web.home_time import home_today, home_zone
from market.web.pagination import Pagination
from tests.conftest import Client
from tests.deals.factories import Trade, agree, do, make_trade, refused

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]
UPHELD = ComplaintDecision.UPHELD


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def complain(trade: Trade, key: str = "") -> Complaint:
    subject = ComplaintSubject(trade.buyer, trade.seller, offer=trade.offer)
    row: Complaint = do(
        complaints.complain,
        *(trade.buyer, subject, ComplaintKind.NOT_DELIVERED, "付了定金不发货", []),
        key or uuid.uuid4().hex,
    )
    return row


def decide(trade: Trade, row: Complaint, decision: ComplaintDecision = UPHELD) -> None:
    do(complaints.decide_complaint, trade.official, row, decision, "查过转账记录")


@pytest.mark.postgresql
def test_a_complaint_goes_to_the_county_of_the_accused_with_a_deadline(trade: Trade) -> None:
    key = uuid.uuid4().hex
    row = complain(trade, key)
    assert row.region_code == trade.seller.region_code
    assert row.due_on == home_today() + timedelta(days=15)
    subject = ComplaintSubject(trade.buyer, trade.seller, offer=trade.offer)
    same = (subject, ComplaintKind.NOT_DELIVERED, "付了定金不发货", [], key)
    refused(Repeated, complaints.complain, trade.buyer, *same)
    own = ComplaintSubject(trade.seller, trade.seller)
    arguments = (own, ComplaintKind.OTHER, "说说", [], uuid.uuid4().hex)
    refused(Refused, complaints.complain, trade.seller, *arguments)


@pytest.mark.postgresql
def test_late_ones_lead_the_list_and_are_counted(app: Flask, trade: Trade) -> None:
    first, late = complain(trade), complain(trade)
    with transaction():
        late.due_on = home_today() - timedelta(days=1)
    assert is_late(late)
    assert not is_late(first)
    assert count_complaints(["43"]) == (2, 1)
    assert [row.id for row in complaints_page(["43"], Pagination(1, 9, 2))] == [late.id, first.id]
    assert count_complaints(["44"]) == (0, 0)
    with app.test_request_context():
        task = next(iter(trader_tasks(trade.official) or ()))
    assert (task.count, task.late, task.oldest) == (2, 1, first.at)
    assert task.due_at == local_midnight(home_today(), home_zone()), "the end of yesterday"
    assert trader_tasks(trade.seller) is None


def test_the_accused_are_heard_once_before_it_is_upheld(trade: Trade) -> None:
    row = complain(trade)
    arguments = (trade.official, row, UPHELD, "查过")
    refused(Invalid, complaints.decide_complaint, *arguments)
    refused(Refused, complaints.state, trade.buyer, row, "我替他说")
    do(complaints.state, trade.seller, row, "货已装车")
    refused(InvalidTransition, complaints.state, trade.seller, row, "再说一遍")
    decide(trade, row)
    silent = complain(trade)
    with transaction():
        silent.at = utcnow() - timedelta(days=3)
    decide(trade, silent)


@pytest.mark.postgresql
def test_the_countys_official_decides_with_a_reason_and_both_are_told(
    trade: Trade, make_account: Maker
) -> None:
    row = complain(trade)
    do(complaints.state, trade.seller, row, "货已装车")
    other = make_account("别县", role="county_official", region="430102")
    refused(Refused, complaints.decide_complaint, other, row, UPHELD, "属实")
    refused(Invalid, complaints.decide_complaint, trade.official, row, UPHELD, " ")
    decide(trade, row)
    refused(InvalidTransition, complaints.decide_complaint, trade.official, row, UPHELD, "再来")
    events = {
        (notice.account_id, notice.facts["event"]) for notice in db.session.scalars(select(Notice))
    }
    assert {(id_, "complaint_decided") for id_ in (trade.seller.id, trade.buyer.id)} <= events
    assert (trade.seller.id, "complained") in events


def test_upheld_ones_of_a_year_are_counted_on_the_page(trade: Trade, client: Client) -> None:
    for decision in (UPHELD, ComplaintDecision.DISMISSED, ComplaintDecision.SETTLED):
        row = complain(trade)
        do(complaints.state, trade.seller, row, "货已装车")
        decide(trade, row, decision)
    assert count_upheld(trade.seller) == 1
    assert "属实的投诉" in client.get(f"/traders/{trade.seller.id}").text
    with transaction():
        for row in db.session.scalars(select(Complaint)):
            row.decided_at = utcnow() - timedelta(days=366)
    assert count_upheld(trade.seller) == 0
    assert "属实的投诉" not in client.get(f"/traders/{trade.seller.id}").text


def test_what_was_withdrawn_is_not_decided(trade: Trade) -> None:
    row = complain(trade)
    refused(Refused, complaints.withdraw, trade.seller, row)
    do(complaints.withdraw, trade.buyer, row)
    refused(InvalidTransition, complaints.decide_complaint, trade.official, row, UPHELD, "查过")
    refused(InvalidTransition, complaints.state, trade.seller, row, "货已装车")
    assert count_complaints(["43"])[0] == 0


def test_one_complains_from_offer_deal_and_page_and_nothing_typed_is_lost(
    trade: Trade, log_in: LogIn, client: Client, make_account: Maker
) -> None:
    deal, buyer = agree(trade), log_in(trade.buyer)
    for page, form in (
        (f"/offers/{trade.offer.id}", f"/complaints/new?offer={trade.offer.id}"),
        (f"/deals/{deal.id}", f"/complaints/new?deal={deal.id}"),
        (f"/traders/{trade.seller.id}", f"/complaints/new?trader={trade.seller.id}"),
    ):
        assert form in buyer.get(page).text
    stranger = log_in(make_account("路人"))
    assert stranger.get(f"/complaints/new?deal={deal.id}").status_code == 404
    assert buyer.get("/complaints/new").location == "/me/complaints"
    assert buyer.get("/complaints/new?offer=999999").status_code == 404
    answer = buyer.send(form, {"key": uuid.uuid4().hex, "text": "三天了不发货"})
    assert "三天了不发货" in answer.text
    assert "请选是什么问题" in answer.text
    filled = {"key": uuid.uuid4().hex, "kind": "not_delivered", "text": "三天了不发货"}
    page = buyer.send(form, filled).location
    assert stranger.get(page).status_code == 403
    assert client.get(page).status_code == 303
    seller, desk = log_in(trade.seller), log_in(trade.official)
    assert page in desk.get("/desk/complaints").text
    seller.send(f"{page}/statement", {"text": "车在路上"}, page=page)
    lost = desk.send(f"{page}/decision", {"reason": "双方对过账"}, page=page)
    assert "双方对过账" in lost.text
    desk.send(f"{page}/decision", {"decision": "settled", "reason": "双方对过账"}, page=page)
    for reader in (seller, buyer):
        text = reader.get(page).text
        assert "车在路上" in text
        assert "双方对过账" in text
        assert page in reader.get("/me/complaints").text


@pytest.mark.postgresql
def test_complaints_are_exported_and_go_with_the_account(trade: Trade, app: Flask) -> None:
    decided, waiting = complain(trade), complain(trade)
    do(complaints.state, trade.seller, decided, "货已装车")
    decide(trade, decided)
    exported: Any = export_account(trade.buyer)
    assert exported["complaints"][0]["text"] == "付了定金不发货"
    with transaction():
        erase_account(trade.buyer)
    left = db.session.scalars(select(Complaint)).one()
    assert left.id != waiting.id
    assert "定金" not in left.text
    with transaction():
        erase_account(trade.seller)
    assert db.session.scalar(select(func.count()).select_from(Complaint)) == 0
