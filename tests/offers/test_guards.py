"""Nobody floods the lists: the same offer twice, too many a day, a front page of one trader."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from market.accounts.models import Account, Role
from market.accounts.quotas import REVEALS, QuotaReached
from market.accounts.services import disable, enable, reveal_phone
from market.database import db, transaction, utcnow
from market.offers.guards import EqualOffer
from market.offers.models import Offer, OfferStatus, Side
from market.offers.queries import MAX_NEWEST_OF_OWNER, newest_ids
from market.offers.services import close_offer, edit_offer, renew_offer
from market.offers.values import values_of
from market.permissions import may
from market.web.errors import Refused
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.offers.test_views import PEARS

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]


@pytest.fixture
def few(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("reveals", "offers", "proposals", "questions")
    monkeypatch.setitem(app.config, "QUOTAS", dict.fromkeys(names, (2, 3)))


def test_the_same_offer_is_not_shown_twice(make_account: Make) -> None:
    owner = make_account()
    make_offer(owner, delivery="自提")
    with pytest.raises(EqualOffer):
        make_offer(owner, delivery="自提")
    assert make_offer(owner, delivery="自提", price_low=Decimal(2), price_high=Decimal(2)).is_public
    assert make_offer(make_account(), delivery="自提").is_public


def test_an_equal_offer_may_come_when_the_first_is_gone_and_not_before(make_account: Make) -> None:
    owner = make_account()
    first = make_offer(owner, delivery="自提")
    with transaction():
        close_offer(owner, first)
    make_offer(owner, delivery="自提")
    with pytest.raises(EqualOffer), transaction():
        renew_offer(owner, first)


@pytest.mark.parametrize("is_draft", [True, False])
def test_a_button_that_would_show_an_offer_twice_asks_and_does_it_when_pressed_again(
    make_account: Make, log_in: Callable[[Account], Client], is_draft: bool
) -> None:
    owner = make_account()
    first = make_offer(owner, delivery="自提", draft=is_draft)
    if not is_draft:
        with transaction():
            close_offer(owner, first)
    other = make_offer(owner, delivery="自提")
    browser, step = log_in(owner), "publish" if is_draft else "renew"
    address = f"/offers/{first.id}/{step}"
    page = browser.get(browser.send(address, {}).location).text
    assert not first.is_public
    assert f'<a href="/offers/{other.id}">' in page
    assert re.search(rf'<form[^>]* action="{address}">', page)
    assert re.search(rf'name="meant" value="{other.id}"', page)
    browser.send(address, {"meant": str(other.id)})
    db.session.expire_all()
    assert first.is_public


def test_an_edit_may_leave_all_as_it_was(make_account: Make) -> None:
    owner = make_account()
    offer = make_offer(owner)
    with transaction():
        edit_offer(owner, offer, values_of(offer))
    assert offer.is_public


@pytest.mark.usefixtures("few")
def test_an_account_posts_so_many_offers_a_day(make_account: Make) -> None:
    owner = make_account()
    first = make_offer(owner)
    make_offer(owner, draft=True)
    with pytest.raises(QuotaReached):
        make_offer(owner)
    with transaction():
        yesterday = utcnow() - timedelta(days=1)
        db.session.execute(update(Offer).where(Offer.id == first.id).values(created_at=yesterday))
    assert make_offer(owner).is_public


@pytest.mark.usefixtures("few")
def test_who_holds_a_role_may_do_more(make_account: Make) -> None:
    assistant = make_account(role=Role.ASSISTANT)
    assert [make_offer(assistant).is_public for _ in range(3)] == [True] * 3
    with pytest.raises(QuotaReached):
        make_offer(assistant)


@pytest.mark.usefixtures("few")
def test_numbers_of_so_many_people_are_seen_a_day_and_of_each_as_often_as_one_likes(
    make_account: Make,
) -> None:
    viewer, *people = (make_account() for _ in range(4))
    for person in (people[0], people[0], people[0], people[1]):
        with transaction():
            assert reveal_phone(viewer, person, "x") == person.phone
    assert "0" in str(REVEALS.warning(viewer))
    with pytest.raises(QuotaReached), transaction():
        reveal_phone(viewer, people[2], "x")


@pytest.mark.usefixtures("few")
def test_a_person_is_told_before_the_quota_is_reached(
    make_account: Make, log_in: Callable[..., Any]
) -> None:
    viewer, offer = make_account(), make_offer(make_account())
    client = log_in(viewer)
    client.send(f"/offers/{offer.id}/phone", page="/offers/new")
    shown = client.get(f"/offers/{offer.id}").get_data(as_text=True)
    assert "今天还可以查看 1 个号码" in shown


def test_the_newest_are_not_all_of_one_trader(app: Flask, make_account: Make) -> None:
    other, flooding = make_account(), make_account()
    first = make_offer(other)
    flood = [make_offer(flooding).id for _ in range(4)]
    with app.test_request_context():
        newest = newest_ids(9, "43", Side.SELL)
    assert newest == [*flood[::-1][:MAX_NEWEST_OF_OWNER], first.id]


def test_a_disabled_account_has_no_offers_and_no_number_until_it_is_let_in_again(
    make_account: Make,
) -> None:
    owner, administrator = make_account(), make_account(role=Role.ADMINISTRATOR, region="430000")
    shown, gone = make_offer(owner), make_offer(owner)
    with transaction():
        close_offer(owner, gone)
    with transaction():
        disable(administrator, owner, "冒用他人身份")
    assert not shown.is_public
    with pytest.raises(Refused), transaction():
        reveal_phone(administrator, owner, "x")
    with transaction():
        enable(administrator, owner)
    assert shown.is_public
    assert gone.status is OfferStatus.CLOSED


def test_a_draft_is_its_writers_alone(make_account: Make) -> None:
    draft = make_offer(make_account(), draft=True)
    official = make_account(role=Role.COUNTY_OFFICIAL, region="430726")
    for permission in ("offer.read", "offer.review"):
        assert not may(official, permission, draft)


@pytest.mark.parametrize(
    ("changed", "now"),
    [({"price_low": "40"}, "40"), ({"quantity": "60"}, "60"), ({"grade": "大果"}, "大果")],
)
def test_a_form_opened_before_another_change_does_not_write_over_it_unasked(
    make_account: Make, log_in: LogIn, changed: dict[str, str], now: str
) -> None:
    owner = make_account()
    offer = make_offer(owner)
    browser, address = log_in(owner), f"/offers/{offer.id}/edit"
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', browser.get(address).text)
    assert seen
    late = {**PEARS, "grade": "", "description": "树上熟的", "seen": seen[1]}
    assert browser.send(address, {**PEARS, **changed, "seen": seen[1]}).status_code == 303
    answer = browser.send(address, late)
    assert answer.status_code == 200
    assert "别的窗口" in answer.text
    assert f"现在是：{now}" in answer.text
    assert "树上熟的" in answer.text, "nothing typed is lost"
    db.session.expire_all()
    assert offer.description != "树上熟的"
    again = re.search(r'name="seen"[^>]*value="(\w+)"', answer.text)
    assert again
    assert browser.send(address, {**late, "seen": again[1]}).status_code == 303
    db.session.expire_all()
    assert offer.description == "树上熟的"
