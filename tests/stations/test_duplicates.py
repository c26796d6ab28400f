"""Farmers registered twice: asked about, listed, made one, taken back, kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from market.accounts.models import Account, Consent
from market.accounts.services import ERASED_NAME, erase_account
from market.database import db, transaction, utcnow
from market.deals.checks import DealTerms
from market.deals.models import Deal, LedgerEntry
from market.deals.services import agree_deal, propose_deal
from market.deals.verification import verify_deal
from market.messages.models import EnquiryThread
from market.offers.models import Offer
from market.stations.duplicates import possible_duplicates
from market.stations.merging import ChangedSince, merge_farmers, undo_merge
from market.stations.models import FarmerMerge
from market.web.errors import InvalidTransition
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.stations.farmers import FARMER, farmers, take_on
from tests.stations.test_consents import picture

LogIn = Callable[[Account], Client]
Make = Callable[..., Account]
TERMS = DealTerms(quantity=Decimal(10), unit="jin", unit_price=Decimal(2), amount_fen=2000)
HERE = {"township": "皂市镇", "village": "阳泉村"}


@pytest.fixture
def browser(log_in: LogIn, assistant: Account) -> Client:
    return log_in(assistant)


@pytest.fixture
def two(browser: Client) -> tuple[Account, Account]:
    """One farmer registered twice, the second time with a number."""
    one = take_on(browser, **HERE)
    return one, take_on(browser, phone="13800002222", another="y", village="阳泉村")


@pytest.fixture
def buyer(make_account: Make) -> Account:
    return make_account(name="采购商")


def pairs(assistant: Account) -> list[set[int]]:
    db.session.expire_all()
    return [{one.id, other.id} for one, other in possible_duplicates(assistant.id)]


def test_who_registers_somebody_of_the_same_name_and_village_is_asked(browser: Client) -> None:
    first = take_on(browser, **HERE)
    again = browser.send("/station/farmers/new", {**FARMER, "name": "田大伯", **HERE})
    assert again.status_code == 200
    assert f"/station/farmers/{first.id}" in again.text
    assert 'name="another"' in again.text
    assert len(farmers()) == 1
    take_on(browser, **HERE, another="y")
    assert len(farmers()) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"name": "田二伯"},
        {"village": "杨坪村"},
        {"township": "夹山镇"},
    ],
)
def test_nobody_is_asked_about_another_name_or_place(
    browser: Client, change: dict[str, str]
) -> None:
    take_on(browser, **HERE)
    take_on(browser, **{**HERE, **change})
    assert len(farmers()) == 2


def test_two_with_numbers_of_their_own_are_two(browser: Client, assistant: Account) -> None:
    take_on(browser, phone="13800001111", **HERE)
    take_on(browser, phone="13800002222", **HERE)
    assert pairs(assistant) == []


def test_those_who_are_perhaps_the_same_are_listed_until_somebody_says_not(
    browser: Client, two: tuple[Account, Account], assistant: Account
) -> None:
    one, other = two
    assert pairs(assistant) == [{one.id, other.id}]
    assert "/station/duplicates" in browser.get("/station").text
    page = browser.get("/station/duplicates").text
    assert page.count("村主任在场") == 2
    browser.send(
        f"/station/farmers/{other.id}/keep-apart", {"other": one.id}, page="/station/duplicates"
    )
    assert pairs(assistant) == []
    assert "/station/duplicates" not in browser.get("/station").text


def merge(assistant: Account, kept: Account, merged: Account) -> FarmerMerge:
    with transaction():
        return merge_farmers(assistant, kept, merged)


def test_what_is_not_frozen_goes_over_and_the_ledger_is_not_touched(
    two: tuple[Account, Account], assistant: Account, buyer: Account, make_account: Make
) -> None:
    kept, merged = two
    county = make_account(role="county_official", scope="430726")
    sale = make_offer(merged, quantity=Decimal(500))
    with transaction():
        counted = propose_deal(buyer, sale, buyer, TERMS, "a" * 32)
        agree_deal(assistant, counted)
        verify_deal(county, counted)
        open_deal = propose_deal(buyer, sale, buyer, TERMS, "b" * 32)
        db.session.add(EnquiryThread(offer_id=sale.id, asker_id=buyer.id, owner_id=merged.id))
    before = [(e.id, e.deal_id, e.hash) for e in db.session.scalars(db.select(LedgerEntry))]
    since = db.session.get_one(Deal, open_deal.id).updated_at
    merge(assistant, kept, merged)
    db.session.expire_all()
    assert sale.owner_id == open_deal.seller_id == kept.id
    assert open_deal.updated_at == since
    assert counted.seller_id == merged.id
    assert db.session.scalars(db.select(EnquiryThread.owner_id)).one() == kept.id
    assert set(db.session.scalars(db.select(Consent.farmer_id))) == {kept.id}
    after = [(e.id, e.deal_id, e.hash) for e in db.session.scalars(db.select(LedgerEntry))]
    assert after == before
    # The number, and the town that the other one had said.
    assert (kept.phone, kept.township_code) == ("+8613800002222", "430726105")
    assert (merged.phone, merged.represented_by_id) == (None, None)
    assert merged.disabled_at is not None
    assert pairs(assistant) == []


def test_the_kept_ones_signed_form_stays_in_sight(browser: Client, assistant: Account) -> None:
    kept = take_on(browser, paper=picture(), **HERE)
    signed = db.session.scalars(db.select(Consent.id)).one()
    merged = take_on(browser, another="y", **HERE)
    merge(assistant, kept, merged)
    page = browser.get(f"/station/farmers/{kept.id}").text
    assert f"/station/consents/{signed}/paper.webp" in page


def test_namesakes_are_told_apart_where_it_is_chosen_for_whom(
    browser: Client, two: tuple[Account, Account]
) -> None:
    page = browser.get("/deals/new").text
    first, second = (re.search(rf'value="{one.id}">([^<]*)<', page) for one in two)
    assert first
    assert "田大伯 · 皂市镇阳泉村 · " in first[1]
    assert second
    assert second[1] == "田大伯 · 阳泉村 · 尾号 2222"


def test_the_page_of_the_kept_one_shows_the_deals_of_both(
    browser: Client, two: tuple[Account, Account], assistant: Account, buyer: Account
) -> None:
    kept, merged = two
    with transaction():
        propose_deal(buyer, make_offer_inside(merged), buyer, TERMS, "a" * 32)
    merge(assistant, kept, merged)
    assert "采购商" in browser.get(f"/station/farmers/{kept.id}").text
    assert browser.get(f"/station/farmers/{merged.id}").status_code == 404


def make_offer_inside(owner: Account) -> Offer:
    offer = db.session.scalars(db.select(Offer).where(Offer.owner_id == owner.id)).first()
    return offer or make_offer(owner)


def test_within_a_day_all_of_it_goes_back(
    browser: Client, two: tuple[Account, Account], assistant: Account
) -> None:
    kept, merged = two
    sale = make_offer(merged)
    made = merge(assistant, kept, merged)
    browser.send(f"/station/merges/{made.id}/undo", page="/station/duplicates")
    db.session.expire_all()
    assert sale.owner_id == merged.id
    assert (kept.phone, merged.phone) == (None, "+8613800002222")
    assert merged.represented_by_id == assistant.id
    assert merged.disabled_at is None
    assert pairs(assistant) == [{kept.id, merged.id}]
    # And it may be merged once more.
    merge(assistant, merged, kept)


def test_what_was_changed_since_or_is_older_than_a_day_stays(
    two: tuple[Account, Account], assistant: Account
) -> None:
    kept, merged = two
    sale = make_offer(merged)
    made = merge(assistant, kept, merged)
    with transaction():
        sale.title = "改过的"
    with pytest.raises(ChangedSince), transaction():
        undo_merge(assistant, made)
    with transaction():
        made.at = utcnow() - timedelta(hours=25)
    with pytest.raises(InvalidTransition), transaction():
        undo_merge(assistant, made)
    assert sale.owner_id == kept.id


def test_who_dealt_with_each_other_or_has_two_numbers_is_not_merged(
    browser: Client, two: tuple[Account, Account], assistant: Account
) -> None:
    one, other = two
    with transaction():
        one.phone = "+8613800003333"
    to = f"/station/farmers/{one.id}/merge"
    answer = browser.send(to, {"other": other.id}, page="/station/duplicates")
    assert "自己的号码" in browser.get(answer.headers["Location"]).text
    assert db.session.scalar(db.select(FarmerMerge.id)) is None


def test_another_station_can_do_none_of_it(
    log_in: LogIn, make_account: Make, two: tuple[Account, Account], assistant: Account
) -> None:
    one, other = two
    stranger = make_account(name="别站站长", role="assistant", scope="430726")
    strange = log_in(stranger)
    own = take_on(strange)
    for act in ("merge", "keep-apart"):
        to = f"/station/farmers/{one.id}/{act}"
        answer = strange.send(to, {"other": other.id}, page="/station/duplicates")
        assert answer.status_code == 403
        strange.send(f"/station/farmers/{own.id}/{act}", {"other": one.id}, page="/station")
    made = merge(assistant, one, other)
    strange.send(f"/station/merges/{made.id}/undo", page="/station")
    db.session.expire_all()
    assert made.undone_at is None
    assert db.session.scalars(db.select(FarmerMerge.id)).all() == [made.id]


def test_who_is_erased_leaves_the_merged_account_too(
    two: tuple[Account, Account], assistant: Account
) -> None:
    kept, merged = two
    made = merge(assistant, kept, merged)
    with transaction():
        erase_account(kept)
    db.session.expire_all()
    assert kept.name == merged.name == ERASED_NAME
    assert "phone" not in made.moved
