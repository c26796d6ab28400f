"""Flags on real rows, on both databases, with their figures in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import transaction, utcnow
from market.deals.baselines import amount_quartiles, price_bands, quantity_quartiles
from market.deals.flag_rules import FlagCode, Severity, is_far_above, product_season
from market.deals.flags import Flag, deal_flags, offer_flags
from market.deals.models import Deal
from market.deals.verification import return_deal, verify_deal
from market.offers.models import Offer
from market.offers.services import verify_offer
from market.web.errors import Invalid
from market.web.home_time import home_today
from tests.deals.factories import Trade, agree, make_trade, prove, verify
from tests.deals.quartiles import quartiles_of
from tests.offers.factories import PEAR, make_offer
from tests.sql import statements

pytestmark = pytest.mark.postgresql
Maker = Callable[..., Account]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    unpriced = {"price_low": None, "price_high": None}
    return make_trade(make_account, quantity=Decimal(900_000_000), **unpriced)


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> Any:
    """Words need a language."""
    with app.test_request_context(headers={"Cookie": "language=en"}):
        yield


def flags_of(deal: Deal) -> dict[FlagCode, Flag]:
    return {flag.code: flag for flag in deal_flags([deal])[deal.id]}


def offer_flags_of(offer: Offer) -> dict[FlagCode, Flag]:
    return {flag.code: flag for flag in offer_flags([offer])[offer.id]}


def test_two_deals_alike_are_flagged_as_one_entered_twice(trade: Trade) -> None:
    one, two = agree(trade, quantity=1000), agree(trade, quantity=1009)
    other = agree(trade, quantity=1020)
    assert flags_of(one)[FlagCode.DUPLICATE].others == (two.id,)
    assert flags_of(two)[FlagCode.DUPLICATE].others == (one.id,)
    assert not flags_of(other)


def test_one_deal_entered_by_two_stations_is_flagged(make_account: Maker) -> None:
    official = make_account("商务局", role="county_official")
    buyer = make_account("长沙鲜果", region="430111")
    deals = []
    for _ in range(2):
        station, farmer = make_account("站", role="assistant"), make_account("李婶")
        trade = Trade(farmer, buyer, official, make_offer(farmer))
        with transaction():
            farmer.password_hash = None
            farmer.represented_by_id = station.id
        trade.seller = station
        deals.append(agree(trade))
    assert flags_of(deals[0])[FlagCode.DUPLICATE].others == (deals[1].id,)


def test_two_people_of_one_name_are_not_one_deal(make_account: Maker) -> None:
    official = make_account("商务局", role="county_official")
    buyer = make_account("长沙鲜果", region="430111")
    sellers = [make_account("王伟") for _ in range(2)]
    deals = [agree(Trade(one, buyer, official, make_offer(one))) for one in sellers]
    assert not any(map(flags_of, deals))


def test_an_unusual_price_is_flagged_once_enough_prices_are_known(trade: Trade) -> None:
    for price in ("2.00", "2.10", "2.20", "2.30"):
        verify(trade, quantity=2000, unit_price=price)
    dear = agree(trade, quantity=1, unit_price=11_000, unit="ton")
    assert FlagCode.PRICE not in flags_of(dear)
    verify(trade, quantity=2000, unit_price="2.40")
    words = flags_of(dear)[FlagCode.PRICE].message
    assert "2.5 times" in words
    assert "CNY 4,200–4,600/tonne" in words
    assert "5 verified prices" in words
    cheap = agree(trade, quantity=1, unit_price=2000, unit="ton")
    assert "0.45 times" in flags_of(cheap)[FlagCode.PRICE].message
    assert FlagCode.PRICE not in flags_of(agree(trade, quantity=1, unit_price=4900, unit="ton"))


def test_prices_of_another_season_say_nothing(trade: Trade) -> None:
    for price in range(1, 6):
        deal = verify(trade, quantity=2000, unit_price=price)
        with transaction():
            deal.agreed_on -= timedelta(days=2 * 365)  # type: ignore[operator]
    assert FlagCode.PRICE not in flags_of(agree(trade, unit_price=900))


def test_the_database_finds_the_quartiles_that_the_rule_says(trade: Trade) -> None:
    prices = [Decimal(n) for n in range(1, 21)]
    for price in prices:
        verify(trade, quantity=price, unit_price=price)
    season = product_season(home_today())
    band = price_bands([PEAR], [season])[season, PEAR]["mass"]
    assert band == quartiles_of([price * 2 for price in prices])
    quantities = quantity_quartiles([("430726", PEAR)])["430726", PEAR]["mass"]
    assert quantities == quartiles_of([price / 2 for price in prices])
    assert amount_quartiles(["430726"])["430726"] == quartiles_of(
        [price**2 * 100 for price in prices]
    )


def test_a_quantity_and_an_amount_far_above_the_countys_usual_are_flagged(trade: Trade) -> None:
    for quantity in (100, 110, 120, 130, 140):
        verify(trade, quantity=quantity, unit_price=2)
    found = flags_of(agree(trade, quantity=5000, unit_price=2))
    assert set(found) == {FlagCode.QUANTITY, FlagCode.AMOUNT, FlagCode.MANY_A_DAY}
    assert "110–130 jin" in found[FlagCode.QUANTITY].message
    assert "220.00–260.00" in found[FlagCode.AMOUNT].message
    assert "41.7 times" in found[FlagCode.AMOUNT].message
    assert set(flags_of(agree(trade, quantity=1, unit_price=2))) == {FlagCode.MANY_A_DAY}


def test_a_large_amount_of_an_account_made_today_says_to_stop(trade: Trade) -> None:
    with transaction():
        trade.buyer.created_at = utcnow() - timedelta(minutes=20)
    large, small = agree(trade, quantity=300_000, unit_price=10), agree(trade, quantity=10)
    flag = flags_of(large)[FlagCode.NEW_ACCOUNT]
    assert flag.severity is Severity.BLOCKING
    assert "CNY 3.00 million, and the account of 长沙鲜果" in flag.message
    assert FlagCode.NEW_ACCOUNT not in flags_of(small)
    prove(large)
    with pytest.raises(Invalid), transaction():
        verify_deal(trade.official, large, "")
    with transaction():
        trade.buyer.created_at = utcnow() - timedelta(days=30)
    assert FlagCode.NEW_ACCOUNT not in flags_of(large)


def test_many_deals_between_the_same_two_on_one_day_are_looked_at_together(trade: Trade) -> None:
    deals = [agree(trade, quantity=100 * n) for n in range(1, 5)]
    assert FlagCode.MANY_A_DAY not in flags_of(deals[0])
    deals.append(agree(trade, quantity=900))
    flag = flags_of(deals[0])[FlagCode.MANY_A_DAY]
    assert set(flag.others) == {deal.id for deal in deals[1:]}
    assert flag.severity is Severity.WARNING


def test_an_amount_ten_times_the_usual_is_far_above_however_wide_the_spread() -> None:
    usual = quartiles_of([Decimal(n) for n in (1, 5, 100, 2_000, 3_000)])
    assert is_far_above(Decimal(20_001), usual)
    assert not is_far_above(Decimal(20_000), usual)


def test_one_person_on_both_sides_is_flagged(trade: Trade, make_account: Maker) -> None:
    deal = agree(trade)
    assert not flags_of(deal)
    with transaction():
        trade.buyer.name, trade.buyer.region_code = trade.seller.name, trade.seller.region_code
    assert "same name" in flags_of(deal)[FlagCode.ONE_PERSON].message


@pytest.mark.parametrize(("fen", "large"), [(1, False), (999_999_999, False), (10**9, True)])
def test_a_very_large_amount_is_flagged_and_a_fen_is_not(
    trade: Trade, fen: int, large: bool
) -> None:
    deal = agree(trade, quantity=1, unit_price=Decimal(fen) / 100)
    assert set(flags_of(deal)) == ({FlagCode.VERY_LARGE} if large else set())


def test_an_explained_amount_is_shown_with_its_words(trade: Trade) -> None:
    deal = agree(trade, amount_fen=25_000, amount_reason="另计")
    assert {code: flag.message for code, flag in flags_of(deal).items()} == {
        FlagCode.EXPLAINED: "另计"
    }


def test_a_total_far_from_quantity_times_price_says_to_stop(trade: Trade) -> None:
    why = "整批带冷库和三辆冷藏车一起转让"
    deal = agree(trade, amount_fen=40_000, amount_reason=why)
    assert flags_of(deal)[FlagCode.FAR_APART].severity is Severity.BLOCKING
    assert "400.00" in flags_of(deal)[FlagCode.FAR_APART].message


def test_a_price_far_from_the_offers_says_to_stop(make_account: Maker) -> None:
    trade = make_trade(make_account)
    why = "霜冻伤果，双方说好按次果价收购"
    deal = agree(trade, unit_price="0.5", amount_reason=why)
    assert "CNY 1/kg (0.50 per jin)" in flags_of(deal)[FlagCode.FAR_APART].message


def test_a_verification_taken_back_and_a_day_given_afterwards_are_told(trade: Trade) -> None:
    deal = verify(trade)
    with transaction():
        return_deal(trade.official, deal, "磅单是另一车的")
        deal.agreed_on, deal.day_reason = deal.agreed_on - timedelta(days=3), "会后补录"  # type: ignore[operator]
    found = flags_of(deal)
    assert "磅单是另一车的" in found[FlagCode.UNDONE].message
    assert "会后补录" in found[FlagCode.DATED_BACK].message


def test_offers_posted_more_than_once_are_flagged(trade: Trade, make_account: Maker) -> None:
    say = {"quantity": Decimal(5000), "description": "现摘现发"}
    one, two = make_offer(trade.seller, **say), make_offer(trade.seller, quantity=Decimal(5040))
    neighbour = make_offer(make_account("邻居"), **say)
    other = make_offer(make_account("别人"), quantity=Decimal(5000), description="另一种")
    assert offer_flags_of(one)[FlagCode.NEAR_IDENTICAL].others == (two.id, neighbour.id)
    assert offer_flags_of(neighbour)[FlagCode.NEAR_IDENTICAL].others == (one.id,)
    assert FlagCode.NEAR_IDENTICAL not in offer_flags_of(other)


def test_an_offer_is_flagged_for_price_and_quantity_against_verified_ones(
    trade: Trade, make_account: Maker
) -> None:
    for n in range(5):
        offer = make_offer(make_account(f"农户{n}"), quantity=Decimal(1000 + n * 100))
        with transaction():
            verify_offer(trade.official, offer)
    found = offer_flags_of(
        make_offer(trade.seller, quantity=Decimal(50_000), price_low=Decimal("0.2"))
    )
    assert set(found) == {FlagCode.PRICE, FlagCode.QUANTITY}
    assert "1,100–1,300 jin" in found[FlagCode.QUANTITY].message


def test_flags_take_as_many_statements_for_many_as_for_one(
    trade: Trade, make_account: Maker
) -> None:
    deals = [agree(trade, quantity=n + 1) for n in range(6)]
    offers = [make_offer(trade.seller, quantity=Decimal(n + 5)) for n in range(6)]
    assert all(thing.product_code for thing in (*deals, *offers)), "loads what was expired"
    for find, things, most in ((deal_flags, deals, 7), (offer_flags, offers, 3)):
        for some in (things[:1], things):
            with statements() as sent:
                find(some)  # type: ignore[operator]
            assert len(sent) == most
