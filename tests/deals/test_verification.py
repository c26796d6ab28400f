"""Two officials, proof and a written reason where a deal is large or something says to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account, Grant, Role
from market.database import db
from market.deals import ledger
from market.deals.flags import blocking_flags
from market.deals.models import Deal, DealEvent, DealProof, DealStatus, LedgerEntry
from market.deals.services import cancel_deal, dispute_deal
from market.deals.verification import return_deal, verify_deal
from market.regions.models import Region
from market.web.errors import ConcurrentDecision, Invalid, Refused
from tests.deals.factories import Trade, agree, do, make_trade, prove, refused
from tests.sql import statements

pytestmark = pytest.mark.postgresql
Maker = Callable[..., Account]
LOOKED = "看过合同原件和磅单，电话问过双方"
PRICE = 11_000  # of 100 jin: 1.1 million yuan


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account, quantity=10_000, price_low=None, price_high=None)


@pytest.fixture
def prefecture(make_account: Maker) -> Account:
    return make_account("常德市商务局", role="prefecture_official", scope="430700")


def entries() -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)))


def large(trade: Trade) -> Deal:
    return prove(agree(trade, unit_price=PRICE))


def test_a_large_deal_is_counted_once_the_prefecture_has_verified_it_too(
    trade: Trade, prefecture: Account
) -> None:
    deal = large(trade)
    do(verify_deal, trade.official, deal)
    assert (deal.status, deal.county_verified_by_id) == (DealStatus.AGREED, trade.official.id)
    assert entries() == []
    do(verify_deal, prefecture, deal)
    assert (deal.status, deal.verified_by_id) == (DealStatus.VERIFIED, prefecture.id)
    assert [(e.deals, e.by_id) for e in entries()] == [(1, prefecture.id)]
    assert ledger.verify_ledger() == []


@pytest.mark.parametrize(("price", "both"), [(10_000, False), ("10000.01", True)])
def test_the_threshold_itself_needs_one_official_and_a_yuan_more_needs_two(
    trade: Trade, price: Any, both: bool
) -> None:
    deal = prove(agree(trade, unit_price=price))
    do(verify_deal, trade.official, deal)
    assert deal.status is (DealStatus.AGREED if both else DealStatus.VERIFIED)


def test_the_threshold_is_a_setting(app: Any, trade: Trade) -> None:
    app.config["SECOND_OFFICIAL_ABOVE_FEN"] = 10_000
    deal = prove(agree(trade))
    do(verify_deal, trade.official, deal)
    assert deal.status is DealStatus.AGREED


def test_a_large_deal_without_a_proof_is_not_verified(trade: Trade) -> None:
    deal = agree(trade, unit_price=PRICE)
    assert refused(Invalid, verify_deal, trade.official, deal, LOOKED).field == "proof"
    assert deal.county_verified_by_id is None


def test_the_second_official_is_another_person_of_the_prefecture(
    trade: Trade, prefecture: Account, make_account: Maker
) -> None:
    deal = large(trade)
    refused(Refused, verify_deal, prefecture, deal)
    do(verify_deal, trade.official, deal)
    colleague = make_account("石门另一位", role="county_official")
    elsewhere = make_account("长沙市", role="prefecture_official", scope="430100")
    province = make_account("湖南省", role="province_official", scope="430000")
    error = refused(ConcurrentDecision, verify_deal, trade.official, deal)
    assert trade.official.name in str(error.message)
    refused(ConcurrentDecision, verify_deal, colleague, deal)
    refused(Refused, verify_deal, elsewhere, deal)
    refused(Refused, verify_deal, province, deal)
    assert entries() == []


def test_one_person_with_both_roles_is_not_two(trade: Trade, make_account: Maker) -> None:
    deal = large(trade)
    over = db.session.get_one(Region, "430700")
    both = Grant(account_id=trade.official.id, role=Role.PREFECTURE_OFFICIAL, region=over)
    do(db.session.add, both)
    db.session.refresh(trade.official)
    do(verify_deal, trade.official, deal)
    refused(Refused, verify_deal, trade.official, deal)
    assert entries() == []


def test_the_prefecture_can_return_it_and_both_begin_anew(
    trade: Trade, prefecture: Account
) -> None:
    deal = large(trade)
    do(verify_deal, trade.official, deal)
    do(return_deal, prefecture, deal, "合同缺买方印章")
    assert (deal.status, deal.county_verified_by_id) == (DealStatus.RETURNED, None)
    assert entries() == []


@pytest.mark.parametrize("step", [cancel_deal, dispute_deal])
def test_what_the_county_verified_ends_when_the_parties_take_it_back(
    trade: Trade, step: Callable[..., Any]
) -> None:
    deal = large(trade)
    do(verify_deal, trade.official, deal)
    do(step, trade.buyer, deal, "货没有到")
    assert deal.county_verified_by_id is None


def test_a_verified_large_deal_is_taken_back_by_the_county_and_reversed(
    trade: Trade, prefecture: Account
) -> None:
    deal = large(trade)
    do(verify_deal, trade.official, deal)
    do(verify_deal, prefecture, deal)
    do(return_deal, trade.official, deal, "磅单是另一车的")
    assert [e.deals for e in entries()] == [1, -1]
    assert ledger.verify_ledger() == []


def test_a_flag_that_stops_needs_a_written_reason_which_is_kept_with_it(trade: Trade) -> None:
    one, two = agree(trade, quantity=1000), agree(trade, quantity=1001)
    for token in ("", "test", "同意", "11111"):
        assert refused(Invalid, verify_deal, trade.official, one, token).field == "reason"
    do(verify_deal, trade.official, one, LOOKED)
    event = db.session.scalars(select(DealEvent).order_by(DealEvent.id.desc())).first()
    assert event is not None
    assert (event.status, event.reason, event.flags) == (DealStatus.VERIFIED, LOOKED, "duplicate")
    assert two.status is DealStatus.AGREED
    assert entries()[0].reason == "", "words about people stay out of what can't be erased"


def test_ninety_nine_yi_with_the_reason_test_is_not_verified(
    trade: Trade, prefecture: Account
) -> None:
    """9,900 million yuan: a reason, a proof and two officials before the ledger counts it."""
    deal = agree(trade, quantity=9000, unit_price=1_100_000)
    assert deal.amount_fen == 990_000_000_000
    refused(Invalid, verify_deal, trade.official, deal, LOOKED)
    prove(deal)
    refused(Invalid, verify_deal, trade.official, deal, "test")
    do(verify_deal, trade.official, deal, LOOKED)
    refused(Invalid, verify_deal, prefecture, deal, "test")
    do(verify_deal, prefecture, deal, LOOKED)
    assert [e.amount_fen for e in entries()] == [990_000_000_000]


def test_the_flags_that_stop_are_found_in_few_statements(trade: Trade) -> None:
    deal = agree(trade)
    assert deal.id, "loads what was expired"
    with statements() as sent:
        blocking_flags(deal)
    assert len(sent) <= 3


def test_the_database_refuses_one_official_twice(trade: Trade) -> None:
    deal = large(trade)
    do(verify_deal, trade.official, deal)
    with pytest.raises(IntegrityError):
        do(setattr, deal, "verified_by_id", trade.official.id)
    assert db.session.scalars(select(DealProof)).all()
