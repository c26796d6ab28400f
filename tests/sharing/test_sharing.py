"""Passing an offer on: pictures beside links, the poster, and WeChat's browser."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from market.accounts.models import Account
from market.accounts.services import erase_account
from market.database import transaction
from market.offers import services
from market.offers.models import Offer
from market.papers.fonts import is_there_a_font
from market.sharing import pictures
from tests.conftest import Client
from tests.fairs.factories import make_fair
from tests.offers.factories import make_offer

WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.47"}
HOSTILE = '#panic("x") $ </script> \\ "好" ] } *梨*'


@pytest.fixture
def offer(make_account: Callable[..., Account]) -> Offer:
    return make_offer(make_account("果农老李"), title=HOSTILE)


def made(app: Flask) -> list[Path]:
    return sorted(Path(app.config["INSTANCE"], "shared_pictures").glob("*/*"))


def colours_of(content: bytes) -> int:
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
        assert picture.size == (1200, 630)
        return len(picture.convert("RGB").quantize(64).getcolors() or [])


@pytest.fixture
def with_font(app: Flask) -> None:
    if not is_there_a_font():
        pytest.skip("this machine has no Chinese font")


def test_the_picture_that_an_offer_names_is_made_once_and_anew_with_another_price(
    app: Flask, client: Client, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get(f"/offers/{offer.id}").get_data(as_text=True)
    path = f"/offers/{offer.id}/picture.jpg"
    assert f'og:image" content="http://localhost{path}"' in page
    first = client.get(path)
    assert first.mimetype == "image/jpeg"
    assert len(first.data) < 150_000
    colours_of(first.data)
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "_compiled", None)
        assert client.get(path).data == first.data
    if is_there_a_font():
        with transaction():
            offer.price_low = offer.price_high
        assert client.get(path).data != first.data
        assert len(made(app)) == 2


def test_an_english_page_names_an_english_picture(client: Client, offer: Offer) -> None:
    page = client.get(f"/offers/{offer.id}?lang=en").get_data(as_text=True)
    assert f"/offers/{offer.id}/picture.jpg?lang=en" in page


def test_without_a_font_the_picture_is_a_plain_drawing_and_there_is_no_poster(
    app: Flask, client: Client, offer: Offer
) -> None:
    app.config["FONT_FOLDERS"] = ()
    colours_of(client.get(f"/offers/{offer.id}/picture.jpg").data)
    assert client.get(f"/offers/{offer.id}/poster.pdf").status_code == 503
    page = client.get(f"/offers/{offer.id}/share").get_data(as_text=True)
    assert "poster.pdf" not in page
    assert f"/offers/{offer.id}/qr.svg" in page


def test_a_fair_and_its_county_have_pictures(client: Client) -> None:
    fair = make_fair()
    for path in (f"/fairs/{fair.slug}", f"/fairs/{fair.slug}/regions/430726"):
        assert f"{path}/picture.jpg" in client.get(path).get_data(as_text=True)
        colours_of(client.get(f"{path}/picture.jpg").data)
    assert client.get(f"/fairs/{fair.slug}/regions/999999/picture.jpg").status_code == 404


def test_the_poster_is_one_page_of_a5_with_the_address(
    client: Client, offer: Offer, with_font: None
) -> None:
    poster = client.get(f"/offers/{offer.id}/poster.pdf")
    assert poster.mimetype == "application/pdf"
    assert poster.data.count(b"/Type /Page\n") + poster.data.count(b"/Type/Page/") <= 1
    assert b"419.5" in poster.data  # the width of A5 in points


def test_wechat_gets_no_pdf_but_the_page_that_says_how(client: Client, offer: Offer) -> None:
    answer = client.get(f"/offers/{offer.id}/poster.pdf", headers=WECHAT)
    assert (answer.status_code, answer.location) == (303, f"/offers/{offer.id}/share")
    page = client.get(answer.location, headers=WECHAT).get_data(as_text=True)
    assert "在浏览器打开" in page
    assert "poster.pdf" not in page
    assert f"/offers/{offer.id}/picture.jpg" in page


def test_the_offer_leads_to_passing_it_on_for_its_owner_and_for_others(
    client: Client, offer: Offer, log_in: Callable[[Account], Client]
) -> None:
    share = f'href="/offers/{offer.id}/share"'
    for browser in (client, log_in(offer.owner)):
        assert share in browser.get(f"/offers/{offer.id}").get_data(as_text=True)
    page = client.get(f"/offers/{offer.id}/share").get_data(as_text=True)
    assert f'value="http://localhost/offers/{offer.id}"' in page


@pytest.mark.parametrize("name", ["share", "qr.svg", "poster.pdf", "picture.jpg"])
def test_nothing_is_passed_on_of_an_offer_that_is_over(
    client: Client, offer: Offer, name: str
) -> None:
    with transaction():
        services.close_offer(offer.owner, offer)
    assert client.get(f"/offers/{offer.id}/{name}").status_code == 410


def test_a_network_may_have_only_so_many_pictures_made(
    app: Flask, client: Client, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "NEW_PICTURES", pictures.parse("1/hour"))
    other = make_offer(offer.owner)
    assert client.get(f"/offers/{offer.id}/picture.jpg").status_code == 200
    app.config["FONT_FOLDERS"] = ()
    refused = client.get(f"/offers/{other.id}/picture.jpg").status_code
    assert refused == 429


def test_old_pictures_make_room_and_none_is_left_of_who_is_erased(
    app: Flask, client: Client, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures.store, "max_files", 1)
    client.get(f"/offers/{offer.id}/picture.jpg")
    fair = make_fair()
    client.get(f"/fairs/{fair.slug}/picture.jpg")
    assert len(made(app)) == 1
    with transaction():
        erase_account(offer.owner)
    from market.accounts.privacy.erasures import finish_erasures

    finish_erasures()
    assert made(app) == []
