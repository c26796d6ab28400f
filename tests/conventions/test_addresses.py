"""No address, query string or Host header breaks a page, whatever numbers and texts it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import EnvironBuilder

from market.web.converters import MAX_ID, MAX_PAGE, RowIdConverter, page_number, row_id
from market.web.hosts import is_host
from tests.conventions.conftest import client_of

MARKET = Path(__file__).resolve().parents[2] / "market"
BEYOND = [0, MAX_ID + 1, 2**63 - 1, 2**63, int("9" * 40), int("9" * 400)]
STRANGE = ["%20", "%00", "..", "'", "%F0%9F%98%80", "%EF%BC%91", "9" * 310, "a" * 3000]
VALUES = ["%20", "-1", "2147483648", "9223372036854775808", "9" * 310, "9" * 5000, "%00", "%ff"]
VALUES += ["%EF%BC%91", "NaN", "1e400", "//[", "['", "0000-00-00", "9999-12-31", "x" * 101]
HOSTS = [
    "..",
    ".",
    "a..b",
    "a" * 3000,
    "x" * 64 + ".com",
    "[",
    "[::",
    "é",
    "a b",
    "xn--a",
    "%",
    "-",
]
HOSTS += ["a/b", "a@b", "a?b", "a#b", "1:2:3"]


def names_asked() -> list[str]:
    """The names of all query arguments and form fields there are."""
    names: set[str] = set()
    for path in MARKET.rglob("*.py"):
        text = path.read_text("utf-8")
        names |= set(re.findall(r'(?:args|form|values)\.get(?:list)?\("(\w+)"', text))
        names |= set(re.findall(r"^    (\w+) = \w*Field\(", text, re.MULTILINE))
    return sorted(names)


def pages(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            yield rule


def address(rule: Rule, usual: dict[str, str], **strange: object) -> str:
    """The rule's path with `usual` values, but for what is `strange`."""
    path = str(rule)
    for name, converter in rule._converters.items():
        listed = isinstance(converter, AnyConverter)
        value = strange.get(name) or (min(converter.items) if listed else usual.get(name, "1"))
        path = re.sub(rf"<[^<>]*\b{name}>", lambda _, value=value: str(value), path)
    return path


@pytest.fixture(scope="module")
def usual(market: Flask) -> dict[str, str]:
    """Values of the demonstration for what stands in addresses."""
    with market.test_request_context():
        from market.database import db
        from market.fairs.models import Fair, FairStatus

        slug = db.session.scalars(db.select(Fair.slug).filter_by(status=FairStatus.OPEN)).first()
    return {"slug": slug or "", "code": "430781", "period": "final", "product": "0302007"}


def test_a_number_no_row_can_have_is_not_found(market: Flask, usual: dict[str, str]) -> None:
    client = client_of(market, "administrator")
    tried = 0
    for rule in pages(market):
        for name, converter in rule._converters.items():
            if isinstance(converter, RowIdConverter):
                for number in BEYOND:
                    url = address(rule, usual, **{name: str(number)})
                    assert client.get(url).status_code == 404, url
                    tried += 1
    assert tried


@pytest.mark.parametrize("role", ["visitor", "province_official"])
def test_no_text_in_an_address_breaks_a_page(
    market: Flask, usual: dict[str, str], role: str
) -> None:
    client = client_of(market, role)
    for rule in pages(market):
        for name, converter in rule._converters.items():
            if not isinstance(converter, RowIdConverter | AnyConverter):
                for text in STRANGE:
                    url = address(rule, usual, **{name: text})
                    assert client.get(url).status_code < 500, url


@pytest.mark.endurance
@pytest.mark.parametrize("role", ["visitor", "province_official"])
def test_no_query_breaks_a_page(market: Flask, usual: dict[str, str], role: str) -> None:
    """One argument that can't be read may hide the next: the texts go round the names."""
    client, names = client_of(market, role), names_asked()
    for number, rule in enumerate(pages(market)):
        for turn in range(4):
            pairs = [
                f"{name}={VALUES[(i * 7 + number + turn * 4) % len(VALUES)]}"
                for i, name in enumerate(names)
            ]
            url = f"{address(rule, usual)}?{'&'.join(pairs)}"
            # A picture's file is open until its answer is closed.
            with client.get(url) as answer:
                assert answer.status_code < 500, url


@pytest.mark.parametrize("host", HOSTS)
def test_what_can_be_no_host_is_refused(app: Flask, host: str) -> None:
    environ = EnvironBuilder("/offers").get_environ() | {"HTTP_HOST": host}
    told: list[str] = []
    body = app.wsgi_app(environ, lambda status, headers, error=None: told.append(status))
    assert b"no such host" in b"".join(body)
    assert told[0].startswith("400")


@pytest.mark.parametrize(
    "host", ["localhost:8000", "127.0.0.1", "[::1]:80", "market_web", "xn--fiqs8s.cn", "a.example."]
)
def test_a_host_is_known_as_one(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize("text", ["0", "-1", "+1", " 1", "1_0", "１", "", "2147483648", "9" * 5000])
def test_what_is_no_key_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        row_id(text)


def test_the_largest_key_is_one() -> None:
    assert row_id("2147483647") == MAX_ID


@pytest.mark.parametrize(
    ("text", "page"), [("1", 1), ("007", 7), ("10001", MAX_PAGE), ("9" * 310, MAX_PAGE)]
)
def test_a_page_beyond_the_last_is_the_last(text: str, page: int) -> None:
    assert page_number(text) == page


@pytest.mark.parametrize("text", ["0", "00", "-1", "１", "", "1.0"])
def test_what_is_no_page_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        page_number(text)
