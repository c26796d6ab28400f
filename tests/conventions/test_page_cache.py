"""Pages kept for a moment: the same for everyone, never anyone's own."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, Response, flash, request
from flask.testing import FlaskClient

from market.permissions import requires
from market.web import page_cache
from tests.conftest import make_app

SECONDS = 0.3


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    """An app that tells how often each page was made."""
    app = make_app(tmp_path, KEPT_SECONDS={"/fairs": SECONDS, "/parts": 0.0})
    made: list[str] = []
    said = {"a": 1, "b": 1}
    app.extensions["made"], app.extensions["said"] = made, said

    @requires("anyone")
    def page(name: str = "") -> str | Response:
        made.append(request.full_path)
        if name == "flash":
            flash("Only for you.")
        if name == "moved":
            return Response(status=404)
        if name.startswith("of"):
            for part in name[2:]:
                page_cache.depends_on(partial(said.get, part), said[part])
        if name == "nothing-sure":
            page_cache.never_cache()
        return f"<h1>{len(made)} {request.cookies.get('language', '')}</h1>" + "x" * 999

    app.add_url_rule("/fairs/kept/<name>", "kept", page)
    app.add_url_rule("/fairsome/<name>", "other", page)
    app.add_url_rule("/parts/<name>", "parts", page)
    return app


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client(use_cookies=False)


def made(site: Flask) -> int:
    return len(site.extensions["made"])


def test_a_page_is_made_once_for_everyone_until_its_time_is_over(
    site: Flask, visitor: FlaskClient
) -> None:
    first, second = visitor.get("/fairs/kept/a"), visitor.get("/fairs/kept/a")
    assert made(site) == 1
    assert first.data == second.data
    assert dict(first.headers) == dict(second.headers)
    time.sleep(SECONDS)
    assert visitor.get("/fairs/kept/a").data != first.data
    assert made(site) == 2


def test_pages_of_other_addresses_languages_and_encodings_are_kept_apart(
    site: Flask, visitor: FlaskClient
) -> None:
    answers = [
        visitor.get("/fairs/kept/a"),
        visitor.get("/fairs/kept/b"),
        visitor.get("/fairs/kept/a?page=2"),
        visitor.get("/fairs/kept/a", headers={"Cookie": "language=en"}),
        visitor.get("/fairs/kept/a", headers={"Accept-Encoding": "gzip"}),
        visitor.get("/fairs/kept/a", headers={"Host": "elsewhere"}),
    ]
    assert made(site) == len(answers)
    assert len({answer.data for answer in answers}) == len(answers)


@pytest.mark.parametrize(
    "cookie", ["session=x", "remember_token=1", "language=en; session=x", "language=<script>"]
)
def test_whoever_brings_another_cookie_gets_a_page_of_their_own(
    site: Flask, visitor: FlaskClient, cookie: str
) -> None:
    visitor.get("/fairs/kept/a")
    for _ in range(2):
        visitor.get("/fairs/kept/a", headers={"Cookie": cookie})
    assert made(site) == 3


def test_what_gives_a_cookie_or_is_no_page_is_not_kept(site: Flask, visitor: FlaskClient) -> None:
    for name in ("flash", "flash", "moved", "moved"):
        visitor.get(f"/fairs/kept/{name}")
    visitor.get("/fairsome/a"), visitor.get("/fairsome/a")
    assert made(site) == 6


def test_an_unchanged_page_is_answered_304_also_when_it_is_kept(
    site: Flask, visitor: FlaskClient
) -> None:
    etag = visitor.get("/fairs/kept/a").headers["ETag"]
    kept = visitor.get("/fairs/kept/a", headers={"If-None-Match": etag})
    assert (kept.status_code, kept.data, kept.headers["ETag"]) == (304, b"", etag)
    assert visitor.get("/fairs/kept/a", headers={"If-None-Match": '"old"'}).status_code == 200
    # Asked first by one who has an older copy, it is whole for the next.
    visitor.get("/fairs/kept/b", headers={"If-None-Match": etag})
    assert visitor.get("/fairs/kept/b").status_code == 200
    assert made(site) == 2


def test_a_page_is_given_again_while_what_it_is_made_of_stays_the_same(
    site: Flask, visitor: FlaskClient
) -> None:
    first = visitor.get("/parts/ofab")
    assert visitor.get("/parts/ofab").data == first.data
    site.extensions["said"]["b"] = 2
    second = visitor.get("/parts/ofab")
    assert second.data != first.data
    assert visitor.get("/parts/ofab").data == second.data
    assert made(site) == 2


def test_a_page_that_says_nothing_of_what_it_is_made_of_is_made_each_time(
    site: Flask, visitor: FlaskClient
) -> None:
    for path in ("/parts/a", "/parts/a", "/parts/nothing-sure", "/parts/nothing-sure"):
        visitor.get(path)
    assert made(site) == 4


def test_a_page_that_is_not_kept_is_answered_304_too(site: Flask, visitor: FlaskClient) -> None:
    page = visitor.get("/parts/a")
    site.extensions["made"].pop()
    again = visitor.get("/parts/a", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_no_more_pages_are_kept_than_there_is_room_for(
    site: Flask, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "ROOM", 3 * page_cache.BESIDES)
    for name in "abca":
        visitor.get(f"/fairs/kept/{name}")
    assert made(site) == 4
