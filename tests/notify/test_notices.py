"""Who is told of what: in the site at once, by message as they chose, each thing once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.privacy.exports import erasers, export_account
from market.database import db, transaction, utcnow
from market.deals.signals import deal_changed
from market.messages.models import Question
from market.messages.services import answer_question, ask_question
from market.notify import digests, services, warnings
from market.notify.labels import format_notice
from market.notify.models import Notice, NoticeKind, NoticeSettings, SearchChange, When
from market.notify.rules import Choice
from market.notify.searches import notice_searches
from market.offers import public_questions
from market.offers.models import Offer, Side
from market.offers.services import renew_offer
from market.outgoing.models import OutgoingMessage, OutgoingState
from market.outgoing.sending import send_waiting
from market.outgoing.services import queue_sms
from market.search.models import SavedSearch
from tests.conftest import Client
from tests.deals.factories import make_trade, propose
from tests.offers.factories import make_offer

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
HOME = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=HOME)
NIGHT = datetime(2026, 12, 1, 23, 0, tzinfo=HOME)
AT_ONCE = {kind: Choice(When.AT_ONCE, When.AT_ONCE) for kind in NoticeKind}
DAILY = {kind: Choice(When.DIGEST, When.DIGEST) for kind in NoticeKind}


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def notices() -> list[Notice]:
    db.session.rollback()
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def messages() -> list[OutgoingMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))


def tell(account: Account, key: str = "a", kind: NoticeKind = NoticeKind.EXPIRING) -> None:
    with transaction():
        services.notify(account.id, kind, key, 1, is_listed=False, product="0101001")


def choose(account: Account, chosen: dict[NoticeKind, Choice], email: str | None = None) -> None:
    with transaction():
        services.choose(account, chosen, 21, 7)
        db.session.get_one(NoticeSettings, account.id).email = email


@pytest.fixture
def person(make_account: Make) -> Account:
    return make_account()


@pytest.mark.postgresql
def test_the_same_thing_is_told_once_on_every_channel(person: Account) -> None:
    choose(person, AT_ONCE, "a@example.cn")
    with time_machine.travel(NOON, tick=False):
        tell(person)
        tell(person)
    assert len(notices()) == 1
    assert sorted(message.channel for message in messages()) == ["email", "sms"]


def test_each_kind_is_told_at_once_in_the_digest_or_not_at_all(person: Account) -> None:
    choose(
        person,
        AT_ONCE
        | {NoticeKind.MATCH: Choice(When.NEVER, When.DIGEST)}
        | {NoticeKind.ANSWER: Choice(When.NEVER, When.NEVER)},
        "a@example.cn",
    )
    for kind in (NoticeKind.MATCH, NoticeKind.ANSWER):
        tell(person, kind.value, kind)
    assert len(notices()) == 2
    assert not messages()
    assert [(n.email_due, n.sms_due) for n in notices()] == [(False, True), (False, False)]


def test_in_quiet_hours_a_message_waits_until_they_are_over(person: Account) -> None:
    choose(person, AT_ONCE)
    with time_machine.travel(NIGHT, tick=False):
        tell(person)
        assert send_waiting() == 0
    with time_machine.travel(NIGHT + timedelta(hours=8), tick=False):
        assert send_waiting() == 1
    (message,) = messages()
    assert message.state is OutgoingState.SENT


def test_what_was_read_meanwhile_is_not_sent_any_more(person: Account) -> None:
    choose(person, AT_ONCE)
    with time_machine.travel(NIGHT, tick=False):
        tell(person)
    with transaction():
        services.mark_all_read(person)
    assert not messages()


@pytest.mark.postgresql
def test_the_digest_tells_once_a_day_of_what_is_not_read(person: Account) -> None:
    choose(person, DAILY, "a@example.cn")
    with time_machine.travel(NOON, tick=False):
        for key in ("a", "b", "c"):
            tell(person, key)
        with transaction():
            services.mark_read(notices()[:1])
            assert digests.send_digests(utcnow()) == 0
    with time_machine.travel(NOON + timedelta(hours=19), tick=False):
        for told in (1, 0):
            with transaction():
                assert digests.send_digests(utcnow()) == told
        tell(person, "d")
        with transaction():
            assert digests.send_digests(utcnow()) == 0
    by_channel = {message.channel.value: message for message in messages()}
    assert by_channel["email"].subject == "2 条新通知"
    assert by_channel["email"].text.count("· ") == 2
    assert by_channel["sms"].text.startswith("2 条新通知。")
    assert len(messages()) == 2


def test_a_saved_search_tells_of_what_others_publish(
    person: Account, make_account: Make, app: Flask
) -> None:
    choose(person, AT_ONCE)
    seller = make_account()
    offers = [make_offer(seller), make_offer(seller), make_offer(person)]
    with transaction():
        db.session.add(SavedSearch(account_id=person.id, place=1, query="side=sell"))
        db.session.add(SavedSearch(account_id=person.id, place=2, query="side=buy"))
        db.session.query(SearchChange).delete()
        db.session.add_all(SearchChange(offer_id=offer.id) for offer in offers)
    with time_machine.travel(NOON, tick=False):
        assert notice_searches() == 3
        assert notice_searches() == 0
    (notice,) = notices()
    assert (notice.kind, notice.facts["count"]) == (NoticeKind.SAVED_SEARCH, 2)
    (message,) = messages()
    assert "2 条新信息" in message.text


def test_publishing_an_offer_is_told_to_saved_searches_by_the_worker(
    person: Account, make_account: Make
) -> None:
    offer = make_offer(make_account())
    with transaction():
        db.session.query(SearchChange).delete()
    tomorrow = utcnow() + timedelta(days=1, hours=1)
    with time_machine.travel(tomorrow, tick=False), transaction():
        renew_offer(offer.owner, offer, 30)
    changes = db.session.scalars(select(SearchChange.offer_id)).all()
    assert changes == [offer.id]


def test_what_comes_before_a_notice_is_read_adds_to_it_and_sends_nothing_again(
    person: Account,
) -> None:
    choose(person, AT_ONCE)
    with time_machine.travel(NOON, tick=False):
        for key in ("a", "b"):
            with transaction():
                services.notify(person.id, NoticeKind.MATCH, key, 7, is_listed=True, product="")
        assert [n.facts["count"] for n in notices()] == [2]
        with transaction():
            services.mark_all_read(person)
            services.notify(person.id, NoticeKind.MATCH, "c", 7, is_listed=True, product="")
    assert [n.facts["count"] for n in notices()] == [2, 1]


def test_both_sides_hear_of_a_deal_but_not_who_took_the_step(make_account: Make) -> None:
    deal = propose(make_trade(make_account))
    told = [n for n in notices() if n.kind is NoticeKind.DEAL]
    assert len(told) == 1
    assert told[0].facts["waits"]
    assert told[0].is_listed
    assert "等您答复" in format_notice(told[0])
    with transaction():
        deal_changed.send(deal=deal, by=make_account(), at=utcnow())
    assert len([n for n in notices() if n.kind is NoticeKind.DEAL]) == 3


def test_an_answer_of_the_county_is_told_and_read_with_the_question(
    person: Account, make_account: Make, log_in: LogIn
) -> None:
    official = make_account(role="county_official")
    with transaction():
        question = ask_question(person, person, "几点开门？", "k" * 32, region=person.region)
        latest = question.texts[-1].id
    with transaction():
        question = db.session.get_one(Question, question.id)
        answer_question(official, question, "八点", "j" * 32, latest)
    (notice,) = notices()
    assert notice.kind is NoticeKind.ANSWER
    log_in(person).send(f"/questions/{question.id}/seen", page=f"/questions/{question.id}")
    assert notices()[0].read_at is not None


@pytest.mark.postgresql
def test_owners_are_warned_once_of_each_end(person: Account) -> None:
    now = utcnow()
    offers = [make_offer(person) for _ in range(3)]
    with transaction():
        offers[0].valid_until = offers[1].valid_until = now + timedelta(days=2)
        offers[2].valid_until = now + timedelta(days=10)
    for count in (2, 0):
        with transaction():
            assert warnings.warn_of_expiry(now) == count
    with transaction():  # as renewing does
        offers[0].valid_until = now + timedelta(days=9)
    with transaction():
        assert warnings.warn_of_expiry(now + timedelta(days=8)) == 2
    assert len(notices()) == 4


def test_the_owner_of_a_purchase_hears_when_the_time_for_quotations_is_over(
    person: Account, make_account: Make
) -> None:
    purchase = make_offer(person, side=Side.BUY)
    yesterday = (utcnow().astimezone(HOME) - timedelta(days=1)).date()
    with transaction():
        purchase.quotation_deadline = yesterday + timedelta(days=1)
        # That somebody asked in public on its last day tells nothing of the deadline.
        public_questions.ask(make_account(), purchase, "要什么规格？", "q" * 32)
    with transaction():
        purchase.quotation_deadline = yesterday
    for count in (1, 0):
        with transaction():
            assert warnings.tell_of_deadlines(utcnow()) == count
    assert [n.kind for n in notices()] == [NoticeKind.PUBLIC_QUESTION, NoticeKind.DEADLINE]


def test_a_public_question_is_told_to_the_buyer_and_its_answer_to_who_asked(
    person: Account, make_account: Make
) -> None:
    seller = make_account()
    request = make_offer(person, side=Side.BUY)
    with transaction():
        question = public_questions.ask(seller, request, "要什么规格？", "q" * 32)
    assert [(n.account_id, n.facts["what"]) for n in notices()] == [(person.id, "asked")]
    with transaction():
        public_questions.answer(person, question, "统货")
        public_questions.answer(person, question, "统货，不要次果")
    told = [(n.account_id, n.facts["what"]) for n in notices()]
    assert told == [(person.id, "asked"), (seller.id, "answered")]
    assert {n.kind for n in notices()} == {NoticeKind.PUBLIC_QUESTION}
    # Who answered has read what was asked.
    assert [n.read_at is None for n in notices()] == [False, True]


def test_opening_a_deal_marks_its_notices_as_read_for_who_opens_it(
    make_account: Make, log_in: LogIn
) -> None:
    trade = make_trade(make_account)
    deal, other = propose(trade, quantity=5), propose(trade, quantity=6)
    assert [n.read_at for n in notices()] == [None, None]
    for actor, is_read in ((trade.buyer, [False, False]), (trade.seller, [True, False])):
        log_in(actor).get(f"/deals/{deal.id}")
        db.session.expire_all()
        assert [n.read_at is not None for n in notices()] == is_read
    assert {n.about_id for n in notices()} == {deal.id, other.id}


def test_for_a_farmer_without_a_log_in_the_assistant_is_told(make_account: Make) -> None:
    assistant = make_account(role="assistant")
    farmer = make_account()
    with transaction():
        farmer.password_hash, farmer.represented_by_id = None, assistant.id
    tell(farmer)
    assert notices()[0].account_id == assistant.id


def test_nobody_is_told_who_cannot_log_in(make_account: Make) -> None:
    closed = make_account(disabled_at=utcnow())
    tell(closed)
    assert not notices()


def test_the_list_shows_what_is_new_and_opens_it(person: Account, log_in: LogIn) -> None:
    offer = make_offer(person)
    with transaction():
        facts = {"is_listed": False, "product": offer.product_code}
        services.notify(person.id, NoticeKind.EXPIRING, "a", offer.id, **facts)
    browser = log_in(person)
    assert "1 条通知还没看" in text(browser.get("/me"))
    page = text(browser.get("/notices"))
    assert "notice-new" in page
    assert "三天内到期" in page
    (notice,) = notices()
    answer = browser.send(f"/notices/{notice.id}/open", page="/notices")
    assert answer.location == "/offers/mine"
    assert "notice-new" not in text(browser.get("/notices"))
    assert "条通知还没看" not in text(browser.get("/me"))


def test_nobody_opens_the_notice_of_another(
    person: Account, make_account: Make, log_in: LogIn
) -> None:
    tell(person)
    (notice,) = notices()
    stranger = log_in(make_account())
    assert stranger.send(f"/notices/{notice.id}/open", page="/me").status_code == 403
    assert notices()[0].read_at is None


def test_one_tap_on_the_link_of_a_message_stops_them_without_logging_in(
    person: Account, client: Client
) -> None:
    choose(person, AT_ONCE, "a@example.cn")
    with time_machine.travel(NIGHT, tick=False):
        tell(person)
    link = re.search(r"(/stop/\S+)", next(m.text for m in messages() if m.channel == "sms"))
    assert link
    page = text(client.get(link[1]))
    assert person.phone is not None
    assert person.phone[-4:] in page
    assert person.phone[3:] not in page
    assert len(messages()) == 2  # looking at the page stops nothing
    assert "已停发" in text(client.send(link[1]))
    assert [message.channel for message in messages()] == ["email"]
    with time_machine.travel(NOON, tick=False):
        tell(person, "b")
    assert [message.channel for message in messages()] == ["email", "email"]
    assert client.get(f"{link[1]}x").status_code == 404


def test_an_assistant_and_a_code_are_not_stopped_by_it(person: Account) -> None:
    with transaction():
        services.stop_channel(person, services.CHANNELS[1])
        queue_sms(person.phone or "", "code", {"code": "1", "minutes": 5}, key="c")
    assert len(messages()) == 1


def test_messages_are_in_the_language_of_who_gets_them(make_account: Make) -> None:
    reader = make_account(language="en")
    choose(reader, AT_ONCE)
    with time_machine.travel(NOON, tick=False):
        tell(reader)
    assert "your offer ends within three days" in messages()[0].text


def test_it_leaves_with_the_account(person: Account) -> None:
    choose(person, AT_ONCE, "farmer@example.cn")
    tell(person)
    export = export_account(person)
    assert export["notices"][0]["kind"] == "expiring"
    assert export["notice_settings"]["email"] == "farmer@example.cn"
    assert {message["to"] for message in export["messages_sent"]} == {
        person.phone,
        "farmer@example.cn",
    }
    with transaction():
        person.phone = "+8613900009999"  # what went to the number of before is forgotten, too
    with transaction():
        for erase in erasers:
            erase(person)
    assert not notices()
    assert not messages()
    assert db.session.scalar(select(NoticeSettings)) is None


def test_a_search_that_is_looked_at_is_read(person: Account, log_in: LogIn) -> None:
    with transaction():
        db.session.add(SavedSearch(account_id=person.id, place=1, query=f"q={quote('橙')}"))
    search = db.session.scalars(select(SavedSearch)).one()
    with transaction():
        services.notify(person.id, NoticeKind.SAVED_SEARCH, "s", search.id, is_listed=False)
    log_in(person).send(f"/searches/{search.id}/open", page="/searches")
    assert notices()[0].read_at is not None


def test_old_notices_are_forgotten(person: Account) -> None:
    tell(person)
    with transaction():
        services.mark_all_read(person)
        digests.forget_old(utcnow() + timedelta(days=89))
    assert notices()
    with transaction():
        digests.forget_old(utcnow() + timedelta(days=91))
    assert not notices()
    assert db.session.scalar(select(Offer.id)) is None
