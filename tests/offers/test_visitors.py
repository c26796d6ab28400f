"""Who is not logged in writes an offer, and is asked who they are when they publish it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.extensions import limiter
from market.offers.models import Offer
from tests.conftest import PASSWORD, Client
from tests.offers.pages import offer_form
from tests.offers.test_photo_field import hidden
from tests.offers.test_views import PEARS, photo

PHONE, NEW_PASSWORD = "13800004321", "smx-ganju-2026"
SENTENCE = "石门翠冠梨2000斤，两块三毛五一斤"


@pytest.fixture(autouse=True)
def in_english(client: Client) -> None:
    client.set_cookie("language", "en")


@pytest.fixture
def neighbour(app: Flask, make_account: Callable[..., Account]) -> Account:
    return make_account(phone=f"+86{PHONE}")


def enter(client: Client, there: str, password: str = PASSWORD) -> str:
    """The page after logging in on the page that one was sent to."""
    next_page = re.search(r'name="next"[^>]*value="([^"]+)"', client.get(there).text)
    assert next_page
    told = {"phone": PHONE, "password": password, "next": next_page[1].replace("&amp;", "&")}
    return str(client.send(there, told).location)


def test_a_visitor_writes_publishes_logs_in_and_finds_the_form_filled(
    client: Client, neighbour: Account
) -> None:
    assert "the number that you log in with" in client.get("/offers/new").text
    filled = client.send("/offers/new?side=sell", {"sentence": SENTENCE, "fill": "0"}).text
    action, fields = offer_form(filled)
    assert (fields["product"], fields["quantity"], fields["price_low"]) == (
        *("翠冠梨", "2000", "2.35"),
    )
    refused = client.post(action, data={**fields, "region": "", "action": "publish"})
    assert "Still missing" in refused.text
    sent = {**fields, "region": "石门县", "action": "publish", "photos": [photo()]}
    asked = client.post(action, data=sent)
    assert (asked.status_code, "/login" in asked.location) == (303, True)
    assert "comes back once you are logged in" in client.get(asked.location).text
    page = client.get(enter(client, asked.location)).text
    action, fields = offer_form(page)
    assert (fields["product"], fields["quantity"], fields["sentence"]) == (
        *("翠冠梨", "2000", SENTENCE),
    )
    (kept,) = hidden(page)
    answer = client.post(action, data={**fields, "photos": kept, "action": "publish"})
    assert answer.status_code == 303
    (offer,) = db.session.scalars(select(Offer))
    assert offer.owner_id == neighbour.id
    assert [each.sha256 for each in offer.photos] == [kept]


def test_who_registers_instead_finds_the_form_filled_too(client: Client) -> None:
    asked = client.send("/offers/new?side=buy", {**PEARS, "title": "办喜酒要的梨"})
    there = re.search(r'href="(/register\?next[^"]*)"', client.get(asked.location).text)
    assert there
    told = {
        "name": "新来的", "phone": PHONE, "password": NEW_PASSWORD, "trader_type": "farmer",
        "region": "石门县", "agreed": "y",
    }  # fmt: skip
    registered = client.send(there[1].replace("&amp;", "&"), told)
    assert registered.status_code == 303, registered.text
    page = client.get(enter(client, registered.location, NEW_PASSWORD)).text
    assert "办喜酒要的梨" in page


def test_a_visitors_photo_is_seen_by_who_sent_it_and_no_other_visitor(
    app: Flask, client: Client
) -> None:
    thumb = client.send("/offers/photos", {"photos": photo()}, page="/offers/new").json["thumb"]
    statuses = []
    for browser in (client, app.test_client()):
        with browser.get(thumb) as answer:
            statuses.append(answer.status_code)
    assert statuses == [200, 404]


def test_visitors_behind_one_address_have_a_budget_of_photos(app: Flask, client: Client) -> None:
    app.config["VISITOR_PHOTOS_PER_DAY"], limiter.enabled = "1/day", True
    send = client.send
    assert send("/offers/photos", {"photos": photo(1)}, page="/offers/new").status_code == 200
    refused = send("/offers/photos", {"photos": photo(2)}, page="/offers/new")
    assert (refused.status_code, "logged in" in refused.json["error"]) == (422, True)
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/offers/new").text)
    told = {"photos": photo(2), "csrf_token": token[-1]}
    answer = client.post("/offers/photos", data=told, environ_base=elsewhere)
    assert answer.status_code == 200


def test_nobody_writes_for_somebody_whom_they_do_not_represent(
    client: Client, neighbour: Account
) -> None:
    assert client.get(f"/offers/new?for={neighbour.id}").status_code == 303
    heic = {"photos": (io.BytesIO(b"no"), "a.jpg")}
    assert client.send("/offers/photos", heic, page="/offers/new").status_code == 422
