"""Terms that two sides came to: from a quotation, in answer to other terms, and once more."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import services
from market.deals.checks import DealSides, DealTerms
from market.deals.models import Deal, DealStatus
from market.offers.models import PriceBasis, Side
from market.web.errors import Invalid, InvalidTransition, Refused, Repeated
from tests.deals.factories import Trade, agree, do, make_trade, propose, refused, terms
from tests.offers.factories import make_offer


@pytest.fixture
def trade(app: Flask, make_account: Callable[..., Account]) -> Trade:
    return make_trade(make_account)


def between(actor: Account, sides: DealSides, of: DealTerms, **more: Any) -> Deal:
    with transaction():
        return services.propose_between(actor, sides, of, uuid.uuid4().hex, **more)


def test_the_owner_of_an_offer_proposes_to_who_asked_about_it(trade: Trade) -> None:
    sides = DealSides(trade.seller, trade.buyer, sale=trade.offer)
    of = terms("0.2", 4700, "ton", price_unit="ton", basis=PriceBasis.DELIVERED)
    deal = between(trade.seller, sides, of)
    assert (deal.proposed_side, deal.basis) == (Side.SELL, PriceBasis.DELIVERED)
    assert (deal.seller_id, deal.buyer_id) == (trade.seller.id, trade.buyer.id)
    assert (deal.amount_fen, deal.seller_offer_id) == (94_000, trade.offer.id)
    refused(Refused, services.agree_deal, trade.seller, deal)
    do(services.agree_deal, trade.buyer, deal)
    assert trade.offer.remaining == Decimal(1_600)


def test_parts_are_taken_from_several_sellers_in_one_transaction(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    wanted = make_offer(trade.buyer, side=Side.BUY, quantity=Decimal(900))
    second = make_account("李三")
    with transaction():
        parts = [
            services.propose_between(
                trade.buyer,
                DealSides(seller, trade.buyer, sale, wanted),
                terms(quantity),
                uuid.uuid4().hex,
            )
            for seller, sale, quantity in ((trade.seller, trade.offer, 600), (second, None, 300))
        ]
    do(services.agree_deal, trade.seller, parts[0])
    do(services.agree_deal, second, parts[1])
    assert wanted.remaining == 0
    assert wanted.status == "closed"
    assert {deal.buyer_offer_id for deal in parts} == {wanted.id}


def test_nobody_proposes_for_two_others_or_with_an_offer_of_a_third(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    third = make_account("李三")
    sides = DealSides(trade.seller, trade.buyer, sale=trade.offer)
    key = uuid.uuid4().hex
    refused(Refused, services.propose_between, third, sides, terms(), key)
    others = DealSides(third, trade.buyer, sale=trade.offer)
    refused(Refused, services.propose_between, trade.buyer, others, terms(), key)
    wrong_side = DealSides(trade.buyer, trade.seller, purchase=trade.offer)
    refused(Refused, services.propose_between, trade.buyer, wrong_side, terms(), key)


def test_other_terms_answer_a_proposal_and_wait_for_who_made_it(trade: Trade) -> None:
    first = propose(trade, quantity=1000)
    second = between(trade.seller, services.sides_of(first), terms(800, "2.4"), follows=first)
    assert (first.status, second.status) == (DealStatus.REPLACED, DealStatus.PROPOSED)
    assert (second.follows, first.followed_by) == (first, second)
    assert first.events[-1].by_id == trade.seller.id
    refused(Refused, services.agree_deal, trade.seller, second)
    refused(InvalidTransition, services.agree_deal, trade.seller, first)
    do(services.agree_deal, trade.buyer, second)
    assert trade.offer.remaining == Decimal(1_200)


def test_who_proposed_answers_nothing_and_a_refused_answer_leaves_the_proposal(
    trade: Trade,
) -> None:
    first = propose(trade)
    sides, key = services.sides_of(first), uuid.uuid4().hex
    for actor, of, error in (
        (trade.buyer, terms(), Refused),
        (trade.seller, terms(10**7), Invalid),
    ):
        with pytest.raises(error), transaction():
            services.propose_between(actor, sides, of, key, follows=first)
        db.session.refresh(first)
        assert first.status is DealStatus.PROPOSED


@pytest.mark.parametrize("again_by", ["buyer", "seller"])
def test_a_declined_deal_is_proposed_again_once_by_either_side(trade: Trade, again_by: str) -> None:
    first = propose(trade, quantity=1000)
    do(services.decline_deal, trade.seller, first, "太少")
    actor = getattr(trade, again_by)
    second = between(actor, services.sides_of(first), terms(1500), follows=first)
    assert second.follows_id == first.id
    assert first.status is DealStatus.DECLINED
    with pytest.raises(Refused) as caught, transaction():
        services.propose_between(
            actor, services.sides_of(first), terms(), uuid.uuid4().hex, follows=first
        )
    assert str(second.id) in str(caught.value.message)


def test_a_standing_deal_is_not_proposed_again(trade: Trade) -> None:
    first = agree(trade)
    with pytest.raises(InvalidTransition), transaction():
        services.propose_between(
            trade.buyer, services.sides_of(first), terms(), uuid.uuid4().hex, follows=first
        )


def test_other_terms_sent_twice_are_one_proposal(trade: Trade) -> None:
    first, key = propose(trade), uuid.uuid4().hex
    sides = services.sides_of(first)
    with transaction():
        made = services.propose_between(trade.seller, sides, terms(50), key, follows=first)
    with pytest.raises(Repeated) as caught, transaction():
        services.propose_between(trade.seller, sides, terms(50), key, follows=first)
    assert caught.value.existing.id == made.id
