"""The desk of the station: finding farmers, what is to do for them, and the steps of a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import update

from market.accounts.models import Account, Consent
from market.database import db, transaction, utcnow
from market.deals.checks import DealTerms
from market.deals.services import propose_deal
from market.matching.models import MatchNotice
from market.messages.models import EnquiryThread
from market.offers.models import Offer
from market.stations.farmers import FarmerSearch, farmer_ids, places_of
from market.stations.rules import CONSENT_DAYS
from market.stations.work import work_for
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.stations.farmers import take_on

LogIn = Callable[[Account], Client]
Make = Callable[..., Account]
ZAOSHI, JIASHAN = "430726105", "430726102"


@pytest.fixture
def browser(log_in: LogIn, assistant: Account) -> Client:
    return log_in(assistant)


@pytest.fixture
def three(browser: Client) -> list[Account]:
    """Farmers of two towns; one has a number."""
    return [
        take_on(browser, name="田大伯", township="皂市镇", village="阳泉村"),
        take_on(browser, name="田二嫂", township="夹山镇", phone="13800004567"),
        take_on(browser, name="覃三哥", township="夹山镇", village="杨坪村"),
    ]


def found(assistant: Account, **search: str) -> list[str]:
    ids = farmer_ids(assistant.id, FarmerSearch(**search))
    return [db.session.get_one(Account, id_).name for id_ in sorted(ids)]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ({"text": "田"}, ["田大伯", "田二嫂"]),
        ({"text": "0004567"}, ["田二嫂"]),
        ({"text": "380 0004"}, ["田二嫂"]),
        ({"text": "45"}, []),
        ({"township": JIASHAN}, ["田二嫂", "覃三哥"]),
        ({"township": JIASHAN, "village": "杨坪村"}, ["覃三哥"]),
        ({"text": "100%"}, []),
    ],
)
def test_farmers_are_found_by_a_part_of_name_or_number_and_by_place(
    three: list[Account], assistant: Account, search: dict[str, str], names: list[str]
) -> None:
    assert found(assistant, **search) == names


def test_farmers_of_all_groups_of_a_village_are_found_by_it(
    browser: Client, assistant: Account
) -> None:
    farmers = [take_on(browser, name=name, village="杨坪村3组") for name in ("田大伯", "覃三哥")]
    assert farmers[0].village == "杨坪村"
    # As it was written before.
    db.session.execute(
        update(Account).where(Account.id == farmers[1].id).values(village="杨坪村五组")
    )
    assert places_of(assistant.id)[1] == ["杨坪村"]
    assert found(assistant, village="杨坪村") == ["田大伯", "覃三哥"]


def test_the_desk_lists_those_that_fit_thirty_a_page(browser: Client, three: object) -> None:
    browser.get("/station")  # takes what was flashed
    page = browser.get("/station?q=田二").text
    assert "田二嫂" in page
    assert "覃三哥" not in page
    for number in range(30):
        take_on(browser, name=f"王{number}")
    browser.get("/station")
    assert browser.get("/station").text.count(">王") == 30
    assert "page=2" in browser.get("/station").text
    assert "覃三哥" in browser.get("/station?page=2").text


def test_each_row_leads_to_the_forms_already_for_that_farmer(
    browser: Client, three: list[Account], make_account: Callable[..., Account]
) -> None:
    page, farmer = browser.get("/station").text, three[1].id
    for address in (
        f"/offers/new?side=sell&amp;for={farmer}",
        f"/offers/new?side=buy&amp;for={farmer}",
        f"/deals/new?for={farmer}",
    ):
        assert address in page
    foreign = make_account(name="别人的农户").id
    assert browser.get(f"/deals/new?for={foreign}").status_code == 403
    for form in ("/deals/new", "/offers/new", "/station/consent-form", "/questions/new"):
        for nobody in ("99999999", "abc", "", "-1", "1.5", "9" * 400):
            assert browser.get(f"{form}?for={nobody}").status_code == 404, (form, nobody)
    record = browser.get(f"/deals/new?for={farmer}").text
    assert f'<option selected value="{farmer}">' in record


@pytest.fixture
def work(three: list[Account], assistant: Account, app: Flask) -> Callable[[], object]:
    def items() -> list[tuple[str, str]]:
        db.session.expire_all()
        with app.test_request_context():
            return [(i.kind, i.url) for i in work_for(farmer_ids(assistant.id, FarmerSearch()))]

    return items


def offer_of(farmer: Account, browser: Client, days: int, age: int) -> Offer:
    """An offer of the farmer that ends in so many days and was published so long ago."""
    offer = make_offer(db.session.get_one(Account, farmer.id), title=f"梨{days}")
    with transaction():
        offer.valid_until = utcnow() + timedelta(days=days)
        offer.published_at = utcnow() - timedelta(days=age)
    return offer


def test_what_waits_is_listed_the_first_due_first(
    browser: Client, three: list[Account], make_account: Make, work: Callable[[], object]
) -> None:
    ends = offer_of(three[0], browser, 2, 9)
    stale = offer_of(three[1], browser, 20, 18)
    fresh = offer_of(three[2], browser, 20, 1)
    buyer = make_account(name="采购商")
    terms = DealTerms(quantity=Decimal(10), unit="jin", unit_price=Decimal(2), amount_fen=2000)
    with transaction():
        deal = propose_deal(buyer, fresh, buyer, terms, "k" * 32)
        asked = utcnow() - timedelta(hours=5)
        thread = EnquiryThread(
            offer_id=fresh.id, asker_id=buyer.id, owner_id=three[2].id, last_at=asked
        )
        thread.owner_unread = 1
        db.session.add(thread)
        old = db.session.scalars(db.select(Consent).order_by(Consent.id)).first()
        assert old is not None
        old.given_at = utcnow() - timedelta(days=CONSENT_DAYS - 5)
    assert work() == [
        ("stale", f"/offers/{stale.id}/renew"),
        ("enquiry", f"/messages/{thread.id}"),
        ("proposal", f"/deals/{deal.id}"),
        ("expiring", f"/offers/{ends.id}/renew"),
        ("consent", f"/station/farmers/{three[0].id}/consent"),
    ]
    page = browser.get("/station/work").text
    assert "采购商" in page
    assert "梨2”" in page
    there = browser.get(f"/station/work?township={JIASHAN}").text
    assert "梨20" in there
    assert "梨2”" not in there


def test_matches_of_today_are_work_and_older_ones_are_not(
    browser: Client, three: list[Account], make_account: Make, work: Callable[[], object]
) -> None:
    sale = offer_of(three[0], browser, 20, 1)
    wanted = make_offer(make_account(), "buy")
    with transaction():
        notice = MatchNotice(
            offer_id=sale.id, counterpart_id=wanted.id, score=900, found_at=utcnow()
        )
        db.session.add(notice)
    assert work() == [("match", f"/offers/{sale.id}/matches")]
    with transaction():
        notice.found_at = utcnow() - timedelta(days=2)
    assert work() == []


def test_one_tap_renews_and_comes_back_to_the_desk(
    browser: Client, three: list[Account], work: Callable[[], object]
) -> None:
    ends = offer_of(three[0], browser, 2, 9)
    answer = browser.send(f"/offers/{ends.id}/renew", {"back": "station"}, page="/station")
    assert answer.headers["Location"].endswith("/station")
    assert work() == []


def test_a_proposal_is_for_a_farmer_and_never_by_default_for_the_assistant(
    browser: Client, three: list[Account], assistant: Account, make_account: Make
) -> None:
    wanted = make_offer(make_account(), "buy")
    page = browser.get(f"/offers/{wanted.id}/propose").text
    assert '<option selected value="0">' in page
    assert f'<option selected value="{assistant.id}">' not in page
    terms = {"quantity": "10", "unit": "jin", "unit_price": "2", "price_unit": "jin"}
    sent = {**terms, "party": "0", "own_offer": "0"}
    refused = browser.send(f"/offers/{wanted.id}/propose", sent)
    assert 'id="party-error"' in refused.text
    # Who answers with an offer of their own is the one.
    offer_of(three[1], browser, 20, 1)
    page = browser.get(f"/offers/{wanted.id}/propose").text
    assert f'<option selected value="{three[1].id}">' in page


def test_after_publishing_the_next_offer_of_the_farmer_is_one_tap_away(
    browser: Client, three: list[Account]
) -> None:
    values = {"product": "翠冠梨", "quantity": "500", "unit": "jin", "price_low": "2"}
    form = f"/offers/new?side=sell&for={three[0].id}"
    answer = browser.send(form, {**values, "region": "石门县", "action": "publish"})
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert f'href="/offers/new?side=sell&amp;for={three[0].id}"' in page
    assert "田大伯" in page
