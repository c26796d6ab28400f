"""Consents: renewed, proved by a picture that few may see, listed, withdrawn."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask, current_app
from PIL import Image

from market.accounts.models import Account, Consent
from market.accounts.privacy.erasures import finish_erasures
from market.accounts.services import erase_account
from market.database import db, transaction, utcnow
from market.imports.models import ImportRow
from market.offers.models import OfferPublication
from market.offers.services import draft_offer, post_offer
from market.stations.rules import CONSENT_DAYS, consent_ends
from market.web.errors import Refused
from market.web.home_time import home_zone
from tests.conftest import Client
from tests.imports.conftest import tried, workbook
from tests.offers.factories import offer_values
from tests.stations.farmers import FARMER, take_on

LogIn = Callable[[Account], Client]
Make = Callable[..., Account]
AGAIN = {"way": "paper", "note": "村部柜子里", "agreed": "y"}


def picture(colour: str = "red") -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(made, "JPEG")
    made.seek(0)
    return made, "paper.jpg"


@pytest.fixture
def browser(log_in: LogIn, assistant: Account) -> Client:
    return log_in(assistant)


def consents() -> list[Consent]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(Consent).order_by(Consent.id)))


def test_a_farmer_is_registered_with_a_picture_of_the_signed_form(browser: Client) -> None:
    take_on(browser, paper=picture())
    (consent,) = consents()
    assert (consent.width, consent.height) == (60, 80)
    with browser.get(f"/station/consents/{consent.id}/paper.webp") as shown:
        assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        assert shown.headers["Cache-Control"].startswith("private")


def test_the_picture_is_seen_by_station_and_county_alone(
    browser: Client, log_in: LogIn, make_account: Make, client: Client
) -> None:
    take_on(browser, paper=picture())
    address = f"/station/consents/{consents()[0].id}/paper.webp"
    county = make_account(role="county_official", scope="430726")
    other_county = make_account(role="county_official", scope="430725")
    other = make_account(name="别站站长", role="assistant", scope="430726")
    with log_in(county).get(address) as shown:
        assert shown.status_code == 200
    for stranger in (other_county, other, make_account()):
        assert log_in(stranger).get(address).status_code == 403
    assert client.get(address).status_code == 303
    # Nor by its hash among the photos of offers.
    sha256 = consents()[0].sha256
    assert client.get(f"/media/{sha256}.webp").status_code == 404


def test_a_consent_is_renewed_and_the_one_before_stays_on_record(browser: Client) -> None:
    farmer = take_on(browser)
    page = f"/station/farmers/{farmer.id}/consent"
    assert browser.send(page, {**AGAIN, "paper": picture()}).status_code == 303
    before, after = consents()
    assert (before.how, after.how) == ("spoken: 村主任在场", "paper: 村部柜子里")
    assert before.withdrawn_at is after.withdrawn_at is None
    assert after.sha256
    html = browser.get(page).text
    assert "村主任在场" in html
    assert "村部柜子里" in html
    assert browser.send(page, {**AGAIN, "agreed": ""}).status_code == 200
    assert len(consents()) == 2


def test_a_picture_is_added_later_and_one_that_is_none_is_refused(browser: Client) -> None:
    farmer = take_on(browser)
    page = f"/station/farmers/{farmer.id}/consent"
    to = f"/station/consents/{consents()[0].id}/paper"
    browser.send(to, {"paper": (io.BytesIO(b"no picture"), "x.jpg")}, page=page)
    browser.send(to, {}, page=page)
    assert consents()[0].sha256 is None
    browser.send(to, {"paper": picture("blue")}, page=page)
    assert consents()[0].sha256


def test_consents_are_listed_the_oldest_first_with_what_is_due(
    browser: Client, log_in: LogIn, make_account: Make
) -> None:
    take_on(browser, name="新来的")
    farmer = take_on(browser, name="早来的")
    gone = take_on(browser, name="走了的")
    with transaction():
        consents()[1].given_at = utcnow() - timedelta(days=CONSENT_DAYS - 3)
    page = f"/station/farmers/{gone.id}"
    browser.send(f"{page}/withdraw-consent", page=page)
    browser.get("/station")  # takes what was flashed
    html = browser.get("/station/consents").text
    names = ["早来的", "新来的", "走了的"]
    assert sorted(names, key=html.index) == names
    assert "该续签" in html
    assert "已收回" in html
    assert f"/station/farmers/{farmer.id}/consent" in html
    county = log_in(make_account(role="county_official", scope="430726"))
    assert "早来的" in county.get("/desk/consents").text
    elsewhere = log_in(make_account(role="county_official", scope="430725"))
    assert "早来的" not in elsewhere.get("/desk/consents").text


def test_the_form_to_print_names_farmer_and_assistant(browser: Client) -> None:
    farmer = take_on(browser, township="皂市镇", village="阳泉村")
    html = browser.get(f"/station/consent-form?for={farmer.id}").text
    assert "皂市镇阳泉村" in html
    assert "站长" in html
    assert browser.get("/station/consent-form").status_code == 200


def test_another_station_neither_renews_nor_prints_for_a_farmer(
    browser: Client, log_in: LogIn, make_account: Make
) -> None:
    farmer = take_on(browser)
    other = log_in(make_account(name="别站站长", role="assistant", scope="430726"))
    assert other.get(f"/station/farmers/{farmer.id}/consent").status_code == 403
    assert other.get(f"/station/consent-form?for={farmer.id}").status_code == 403
    to = f"/station/consents/{consents()[0].id}/paper"
    assert other.send(to, {"paper": picture()}, page="/me").status_code == 403


def test_who_is_erased_leaves_no_picture_of_the_form(app: Flask, browser: Client) -> None:
    farmer = take_on(browser, paper=picture())
    sha256 = consents()[0].sha256
    assert sha256
    kept = Path(app.config["MEDIA"]) / "consents" / sha256[:2] / f"{sha256}.webp"
    assert kept.is_file()
    with transaction():
        erase_account(farmer)
    finish_erasures()
    assert consents()[0].sha256 is None
    assert not kept.exists()


def test_a_form_sent_twice_registers_one_farmer_with_one_consent(browser: Client) -> None:
    sent = {**FARMER, "key": "f" * 32}
    assert browser.send("/station/farmers/new", sent).status_code == 303
    assert browser.send("/station/farmers/new", sent).status_code == 303
    assert len(consents()) == 1


def test_a_consent_that_lapsed_is_renewed_before_more_is_posted(browser: Client) -> None:
    farmer = take_on(browser)
    chinese = {"Accept-Language": "zh-CN"}
    form = f"/offers/new?for={farmer.id}"
    assert "已有委托记录" in browser.get(form, headers=chinese).text
    given = utcnow() - timedelta(days=CONSENT_DAYS + 340)
    with transaction():
        consents()[0].given_at = given
    renew = f"/station/farmers/{farmer.id}/consent"
    first = browser.get(form, headers=chinese)
    assert (first.status_code, first.location.partition("?")[0]) == (302, renew)
    page = browser.get(first.location, headers=chinese).text
    assert "田大伯的委托已于" in page
    assert str(consent_ends(given).astimezone(home_zone()).year) in page
    for desk in ("/station", "/station/consents", renew):
        assert "过期" in browser.get(desk, headers=chinese).text
    renewed = browser.send(first.location, AGAIN, first.location)
    assert (renewed.status_code, renewed.location) == (303, form)
    assert "已有委托记录" in browser.get(form, headers=chinese).text


def test_new_offers_wait_for_the_renewal_and_those_that_stand_are_renewed(
    browser: Client, assistant: Account
) -> None:
    farmer = take_on(browser)
    with transaction():
        stands = post_offer(assistant, farmer, offer_values(), uuid.uuid4().hex)
        stands.published_at = utcnow() - timedelta(days=3)
        db.session.flush()
        db.session.execute(db.update(OfferPublication).values(at=utcnow() - timedelta(days=3)))
        consents()[0].given_at = utcnow() - timedelta(days=CONSENT_DAYS + 1)
    other = offer_values(quantity=Decimal(70))
    with current_app.test_request_context(), pytest.raises(Refused), transaction():
        post_offer(assistant, farmer, other, uuid.uuid4().hex)
    with transaction():
        draft_offer(assistant, farmer, other, uuid.uuid4().hex)
    page = f"/offers/{stands.id}"
    assert browser.send(f"{page}/renew", page=page).status_code == 303
    db.session.expire_all()
    assert utcnow() - stands.published_at < timedelta(minutes=5)


def test_a_row_for_a_farmer_whose_consent_lapsed_is_refused_at_the_name(browser: Client) -> None:
    take_on(browser)
    with transaction():
        consents()[0].given_at = utcnow() - timedelta(days=CONSENT_DAYS + 1)
    trial = tried(browser, workbook([("田大伯", "", "", "脐橙", 300, 2)]))
    assert (trial.ready, trial.wrong) == (0, 1)
    (problem,) = db.session.scalars(db.select(ImportRow.problems)).one()
    assert problem["field"] == "name"
    assert "续一次" in problem["text"]["zh_CN"]


def test_a_renewal_leads_to_no_other_site(browser: Client) -> None:
    farmer = take_on(browser)
    page = f"/station/farmers/{farmer.id}/consent?then=https://example.org/"
    assert browser.send(page, AGAIN, page).location == page.partition("?")[0]


def test_a_signed_form_stays_in_sight_when_the_consent_is_renewed_by_word(
    browser: Client, log_in: LogIn, make_account: Make
) -> None:
    farmer = take_on(browser, paper=picture())
    signed = consents()[0].id
    browser.send(
        f"/station/farmers/{farmer.id}/consent", {"way": "spoken", "note": "电话", "agreed": "y"}
    )
    assert len(consents()) == 2
    county = log_in(make_account(role="county_official", scope="430726"))
    for client, page in (
        (browser, f"/station/farmers/{farmer.id}"),
        (browser, "/station/consents"),
        (county, "/desk/consents"),
    ):
        assert f"/station/consents/{signed}/paper.webp" in client.get(page).text


def test_the_countys_list_is_in_the_desks_bar_and_names_an_erased_farmer_in_its_own_language(
    browser: Client, log_in: LogIn, make_account: Make
) -> None:
    farmer = take_on(browser)
    with transaction():
        erase_account(farmer)
    county = log_in(make_account(role="county_official", scope="430726"))
    assert 'href="/desk/consents"' in county.get("/desk").text
    page = county.get("/desk/consents").text
    assert "已注销账号" in page
    assert "(erased)" not in page
