"""Searches that people keep."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.accounts.privacy.exports import erasers, export_account
from market.database import db, transaction, utcnow
from market.offers.models import Offer
from market.offers.search.filter_form import MAX_SEARCH_LENGTH
from market.search.models import MAX_QUERY_LENGTH, MAX_SAVED_SEARCHES, SavedSearch
from market.search.queries import saved_searches_of
from market.search.saved_searches import save_search
from market.web.errors import Invalid
from tests.conftest import PASSWORD, Client
from tests.offers.factories import make_offer

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
PEARS = "/searches/new?q=" + quote("翠冠梨 石门")


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def kept() -> list[SavedSearch]:
    return list(db.session.scalars(select(SavedSearch).order_by(SavedSearch.id)))


@pytest.fixture
def person(make_account: Make) -> Account:
    return make_account()


def publish_later(offer: Offer) -> None:
    with transaction():
        offer.published_at = utcnow() + timedelta(seconds=1)


@pytest.mark.postgresql
def test_the_same_search_twice_is_one(person: Account) -> None:
    for query in ("q=a", "q=b", "q=a"):
        with transaction():
            save_search(person, query)
    assert [search.query for search in kept()] == ["q=a", "q=b"]


@pytest.mark.postgresql
def test_a_person_keeps_thirty_and_one_more_after_deleting_one(
    person: Account, make_account: Make
) -> None:
    with transaction():
        for n in range(MAX_SAVED_SEARCHES):
            save_search(person, f"q={n}")
    with pytest.raises(Invalid), transaction():
        save_search(person, "q=more")
    with transaction():
        save_search(person, "q=3")
        save_search(make_account(), "q=more")
    with transaction():
        db.session.delete(kept()[3])
    with transaction():
        assert save_search(person, "q=more").place == 4


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "wrong", [{"place": 0}, {"place": 31}, {"place": 1}, {"query": ""}, {"query": "q=a"}]
)
def test_the_database_refuses_what_may_not_be(person: Account, wrong: dict[str, Any]) -> None:
    with transaction():
        save_search(person, "q=a")
    values = {"account_id": person.id, "place": 2, "query": "q=b", **wrong}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(SavedSearch(**values))


def test_the_longest_question_fits(person: Account, log_in: LogIn) -> None:
    question = f"/searches/new?q={quote('😀' * 100)}&side=sell&product=0302011&region=430726"
    prices = "&price_min=1234567.1234&price_max=1234567.1235&price_unit=kg&verified=1"
    assert log_in(person).send(question + prices).status_code == 303
    assert len(kept()[0].query) <= MAX_QUERY_LENGTH


def test_a_search_is_saved_from_the_list_at_once_and_told_in_words(
    person: Account, log_in: LogIn
) -> None:
    browser = log_in(person)
    page = "/offers?q=" + quote("翠冠梨 石门") + "&side=sell&sort=newest&page=1"
    (action,) = re.findall(r'action="(/searches/new[^"]*)"', text(browser.get(page)))
    assert browser.send(action, page=page).location == "/searches"
    assert browser.send(action, page=page).location == "/searches"
    assert len(kept()) == 1
    assert "翠冠梨 · 石门县 · 供应" in text(browser.get("/searches"))
    assert 'href="/searches"' in text(browser.get("/me"))


def test_a_visitor_logs_in_and_comes_back_to_it(person: Account, client: Client) -> None:
    (address,) = re.findall(r'href="(/searches/new[^"]*)"', text(client.get("/offers?q=翠冠梨")))
    answer = client.get(address)
    assert "/login" in answer.location
    back = client.send(answer.location, {"phone": person.phone, "password": PASSWORD}).location
    assert back.partition("?")[2] == address.partition("?")[2]
    assert "翠冠梨" in text(client.get(back))
    assert client.send(back).location == "/searches"
    assert len(kept()) == 1


def test_nothing_asked_and_one_too_many_are_refused_with_the_reason(
    person: Account, log_in: LogIn
) -> None:
    browser = log_in(person)
    assert 'role="alert"' in text(browser.send("/searches/new"))
    with transaction():
        for n in range(MAX_SAVED_SEARCHES):
            save_search(person, f"q={n}")
    assert "30" in text(browser.send(PEARS)).split('role="alert"')[1]
    assert len(kept()) == MAX_SAVED_SEARCHES


@pytest.mark.parametrize(
    "query",
    ["q=%00", "product=没有的&q=a", "as_of=9&page=3&q=a", "price_min=abc", "q=" + "a" * 400],
)
def test_no_address_breaks_saving(person: Account, log_in: LogIn, query: str) -> None:
    browser = log_in(person)
    assert browser.get(f"/searches/new?{query}").status_code == 200
    assert browser.send(f"/searches/new?{query}").status_code in (200, 303)
    assert browser.get("/searches").status_code == 200
    assert [search.query for search in kept()] in ([], ["q=a"], [f"q={'a' * MAX_SEARCH_LENGTH}"])


def test_new_is_what_was_published_since_its_owner_last_looked(
    person: Account, log_in: LogIn, make_account: Make
) -> None:
    owner, browser = make_account(), log_in(person)
    make_offer(owner)
    browser.send(PEARS)
    with client_context(browser):
        assert [(s.total, s.new) for s in saved_searches_of(person)] == [(1, 0)]
    publish_later(make_offer(owner))
    publish_later(make_offer(owner, region="430725"))  # next door, not asked for
    with client_context(browser):
        assert [(s.total, s.new) for s in saved_searches_of(person)] == [(2, 1)]
    page = text(browser.get("/searches"))
    assert "badge-good" in page
    (action,) = re.findall(r'action="(/searches/\d+/open)"', page)
    seen = kept()[0].seen_at
    browser.get("/searches")
    db.session.expire_all()
    assert kept()[0].seen_at == seen, "reading wrote"
    with transaction():
        for offer in db.session.scalars(select(Offer)):
            offer.published_at = utcnow()
    answer = browser.send(action, page="/searches")
    assert answer.location.startswith("/offers?q=")
    assert "翠冠梨" in text(browser.get(answer.location))
    assert "badge-good" not in text(browser.get("/searches"))


def client_context(browser: Client) -> Any:
    """A request of nobody in particular, for the words of a title."""
    return browser.application.test_request_context()


def test_only_its_owner_opens_or_deletes_a_search(
    person: Account, make_account: Make, log_in: LogIn, client: Client
) -> None:
    browser, stranger = log_in(person), log_in(make_account())
    browser.send(PEARS)
    address = f"/searches/{kept()[0].id}"
    for step in ("open", "delete"):
        assert stranger.send(f"{address}/{step}", page="/offers/new").status_code == 403
        assert "/login" in client.send(f"{address}/{step}", page="/login").location
        assert browser.send(f"/searches/999/{step}", page="/searches").status_code == 404
    assert len(kept()) == 1
    assert browser.send(f"{address}/delete", page="/searches").location == "/searches"
    assert kept() == []
    assert 'class="empty"' in text(browser.get("/searches"))


def test_an_account_takes_its_searches_along_and_they_end_with_it(
    person: Account, make_account: Make
) -> None:
    other = make_account()
    with transaction():
        save_search(person, "q=a")
        save_search(other, "q=b")
    (told,) = export_account(person)["saved_searches"]
    assert told["query"] == "q=a"
    with transaction():
        for erase in erasers:
            erase(person)
    assert db.session.scalar(select(func.count(SavedSearch.id))) == 1
    assert kept()[0].account_id == other.id
