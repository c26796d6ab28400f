"""The county rings the sides of any deal, and what they said stands with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import transaction, utcnow
from market.deals import call_backs
from market.deals.models import DealStatus
from market.deals.timeline import timeline
from market.deals.unregistered_models import CallOutcome
from market.deals.verification import return_deal
from market.offers.models import Side
from market.web.errors import Invalid, Refused
from tests.deals.factories import Trade, agree, do, make_trade, propose, refused, verify

SAID = "王大伯本人接的，说梨已经拉走，钱也收了"


@pytest.fixture
def trade(app: Flask, make_account: Callable[..., Account]) -> Trade:
    return make_trade(make_account)


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("make", [agree, verify])
def test_either_side_of_two_accounts_confirms_the_deal_before_or_after_it_counts(
    trade: Trade, side: Side, make: Callable[[Trade], object]
) -> None:
    deal = make(trade)
    do(call_backs.record_call, trade.official, deal, side, CallOutcome.CONFIRMED, SAID)
    assert deal.called_back_by_id == trade.official.id
    (call,) = deal.call_backs
    assert (call.side, call.outcome, call.call_answer) == (side, CallOutcome.CONFIRMED, SAID)


def test_a_call_stands_in_the_timeline_without_what_was_said(trade: Trade) -> None:
    deal = agree(trade)
    do(call_backs.record_call, trade.official, deal, Side.SELL, CallOutcome.NOT_REACHED, SAID)
    rows = [f"{label}: {who}" for label, _state, _when, who in timeline(deal)]
    assert sum("无人接听" in row and trade.official.name in row for row in rows) == 1
    assert not any(SAID in row for row in rows)


def test_who_denies_it_takes_the_call_back_from_a_deal_that_waits(trade: Trade) -> None:
    deal = agree(trade)
    do(call_backs.record_call, trade.official, deal, Side.SELL, CallOutcome.CONFIRMED, SAID)
    do(call_backs.record_call, trade.official, deal, Side.BUY, CallOutcome.DENIED, SAID)
    assert deal.called_back_by_id is None
    do(call_backs.record_call, trade.official, deal, Side.BUY, CallOutcome.CONFIRMED, SAID)
    do(return_deal, trade.official, deal, "缺磅单")
    assert (deal.status, deal.called_back_by_id) == (DealStatus.RETURNED, None)
    assert len(deal.call_backs) == 3


def test_a_call_does_not_make_a_deal_wait_anew(trade: Trade) -> None:
    deal = agree(trade)
    since = utcnow() - timedelta(days=5)
    with transaction():
        deal.updated_at = since
    do(call_backs.record_call, trade.official, deal, Side.SELL, CallOutcome.CONFIRMED, SAID)
    assert deal.updated_at == since


def test_only_the_county_rings_and_only_about_what_was_agreed(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    elsewhere = make_account("澧县商务局", role="county_official", region="430723")
    confirmed = (Side.SELL, CallOutcome.CONFIRMED, SAID)
    deal = agree(trade)
    for official in (elsewhere, trade.seller, trade.buyer):
        refused(Refused, call_backs.record_call, official, deal, *confirmed)
        assert not call_backs.may_call(official, deal)
    assert not call_backs.may_call(trade.official, propose(trade))
    token = (Side.SELL, CallOutcome.CONFIRMED, "属实")
    assert refused(Invalid, call_backs.record_call, trade.official, deal, *token).field == "answer"
