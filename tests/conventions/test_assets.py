"""The stylesheet, validators and headers, and what the templates may not hold."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from flask_compress import Compress

from market.accounts.models import Account
from market.web import assets
from tests.conftest import Client

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.fixture
def site() -> Flask:
    """A bare app with the assets and one page, compressed as the market is."""
    site = Flask(__name__, static_folder=ROOT / "static")
    site.config.update(COMPRESS_MIN_SIZE=600, COMPRESS_ALGORITHM=("br", "gzip"))
    Compress(site)
    assets.init_app(site)
    site.add_url_rule("/page", "page", lambda: site.config.get("PAGE", "rice " * 1000))
    site.add_url_rule("/send", "send", lambda: "sent", methods=["POST"])
    return site


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_an_unchanged_page_answers_304_in_every_encoding(
    visitor: FlaskClient, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    first = visitor.get("/page", headers=headers)
    again = visitor.get("/page", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert first.headers.get("Content-Encoding", "identity") == encoding
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("br;q=0", None),
        ("br; q=0, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", None),
        ("*", "br"),
        ("gzip;q=0.9, br;q=0.1", "gzip"),
        ("identity, br;q=0.5", None),
        ("GZIP", "gzip"),
        ("zstd, deflate", None),
        ("", None),
    ],
)
def test_an_encoding_refused_with_q_0_is_not_sent(
    visitor: FlaskClient, header: str, encoding: str | None
) -> None:
    answer = visitor.get("/page", headers={"Accept-Encoding": header})
    assert answer.headers.get("Content-Encoding") == encoding


def test_https_is_demanded_in_production_alone(site: Flask, visitor: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in visitor.get("/page").headers
    site.config["ENV_NAME"] = "production"
    headers = visitor.get("/page").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "microphone=()" in headers["Permissions-Policy"]


def test_the_web_server_does_not_tell_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from gunicorn.http.wsgi import Response

    monkeypatch.setattr(Response, "default_headers", Response.default_headers)
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    answer = Response.__new__(Response)
    answer.req, answer.version, answer.status = (
        SimpleNamespace(version=(1, 1)),
        "gunicorn",
        "200 OK",
    )
    monkeypatch.setattr(Response, "should_close", lambda _: True)
    monkeypatch.setattr(Response, "is_chunked", lambda _: False)
    answer.upgrade = answer.chunked = False
    lines = answer.default_headers()
    assert lines[0].startswith("HTTP/1.1 200 OK")
    assert not [line for line in lines if line.lower().startswith("server:")]


def test_a_changed_page_is_sent_again(site: Flask, visitor: FlaskClient) -> None:
    tag = visitor.get("/page").headers["ETag"]
    site.config["PAGE"] = "maize " * 1000
    assert visitor.get("/page", headers={"If-None-Match": tag}).status_code == 200


def test_a_page_is_private_and_asked_about_each_time(visitor: FlaskClient) -> None:
    assert visitor.get("/page").headers["Cache-Control"] == "private, no-cache"


def test_the_answer_to_a_post_has_no_validator(visitor: FlaskClient) -> None:
    assert "ETag" not in visitor.post("/send").headers


def test_the_stylesheet_is_kept_for_ever_only_under_its_present_name(
    site: Flask, visitor: FlaskClient
) -> None:
    with site.test_request_context():
        address = site.jinja_env.globals["stylesheet_url"]()  # type: ignore[operator]
    present, past = visitor.get(address), visitor.get("/static/site-0000000000.css")
    assert "immutable" in present.headers["Cache-Control"]
    assert past.data == present.data
    assert past.headers["Cache-Control"] == "no-cache"


def test_a_static_file_is_kept_for_ever_only_with_its_present_version(
    site: Flask, visitor: FlaskClient
) -> None:
    with site.test_request_context():
        address, plain = (
            assets.static_url("img/logo.svg"),
            url_for("static", filename="img/logo.svg"),
        )
    for asked in (address, plain, f"{plain}?v=0000000000"):
        with visitor.get(asked) as answer:
            assert ("immutable" in answer.headers["Cache-Control"]) == (asked == address)


def test_a_missing_static_file_has_a_plain_address(site: Flask) -> None:
    with site.test_request_context():
        assert assets.static_url("img/none.svg") == "/static/img/none.svg"
        assert assets.static_url("../setup.cfg") == "/static/../setup.cfg"


def test_every_answer_forbids_inline_scripts_and_styles(visitor: FlaskClient) -> None:
    for address in ("/page", "/none"):
        policy = visitor.get(address).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy


def test_minifying_keeps_meaning_and_quoted_text() -> None:
    css = (
        '/* c */\na :hover,\n b > i { color : red; content: "a ;  b"; margin: calc(1px + 2px); }\n'
    )
    assert assets.minified(css) == (
        'a :hover,b>i{color :red;content:"a ;  b";margin:calc(1px + 2px)}'
    )


def test_the_stylesheet_leaves_half_of_the_first_round_trip_to_the_page(
    visitor: FlaskClient, site: Flask
) -> None:
    with site.test_request_context():
        address = site.jinja_env.globals["stylesheet_url"]()  # type: ignore[operator]
    assert len(visitor.get(address, headers={"Accept-Encoding": "br"}).data) <= 7_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_template_holds_inline_styles_or_scripts(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*\ssrc=)", text)


def test_every_component_has_a_stylesheet_of_its_name() -> None:
    components = {p.stem for p in (ROOT / "templates/components").glob("*.html")}
    assert components == {p.stem for p in (ROOT / "static/css/components").glob("*.css")}


def test_what_is_the_same_for_everyone_does_not_vary_with_the_cookie(
    make_account: Callable[..., Account], log_in: Callable[[Account], Client]
) -> None:
    browser = log_in(make_account())
    page = browser.get("/login").text + browser.get("/").text
    addresses = set(re.findall(r'"(/static/[^"]+\.(?:css|js|svg)[^"]*)"', page))
    assert len(addresses) > 5
    for address in addresses:
        with browser.get(address) as answer:
            assert "immutable" in answer.headers["Cache-Control"], address
            assert "Cookie" not in answer.headers.get("Vary", ""), address
            assert "Set-Cookie" not in answer.headers, address
    assert "Cookie" in browser.get("/me").headers["Vary"]
