"""Photos as forms take them: limits before any decoding, and what a refusal keeps."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from market.accounts.models import Account
from market.database import db
from market.extensions import limiter
from market.offers import decoding, photos
from market.offers.models import Offer
from tests.conftest import Client
from tests.html import squeezed
from tests.offers.factories import make_offer
from tests.offers.test_views import PEARS, photo

LogIn = Callable[[Account], Client]


@pytest.fixture
def browser(make_account: Callable[..., Account], log_in: LogIn) -> Client:
    client = log_in(make_account())
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes in bytes of the pictures that were decoded."""
    sizes: list[int] = []

    def decode(content: bytes) -> Image.Image:
        sizes.append(len(content))
        return decoding.decode(content)

    monkeypatch.setattr(photos, "decode", decode)
    return sizes


def hidden(page: str) -> list[str]:
    return re.findall(r'name="photos" value="([0-9a-f]{64})"', page)


def error(page: str) -> str:
    found = re.search(r'id="photos-error">(.*?)</p>', squeezed(page))
    return found[1].strip() if found else ""


def big(side: int = 6300, mode: str = "1", kind: str = "PNG") -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new(mode, (side, side)).save(out, kind)
    out.seek(0)
    return out, f"{side}.{kind.lower()}"


def send(browser: Client, sent: dict[str, Any]) -> Any:
    """Send a form of many megabytes; the test client leaves its temporary file open."""
    answer = browser.send("/offers/new", sent)
    answer.request.environ["wsgi.input"].close()
    return answer


def files(app: Flask, folder: str) -> list[Path]:
    return [p for p in (Path(app.config["MEDIA"]) / folder).rglob("*") if p.is_file()]


def test_twenty_small_files_of_huge_pictures_are_refused_before_any_is_decoded(
    app: Flask, browser: Client, decoded: list[int]
) -> None:
    content = big()[0].getvalue()
    sent = [(io.BytesIO(content), f"{n}.png") for n in range(20)]
    page = send(browser, {**PEARS, "title": "刚摘的", "photos": sent}).text
    assert "20 pictures were sent, at most 6 are taken" in error(page)
    assert "too large together" in error(page)
    assert 'value="刚摘的"' in page
    assert decoded == []
    assert files(app, "") == []


def test_of_too_many_photos_the_first_are_kept_and_the_others_not_even_looked_at(
    browser: Client, decoded: list[int]
) -> None:
    sent = [photo(n * 30) for n in range(7)]
    page = browser.send("/offers/new", {**PEARS, "photos": sent}).text
    assert len(hidden(page)) == len(decoded) == 6
    more = {**PEARS, "photos": [*hidden(page)[:5], photo(250), photo(251)]}
    page = browser.send("/offers/new", more).text
    assert "5 pictures were kept already and 2 were sent, at most 6 are taken" in error(page)
    assert len(hidden(page)) == 6
    assert len(decoded) == 7


def test_a_jpeg_costs_only_the_pixels_it_is_read_at() -> None:
    assert decoding.pixels_to_decode(big(3300, "L", "JPEG")[0].getvalue()) == 1650**2
    assert decoding.pixels_to_decode(big(3300, "L", "PNG")[0].getvalue()) == 3300**2


def test_each_photo_that_is_too_large_is_named_and_all_else_is_kept(browser: Client) -> None:
    heavy = [(io.BytesIO(b"\xff\xd8" + b"x" * 9_000_000), f"IMG_{n}.jpg") for n in (1, 2)]
    sent = {**PEARS, "description": "沙地种的", "photos": [heavy[0], photo(), heavy[1]]}
    page = send(browser, sent).text
    assert error(page).count("at most 8 MB") == 2
    assert "IMG_1.jpg" in error(page)
    assert "IMG_2.jpg" in error(page)
    assert "沙地种的" in page
    assert len(hidden(page)) == 1


def test_six_photos_of_seven_megabytes_fit_in_one_form(app: Flask, browser: Client) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] > 6 * decoding.MAX_FILE_SIZE + 1024 * 1024
    first = photo()[0].getvalue()
    sent = [(io.BytesIO(first + b"\0" * (7_000_000 + n)), f"{n}.png") for n in range(6)]
    assert send(browser, {**PEARS, "photos": sent}).status_code == 303


def test_what_was_chosen_is_shown_with_the_refused_form_and_can_be_taken_out(
    app: Flask, browser: Client
) -> None:
    sent = {**PEARS, "quantity": "", "photos": [photo(1), photo(200)]}
    page = browser.send("/offers/new", sent).text
    # They stand before the lines of the form.
    assert page.index('id="photos-stored"') < page.index('name="product"')
    first, second = hidden(page)
    for sha in (first, second):
        assert f'src="/media/pending/{sha}-thumb.webp"' in page
        with browser.get(f"/media/pending/{sha}-thumb.webp") as answer:
            assert answer.status_code == 200
            assert "private" in answer.headers["Cache-Control"]
    assert files(app, "offers") == []
    sent = {**PEARS, "quantity": "", "photos": [first, second], "photos-remove": first}
    assert hidden(browser.send("/offers/new", sent).text) == [second]
    browser.send("/offers/new", {**PEARS, "photos": [second]})
    (offer,) = db.session.scalars(select(Offer))
    assert [p.sha256 for p in offer.photos] == [second]
    assert len(files(app, "offers")) == 2


def test_a_form_that_may_not_be_sent_stores_and_decodes_nothing(
    app: Flask, browser: Client, decoded: list[int]
) -> None:
    sent = {**PEARS, "photos": [photo()], "csrf_token": "invented"}
    assert browser.post("/offers/new", data=sent).status_code == 400
    assert decoded == []
    assert files(app, "") == []


def test_an_account_has_a_budget_of_photos_and_is_told_when_there_is_more(
    app: Flask, browser: Client, decoded: list[int]
) -> None:
    limiter.enabled = True
    app.config["PHOTOS_PER_HOUR"] = "3/hour"
    refused = {**PEARS, "quantity": ""}
    browser.send("/offers/new", {**refused, "photos": [photo(n) for n in (1, 2, 3)]})
    page = browser.send("/offers/new", {**PEARS, "photos": [photo(99)]}).text
    assert re.search(r"the next in (59|60) minutes", error(page))
    assert len(decoded) == 3
    assert browser.send("/offers/new", PEARS).status_code == 303


def test_editing_keeps_photos_whose_files_are_missing(
    app: Flask, make_account: Callable[..., Account], log_in: LogIn
) -> None:
    owner = make_account()
    stored = photos.store_photo(photo()[0])
    offer = make_offer(owner, photos=(stored,))
    for path in files(app, "offers"):
        path.unlink()
    sent = {**PEARS, "title": "改了", "photos": [stored.sha256]}
    assert log_in(owner).send(f"/offers/{offer.id}/edit", sent).status_code == 303
    db.session.expire_all()
    assert (offer.title, [p.sha256 for p in offer.photos]) == ("改了", [stored.sha256])


def test_an_account_sends_pictures_with_one_form_at_a_time(
    browser: Client, make_account: Callable[..., Account], log_in: LogIn, decoded: list[int]
) -> None:
    account = db.session.scalars(select(Account.id)).one()
    with photos.limit_to_one_upload(str(account)):
        page = browser.send("/offers/new", {**PEARS, "photos": [photo()]}).text
        assert "wait a moment and send it again" in error(page)
        assert decoded == []
        assert log_in(make_account()).send("/offers/new", {**PEARS, "photos": [photo()]}).location
    assert browser.send("/offers/new", {**PEARS, "key": "b" * 32, "photos": [photo()]}).location


def test_a_form_waits_once_for_its_turn_and_keeps_what_came_before(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[bytes] = []

    def store(content: bytes, folder: str) -> photos.StoredPhoto:
        tries.append(content)
        if len(tries) > 1:
            raise photos.TooManyAtOnce("busy")
        return photos.store_content(content, folder)

    monkeypatch.setattr("market.offers.photo_field.store_content", store)
    sent = {**PEARS, "photos": [photo(1), photo(2), photo(3)]}
    page = browser.send("/offers/new", sent).text
    assert len(tries) == 2
    assert len(hidden(page)) == 1


def test_photos_come_back_with_a_form_that_the_database_could_not_take(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_args: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    with monkeypatch.context() as failing:
        failing.setattr("market.offers.views.services.post_offer", locked)
        answer = browser.send("/offers/new", {**PEARS, "photos": [photo(1), photo(200)]})
    assert answer.status_code == 503
    hashes = hidden(answer.text)
    assert len(hashes) == 2
    assert browser.send("/offers/new", {**PEARS, "photos": hashes}).status_code == 303
    (offer,) = db.session.scalars(select(Offer))
    assert [p.sha256 for p in offer.photos] == hashes


@pytest.mark.parametrize("switch", ["buy", "zh_CN"])
def test_photos_go_along_when_the_side_or_the_language_is_switched(
    browser: Client, switch: str
) -> None:
    sent = {"title": "刚摘的", "switch": switch, "photos": [photo(1), photo(200)]}
    assert len(hidden(browser.send("/offers/new", sent).text)) == 2


@pytest.mark.parametrize(
    ("act", "order"),
    [("cover 2", "201"), ("earlier 1", "102"), ("later 1", "021"), ("later 2", "012"),
     ("out 0", "12"), ("earlier 0", "012"), ("cover x", "012"), ("nothing 1", "012"), ("", "012")],
)  # fmt: skip
def test_the_order_of_photos_is_changed_without_script_and_nothing_is_published(
    browser: Client, act: str, order: str
) -> None:
    refused = {**PEARS, "quantity": "", "photos": [photo(1), photo(99), photo(200)]}
    hashes = hidden(browser.send("/offers/new", refused).text)
    word, _, place = act.partition(" ")
    move = f"{word} {hashes[int(place)] if place.isdecimal() else place}"
    moved = browser.send("/offers/new", {**PEARS, "photos": hashes, "photos-move": move})
    assert moved.status_code == 200
    assert hidden(moved.text) == [hashes[int(n)] for n in order]
    assert "field-error" not in moved.text
    assert list(db.session.scalars(select(Offer))) == []


def test_a_photo_is_sent_alone_and_goes_with_the_form_by_its_hash(
    app: Flask, browser: Client
) -> None:
    answer = browser.send("/offers/photos", {"photos": photo(1)})
    assert answer.status_code == 200
    sha = answer.json["photo"]
    with browser.get(answer.json["thumb"]) as thumb:
        assert thumb.mimetype == "image/webp"
    assert browser.send("/offers/new", {**PEARS, "photos": sha}).status_code == 303
    (offer,) = db.session.scalars(select(Offer))
    assert [p.sha256 for p in offer.photos] == [sha]


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)


@pytest.mark.parametrize("path", ["/offers/photos", "/offers/new"])
def test_a_heic_photo_is_named_and_what_to_do_is_said(browser: Client, path: str) -> None:
    answer = browser.send(path, {**PEARS, "photos": (io.BytesIO(HEIC), "IMG_1.HEIC")})
    told = answer.json["error"] if path.endswith("photos") else error(answer.text)
    assert told.startswith("IMG_1.HEIC: This is a HEIC photo")
    assert "Most Compatible" in told


def test_a_photo_alone_is_refused_as_in_a_form(app: Flask, browser: Client) -> None:
    assert browser.send("/offers/photos", {}).status_code == 422
    answer = browser.send("/offers/photos", {"photos": (io.BytesIO(b"no"), "a.jpg")})
    assert (answer.status_code, "no photo we can read" in answer.json["error"]) == (422, True)
    app.config["PHOTOS_PER_HOUR"], limiter.enabled = "1/hour", True
    assert browser.send("/offers/photos", {"photos": photo(1)}).status_code == 200
    answer = browser.send("/offers/photos", {"photos": photo(2)})
    assert (answer.status_code, "very many pictures" in answer.json["error"]) == (422, True)
