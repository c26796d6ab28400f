"""What was typed comes back: over all routes that take a form, as each role."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from wtforms import PasswordField

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal, DealStatus
from market.fairs.models import Fair, FairSession, FairStatus
from market.offers.models import Offer, OfferStatus
from market.statements.models import Statement, StatementKind, StatementStatus
from market.web.form_recovery import SECRET_FIELDS, WRITTEN_FIELDS
from market.web.forms import Form
from tests.conventions.conftest import ROLES, account_of, browser_of, client_of
from tests.conventions.test_pages import XHTML
from tests.conventions.test_routes import some

WRITTEN = ("text", "tel", "search", "number", None)
# By role: a browser, and (endpoint, address, form) of what it can fill.
Sheets = Callable[[str], tuple[FlaskClient, list[tuple[str, str, Element]]]]


def forms_of(html: str) -> list[Element]:
    tree: Element = html5lib.parse(html)
    return [form for form in tree.iter(f"{XHTML}form") if form.get("method") == "post"]


def written(form: Element) -> list[str]:
    """The names of the controls that somebody writes into."""
    controls = [e for e in form.iter(f"{XHTML}input") if e.get("type") in WRITTEN]
    controls += form.iter(f"{XHTML}textarea")
    return [name for e in controls if (name := e.get("name"))]


def names(form: Element) -> set[str]:
    """As written(), one name for the fields of all rows."""
    return {name.partition("-")[0] for name in written(form)}


def filled(form: Element) -> tuple[dict[str, Any], list[str]]:
    """The form's fields, with something of its own in each that is written; and all that."""
    fields: dict[str, Any] = {
        name: e.get("value") or ""
        for e in form.iter(f"{XHTML}input")
        if e.get("type") == "hidden" and (name := e.get("name"))
    }
    typed = {name: f"typed-{name}-字" for name in written(form)}
    return fields | typed, [value for name, value in typed.items() if name not in SECRET_FIELDS]


def addresses(role: str) -> dict[str, dict[str, Any]]:
    """Arguments of the addresses, by endpoint, of what this role can open."""
    me = account_of(role)
    number = me.id if me else 0

    def first(model: Any, *where: Any) -> Any:
        return db.session.scalars(db.select(model).where(*where).order_by(model.id)).first()

    mine = first(Offer, Offer.owner_id == number)
    other = first(Offer, Offer.owner_id != number, Offer.status == OfferStatus.PUBLISHED)
    fairs = {status: first(Fair, Fair.status == status) for status in FairStatus}
    fair = fairs[FairStatus.OPEN]
    session = first(FairSession, FairSession.fair_id == fair.id)
    final = first(Statement, Statement.kind == StatementKind.FINAL)
    known: dict[str, dict[str, Any]] = {
        "deals.propose": {"offer_id": other.id},
        "fairs.edit_session": {"slug": fair.slug, "session_slug": session.slug if session else ""},
    }
    if mine:
        known["offers.edit"] = {"offer_id": mine.id}
    for name in ("edit", "extend", "close", "clone", "new_session"):
        known[f"fairs.{name}"] = {"slug": fair.slug}
    if final:
        known["statements.correct"] = {"statement_id": final.id}
    daily = first(
        Statement, Statement.status != StatementStatus.DRAFT, Statement.kind == StatementKind.DAILY
    )
    if daily:
        period = {"slug": daily.fair.slug, "period": daily.day.isoformat()}
        known["statements.publish"] = period
        known["statements.draft"] = {**period, "code": daily.region_code}
    return known


def built(app: Flask, rule: Rule, known: dict[str, Any]) -> str:
    values = {name: some(converter) for name, converter in rule._converters.items()} | known
    with app.test_request_context():
        return rule.build(values)[1]  # type: ignore[index]


def routes(app: Flask, with_page: bool) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        methods = rule.methods or set()
        if "POST" in methods and ("GET" in methods) is with_page:
            yield rule


def own_forms(app: Flask, client: Any, role: str) -> Iterator[tuple[str, str, Element]]:
    """(endpoint, address, form) of the forms to write in that are sent to their own page."""
    known = addresses(role)
    for rule in routes(app, with_page=True):
        url = built(app, rule, known.get(rule.endpoint, {}))
        page = client.get(url)
        for form in forms_of(page.get_data(as_text=True)) if page.status_code == 200 else ():
            if filled(form)[1] and (form.get("action") or url).split("?")[0] == url:
                yield rule.endpoint, url, form


@pytest.fixture(scope="module")
def sheets(market: Flask) -> Sheets:
    """A browser of each role, and its own_forms(): looked for once, sent by several tests."""

    @cache
    def of_role(role: str) -> tuple[FlaskClient, list[tuple[str, str, Element]]]:
        client = client_of(market, role)
        return client, list(own_forms(market, client, role))

    return of_role


@pytest.fixture
def expired(market: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The market on a day when every token has expired."""
    monkeypatch.setitem(market.config, "WTF_CSRF_TIME_LIMIT", -1)
    monkeypatch.setattr("market.web.limits.limiter.enabled", False)
    return market


@pytest.mark.parametrize("role", ROLES)
def test_a_form_with_an_expired_token_comes_back_filled(
    expired: Flask, sheets: Sheets, role: str
) -> None:
    (client, forms), lost, tried = sheets(role), [], set()
    for endpoint, url, form in forms:
        fields, typed = filled(form)
        answer = client.post(form.get("action") or url, data=fields)
        html = answer.get_data(as_text=True)
        tried.add(endpoint)
        lost += [f"{url} {text}" for text in typed if text not in html]
        lost += [f"{url} says {answer.status_code}"] if answer.status_code != 400 else []
    assert not lost
    least = {"visitor": 2, "province_official": 12}
    assert len(tried) >= least.get(role, 5), tried


@pytest.mark.parametrize("role", ROLES)
def test_a_form_is_shown_in_the_other_language_as_it_was_filled(sheets: Sheets, role: str) -> None:
    (client, forms), lost, tried = sheets(role), [], set()
    for endpoint, url, form in forms:
        fields, typed = filled(form)
        lost += [f"{url} has no button"] if form.get("id") != "page-form" else []
        answer = client.post(form.get("action") or url, data={**fields, "switch": "en"})
        html = answer.get_data(as_text=True)
        tried.add(endpoint)
        lost += [f"{url} {text}" for text in typed if text not in html]
        lost += [f"{url} is not in English"] if 'lang="en"' not in html[:200] else []
        client.delete_cookie("language")
    assert not lost
    assert len(tried) >= (2 if role == "visitor" else 5), tried


def test_a_text_without_a_page_of_its_own_comes_back_too(expired: Flask) -> None:
    client, tried = client_of(expired, "trader"), 0
    html = client.get("/me/edit").get_data(as_text=True)
    token = filled(forms_of(html)[0])[0]["csrf_token"]
    for rule in routes(expired, with_page=False):
        typed = {name: f"typed-{name}-字" for name in WRITTEN_FIELDS}
        answer = client.post(built(expired, rule, {}), data={"csrf_token": token, "id": 7, **typed})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 400, rule.endpoint
        assert all(text in html for text in typed.values()), rule.endpoint
        assert 'name="id" value="7"' in html, rule.endpoint
        tried += 1
    assert tried > 40


def test_every_text_beside_a_button_has_a_name_that_comes_back(market: Flask) -> None:
    """Forms whose address can't be read are found by their fields' names."""
    pages_only = {rule.rule for rule in routes(market, with_page=True)}
    deal = db.session.scalars(db.select(Deal).where(Deal.status == DealStatus.AGREED)).first()
    assert deal is not None
    bulk = f"/desk/deals/confirm?act=verify&id={deal.id}"
    account, judged = f"/admin/accounts/{deal.seller_id}", f"/desk/deals/{deal.id}"
    for role in ("county_official", "prefecture_official", "administrator"):
        client = client_of(market, role)
        for url in ("/desk/statements", "/desk/questions", judged, bulk, account):
            for form in forms_of(client.get(url).get_data(as_text=True)):
                if (form.get("action") or url) not in pages_only:
                    assert names(form) <= set(WRITTEN_FIELDS), (url, form.get("action"))
    seller = db.session.get_one(Account, deal.seller_id)
    client = browser_of(market, seller)
    for form in forms_of(client.get(f"/deals/{deal.id}").get_data(as_text=True)):
        assert names(form) <= set(WRITTEN_FIELDS), form.get("action")


def test_no_password_is_given_back_or_kept() -> None:
    """Passwords are left out by name."""
    found = set()
    for room in ("accounts", "stations"):
        for _, form in inspect.getmembers(import_module(f"market.{room}.forms"), inspect.isclass):
            if issubclass(form, Form):
                fields = {n: getattr(form, n) for n in dir(form) if not n.startswith("_")}
                found |= {
                    n for n, f in fields.items() if getattr(f, "field_class", None) is PasswordField
                }
    assert found
    assert found <= SECRET_FIELDS
