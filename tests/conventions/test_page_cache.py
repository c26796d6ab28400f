"""Pages from the cache: the same for everyone, never anyone's own."""

from __future__ import annotations

import gzip
import time
from functools import partial
from pathlib import Path

import brotli
import pytest
from flask import Flask, Response, flash, request
from flask.testing import FlaskClient

from market.permissions import requires
from market.web import page_cache
from market.web.page_cache import reuse_while_unchanged
from tests.conftest import make_app

SECONDS = 0.3
# A page that is long even when it is compressed.
FIGURES = "<td>".join(str(number**3) for number in range(4000))


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    return make_site(tmp_path)


def make_site(tmp_path: Path) -> Flask:
    """An app that counts how often each page was made."""
    app = make_app(tmp_path, PAGE_CACHE_SECONDS={"/fairs": SECONDS, "/parts": 0.0})
    made: list[str] = []
    versions = {"a": 1, "b": 1}
    app.extensions["made"], app.extensions["versions"] = made, versions

    def page(name: str = "") -> str | Response:
        made.append(request.full_path)
        if name == "flash":
            flash("Only for you.", "info")
        if name == "moved":
            return Response(status=404)
        if name.startswith("of"):
            for part in name[2:]:
                page_cache.depends_on(partial(versions.get, part), versions[part])
        if name == "figures":
            page_cache.depends_on(partial(versions.get, "a"), versions["a"])
            return FIGURES
        if name == "nothing-sure":
            page_cache.never_cache()
        return f"<h1>{len(made)} {request.cookies.get('language', '')}</h1>" + "x" * 999

    app.add_url_rule("/fairs/cached/<name>", "cached", requires("anyone")(page))
    app.add_url_rule("/fairsome/<name>", "other", requires("anyone")(page))
    app.add_url_rule("/parts/<name>", "parts", requires("anyone")(reuse_while_unchanged(page)))
    app.add_url_rule("/parts/unmarked/<name>", "unmarked", requires("anyone")(page))
    return app


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client(use_cookies=False)


def made(site: Flask) -> int:
    return len(site.extensions["made"])


def test_a_page_is_made_once_for_everyone_until_its_time_is_over(
    site: Flask, visitor: FlaskClient
) -> None:
    first, second = visitor.get("/fairs/cached/a"), visitor.get("/fairs/cached/a")
    assert made(site) == 1
    assert first.data == second.data
    assert dict(first.headers) == dict(second.headers)
    time.sleep(SECONDS)
    assert visitor.get("/fairs/cached/a").data != first.data
    assert made(site) == 2


def test_pages_of_other_addresses_languages_and_encodings_are_cached_apart(
    site: Flask, visitor: FlaskClient
) -> None:
    answers = [
        visitor.get("/fairs/cached/a"),
        visitor.get("/fairs/cached/b"),
        visitor.get("/fairs/cached/a?page=2"),
        visitor.get("/fairs/cached/a", headers={"Cookie": "language=en"}),
        visitor.get("/fairs/cached/a", headers={"Accept-Encoding": "gzip"}),
        visitor.get("/fairs/cached/a", headers={"Host": "elsewhere"}),
    ]
    assert made(site) == len(answers)
    assert len({answer.data for answer in answers}) == len(answers)


@pytest.mark.parametrize(
    "cookie", ["session=x", "remember_token=1", "language=en; session=x", "language=<script>"]
)
def test_whoever_brings_another_cookie_gets_a_page_of_their_own(
    site: Flask, visitor: FlaskClient, cookie: str
) -> None:
    visitor.get("/fairs/cached/a")
    for _ in range(2):
        visitor.get("/fairs/cached/a", headers={"Cookie": cookie})
    assert made(site) == 3


def test_what_gives_a_cookie_or_is_no_page_is_not_cached(site: Flask, visitor: FlaskClient) -> None:
    for name in ("flash", "flash", "moved", "moved"):
        visitor.get(f"/fairs/cached/{name}")
    visitor.get("/fairsome/a"), visitor.get("/fairsome/a")
    assert made(site) == 6


def test_an_unchanged_page_is_answered_304_also_when_it_is_cached(
    site: Flask, visitor: FlaskClient
) -> None:
    etag = visitor.get("/fairs/cached/a").headers["ETag"]
    cached = visitor.get("/fairs/cached/a", headers={"If-None-Match": etag})
    assert (cached.status_code, cached.data, cached.headers["ETag"]) == (304, b"", etag)
    assert visitor.get("/fairs/cached/a", headers={"If-None-Match": '"old"'}).status_code == 200
    # Asked first by one who has an older copy, it is whole for the next.
    visitor.get("/fairs/cached/b", headers={"If-None-Match": etag})
    assert visitor.get("/fairs/cached/b").status_code == 200
    assert made(site) == 2


def test_a_page_is_given_again_while_its_versions_stay_the_same(
    site: Flask, visitor: FlaskClient
) -> None:
    first = visitor.get("/parts/ofab")
    assert visitor.get("/parts/ofab").data == first.data
    site.extensions["versions"]["b"] = 2
    second = visitor.get("/parts/ofab")
    assert second.data != first.data
    assert visitor.get("/parts/ofab").data == second.data
    assert made(site) == 2


def test_a_long_page_that_is_reused_is_compressed_as_far_as_it_goes(
    site: Flask, visitor: FlaskClient
) -> None:
    other, brotlis = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}
    once, again = (visitor.get("/parts/figures", headers=brotlis) for _ in range(2))
    assert once.data == again.data
    assert dict(once.headers) == dict(again.headers)
    assert once.content_length == len(once.data)
    assert brotli.decompress(once.data).decode() == FIGURES
    assert len(once.data) < 0.9 * len(brotli.compress(FIGURES.encode(), quality=5))
    zipped = visitor.get("/parts/figures", headers=other)
    assert zipped.content_encoding == "gzip"
    assert gzip.decompress(zipped.data).decode() == FIGURES


@pytest.mark.parametrize("path", ["/parts/nothing-sure", "/parts/unmarked/ofab"])
def test_a_page_that_cannot_name_all_it_depends_on_is_made_each_time(
    site: Flask, visitor: FlaskClient, path: str
) -> None:
    visitor.get(path), visitor.get(path)
    assert made(site) == 2


def test_a_page_that_is_not_cached_is_answered_304_too(site: Flask, visitor: FlaskClient) -> None:
    page = visitor.get("/parts/unmarked/a")
    site.extensions["made"].pop()
    again = visitor.get("/parts/unmarked/a", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_cache_holds_no_more_bytes_than_allowed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page_cache, "MAX_CACHE_BYTES", 3 * page_cache.OVERHEAD_BYTES)
    site = make_site(tmp_path)
    visitor = site.test_client(use_cookies=False)
    for name in "abca":
        visitor.get(f"/fairs/cached/{name}")
    assert made(site) == 4
