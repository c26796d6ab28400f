"""The level above looks again at some verified deals, drawn so that anybody can repeat it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.database import db, transaction, utcnow
from market.deals.ledger import verify_ledger
from market.deals.models import Deal
from market.deals.verification import return_deal
from market.sampling.drawing import draw_day, draw_missing
from market.sampling.models import DealSample, SampleDraw, SampleReason, SampleState
from market.sampling.rules import choose_sample
from market.sampling.services import answer_sample, check_sample
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from tests.deals.factories import Trade, do, make_trade, refused, verify
from tests.sql import statements

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
DOUBT = "买方说只收到一半，请核对磅单"
ANSWER = "已经核对磅单，余下一半第二天提走"
AMOUNTS = st.dictionaries(st.integers(1, 10**9), st.integers(1, 10**12), max_size=80)


@pytest.fixture
def trade(make_account: Make) -> Trade:
    return make_trade(make_account, quantity=Decimal(200_000))


@pytest.fixture
def prefecture(make_account: Make) -> Account:
    return make_account("常德市商务局", role="prefecture_official", scope="430700")


@pytest.fixture
def sample(trade: Trade) -> DealSample:
    """The one deal of today, drawn."""
    verify(trade)
    return drawn_today()[0]


def drawn_today() -> list[DealSample]:
    """What is drawn of today, as if it were over."""
    do(draw_day, home_today(), utcnow())
    return list(db.session.scalars(select(DealSample).order_by(DealSample.id)))


@given(AMOUNTS, st.integers(1, 10**12), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_all_large_deals_and_one_in_twenty_of_the_others_are_drawn_the_same_each_time(
    amounts: dict[int, int], above: int, seed: str
) -> None:
    chosen = choose_sample(seed, amounts, above)
    large = {id_ for id_, fen in amounts.items() if fen > above}
    assert {id_ for id_, why in chosen.items() if why is SampleReason.LARGE} == large
    others = len(amounts) - len(large)
    assert len(chosen) - len(large) == -(-others // 20)
    again = dict(reversed(amounts.items()))
    assert choose_sample(seed, again, above) == chosen


def test_another_hash_draws_other_deals() -> None:
    amounts = dict.fromkeys(range(1, 101), 1)
    found = {tuple(choose_sample(f"{n:064x}", amounts, 10)) for n in range(20)}
    assert len(found) > 15
    assert len(set().union(*found)) > 40


@pytest.mark.postgresql
def test_a_day_is_drawn_once_from_the_ledgers_hash_and_never_again(trade: Trade) -> None:
    for n in range(3):
        verify(trade, quantity=100 + n)
    found = drawn_today()
    assert len(found) == 1
    draw = db.session.scalars(select(SampleDraw)).one()
    assert (draw.region_code, draw.population, draw.ledger_id) == ("430700", 3, 3)
    verify(trade, quantity=500)
    assert [one.id for one in drawn_today()] == [found[0].id]
    assert db.session.scalars(select(SampleDraw)).one().population == 3


def test_a_deal_above_the_threshold_is_always_drawn(trade: Trade, app: Any) -> None:
    app.config["SECOND_OFFICIAL_ABOVE_FEN"] = 30_000
    small = [verify(trade, quantity=100 + n) for n in range(2)]
    app.config["SECOND_OFFICIAL_ABOVE_FEN"] = small[0].amount_fen
    reasons = {one.deal_id: one.reason for one in drawn_today()}
    assert reasons[small[1].id] is SampleReason.LARGE
    assert reasons[small[0].id] is SampleReason.RANDOM


def test_what_was_taken_back_the_same_day_is_not_drawn(trade: Trade) -> None:
    do(return_deal, trade.official, verify(trade), "数量写错了，请改")
    assert drawn_today() == []


def test_the_night_draws_the_days_that_were_missed_and_today_only_tomorrow(trade: Trade) -> None:
    verify(trade)
    now = utcnow()
    assert do(draw_missing, now) == 0
    assert do(draw_missing, now + timedelta(days=1)) == 1
    assert do(draw_missing, now + timedelta(days=1)) == 0
    assert do(draw_missing, now + timedelta(days=4)) == 0


def test_ledger_verify_finds_a_draw_that_was_tampered_with(trade: Trade) -> None:
    deals = [verify(trade, quantity=100 + n) for n in range(3)]
    (sample,) = drawn_today()
    assert verify_ledger() == []
    other = next(deal for deal in deals if deal.id != sample.deal_id)
    with transaction():
        db.session.execute(update(DealSample).values(deal_id=other.id))
    assert "is not what follows from its hash" in str(verify_ledger()[0])
    with transaction():
        db.session.execute(update(SampleDraw).values(seed_hash="0" * 64))
    assert "does not carry the hash" in str(verify_ledger()[0])


@pytest.mark.postgresql
def test_a_doubt_goes_to_the_county_and_its_answer_back(
    sample: DealSample, trade: Trade, prefecture: Account
) -> None:
    refused(Invalid, check_sample, prefecture, sample, SampleState.DOUBTFUL, "有疑")
    do(check_sample, prefecture, sample, SampleState.DOUBTFUL, DOUBT)
    refused(InvalidTransition, check_sample, prefecture, sample, SampleState.GENUINE, "")
    refused(Refused, answer_sample, prefecture, sample, ANSWER)
    refused(Invalid, answer_sample, trade.official, sample, "属实")
    do(answer_sample, trade.official, sample, ANSWER)
    do(check_sample, prefecture, sample, SampleState.GENUINE, "")
    assert [event.state for event in sample.events] == [
        *(SampleState.DOUBTFUL, SampleState.ANSWERED, SampleState.GENUINE),
    ]
    refused(InvalidTransition, answer_sample, trade.official, sample, ANSWER)


def test_a_verification_taken_back_ends_the_doubt(
    sample: DealSample, trade: Trade, prefecture: Account
) -> None:
    do(check_sample, prefecture, sample, SampleState.DOUBTFUL, DOUBT)
    do(return_deal, trade.official, db.session.get_one(Deal, sample.deal_id), "买方只收到一半")
    assert sample.state is SampleState.WITHDRAWN
    assert verify_ledger() == []


def test_who_verified_a_deal_or_belongs_elsewhere_does_not_look_at_it_again(
    sample: DealSample, trade: Trade, prefecture: Account, make_account: Make
) -> None:
    elsewhere = make_account("岳阳市", role="prefecture_official", scope="430600")
    for official in (elsewhere, trade.official):
        refused(Refused, check_sample, official, sample, SampleState.GENUINE, "")
    with transaction():
        db.session.get_one(Deal, sample.deal_id).verified_by_id = prefecture.id
    refused(Refused, check_sample, prefecture, sample, SampleState.GENUINE, "")


def test_the_pages_lead_from_the_list_to_the_outcome_and_back(
    sample: DealSample, trade: Trade, prefecture: Account, log_in: LogIn
) -> None:
    city, county = log_in(prefecture), log_in(trade.official)
    page = f"/desk/sampling/{sample.id}"
    for client in (city, county):
        client.set_cookie("language", "en")
    assert page in city.get("/desk/sampling").text
    assert "/desk/sampling" in city.get("/desk").text
    assert page not in county.get("/desk/sampling").text
    missing = city.send(f"{page}/outcome", {"outcome": "doubtful", "note": ""}, page=page)
    assert "Write what is doubtful" in missing.text
    city.send(f"{page}/outcome", {"outcome": "doubtful", "note": DOUBT}, page=page)
    assert "Answer 1 doubt" in county.get("/desk").text
    assert DOUBT in county.get(page).text
    county.send(f"{page}/answer", {"note": ANSWER}, page=page)
    assert ANSWER in city.get(page).text
    city.send(f"{page}/outcome", {"outcome": "genuine", "note": ""}, page=page)
    assert page in city.get("/desk/sampling?list=genuine").text
    written = str(export_account(prefecture))
    assert DOUBT in written


def test_the_list_takes_a_fixed_number_of_statements(
    trade: Trade, prefecture: Account, log_in: LogIn
) -> None:
    client, counts = log_in(prefecture), []
    client.get("/desk/sampling")
    for n in range(3):
        verify(trade, quantity=100 + n)
        do(draw_day, home_today(), utcnow())
        with transaction():  # as if each were of a day of its own
            for draw in db.session.scalars(select(SampleDraw)):
                draw.day -= timedelta(days=1)
        with statements() as found:
            assert client.get("/desk/sampling").status_code == 200
        counts.append(len(found))
    assert counts[1] == counts[2] <= 10, found
