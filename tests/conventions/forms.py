"""The forms of a market, found by walking it as a person does, and what such a person sends."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

HERE = "http://localhost"
WRITTEN = {"text", "tel", "search", "number", "date", "email", "url", "textarea"}
# What people would type, so that a form is refused for the one strange value in it.
USUAL = {
    "quantity": "1234",
    "price_low": "2.25",
    "price_high": "2.75",
    "unit_price": "2.25",
    "amount": "2776.5",
    "value": "12.5",
    "phone": "13900007777",
    "product": "橙",
    "products": "橙",
    "region": "石门县",
    "days": "30",
    "year": "2027",
    "password": "harvest-2026",
    "current": "harvest-2026",
    "again": "harvest-2026",
    "slug": "spring-2027",
}
UNSEEN = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u2028\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f]"
)


@dataclass
class Control:
    """A field of a form; `kind` is an input's type, or the name of another element."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False


@dataclass
class Sheet:
    """A form as it stands on a page."""

    action: str
    method: str
    page: str
    controls: list[Control] = field(default_factory=list)

    def names(self) -> tuple[str, ...]:
        """The names of its fields, one for the fields of all rows."""
        return tuple(sorted({control.name.partition("-")[0] for control in self.controls}))


class Reader(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.links, self.forms = page, list[str](), list[Sheet]()
        self.by_id: dict[str, Sheet] = {}
        self.inside: Sheet | None = None
        self.last: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and (href := given.get("href")):
            self.links.append(self.path(href))
        elif tag == "form":
            action = self.path(given.get("action") or self.page)
            self.inside = Sheet(action, given.get("method") or "get", self.page)
            self.forms.append(self.inside)
            self.by_id[given.get("id") or ""] = self.inside
        elif tag == "option" and self.last and ("selected" in given or not self.last.value):
            self.last.value = given.get("value") or ""
        elif tag in ("input", "textarea", "select", "button") and (name := given.get("name")):
            form = self.by_id.get(given.get("form") or "", self.inside)
            kind = given.get("type") or "text" if tag == "input" else tag
            self.last = Control(name, kind, given.get("value") or "", "checked" in given)
            if form:
                form.controls.append(self.last)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag in ("textarea", "select"):
            self.last = None

    def handle_data(self, data: str) -> None:
        if self.last and self.last.kind == "textarea":
            self.last.value += data

    def path(self, address: str) -> str:
        """The address as a path of this site; "" for what is elsewhere."""
        parts = urlsplit(urljoin(HERE + self.page, address))
        if f"{parts.scheme}://{parts.netloc}" != HERE:
            return ""
        return parts.path + (f"?{parts.query}" if parts.query else "")


def endpoint(app: Flask, path: str, method: str) -> str:
    """The endpoint of an address, or "" where there is none."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, method=method)[0])
    except HTTPException:
        return ""


def walk(app: Flask, client: FlaskClient, starts: list[str], each: int | None) -> dict[Any, Sheet]:
    """The forms of the pages that links lead to, by endpoint and fields.

    Args:
        each: how many pages of one kind are looked at; None: those it starts at alone.
    """
    todo, seen, looked, forms = list(starts), set[str](), Counter[Any](), dict[Any, Sheet]()
    while todo:
        path = todo.pop(0).partition("#")[0]
        kind = endpoint(app, path, "GET")
        if not kind or path in seen or (each and looked[kind] >= each):
            continue
        seen.add(path)
        looked[kind] += 1
        page = client.get(path)
        if page.status_code in (301, 302, 303):
            todo.append(page.location)
        if page.status_code != 200 or page.mimetype != "text/html":
            page.close()
            continue
        reader = Reader(path)
        reader.feed(page.get_data(as_text=True))
        todo += reader.links if each else []
        for form in reader.forms:
            to = endpoint(app, form.action, form.method.upper())
            if to and to != "accounts.logout":
                forms.setdefault((to, form.names()), form)
            if form.method == "get" and each:
                todo.append(form.action.partition("?")[0] + "?" + urlencode(filled(form)))
    return forms


def usual(control: Control, number: int) -> str:
    """What somebody types into the field."""
    if control.value and control.kind != "password":
        return control.value
    known = USUAL.get(control.name.partition("-")[0])
    return known or ("2026-12-05" if control.kind == "date" else f"typed {control.name} 字{number}")


def filled(form: Sheet) -> list[tuple[str, str]]:
    """The form as somebody sends it who fills every field."""
    pairs, taken = [], set[str]()
    for number, control in enumerate(form.controls):
        if control.kind in ("file", "submit", "image"):
            continue
        if control.kind in ("radio", "checkbox", "button", "select"):
            if control.name not in taken or (control.kind == "checkbox" and control.checked):
                pairs.append((control.name, control.value or "on"))
        else:
            pairs.append((control.name, usual(control, number)))
        taken.add(control.name)
    return pairs


def typed(form: Sheet, pairs: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """What of `pairs` somebody wrote."""
    written = {control.name for control in form.controls if control.kind in WRITTEN}
    return [
        (name, value)
        for name, value in pairs
        if name in written and isinstance(value, str) and value.strip()
    ]


def plain(text: str) -> str:
    """The text as far as it shows: not how it is spaced, nor in which width."""
    return UNSEEN.sub("", unicodedata.normalize("NFKC", html.unescape(text)))
