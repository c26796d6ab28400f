"""Two sides of an offer enquire, quote, counter, accept and decline in one thread."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from market.accounts import blocks
from market.accounts.models import Account, Consent
from market.accounts.services import erase_account
from market.database import db, transaction
from market.deals.models import Deal, DealStatus
from market.deals.services import agree_deal, decline_deal, propose_between, propose_deal, sides_of
from market.messages import enquiries, reports
from market.messages.enquiries import QuotationTerms, Wish
from market.messages.enquiry_queries import thread_of_deal, threads_of
from market.messages.models import (
    EnquiryMessage,
    EnquiryReport,
    EnquiryThread,
    Quotation,
    QuotationState,
    ReportDecision,
)
from market.messages.next_steps import compare_terms, next_step
from market.messages.purchase_quotations import compare_quotations
from market.messages.signals import enquiry_written
from market.offers import public_questions
from market.offers.models import Offer, PriceBasis, Side
from market.web.errors import Invalid, InvalidTransition, Refused, Repeated
from market.web.home_time import home_today
from market.web.language import in_language
from tests.conftest import Client
from tests.deals.factories import Trade, do, make_trade, refused
from tests.deals.factories import terms as deal_terms
from tests.deals.test_at_once import at_once
from tests.offers.factories import make_offer

pytestmark = pytest.mark.postgresql
Maker = Callable[..., Account]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def key() -> str:
    return uuid.uuid4().hex


def terms(price: Any = "2.2", quantity: Any = 1000, **more: Any) -> QuotationTerms:
    days = more.pop("days", 7)
    return QuotationTerms(
        price=Decimal(price),
        price_unit=more.pop("price_unit", "jin"),
        quantity=Decimal(quantity),
        unit=more.pop("unit", "jin"),
        basis=PriceBasis.EX_FARM,
        valid_until=home_today() + timedelta(days=days),
    )


def ask(trade: Trade, text: str = "最低多少？", **more: Any) -> EnquiryThread:
    party = more.pop("party", trade.buyer)
    with transaction():
        return enquiries.enquire(
            more.pop("actor", trade.buyer),
            party,
            more.pop("offer", trade.offer),
            Wish(Decimal(1000), "jin"),
            text,
            key(),
        )


def quote(by: Account, thread: EnquiryThread, *figures: Any, **more: Any) -> Quotation:
    with transaction():
        return enquiries.quote(by, thread, terms(*figures, **more), "", key())


def accept(by: Account, quotation: Quotation, **more: Any) -> Deal:
    with transaction():
        return enquiries.accept_quotation(by, quotation, key(), **more)


def test_what_one_party_asks_about_an_offer_is_one_thread(trade: Trade) -> None:
    first, second = ask(trade), ask(trade, "还有吗？")
    assert first.id == second.id
    assert [m.text for m in first.messages] == ["最低多少？", "还有吗？"]
    with pytest.raises(IntegrityError), transaction():
        db.session.add(
            EnquiryThread(
                offer_id=trade.offer.id, asker_id=trade.buyer.id, owner_id=trade.seller.id
            )
        )


def test_a_counter_offer_answers_and_replaces_what_stood_open(trade: Trade) -> None:
    thread = ask(trade)
    first = quote(trade.seller, thread, "2.2")
    second = quote(trade.buyer, thread, "2")
    third = quote(trade.buyer, thread, "2.05")
    states = [q.state for q in (first, second, third)]
    assert states == [QuotationState.REPLACED, QuotationState.REPLACED, QuotationState.OPEN]
    assert second.answers is first
    assert third.answers is first
    assert thread.open_quotation is third


def test_the_database_holds_one_open_quotation_in_a_thread(trade: Trade) -> None:
    thread = ask(trade)
    first, _second = quote(trade.seller, thread, "2.2"), quote(trade.buyer, thread, "2")
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(
            update(Quotation).where(Quotation.id == first.id).values(state="open", answered_at=None)
        )


def test_terms_are_compared_in_words_for_each_side(app: Flask, trade: Trade) -> None:
    thread = ask(trade)
    quote(trade.buyer, thread, "1.6")
    counter = quote(trade.seller, thread, "3", price_unit="kg")
    with app.test_request_context(), in_language("en"):
        assert compare_terms(counter, is_asker=True) == (
            "You said CNY 3.20/kg (1.60 per jin), they answer CNY 3/kg (6% less)."
        )
        assert compare_terms(counter, is_asker=False).startswith(
            "They said CNY 3.20/kg (1.60 per jin), you"
        )


def test_accepting_the_sellers_price_proposes_the_deal_to_the_seller(trade: Trade) -> None:
    quotation = quote(trade.seller, ask(trade), "2.2", 1000)
    deal = accept(trade.buyer, quotation)
    assert (deal.seller_id, deal.buyer_id) == (trade.seller.id, trade.buyer.id)
    assert (deal.quantity, deal.unit_price, deal.amount_fen) == (1000, Decimal("2.2"), 220_000)
    assert deal.status is DealStatus.PROPOSED
    assert (quotation.state, quotation.deal) == (QuotationState.ACCEPTED, deal)
    do(agree_deal, trade.seller, deal)


def test_accepting_a_counter_offer_on_ones_own_offer_proposes_it_to_the_asker(
    trade: Trade,
) -> None:
    deal = accept(trade.seller, quote(trade.buyer, ask(trade), "2"))
    assert (deal.seller_id, deal.buyer_id) == (trade.seller.id, trade.buyer.id)
    assert deal.seller_offer_id == trade.offer.id
    refused(Refused, agree_deal, trade.seller, deal)
    do(agree_deal, trade.buyer, deal)


def test_a_price_quoted_for_another_unit_is_the_same_deal(trade: Trade) -> None:
    deal = accept(trade.buyer, quote(trade.seller, ask(trade), "2.2", 1, unit="ton"))
    assert (deal.unit_price, deal.amount_fen) == (4400, 440_000)


def test_a_price_far_from_the_offers_is_accepted_because_both_bargained(trade: Trade) -> None:
    deal = accept(trade.buyer, quote(trade.seller, ask(trade), "1"))
    assert deal.amount_reason != ""


def test_a_deal_that_cannot_be_proposed_leaves_the_quotation_open(trade: Trade) -> None:
    quotation = quote(trade.seller, ask(trade))
    with transaction():
        trade.offer.remaining = Decimal(10)
    refused(Invalid, enquiries.accept_quotation, trade.buyer, quotation, key())
    db.session.expire_all()
    assert quotation.state is QuotationState.OPEN
    assert db.session.scalar(select(func.count(Deal.id))) == 0


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        ({"price": "4400"}, "price"),
        ({"quantity": 10_000_000}, "quantity"),
        ({"unit": "head"}, "unit"),
        ({"days": -1}, "valid_until"),
        ({"days": 91}, "valid_until"),
    ],
)
def test_terms_that_no_deal_could_have_are_refused_at_their_field(
    trade: Trade, figures: dict[str, Any], field: str
) -> None:
    wrong = terms(**figures)
    error = refused(Invalid, enquiries.quote, trade.seller, ask(trade), wrong, "", key())
    assert error.field == field


def test_nobody_accepts_what_they_quoted_or_what_is_answered_or_run_out(trade: Trade) -> None:
    thread = ask(trade)
    quotation = quote(trade.seller, thread)
    refused(Refused, enquiries.accept_quotation, trade.seller, quotation, key())
    do(enquiries.decline_quotation, trade.buyer, quotation, "太贵", key())
    refused(InvalidTransition, enquiries.accept_quotation, trade.buyer, quotation, key())
    late = quote(trade.seller, thread)
    with transaction():
        late.valid_until = home_today() - timedelta(days=1)
    refused(InvalidTransition, enquiries.accept_quotation, trade.buyer, late, key())


def test_a_purchase_takes_part_of_what_is_quoted(trade: Trade) -> None:
    purchase = make_offer(trade.buyer, side=Side.BUY)
    with transaction():
        thread = enquiries.start_quoting(
            trade.seller, trade.seller, purchase, terms("2", 1000), "有货", key()
        )
    (quotation,) = [row.quotation for row in compare_quotations(purchase).rows]
    too_much = Decimal(1001)
    refused(Invalid, enquiries.accept_quotation, trade.buyer, quotation, key(), too_much)
    deal = accept(trade.buyer, quotation, quantity=Decimal(400))
    assert (deal.quantity, deal.seller_id, deal.buyer_offer_id) == (
        400,
        trade.seller.id,
        purchase.id,
    )
    assert thread.asker_id == trade.seller.id


def test_a_form_sent_twice_writes_and_accepts_once(trade: Trade) -> None:
    thread = ask(trade)
    quotation, once = quote(trade.seller, thread), key()
    do(enquiries.accept_quotation, trade.buyer, quotation, once)
    refused(Repeated, enquiries.accept_quotation, trade.buyer, quotation, once)
    do(enquiries.write, trade.buyer, thread, "好", once[::-1])
    refused(Repeated, enquiries.write, trade.buyer, thread, "好", once[::-1])
    assert db.session.scalar(select(func.count(Deal.id))) == 1


def test_nobody_enquires_about_their_own_offer_or_speaks_for_both_sides(
    trade: Trade, make_account: Maker
) -> None:
    own = (trade.seller, trade.seller, trade.offer, Wish(), "？", key())
    refused(Refused, enquiries.enquire, *own)
    assistant = make_account("信息员", role="assistant")
    with transaction():
        for farmer in (trade.seller, trade.buyer):
            db.session.add(Consent(farmer_id=farmer.id, assistant_id=assistant.id, how="书面"))
            farmer.represented_by_id, farmer.password_hash = assistant.id, None
    both = (assistant, trade.buyer, trade.offer, Wish(), "？", key())
    refused(Refused, enquiries.enquire, *both)


def test_a_represented_farmers_threads_are_the_assistants(
    trade: Trade, make_account: Maker
) -> None:
    thread = ask(trade)
    assistant = make_account("信息员", role="assistant")
    refused(Refused, enquiries.write, assistant, thread, "我来回", key())
    with transaction():
        trade.seller.represented_by_id, trade.seller.password_hash = assistant.id, None
    assert [row.thread.id for row in threads_of(assistant, 1)[0]] == [thread.id]
    message = do(enquiries.write, assistant, thread, "我来回", key())
    assert not message.from_asker


@dataclass
class Heard:
    messages: list[str] = field(default_factory=list)

    def __call__(self, sender: Any, **told: Any) -> None:
        self.messages.append(told["message"].kind.value)


def test_each_message_is_counted_as_unread_and_told_to_the_rooms(trade: Trade) -> None:
    heard = Heard()
    with enquiry_written.connected_to(heard):
        thread = ask(trade)
        quotation = quote(trade.seller, thread)
        assert (thread.asker_unread, thread.owner_unread) == (1, 0)
        do(enquiries.mark_read, trade.buyer, thread)
        db.session.expire_all()
        assert thread.asker_unread == 0
        accept(trade.buyer, quotation)
    assert heard.messages == ["words", "words", "accepted"]
    assert thread.owner_unread == 1


def test_nobody_blocked_writes_asks_or_proposes(trade: Trade) -> None:
    thread = ask(trade)
    do(blocks.block, trade.seller, trade.seller, trade.buyer)
    do(blocks.block, trade.seller, trade.seller, trade.buyer)
    refused(Refused, enquiries.write, trade.buyer, thread, "喂", key())
    refused(Refused, enquiries.write, trade.seller, thread, "喂", key())
    for party, offer in ((trade.buyer, trade.offer), (trade.seller, make_offer(trade.buyer))):
        terms = (party, offer, party, deal_terms(), key())
        refused(Refused, propose_deal, *terms)
    purchase = make_offer(trade.seller, "buy", quotation_deadline=home_today())
    refused(Refused, public_questions.ask, trade.buyer, purchase, "骂一句", key())
    do(blocks.unblock, trade.seller, trade.seller, trade.buyer)
    do(propose_deal, trade.buyer, trade.offer, trade.buyer, deal_terms(), key())
    do(enquiries.write, trade.buyer, thread, "喂", key())


def test_who_is_blocked_is_told_on_the_offers_page_before_they_write(
    trade: Trade, log_in: Callable[[Account], Client]
) -> None:
    ask(trade)
    do(blocks.block, trade.seller, trade.seller, trade.buyer)
    browser, page = log_in(trade.buyer), f"/offers/{trade.offer.id}"
    for step in (
        lambda: browser.get(f"{page}/enquire"),
        lambda: browser.get(f"{page}/propose"),
        lambda: browser.send(f"{page}/phone", {}, page),
    ):
        answer = step()
        assert answer.location.partition("#")[0] == page
        assert "对方不" in browser.get(page).text


def test_a_reported_thread_is_decided_by_the_county_and_can_be_closed(trade: Trade) -> None:
    thread = ask(trade)
    refused(Invalid, reports.report_thread, trade.seller, thread, " ")
    report = do(reports.report_thread, trade.seller, thread, "骂人")
    assert do(reports.report_thread, trade.seller, thread, "再说一遍").id == report.id
    assert report.region_code == "430726"
    decide = (report, ReportDecision.CLOSED, "看过，骂人属实")
    refused(Refused, reports.decide_report, trade.buyer, *decide)
    do(reports.decide_report, trade.official, *decide)
    refused(InvalidTransition, reports.decide_report, trade.official, *decide)
    refused(Refused, enquiries.write, trade.buyer, thread, "喂", key())


def test_what_is_next_is_said_with_its_sum(app: Flask, trade: Trade) -> None:
    thread = ask(trade)

    def words(is_asker: bool) -> tuple[str, bool]:
        with app.test_request_context(), in_language("en"):
            step = next_step(thread, is_asker)
            return step.words, step.is_mine

    terms = "1 tonne (2,000 jin) × CNY 4.50/kg (2.25 per jin) = CNY 4,500"
    assert words(False) == ("Please quote: they want 500 kg (1,000 jin).", True)
    assert words(True) == ("The other side answers next.", False)
    quotation = quote(trade.seller, thread, "2.25", 2_000)
    assert words(True)[0].startswith(f"Please answer: {terms}, until ")
    deal = accept(trade.buyer, quotation)
    assert words(False) == (f"They accept. Please confirm the deal: {terms}.", True)
    do(agree_deal, trade.seller, deal)
    assert words(True)[0] == f"It became deal {deal.id}: {terms}."


def test_what_came_of_a_price_is_said_through_all_that_the_deal_went_through(
    app: Flask, trade: Trade
) -> None:
    thread = ask(trade)

    def words(is_asker: bool) -> tuple[str, bool, int | None]:
        with app.test_request_context(), in_language("en"):
            step = next_step(thread, is_asker)
            return step.words, step.is_mine, step.deal_id

    def propose(actor: Account, after: Deal, price: str) -> Deal:
        other = deal_terms(2_000, price)
        with transaction():
            return propose_between(actor, sides_of(after), other, key(), follows=after)

    first = accept(trade.buyer, quote(trade.seller, thread, "2.25", 2_000))
    dearer = "1 tonne (2,000 jin) × CNY 5/kg (2.50 per jin) = CNY 5,000"
    second = propose(trade.seller, first, "2.5")
    asked = f"They propose a deal on other terms. Please confirm it: {dearer}."
    assert words(True) == (asked, True, second.id)
    told = f"The other side confirms the deal that you proposed, {dearer}."
    assert words(False) == (told, False, second.id)
    do(decline_deal, trade.buyer, second, "")
    for is_asker in (True, False):
        over = f"Declined, nothing was agreed: {dearer}."
        assert words(is_asker) == (over, False, None)
    third = propose(trade.buyer, second, "2.4")
    do(agree_deal, trade.seller, third)
    cheaper = "1 tonne (2,000 jin) × CNY 4.80/kg (2.40 per jin) = CNY 4,800"
    for is_asker in (True, False):
        assert words(is_asker) == (f"It became deal {third.id}: {cheaper}.", False, third.id)
    assert [thread_of_deal(deal) for deal in (first, second, third)] == [thread] * 3


def test_an_erased_accounts_messages_and_quotations_are_gone_and_its_deal_stays(
    trade: Trade,
) -> None:
    thread = ask(trade, "我是长沙鲜果")
    first = quote(trade.seller, thread, "2.2")
    deal = accept(trade.buyer, quote(trade.seller, thread, "2.1"))
    quote(trade.buyer, thread, "2")
    do(reports.report_thread, trade.buyer, thread, "价格乱报")
    with transaction():
        erase_account(trade.buyer)
    db.session.expire_all()
    assert {m.from_asker for m in db.session.scalars(select(EnquiryMessage))} == {False}
    left = db.session.scalars(select(Quotation)).all()
    assert {q.from_asker for q in left} == {False}
    assert first in left
    assert db.session.scalars(select(EnquiryReport)).all() == []
    assert db.session.get_one(Deal, deal.id).buyer.name != "长沙鲜果"
    with transaction():
        erase_account(trade.seller)
    assert db.session.scalars(select(EnquiryThread)).all() == []
    assert db.session.get(Deal, deal.id) is not None


def test_an_offer_no_longer_open_takes_no_new_enquiry(trade: Trade) -> None:
    with transaction():
        db.session.execute(update(Offer).where(Offer.id == trade.offer.id).values(status="closed"))
    closed = (trade.buyer, trade.buyer, trade.offer, Wish(), "？", key())
    refused(Invalid, enquiries.enquire, *closed)


def test_fifty_clients_accept_one_quotation_at_once_and_it_becomes_one_deal(
    app: Flask, trade: Trade
) -> None:
    quotation_id, buyer_id = quote(trade.seller, ask(trade)).id, trade.buyer.id

    def step() -> None:
        actor = db.session.get_one(Account, buyer_id)
        enquiries.accept_quotation(actor, db.session.get_one(Quotation, quotation_id), key())

    assert sum(at_once(app, step)) == 1
    assert db.session.scalar(select(func.count(Deal.id))) == 1
