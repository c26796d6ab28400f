"""A returned deal is mended by both of its parties, and keeps its number and its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.today import waiting_for
from market.database import db, transaction
from market.deals import revisions, services, verification
from market.deals.checks import DealTerms
from market.deals.models import Channel, Deal, DealRevision, DealStatus, RevisionAnswer
from market.deals.queries import DealTab, count_by_tab
from market.fairs.models import FairStatus
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from tests.deals.factories import Trade, agree, do, make_trade, refused, terms
from tests.fairs.factories import make_fair

pytestmark = pytest.mark.postgresql
Maker = Callable[..., Account]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


@pytest.fixture
def deal(trade: Trade) -> Deal:
    """100 jin at 2.35, returned by the county."""
    deal = agree(trade)
    do(verification.return_deal, trade.official, deal, "数量与磅单不符")
    return deal


def other(**values: Any) -> DealTerms:
    return terms(**{"quantity": 120, **values})


def test_other_figures_wait_for_the_other_side_and_change_nothing_yet(
    trade: Trade, deal: Deal
) -> None:
    number = deal.id
    assert do(revisions.revise_deal, trade.seller, deal, other()) is True
    assert (deal.status, deal.quantity, trade.offer.remaining) == (DealStatus.RETURNED, 100, 1900)
    refused(Refused, revisions.agree_revision, trade.seller, deal)
    do(revisions.agree_revision, trade.buyer, deal)
    assert (deal.id, deal.status) == (number, DealStatus.AGREED)
    assert (deal.quantity, deal.amount_fen, trade.offer.remaining) == (120, 28_200, 1880)
    revision = db.session.scalars(select(DealRevision)).one()
    assert (revision.before_quantity, revision.before_amount_fen) == (100, 23_500)
    assert [event.status for event in deal.events] == [
        *(DealStatus.PROPOSED, DealStatus.AGREED, DealStatus.RETURNED, DealStatus.AGREED)
    ]


def test_a_note_alone_goes_straight_to_the_county(trade: Trade, deal: Deal) -> None:
    assert do(revisions.revise_deal, trade.buyer, deal, terms(note="已补磅单")) is False
    assert (deal.status, deal.note) == (DealStatus.AGREED, "已补磅单")
    assert deal.revisions == []


def test_a_declined_revision_leaves_the_deal_as_both_agreed_it(trade: Trade, deal: Deal) -> None:
    do(revisions.revise_deal, trade.seller, deal, other())
    do(revisions.decline_revision, trade.buyer, deal)
    assert (deal.status, deal.quantity) == (DealStatus.RETURNED, 100)
    assert deal.revisions[0].answer is RevisionAnswer.DECLINED
    do(revisions.revise_deal, trade.buyer, deal, other(quantity=110))
    do(revisions.agree_revision, trade.seller, deal)
    assert (deal.quantity, len(deal.revisions)) == (110, 2)


def test_ones_own_revision_is_replaced_and_the_others_is_answered_first(
    trade: Trade, deal: Deal
) -> None:
    do(revisions.revise_deal, trade.seller, deal, other())
    refused(Refused, revisions.revise_deal, trade.buyer, deal, other(quantity=130))
    do(revisions.revise_deal, trade.seller, deal, other(quantity=130))
    assert [r.quantity for r in deal.revisions] == [130]


def test_a_stranger_mends_nothing_and_only_what_is_returned_is_mended(
    trade: Trade, deal: Deal, make_account: Maker
) -> None:
    refused(Refused, revisions.revise_deal, make_account("路人"), deal, other())
    refused(Refused, revisions.revise_deal, trade.official, deal, other())
    refused(InvalidTransition, revisions.revise_deal, trade.seller, agree(trade), other())


def test_more_than_is_left_is_refused_beside_what_the_deal_has_already(
    trade: Trade, deal: Deal
) -> None:
    assert (
        refused(Invalid, revisions.revise_deal, trade.seller, deal, other(quantity=2001)).field
        == "quantity"
    )
    do(revisions.revise_deal, trade.seller, deal, other(quantity=2000))
    do(revisions.agree_revision, trade.buyer, deal)
    assert trade.offer.remaining == 0


def test_the_same_rules_hold_for_mended_figures(trade: Trade, deal: Deal) -> None:
    for values, field in (
        ({"unit_price": "2.35", "quantity": 1, "unit": "ton", "price_unit": "ton"}, "unit_price"),
        ({"amount_fen": 10, "amount_reason": "test"}, "amount"),
        ({"amount_fen": 60_000, "amount_reason": "test"}, "amount_reason"),
        ({"unit": "box"}, "unit"),
    ):
        error = refused(Invalid, revisions.revise_deal, trade.seller, deal, other(**values))
        assert error.field == field


def waiting_deals(account: Account) -> int:
    return waiting_for(account.id).get("deals", (0, None))[0]


def test_who_is_asked_sees_that_it_waits(trade: Trade, deal: Deal) -> None:
    assert waiting_deals(trade.seller) == waiting_deals(trade.buyer) == 1
    do(revisions.revise_deal, trade.seller, deal, other())
    assert waiting_deals(trade.seller) == 0
    assert waiting_deals(trade.buyer) == 1
    assert count_by_tab([trade.seller.id])[DealTab.WAITING] == 0


def test_an_official_who_once_mended_it_does_not_verify(trade: Trade, deal: Deal) -> None:
    do(revisions.revise_deal, trade.seller, deal, other())
    do(revisions.agree_revision, trade.buyer, deal)
    with transaction():
        deal.revisions[0].by_id = trade.official.id
    refused(Refused, verification.verify_deal, trade.official, deal)


@pytest.mark.parametrize(
    ("status", "channel"),
    [
        (FairStatus.OPEN, Channel.FAIR),
        (FairStatus.CLOSED, Channel.FAIR),
        (FairStatus.CERTIFIED, Channel.DAILY),
    ],
)
def test_a_day_given_afterwards_counts_in_the_fair_of_that_day_until_it_is_certified(
    trade: Trade, status: FairStatus, channel: Channel
) -> None:
    day = home_today() - timedelta(days=20)
    fair = make_fair(starts_on=day - timedelta(days=1), ends_on=day + timedelta(days=1))
    do(setattr, fair, "status", status)
    deal = agree(trade, agreed_on=day, day_reason="会后才补录")
    assert (deal.agreed_on, deal.day_reason) == (day, "会后才补录")
    assert (deal.channel, deal.fair_id) == (channel, fair.id if channel is Channel.FAIR else None)


@pytest.mark.parametrize(
    ("days", "reason", "field"),
    [(31, "补录", "agreed_on"), (-1, "补录", "agreed_on"), (1, "", "day_reason"), (30, "补录", "")],
)
def test_a_deal_is_dated_at_most_thirty_days_back_with_a_reason(
    trade: Trade, days: int, reason: str, field: str
) -> None:
    day = home_today() - timedelta(days=days)
    said = terms(agreed_on=day, day_reason=reason)
    arguments = (services.propose_deal, trade.buyer, trade.offer, trade.buyer, said, "a" * 32)
    if field:
        assert refused(Invalid, *arguments).field == field
    else:
        assert do(*arguments).dated_on == day


def test_today_needs_no_reason(trade: Trade) -> None:
    assert agree(trade, agreed_on=home_today()).dated_on is None


def test_the_day_is_mended_too_and_moves_the_deal_to_its_fair(trade: Trade, deal: Deal) -> None:
    day = home_today() - timedelta(days=5)
    fair = make_fair(starts_on=day, ends_on=day)
    do(setattr, fair, "status", FairStatus.CLOSED)
    said = terms(agreed_on=day, day_reason="合同是那天签的")
    assert do(revisions.revise_deal, trade.buyer, deal, said) is True
    do(revisions.agree_revision, trade.seller, deal)
    assert (deal.agreed_on, deal.fair_id) == (day, fair.id)
    do(verification.verify_deal, trade.official, deal)
    assert deal.status is DealStatus.VERIFIED


def test_converting_the_unit_converts_the_price() -> None:
    said = DealTerms(Decimal(50), "ton", Decimal("2.2"), price_unit="jin")
    assert said.stored_price == 4400
    assert DealTerms(Decimal(100), "jin", Decimal(4400), price_unit="ton").stored_price == Decimal(
        "2.2"
    )
