"""Public questions about a purchase: who asks, who answers, until when, and who takes them off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.accounts.today import waiting_for
from market.database import db, transaction
from market.offers import public_questions as services
from market.offers.models import Offer, PublicQuestion
from market.web.errors import Invalid, Refused, Repeated
from market.web.home_time import home_today
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.offers.test_views import text

pytestmark = [pytest.mark.usefixtures("app")]
Make = Callable[..., Account]


@pytest.fixture
def buyer(make_account: Make) -> Account:
    return make_account("采购小周")


@pytest.fixture
def seller(make_account: Make) -> Account:
    return make_account("果农老李")


@pytest.fixture
def request_(buyer: Account) -> Offer:
    return make_offer(buyer, "buy", quotation_deadline=home_today() + timedelta(days=5))


def asked(
    seller: Account, offer: Offer, words: str = "要什么果径？", key: str = "k" * 32
) -> PublicQuestion:
    with transaction():
        return services.ask(seller, offer, words, key)


@pytest.mark.postgresql
def test_a_seller_asks_once_and_the_owner_answers_for_everybody(
    buyer: Account, seller: Account, request_: Offer, client: Client
) -> None:
    question = asked(seller, request_)
    with pytest.raises(Repeated):
        asked(seller, request_)
    assert waiting_for(buyer.id)["public_questions"][0] == 1
    with transaction():
        services.answer(buyer, question, "65 以上")
    assert "public_questions" not in waiting_for(buyer.id)
    page = text(client.get(f"/offers/{request_.id}"))
    assert "要什么果径？" in page
    assert "65 以上" in page


def test_neither_the_owner_nor_a_visitor_asks_nor_anybody_about_a_sale(
    buyer: Account,
    seller: Account,
    request_: Offer,
    client: Client,
    log_in: Callable[[Account], Client],
) -> None:
    with pytest.raises(Refused):
        asked(buyer, request_)
    with pytest.raises(Refused):
        asked(buyer, make_offer(seller))
    with pytest.raises(Invalid):
        asked(seller, request_, " ")
    address = f"/offers/{request_.id}/questions/new"
    assert client.get(address).location.startswith("/login")
    assert log_in(buyer).get(address).status_code == 403
    assert log_in(seller).get(address).status_code == 200


@pytest.mark.postgresql
def test_after_the_deadline_nothing_is_asked_or_answered(
    buyer: Account, seller: Account, request_: Offer
) -> None:
    question = asked(seller, request_)
    with transaction():
        request_.quotation_deadline = home_today() - timedelta(days=1)
    with pytest.raises(Refused):
        asked(seller, request_, key="l" * 32)
    with pytest.raises(Refused), transaction():
        services.answer(buyer, question, "太晚了")


def test_numbers_are_starred_for_everybody(
    seller: Account, request_: Offer, client: Client, log_in: Callable[[Account], Client]
) -> None:
    asked(seller, request_, "打我电话13900001234")
    for browser in (client, log_in(seller)):
        assert "13900001234" not in text(browser.get(f"/offers/{request_.id}"))


@pytest.mark.postgresql
def test_what_is_reported_waits_for_the_county_which_takes_it_off_or_leaves_it(
    buyer: Account, seller: Account, request_: Offer, make_account: Make
) -> None:
    official = make_account("县干部", role="county_official")
    stranger = make_account("别县干部", role="county_official", scope="430721")
    question = asked(seller, request_)
    path = request_.region.path
    with transaction():
        services.report(buyer, question)
    assert [row[:2] for row in db.session.execute(services.reported_by_region([path]))] == [
        (path, 1)
    ]
    with pytest.raises(Refused), transaction():
        services.keep(stranger, question)
    with transaction():
        services.keep(official, question)
    assert not db.session.execute(services.reported_by_region([path])).all()
    with pytest.raises(Refused), transaction():
        services.withdraw(buyer, question)
    with transaction():
        services.withdraw(official, question)
    assert services.public_questions(request_) == []


@pytest.mark.postgresql
def test_an_asker_takes_a_question_back(seller: Account, request_: Offer) -> None:
    question = asked(seller, request_)
    with transaction():
        services.withdraw(seller, question)
    assert services.public_questions(request_) == []


@pytest.mark.postgresql
def test_questions_are_exported_and_leave_with_who_asked(
    buyer: Account, seller: Account, request_: Offer
) -> None:
    question = asked(seller, request_)
    with transaction():
        services.answer(buyer, question, "65 以上")
        services.report(buyer, question)
    assert export_account(seller)["public_questions"][0]["text"] == "要什么果径？"
    assert export_account(buyer)["public_answers"][0]["text"] == "65 以上"
    with transaction():
        erase_account(buyer)
    db.session.expire_all()
    assert (question.answer, question.reported_by_id) == ("", None)
    with transaction():
        erase_account(seller)
    assert db.session.query(PublicQuestion).count() == 0
