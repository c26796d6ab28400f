"""An owner's own offers: why they are closed, another price, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from market.accounts.contact import reveal_phone
from market.accounts.models import Account
from market.database import db, transaction
from market.messages.models import EnquiryThread
from market.offers import interest, services
from market.offers.models import ClosingReason, Offer, OfferStatus, OfferViews, Verification
from market.offers.reveals import reveal_page
from market.web.errors import Invalid, InvalidTransition
from market.web.home_time import home_today
from tests.offers.factories import make_offer

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130 MicroMessenger/8.0"}


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account("果农老李")


@pytest.fixture(autouse=True)
def nothing_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interest.view_counts, "_waiting", Counter())


def text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def only() -> Offer:
    return db.session.scalars(db.select(Offer)).one()


def test_the_list_says_the_quantity_in_other_words_too(owner: Account, log_in: LogIn) -> None:
    make_offer(owner, quantity=Decimal(80_000), unit="jin")
    browser = log_in(owner)
    assert "8万斤 (40吨)" in text(browser.get("/offers/mine"))
    browser.set_cookie("language", "en")
    assert "40 tonnes (80,000 jin)" in text(browser.get("/offers/mine"))


@pytest.mark.parametrize("reason", [ClosingReason.TRADED, ClosingReason.STOPPED])
def test_an_offer_is_closed_with_its_reason(owner: Account, log_in: LogIn, reason: str) -> None:
    offer, browser = make_offer(owner), log_in(owner)
    answer = browser.send(
        f"/offers/{offer.id}/close", {"reason": reason, "back": "mine"}, "/offers/mine"
    )
    assert answer.location == "/offers/mine"
    assert (only().status, only().status_reason) == (OfferStatus.CLOSED, reason)
    word = {"traded": "在别处卖了", "stopped": "不卖了"}[reason]
    assert f'<span class="badge badge-neutral">{word}</span>' in text(
        browser.get("/offers/mine?status=closed")
    )
    assert word in text(browser.get(f"/offers/{offer.id}"))


def test_a_reason_that_is_not_the_owners_is_none(owner: Account, log_in: LogIn) -> None:
    offer, browser = make_offer(owner), log_in(owner)
    browser.send(f"/offers/{offer.id}/close", {"reason": "account_closed"}, f"/offers/{offer.id}")
    assert only().status_reason == ClosingReason.STOPPED


@pytest.mark.postgresql
def test_the_database_knows_the_reasons(owner: Account) -> None:
    offer = make_offer(owner)
    with pytest.raises(Exception, match="closing_reason"), transaction():
        offer.status, offer.status_reason = OfferStatus.CLOSED, "because"


def test_a_sale_is_lowered_and_a_bid_is_raised(owner: Account) -> None:
    sale = make_offer(owner)
    with transaction():
        services.change_price(owner, sale, Decimal("2.10"))
    assert (sale.price_low, sale.price_high) == (Decimal("2.10"), Decimal("2.10"))
    assert sale.price_per_base == Decimal("4.20")
    purchase = make_offer(owner, "buy")
    with transaction():
        services.change_price(owner, purchase, Decimal("2.80"))
    assert purchase.price_high == Decimal("2.80")
    for offer, price in ((sale, "2.10"), (sale, "2.50"), (purchase, "2.80"), (purchase, "2.00")):
        with pytest.raises(Invalid), transaction():
            services.change_price(owner, offer, Decimal(price))
    with transaction():
        services.close_offer(owner, sale)
    with pytest.raises(InvalidTransition), transaction():
        services.change_price(owner, sale, Decimal("1.00"))


def test_the_price_is_lowered_on_the_list_as_people_write_it(owner: Account, log_in: LogIn) -> None:
    offer, browser = make_offer(owner), log_in(owner)
    form = {"price": "2块1", "price_unit": "jin", "back": "mine"}
    answer = browser.send(f"/offers/{offer.id}/price", form, "/offers/mine")
    assert (answer.status_code, answer.location) == (303, "/offers/mine")
    assert only().price_low == Decimal("2.1")
    again = browser.send(f"/offers/{offer.id}/price", {**form, "price": "9"}, "/offers/mine")
    assert again.status_code == 200
    assert "不比现在低" in text(again)
    assert 'value="9"' in text(again)
    assert only().price_low == Decimal("2.1")


def test_a_verified_offer_with_a_lower_price_goes_back_to_the_county_as_any_edit(
    owner: Account, make_account: Make
) -> None:
    offer = make_offer(owner)
    with transaction():
        services.verify_offer(make_account(role="county_official"), offer)
    with transaction():
        services.change_price(owner, offer, Decimal("2.10"))
    assert offer.verification is Verification.UNVERIFIED


def test_people_are_counted_and_programs_owners_and_reloads_are_not(
    app: Flask, owner: Account, make_account: Make, log_in: LogIn
) -> None:
    offer = make_offer(owner)
    address = f"/offers/{offer.id}"
    visitor = app.test_client(use_cookies=False)
    for agent in ("", "Baiduspider/2.0", "Mozilla/5.0 (compatible; bingbot/2.0)", "curl/8.5"):
        visitor.get(address, headers={"User-Agent": agent})
    log_in(owner).get(address, headers=PHONE)
    interest.view_counts.flush()
    assert db.session.scalars(db.select(OfferViews)).all() == []
    for _reload in range(3):
        visitor.get(address, headers=PHONE)
    visitor.get(address, headers=PHONE, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    log_in(make_account()).get(address, headers={"User-Agent": "Mozilla/5.0 Firefox/140"})
    interest.view_counts.flush()
    visitor.get(address, headers=PHONE, environ_overrides={"REMOTE_ADDR": "203.0.113.10"})
    interest.view_counts.flush()
    (row,) = db.session.scalars(db.select(OfferViews))
    assert (row.offer_id, row.day, row.number) == (offer.id, home_today(), 4)


def test_numbers_and_the_line_stand_on_the_list(
    owner: Account, make_account: Make, log_in: LogIn
) -> None:
    offer, asker = make_offer(owner), make_account()
    with transaction():
        for days, number in ((0, 3), (2, 5), (40, 9)):
            day = home_today() - timedelta(days=days)
            db.session.add(OfferViews(offer_id=offer.id, day=day, number=number))
        db.session.add(EnquiryThread(offer_id=offer.id, asker_id=asker.id, owner_id=owner.id))
        reveal_phone(asker, owner, reveal_page(offer.id))
    found = interest.interest_of([offer.id])[offer.id]
    assert [number for _label, number in found.numbers] == [8, 1, 0, 1]
    assert (found.views[-1], found.views[-3], sum(found.views)) == (3, 5, 8)
    page = text(log_in(owner).get("/offers/mine"))
    assert '<dt>浏览</dt><dd class="num">8</dd>' in page
    assert "sparkline" in page


def test_the_views_of_an_offer_that_is_gone_are_dropped(app: Flask) -> None:
    interest.view_counts.add((4711, home_today()))
    interest.view_counts.flush()
    assert db.session.scalars(db.select(OfferViews)).all() == []


def test_a_visitor_can_neither_close_nor_lower(owner: Account, client: FlaskClient) -> None:
    offer = make_offer(owner)
    for step in ("close", "price"):
        assert client.post(f"/offers/{offer.id}/{step}").status_code in (302, 303, 400)
    assert only().status is OfferStatus.PUBLISHED
