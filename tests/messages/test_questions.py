"""A trader asks the office of a county; the county's official answers; the asker reads it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account, Consent
from market.audit.models import Act
from market.database import db, transaction, utcnow
from market.extensions import limiter
from market.messages import services
from market.messages.backlog import message_tasks
from market.messages.models import MAX_TEXT_LENGTH, Question, QuestionStatus, QuestionText
from market.messages.privacy import ERASED_TEXT
from market.messages.queries import LATE, is_late
from market.regions.models import Region
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused, Repeated
from tests.conftest import Client
from tests.deals.factories import Trade, agree, make_trade
from tests.sql import statements

Maker = Callable[..., Account]
LogIn = Callable[[Account], Client]
TEXT = "合作社要什么手续？"


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def key() -> str:
    return uuid.uuid4().hex


def ask(actor: Account, text: str = TEXT, **about: Any) -> Question:
    with transaction():
        about = about or {"region": db.session.get_one(Region, "430726")}
        return services.ask_question(actor, about.pop("party", actor), text, key(), **about)


def answer(official: Account, question: Question, text: str = "带身份证来。") -> None:
    with transaction():
        services.answer_question(official, question, text, key(), question.texts[-1].id)
    db.session.expire(question)


def only() -> Question:
    db.session.rollback()
    return db.session.scalars(select(Question)).one()


@pytest.mark.postgresql
def test_a_question_goes_to_the_county_of_what_it_is_about(trade: Trade) -> None:
    deal = agree(trade)
    about_offer = ask(trade.buyer, offer=trade.offer)
    about_deal = ask(trade.seller, deal=deal)
    assert (about_offer.region_code, about_offer.offer_id) == ("430726", trade.offer.id)
    assert (about_deal.region_code, about_deal.deal_id) == ("430726", deal.id)


@pytest.mark.postgresql
def test_the_thread_goes_from_open_to_answered_to_closed_and_back(trade: Trade) -> None:
    question = ask(trade.seller)
    assert question.status is QuestionStatus.OPEN
    answer(trade.official, question)
    assert question.status is QuestionStatus.ANSWERED
    assert question.has_news
    with transaction():
        services.close_question(trade.seller, question)
    assert question.status is QuestionStatus.CLOSED
    assert not question.has_news
    with pytest.raises(InvalidTransition):
        answer(trade.official, question)
    with transaction():
        services.continue_question(trade.seller, question, "还要照片吗？", key())
    assert question.status is QuestionStatus.OPEN
    assert [text.from_office for text in question.texts] == [False, True, False]


def test_the_first_of_two_officials_answers_and_the_second_is_told(
    trade: Trade, make_account: Maker
) -> None:
    question = ask(trade.seller)
    second = make_account("商务局二", role="county_official")
    latest = question.texts[-1].id
    answer(trade.official, question)
    with pytest.raises(services.ConcurrentText), transaction():
        services.answer_question(second, question, "我也答", key(), latest)
    answer(second, question, "补充一句。")
    assert len(question.texts) == 3


@pytest.mark.postgresql
def test_a_form_sent_twice_asks_and_answers_once(trade: Trade) -> None:
    one = key()
    region = db.session.get_one(Region, "430726")
    with transaction():
        question = services.ask_question(trade.seller, trade.seller, TEXT, one, region)
    with pytest.raises(Repeated) as repeated, transaction():
        services.ask_question(trade.seller, trade.seller, TEXT, one, region)
    assert repeated.value.existing is question
    again = key()
    with transaction():
        services.answer_question(trade.official, question, "好", again, question.texts[-1].id)
    with pytest.raises(Repeated), transaction():
        services.answer_question(trade.official, question, "好", again, question.texts[-1].id)
    assert len(db.session.scalars(select(QuestionText)).all()) == 2


@pytest.mark.parametrize(
    ("role", "region", "may"),
    [
        ("county_official", "430726", True),
        ("county_official", "430981", False),
        ("prefecture_official", "430700", False),
        ("province_official", "430000", False),
        ("assistant", "430726", False),
        ("administrator", "430000", False),
    ],
)
def test_only_the_county_answers(
    trade: Trade, make_account: Maker, role: str, region: str, may: bool
) -> None:
    question, official = ask(trade.seller), make_account("官", role=role, scope=region)
    if may:
        answer(official, question)
    else:
        with pytest.raises(Refused):
            answer(official, question)


def test_an_official_answers_no_question_of_their_own(trade: Trade) -> None:
    question = ask(trade.official)
    with pytest.raises(Refused):
        answer(trade.official, question)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        *(("", "430726"), ("  \n ", "430726"), ("问" * (MAX_TEXT_LENGTH + 1), "430726")),
        *((TEXT, "430700"), (TEXT, "430000"), (TEXT, "110101")),
    ],
)
def test_what_cant_be_asked_is_refused_at_its_field(trade: Trade, text: str, region: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(trade.seller, text, region=db.session.get_one(Region, region))
    assert refused.value.field == ("region" if text == TEXT else "text")
    assert db.session.scalars(select(Question)).all() == []


def test_nobody_asks_for_another_nor_about_a_deal_that_isnt_theirs(
    trade: Trade, make_account: Maker
) -> None:
    stranger, deal = make_account("路人"), agree(trade)
    for about in ({"party": trade.seller}, {"deal": deal}):
        with pytest.raises(Refused):
            ask(stranger, **about, region=db.session.get_one(Region, "430726"))


def test_an_assistant_asks_for_a_farmer_and_reads_the_answer(
    trade: Trade, make_account: Maker, log_in: LogIn
) -> None:
    station, farmer = make_account("站", role="assistant"), make_account("李婶")
    with transaction():
        farmer.password_hash, farmer.represented_by_id = None, station.id
        db.session.add(Consent(farmer_id=farmer.id, assistant_id=station.id, how="paper: 站里"))
    said = {"text": TEXT, "region": "430726", "key": key()}
    client = log_in(station)
    assert client.send(f"/questions/new?for={farmer.id}", said).status_code == 303
    question = only()
    assert question.asker_id == farmer.id
    assert question.texts[0].by_id == station.id
    answer(trade.official, question)
    client.set_cookie("language", "en")
    assert "1 new answer" in client.get("/me").text
    assert "Read the answer" in client.get("/messages?tab=questions").text
    assert client.get(f"/questions/new?for={trade.seller.id}").status_code == 403


@pytest.mark.postgresql
def test_asked_and_answered_on_the_pages(trade: Trade, log_in: LogIn) -> None:
    asker, desk = log_in(trade.seller), log_in(trade.official)
    for client in (asker, desk):
        client.set_cookie("language", "en")
    assert "/questions/new?offer=" in asker.get(f"/offers/{trade.offer.id}").text
    url = f"/questions/new?offer={trade.offer.id}"
    sent = asker.send(url, {"text": f"{TEXT} 13800001234", "key": "a" * 32})
    again = asker.send(url, {"text": f"{TEXT} 13800001234", "key": "a" * 32})
    assert sent.location == again.location == f"/questions/{only().id}"
    queue = desk.get("/desk/questions").text
    assert "138****1234" in queue
    assert "13800001234" not in queue
    assert "13800001234" in asker.get(sent.location).text
    latest = only().texts[-1].id
    address = f"/desk/questions/{only().id}/answer?region=430726"
    form = {"text": "带身份证来。", "latest": str(latest), "key": "b" * 32}
    done = desk.send(address, form, page="/desk/questions")
    assert done.location == "/desk/questions?region=430726"
    assert "No question waits" in desk.get("/desk/questions").text
    assert "1 new answer" in asker.get("/me").text
    read = asker.send(f"/questions/{only().id}/seen", page="/messages?tab=questions")
    assert "带身份证来。" in asker.get(read.location).text
    assert "new answer" not in asker.get("/me").text
    asker.send(f"/questions/{only().id}/more", {"text": "谢谢", "key": key()}, page=read.location)
    assert only().status is QuestionStatus.OPEN
    asker.send(f"/questions/{only().id}/close", page=read.location)
    assert only().status is QuestionStatus.CLOSED


def test_an_answer_to_what_was_written_on_meanwhile_keeps_what_was_typed(
    trade: Trade, log_in: LogIn
) -> None:
    question = ask(trade.seller)
    latest, question_id = question.texts[-1].id, question.id
    with transaction():
        services.continue_question(trade.seller, question, "还有一件事", key())
    desk = log_in(trade.official)
    desk.set_cookie("language", "en")
    form = {"text": "先答第一件", "latest": str(latest), "key": key()}
    page = desk.send(f"/desk/questions/{question_id}/answer", form, page="/desk/questions").text
    assert "Something was written in the meantime" in page
    assert "先答第一件" in page
    assert f'name="latest" value="{only().texts[-1].id}"' in page


@pytest.mark.parametrize("latest", ["", "x", "-1", "9" * 40, "²"])
def test_a_hostile_answer_breaks_nothing(trade: Trade, log_in: LogIn, latest: str) -> None:
    question_id, desk = ask(trade.seller).id, log_in(trade.official)
    address = f"/desk/questions/{question_id}/answer?region=';--&page=0&late=%00&_external=1"
    form = {"text": "<script>alert(1)</script>\x00", "latest": latest, "key": "zz"}
    answered = desk.send(address, form, page="/desk/questions")
    assert answered.status_code == 200
    assert "<script>alert" not in answered.text
    assert only().status is QuestionStatus.OPEN


def test_what_waited_for_three_days_is_late_and_can_be_filtered(
    app: Flask, trade: Trade, log_in: LogIn, make_account: Maker
) -> None:
    old, new = ask(trade.seller, "老问题"), ask(trade.buyer, "新问题")
    with transaction():
        old.waiting_since = utcnow() - LATE - timedelta(minutes=1)
    assert (is_late(old), is_late(new)) == (True, False)
    desk = log_in(trade.official)
    everything, late = (desk.get(f"/desk/questions{q}").text for q in ("", "?late=y"))
    assert everything.index("老问题") < everything.index("新问题")
    assert "老问题" in late
    assert "新问题" not in late
    elsewhere = make_account("别县", role="county_official", region="430981")
    with app.test_request_context():
        told, none = (
            next(iter(message_tasks(official) or ())) for official in (trade.official, elsewhere)
        )
        assert message_tasks(trade.seller) is None
    assert (told.count, told.late, told.url) == (2, 1, "/desk/questions")
    assert none.count == 0


def test_an_official_above_looks_and_another_county_sees_nothing(
    trade: Trade, log_in: LogIn, make_account: Maker
) -> None:
    question = ask(trade.seller)
    page = f"/questions/{question.id}"
    for role, region, seen in (
        ("prefecture_official", "430700", True),
        ("province_official", "430000", True),
        ("county_official", "430981", False),
        ("administrator", "430000", False),
    ):
        client = log_in(make_account("官", role=role, scope=region))
        assert (client.get(page).status_code == 200) is seen, role
        if "official" in role:
            queue = client.get("/desk/questions").text
            assert (TEXT in queue) is seen, role
            assert f"{page}/answer" not in queue
    assert log_in(trade.buyer).get(page).status_code == 403
    assert log_in(trade.buyer).send(f"{page}/more", {"text": "x"}, page="/me").status_code == 403


def test_asking_without_end_is_refused(trade: Trade, log_in: LogIn) -> None:
    client = log_in(trade.seller)
    limiter.enabled = True
    statuses = [
        client.send("/questions/new", {"text": TEXT, "region": "430726", "key": key()}).status_code
        for _ in range(21)
    ]
    assert statuses == [303] * 20 + [429]


def test_an_answer_leaves_one_act_and_a_question_none(trade: Trade, log_in: LogIn) -> None:
    asker, desk = log_in(trade.seller), log_in(trade.official)
    asker.send("/questions/new", {"text": TEXT, "region": "430726", "key": key()})
    question = only()
    form = {"text": "好的。", "latest": str(question.texts[-1].id), "key": key()}
    desk.send(f"/desk/questions/{question.id}/answer", form, page="/desk/questions")
    db.session.rollback()
    act = db.session.scalars(select(Act)).one()
    assert (act.permission, act.kind, act.changes) == ("question.answer", "questions", 2)


def test_an_account_takes_its_questions_away_and_its_words_end_with_it(
    trade: Trade, log_in: LogIn
) -> None:
    question = ask(trade.seller, "我叫王大伯，住石门")
    answer(trade.official, question)
    client = log_in(trade.seller)
    told = client.get("/me/export.json").json
    assert [text["from"] for text in told["questions"][0]["texts"]] == ["asker", "office"]
    assert log_in(trade.official).get("/me/export.json").json["answers"][0]["text"]
    client.send("/me/erase", {"password": "harvest-2026"})
    left = only()
    assert left.status is QuestionStatus.CLOSED
    assert [text.text for text in left.texts] == [ERASED_TEXT, "带身份证来。"]


@pytest.mark.postgresql
def test_the_database_holds_the_rules(trade: Trade) -> None:
    question, deal = ask(trade.seller, offer=trade.offer), agree(trade)
    for wrong in ({"deal_id": deal.id}, {"status": QuestionStatus.ANSWERED}):
        change = update(Question).where(Question.id == question.id).values(**wrong)
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(change)


def test_the_queue_takes_as_many_queries_for_many_as_for_one(trade: Trade, log_in: LogIn) -> None:
    ask(trade.seller)
    desk, asker, counts = log_in(trade.official), log_in(trade.seller), []
    for _ in range(2):
        for client, page in ((desk, "/desk/questions"), (asker, "/messages?tab=questions")):
            db.session.expunge_all()
            with statements() as sent:
                assert client.get(page).status_code == 200
            counts.append(len(sent))
        trade.seller, trade.offer = map(db.session.merge, (trade.seller, trade.offer))
        for _ in range(4):
            ask(trade.seller, offer=trade.offer)
    assert counts[:2] == counts[2:]
    assert max(counts) <= 9


STEPS = ("continue_question", "answer_question", "close_question", "mark_seen")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_whatever_happens_the_state_is_that_of_the_last_step(
    trade: Trade, happenings: list[str]
) -> None:
    question, expected = ask(trade.seller), QuestionStatus.OPEN
    for step in happenings:
        try:
            if step == "answer_question":
                answer(trade.official, question)
                expected = QuestionStatus.ANSWERED
            else:
                with transaction():
                    more = ("再问", key()) if step == "continue_question" else ()
                    getattr(services, step)(trade.seller, question, *more)
                if step == "continue_question":
                    expected = QuestionStatus.OPEN
                elif step == "close_question":
                    expected = QuestionStatus.CLOSED
        except DomainError:
            assert expected is QuestionStatus.CLOSED
            assert step in ("answer_question", "close_question")
        assert question.status is expected
        assert question.has_news is (
            step == "answer_question" and expected is QuestionStatus.ANSWERED
        )
