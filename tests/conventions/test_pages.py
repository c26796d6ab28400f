"""Every page a person can reach parses, has one h1, labels, unique ids, and works for its role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask

from tests.conventions.conftest import ROLES, client_of

XHTML = "{http://www.w3.org/1999/xhtml}"
# Of the pages that differ only in their number, a few are enough.
PER_SHAPE = 2
PER_ROLE = 120


def shape(url: str) -> str:
    """The URL with its numbers and values left out."""
    parts = urlsplit(url)
    path = re.sub(r"/\d+", "/1", parts.path)
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&"))
    return f"{path}?{names}"


def pages_of(client, start: str = "/") -> Iterator[tuple[str, str]]:
    """(URL, HTML) of what is reached by following links from the start."""
    waiting, seen, shapes = [start], {start}, {}
    visited = 0
    while waiting and visited < PER_ROLE:
        url = waiting.pop(0)
        if shapes.get(shape(url), 0) >= PER_SHAPE:
            continue
        shapes[shape(url)] = shapes.get(shape(url), 0) + 1
        response = client.get(url)
        assert response.status_code in (200, 302, 303), f"{url}: {response.status_code}"
        if response.status_code != 200 or response.mimetype != "text/html":
            response.close()
            continue
        visited += 1
        html = response.get_data(as_text=True)
        yield url, html
        for link in re.findall(r'href="([^"#]+)', html):
            target = urljoin(url, link.replace("&amp;", "&"))
            if target.startswith("/") and not target.startswith("/static") and target not in seen:
                seen.add(target)
                waiting.append(target)


def faults(html: str) -> list[str]:
    parser = html5lib.HTMLParser(strict=False)
    tree: Element = parser.parse(html)
    found = [f"{line}: {error}" for (line, _), error, _ in parser.errors]
    if (h1s := len(list(tree.iter(f"{XHTML}h1")))) != 1:
        found.append(f"{h1s} h1")
    ids = [e.get("id") for e in tree.iter() if isinstance(e.tag, str) and e.get("id")]
    found += [f"id {i} twice" for i in {i for i in ids if ids.count(i) > 1}]
    labelled = {e.get("for") for e in tree.iter(f"{XHTML}label")}
    inside = {id(c) for e in tree.iter(f"{XHTML}label") for c in e.iter()}
    for name in ("input", "select", "textarea"):
        for control in tree.iter(f"{XHTML}{name}"):
            if control.get("type") in ("hidden", "submit", "button"):
                continue
            named = control.get("aria-label") or control.get("aria-labelledby")
            if not named and control.get("id") not in labelled and id(control) not in inside:
                found.append(f"{name} {control.get('name')} has no label")
    found += ["img without alt" for e in tree.iter(f"{XHTML}img") if e.get("alt") is None]
    return found


@pytest.mark.endurance
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_whole(market: Flask, role: str, language: str) -> None:
    client = client_of(market, role)
    client.set_cookie("language", language)
    # Files for a network are counted: the next language comes from another.
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9" if language == "en" else "203.0.113.8"
    wrong = {url: found for url, html in pages_of(client) if (found := faults(html))}
    assert not wrong


def test_an_english_page_has_no_chinese_of_ours(market: Flask) -> None:
    """Names and what people wrote stay as they are; the words of the site do not."""
    client = market.test_client()
    client.set_cookie("language", "en")
    for url in ("/login", "/register"):
        text = re.sub(r"中文", "", client.get(url).get_data(as_text=True))
        assert not re.findall(r"[\u4e00-\u9fff]+", text), url


def test_a_public_page_has_no_token_and_answers_304(market: Flask) -> None:
    client = market.test_client()
    for url in ("/", "/offers", "/fairs"):
        first = client.get(url)
        assert "csrf_token" not in first.get_data(as_text=True), url
        again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, url


def test_an_unknown_page_is_in_the_sites_own_look(market: Flask) -> None:
    response = market.test_client().get("/nowhere")
    assert response.status_code == 404
    assert faults(response.get_data(as_text=True)) == []


def test_the_repository_names_no_path_of_a_machine() -> None:
    root = Path(__file__).resolve().parents[2]
    for path in [*root.glob("*.md"), *(root / "market").rglob("*.py")]:
        assert "/work/" not in path.read_text("utf-8"), path
