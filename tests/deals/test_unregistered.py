"""Deals with somebody without an account: how they agree, and that the county rings them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.accounts.services import ERASED_NAME, erase_account
from market.database import db, transaction, utcnow
from market.deals import call_backs, revisions, services, unregistered, verification
from market.deals.checks import DealSides, DealTerms, NewParty
from market.deals.flag_rules import FlagCode
from market.deals.flags import blocking_flags, deal_flags
from market.deals.ledger import verify_ledger
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.deals.unregistered_models import CallOutcome, DealCallBack, Evidence
from market.offers.models import Side
from market.offers.photos import StoredPhoto
from market.outgoing.models import OutgoingMessage
from market.permissions import may
from market.products.models import Product
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.limits import TooManyTries
from tests.deals.factories import LOOKED, Trade, do, make_trade, refused, terms

NAME, PHONE = "周老板", "+8613900007766"
SAID = "周老板本人接的，说是一百斤两块三毛五"


@pytest.fixture
def trade(app: Flask, make_account: Callable[..., Account]) -> Trade:
    return make_trade(make_account)


@pytest.fixture
def keep_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are not written to the disk."""
    monkeypatch.setattr("market.deals.services.keep_photo", lambda *_: None)


def paper(letter: str = "a") -> StoredPhoto:
    return StoredPhoto(letter * 64, 3, 2)


def record(trade: Trade, of: DealTerms | None = None, **values: Any) -> Deal:
    """王大伯 writes down that he sold to somebody without an account."""
    other = NewParty(
        values.pop("name", NAME), values.pop("phone", PHONE), values.pop("region", "430102")
    )
    sides = DealSides(trade.seller, other, trade.offer)
    with transaction():
        return unregistered.record_deal(
            trade.seller, sides, of or terms(), uuid.uuid4().hex, **values
        )


def last_code() -> str:
    query = select(OutgoingMessage.text).order_by(OutgoingMessage.id.desc()).limit(1)
    found = re.search(r"\d{6}", db.session.scalars(query).one())
    assert found
    return found[0]


def confirmed(trade: Trade, **values: Any) -> Deal:
    deal = record(trade, **values)
    do(unregistered.confirm_with_code, trade.seller, deal, last_code())
    return deal


def call(trade: Trade, deal: Deal, outcome: CallOutcome = CallOutcome.CONFIRMED) -> None:
    do(call_backs.record_call, trade.official, deal, Side.BUY, outcome, SAID)


def test_a_code_sent_to_their_phone_agrees_and_the_county_rings_before_it_counts(
    trade: Trade,
) -> None:
    deal = record(trade)
    message = db.session.scalars(select(OutgoingMessage)).one()
    assert (message.recipient, message.is_secret) == (PHONE, True)
    assert trade.seller.name in message.text
    assert "235" in message.text
    assert (deal.status, deal.buyer_id, deal.buyer_name) == (DealStatus.PROPOSED, None, NAME)
    do(unregistered.confirm_with_code, trade.seller, deal, last_code())
    assert (deal.status, deal.evidence) == (DealStatus.AGREED, Evidence.CODE)
    assert deal.agreed_by_id is None
    assert trade.offer.remaining == 1_900
    error = refused(Invalid, verification.verify_deal, trade.official, deal, LOOKED)
    assert error.field == "call"
    call(trade, deal)
    do(verification.verify_deal, trade.official, deal, LOOKED)
    assert deal.status is DealStatus.VERIFIED
    assert db.session.scalars(select(LedgerEntry.amount_fen)).all() == [23_500]
    assert verify_ledger() == []


def test_a_signed_paper_agrees_at_once(trade: Trade, keep_nothing: None) -> None:
    deal = record(trade, paper=paper())
    assert (deal.status, deal.evidence) == (DealStatus.AGREED, Evidence.PAPER)
    assert [proof.sha256 for proof in deal.proofs] == ["a" * 64]
    assert db.session.scalars(select(OutgoingMessage)).all() == []


def test_a_paper_can_follow_where_no_code_came(trade: Trade, keep_nothing: None) -> None:
    deal = record(trade)
    assert refused(Invalid, unregistered.confirm_with_paper, trade.seller, deal, None).field == (
        "paper"
    )
    do(unregistered.confirm_with_paper, trade.seller, deal, paper())
    assert deal.evidence is Evidence.PAPER
    refused(InvalidTransition, unregistered.confirm_with_code, trade.seller, deal, "123456")


def test_another_code_an_old_one_and_an_outrun_one_agree_to_nothing(trade: Trade) -> None:
    deal = record(trade)
    first = last_code()
    wrong = f"{(int(first) + 1) % 10**6:06d}"
    refused(Invalid, unregistered.confirm_with_code, trade.seller, deal, wrong)
    refused(Refused, unregistered.confirm_with_code, trade.buyer, deal, first)
    do(unregistered.send_code, trade.seller, deal)
    second = last_code()
    if first != second:
        refused(Invalid, unregistered.confirm_with_code, trade.seller, deal, first)
    with transaction():
        assert deal.unregistered is not None
        deal.unregistered.code_sent_at = utcnow() - unregistered.CODE_VALID - timedelta(seconds=1)
    refused(Invalid, unregistered.confirm_with_code, trade.seller, deal, second)
    assert deal.status is DealStatus.PROPOSED


def test_a_code_cannot_be_guessed_and_a_phone_is_not_flooded(trade: Trade) -> None:
    deal = record(trade)
    code = last_code()
    wrong = [f"{(int(code) + n) % 10**6:06d}" for n in range(1, 6)]
    for each in wrong:
        refused(Invalid, unregistered.confirm_with_code, trade.seller, deal, each)
    refused(TooManyTries, unregistered.confirm_with_code, trade.seller, deal, code)
    for _ in range(4):
        do(unregistered.send_code, trade.seller, deal)
    refused(TooManyTries, unregistered.send_code, trade.seller, deal)
    # Another deal is written down all the same; its code can be sent tomorrow.
    assert record(trade, terms(200)).status is DealStatus.PROPOSED


def test_where_no_text_messages_go_out_a_paper_is_asked_for(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unregistered, "can_send_sms", lambda: False)
    deal = record(trade)
    assert db.session.scalars(select(OutgoingMessage)).all() == []
    refused(Invalid, unregistered.send_code, trade.seller, deal)


def test_a_deal_without_any_offer_names_its_product(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    buyer = trade.buyer
    product = db.session.scalars(select(Product).limit(1)).one()
    seller = NewParty("李四", PHONE, "430726")
    with transaction():
        deal = unregistered.record_deal(
            buyer, DealSides(seller, buyer, product=product), terms(), uuid.uuid4().hex
        )
    assert (deal.seller_id, deal.seller_name, deal.proposed_side) == (None, "李四", Side.BUY)
    assert (deal.product_code, deal.home_region_code) == (product.code, "430726")
    without = DealSides(seller, buyer)
    key = uuid.uuid4().hex
    assert refused(Invalid, unregistered.record_deal, buyer, without, terms(), key).field == (
        "product"
    )


def test_ones_own_number_is_no_other_side(trade: Trade) -> None:
    sides = DealSides(trade.seller, NewParty(NAME, str(trade.seller.phone), "430102"), trade.offer)
    key = uuid.uuid4().hex
    error = refused(Invalid, unregistered.record_deal, trade.seller, sides, terms(), key)
    assert error.field == "phone"


def test_a_price_far_from_the_own_offers_needs_a_reason(trade: Trade) -> None:
    sides = DealSides(trade.seller, NewParty(NAME, PHONE, "430102"), trade.offer)
    far = (trade.seller, sides, terms(100, "0.5"), uuid.uuid4().hex)
    assert refused(Invalid, unregistered.record_deal, *far).field == "amount_reason"


@pytest.mark.parametrize("outcome", [CallOutcome.DENIED, CallOutcome.NOT_REACHED])
def test_only_a_call_that_confirms_lets_the_county_verify(
    trade: Trade, outcome: CallOutcome
) -> None:
    deal = confirmed(trade)
    call(trade, deal)
    call(trade, deal, outcome)
    confirms = outcome is CallOutcome.NOT_REACHED  # who was not reached said nothing new
    if confirms:
        do(verification.verify_deal, trade.official, deal, LOOKED)
    else:
        refused(Invalid, verification.verify_deal, trade.official, deal, LOOKED)
    assert [c.outcome for c in deal.call_backs] == [CallOutcome.CONFIRMED, outcome]


def test_a_call_is_written_down_by_its_county_in_words_and_the_look_at_the_number_with_it(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    deal = confirmed(trade)
    elsewhere = make_account("澧县商务局", role="county_official", region="430723")
    for official, said, error in (
        (elsewhere, SAID, Refused),
        (trade.seller, SAID, Refused),
        (trade.official, "属实", Invalid),
    ):
        confirmed_ = CallOutcome.CONFIRMED
        refused(error, call_backs.record_call, official, deal, Side.BUY, confirmed_, said)
    assert not call_backs.sees_number(trade.official, deal)
    do(call_backs.show_number, trade.official, deal)
    do(call_backs.show_number, trade.official, deal)
    assert call_backs.sees_number(trade.official, deal)
    call(trade, deal)
    (kept,) = db.session.scalars(select(DealCallBack)).all()
    assert (kept.by_id, kept.outcome, kept.call_answer) == (
        trade.official.id,
        CallOutcome.CONFIRMED,
        SAID,
    )


def test_a_deal_that_was_returned_is_rung_about_again(trade: Trade) -> None:
    deal = confirmed(trade)
    call(trade, deal)
    do(verification.return_deal, trade.official, deal, "请补一张过磅单")
    assert deal.called_back_by_id is None
    same = terms(note="补了过磅单")
    assert do(revisions.revise_deal, trade.seller, deal, same) is False
    refused(Invalid, verification.verify_deal, trade.official, deal, LOOKED)


def test_other_figures_of_a_returned_deal_need_another_code(trade: Trade) -> None:
    deal = confirmed(trade)
    do(verification.return_deal, trade.official, deal, "数量和过磅单对不上")
    assert do(revisions.revise_deal, trade.seller, deal, terms(90)) is True
    refused(Refused, revisions.agree_revision, trade.seller, deal)
    do(unregistered.send_code, trade.seller, deal)
    void = last_code()
    do(revisions.revise_deal, trade.seller, deal, terms(80))
    refused(Invalid, unregistered.confirm_with_code, trade.seller, deal, void)
    do(unregistered.send_code, trade.seller, deal)
    do(unregistered.confirm_with_code, trade.seller, deal, last_code())
    assert (deal.status, deal.quantity) == (DealStatus.AGREED, 80)
    assert trade.offer.remaining == 1_920
    assert deal.revisions[-1].answered_by_id is None


def test_it_is_cancelled_and_proposed_again_with_the_same_person(trade: Trade) -> None:
    first = record(trade)
    do(services.cancel_deal, trade.seller, first)
    with transaction():
        second = unregistered.record_deal(
            trade.seller, services.sides_of(first), terms(50), uuid.uuid4().hex, follows=first
        )
    assert second.unregistered is not None
    assert (second.unregistered.name, second.unregistered.phone) == (NAME, PHONE)
    assert second.unregistered_id != first.unregistered_id


def test_their_number_tells_a_deal_that_was_entered_twice(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    first = confirmed(trade)
    second = confirmed(trade, name="周建国")
    third = confirmed(trade, phone="+8613900001111", name="吴老板")
    codes = {flag.code: flag for flag in blocking_flags(second)}
    assert codes[FlagCode.DUPLICATE].others == (first.id,)
    assert FlagCode.DUPLICATE not in {flag.code for flag in blocking_flags(third)}


def test_a_deal_with_their_account_and_one_without_may_be_one(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    other = make_account("周老板的果行", region="430102")
    with transaction():
        other.phone = PHONE
    sides = DealSides(trade.seller, other, trade.offer)
    with transaction():
        plain = services.propose_between(trade.seller, sides, terms(), uuid.uuid4().hex)
    do(services.agree_deal, other, plain)
    deal = confirmed(trade)
    flags = {flag.code: flag for flag in blocking_flags(deal)}
    assert flags[FlagCode.DUPLICATE].others == (plain.id,)
    assert other.name in flags[FlagCode.HAS_ACCOUNT].message
    assert FlagCode.UNREGISTERED in {flag.code for flag in deal_flags([deal])[deal.id]}


def test_many_deals_with_the_same_person_on_one_day_are_seen(trade: Trade) -> None:
    deals = [confirmed(trade, of=terms(100 + 20 * n)) for n in range(5)]
    codes = {flag.code for flag in deal_flags([deals[0]])[deals[0].id]}
    assert FlagCode.MANY_A_DAY in codes


def test_an_account_of_the_same_number_as_the_row_is_no_party(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    deal = record(trade)
    lookalike = db.session.get(Account, deal.unregistered_id)
    assert lookalike is not None
    for permission in ("deal.act", "deal.read"):
        assert may(lookalike, permission, deal) is (lookalike.id == trade.seller.id)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "wrong",
    [
        {"buyer_id": 1},
        {"unregistered_id": None},
        {"seller_id": None},
        {"agreed_by_id": 1},
        {"proposed_side": Side.BUY},
        {"status": DealStatus.VERIFIED},
        {"evidence": None},
    ],
)
def test_the_database_holds_who_is_a_party_and_what_it_stands_on(
    trade: Trade, wrong: dict[str, Any]
) -> None:
    deal = confirmed(trade)
    values = {name: trade.buyer.id if value == 1 else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Deal).where(Deal.id == deal.id).values(values))


def test_a_deal_of_two_accounts_stands_on_nothing_else(trade: Trade) -> None:
    sides = DealSides(trade.seller, trade.buyer, trade.offer)
    with transaction():
        deal = services.propose_between(trade.seller, sides, terms(), uuid.uuid4().hex)
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Deal).where(Deal.id == deal.id).values(evidence=Evidence.CODE))


def test_who_has_no_account_is_erased_by_the_county_and_a_counted_deal_stays(
    trade: Trade,
) -> None:
    counted = confirmed(trade, of=terms(note=f"{NAME} {PHONE[3:]} 自提"))
    do(
        call_backs.record_call,
        trade.official,
        counted,
        Side.BUY,
        CallOutcome.CONFIRMED,
        f"{NAME}说属实不差",
    )
    do(verification.verify_deal, trade.official, counted, LOOKED)
    open_one = confirmed(trade, of=terms(500))
    refused(Refused, unregistered.erase_unregistered, trade.seller, counted)
    do(unregistered.erase_unregistered, trade.official, counted)
    do(unregistered.erase_unregistered, trade.official, open_one)
    refused(InvalidTransition, unregistered.erase_unregistered, trade.official, counted)
    assert (counted.status, open_one.status) == (DealStatus.VERIFIED, DealStatus.CANCELLED)
    for deal in (counted, open_one):
        assert deal.unregistered is not None
        assert (deal.buyer_name, deal.unregistered.phone) == (ERASED_NAME, None)
    assert NAME not in counted.note + counted.call_backs[0].call_answer
    assert PHONE[3:] not in counted.note
    assert verify_ledger() == []
    refused(Refused, services.sides_of, open_one)


def test_who_takes_an_account_later_and_leaves_is_erased_from_what_others_wrote_down(
    trade: Trade, make_account: Callable[..., Account]
) -> None:
    deal = confirmed(trade)
    other = make_account(NAME)
    with transaction():
        other.phone = PHONE
    do(erase_account, other)
    db.session.refresh(deal.unregistered)
    assert deal.buyer_name == ERASED_NAME
