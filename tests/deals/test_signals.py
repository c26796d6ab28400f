"""Whoever follows deals is told of each step, in its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db
from market.deals import revisions, services, verification
from market.deals.models import Deal, DealStatus
from market.deals.signals import deal_changed
from market.web.errors import Refused
from tests.deals.factories import LOOKED, do, make_trade, propose, refused, terms


@pytest.fixture
def heard() -> Iterator[list[tuple[DealStatus, str]]]:
    """(status, who) of each signal."""
    found: list[tuple[DealStatus, str]] = []

    def hear(_: Any, deal: Deal, by: Account, at: Any) -> None:
        assert db.session.get_one(Deal, deal.id) is deal
        assert at.tzinfo is not None
        found.append((deal.status, by.name))

    with deal_changed.connected_to(hear):
        yield found


def test_each_step_of_a_deal_is_told_with_who_took_it(
    app: Flask, make_account: Callable[..., Account], heard: list[tuple[DealStatus, str]]
) -> None:
    trade = make_trade(make_account)
    deal = propose(trade)
    do(services.agree_deal, trade.seller, deal)
    do(verification.return_deal, trade.official, deal, "过磅单看不清，请重拍")
    do(revisions.revise_deal, trade.seller, deal, terms(quantity=90))
    do(revisions.decline_revision, trade.buyer, deal)
    do(revisions.revise_deal, trade.seller, deal, terms(quantity=95))
    do(revisions.agree_revision, trade.buyer, deal)
    do(verification.verify_deal, trade.official, deal, LOOKED)
    seller, buyer, county = trade.seller.name, trade.buyer.name, trade.official.name
    assert heard == [
        (DealStatus.PROPOSED, buyer),
        (DealStatus.AGREED, seller),
        (DealStatus.RETURNED, county),
        (DealStatus.RETURNED, seller),
        (DealStatus.RETURNED, buyer),
        (DealStatus.RETURNED, seller),
        (DealStatus.AGREED, buyer),
        (DealStatus.VERIFIED, county),
    ]


def test_a_refused_step_is_not_told_and_a_receiver_that_raises_undoes_the_step(
    app: Flask, make_account: Callable[..., Account], heard: list[tuple[DealStatus, str]]
) -> None:
    trade = make_trade(make_account)
    deal = propose(trade)
    refused(Refused, services.agree_deal, trade.buyer, deal)
    assert len(heard) == 1

    def refuse(*_: Any, **__: Any) -> None:
        raise Refused("not now")

    with deal_changed.connected_to(refuse):
        refused(Refused, services.agree_deal, trade.seller, deal)
    db.session.refresh(deal)
    assert deal.status is DealStatus.PROPOSED
