"""Two officials decide the same thing at the same instant: one does, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.desk.decisions import decide, decide_each
from market.desk.queue_types import QUEUES
from market.offers.models import Offer, Verification
from market.web.errors import ConcurrentDecision
from tests.deals.factories import Trade, agree, make_trade

pytestmark = pytest.mark.postgresql


@pytest.fixture
def trade(make_account: Callable[..., Account]) -> Trade:
    return make_trade(make_account, quantity=Decimal(200_000))


@pytest.fixture
def officials(trade: Trade, make_account: Callable[..., Account]) -> list[int]:
    """The ids of two officials of the county."""
    return [trade.official.id, make_account("王科长", role="county_official").id]


def at_once(app: Flask, steps: list[Callable[[], Any]]) -> list[Any]:
    """What each step returns, or the Overtaken it raises, all begun together."""
    start = Barrier(len(steps))

    def one(step: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return step()
            except ConcurrentDecision as error:
                return error

    db.session.remove()
    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(one, steps))


def deciding(kind: str, official: int, id_: int, act: Any) -> Callable[[], str]:
    def step() -> str:
        with transaction():
            queue = QUEUES[kind]
            actor = db.session.get_one(Account, official)
            decide(actor, queue, db.session.get(queue.model, id_), act, "缺磅单")
        return str(act)

    return step


@pytest.mark.parametrize("acts", [("verify", "verify"), ("verify", "return")])
def test_of_two_officials_on_one_deal_the_second_is_told_what_the_first_did(
    app: Flask, trade: Trade, officials: list[int], acts: tuple[str, str]
) -> None:
    deal_id = agree(trade).id
    steps = [deciding("deals", who, deal_id, act) for who, act in zip(officials, acts, strict=True)]
    results = at_once(app, steps)
    (told,) = [result for result in results if isinstance(result, ConcurrentDecision)]
    (done,) = [result for result in results if not isinstance(result, ConcurrentDecision)]
    first = officials[results.index(done)]
    name = db.session.get_one(Account, first).name
    assert told.by_id == first
    assert name in str(told.message)
    assert db.session.get_one(Deal, deal_id).events[-1].at.strftime(":%M") in str(told.message)
    verified = done == "verify"
    status = DealStatus.VERIFIED if verified else DealStatus.RETURNED
    assert db.session.get_one(Deal, deal_id).status is status
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == int(verified)
    assert len(db.session.get_one(Deal, deal_id).events) == 3


def test_of_two_officials_on_one_offer_the_second_is_told_what_the_first_did(
    app: Flask, trade: Trade, officials: list[int]
) -> None:
    offer_id = trade.offer.id
    acts = ("return", "verify")
    steps = [
        deciding("offers", who, offer_id, act) for who, act in zip(officials, acts, strict=True)
    ]
    results = at_once(app, steps)
    (done,) = [result for result in results if not isinstance(result, ConcurrentDecision)]
    (told,) = [result for result in results if isinstance(result, ConcurrentDecision)]
    assert told.by_id == officials[acts.index(done)]
    verified = db.session.get_one(Offer, offer_id).verification is Verification.VERIFIED
    assert verified == (done == "verify")


def test_two_officials_who_decide_the_same_many_at_once_do_each_once(
    app: Flask, trade: Trade, officials: list[int]
) -> None:
    ids = [agree(trade, quantity=n + 1).id for n in range(8)]

    def all_of(official: int, order: list[int]) -> Callable[[], Any]:
        def step() -> Any:
            actor = db.session.get_one(Account, official)
            return decide_each(actor, QUEUES["deals"], order, "verify", {})

        return step

    one, other = at_once(app, [all_of(officials[0], ids), all_of(officials[1], ids[::-1])])
    assert sorted(one.done + other.done) == ids
    assert sorted(one.already_decided + other.already_decided) == ids
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == len(ids)
    assert ledger.verify_ledger() == []
