"""The pages that are texts, and consent to the terms."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account, TermsConsent
from market.accounts.terms import must_agree, terms_version
from market.database import db
from market.pages.texts import FOLDER, NAMES, text_page
from tests.conftest import PASSWORD, Client

NEW = {
    "name": "李家柑橘合作社",
    "phone": "13800009999",
    "password": "smx-ganju-2026",
    "trader_type": "cooperative",
    "region": "石门县",
}


@pytest.fixture
def replace(app: Flask):
    """Write a text of the instance, as an administrator does."""

    def write(name: str, text: str, language: str = "zh_CN") -> Path:
        path = Path(app.config["INSTANCE"]) / "texts" / language / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.stat().st_mtime_ns if path.exists() else 0
        path.write_bytes(text.encode())
        os.utime(path, ns=(before + 10**9, before + 10**9))
        return path

    return write


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_each_text_is_a_page_in_both_languages(client: Client, name: str, language: str) -> None:
    client.set_cookie("language", language)
    page = client.get(f"/{name}")
    assert page.status_code == 200
    with client.application.test_request_context():
        title = text_page(name, language).title
    assert f"<h1>{title}</h1>" in page.text
    assert page.text.count("<h1") == 1
    assert len(page.text.split("<article")[1]) > 400


def test_each_page_leads_to_all_of_them(client: Client) -> None:
    foot = client.get("/login").text.split("<footer")[1]
    assert [f'href="/{name}"' in foot for name in NAMES] == [True] * len(NAMES)


def test_what_the_texts_link_to_is_there(client: Client) -> None:
    for path in FOLDER.glob("*/*.md"):
        for part in path.read_text("utf-8").split("](")[1:]:
            address = part.split(")")[0]
            if address.startswith("/"):
                assert client.get(address).status_code in (200, 302, 303), (path, address)


def test_an_administrator_replaces_a_text_with_a_file(client: Client, replace) -> None:
    replace("contact", "# 找我们\n\n电话 **0736-0000000**")
    page = client.get("/contact").text
    assert "<h1>找我们</h1>" in page
    assert "<strong>0736-0000000</strong>" in page
    replace("contact", "# 又换了\n\n……")
    assert "<h1>又换了</h1>" in client.get("/contact").text
    client.set_cookie("language", "en")
    assert "<h1>Contact</h1>" in client.get("/contact").text


def test_a_text_lets_no_html_and_no_script_in(client: Client, replace) -> None:
    replace(
        "about", "# 关于 <b>我</b>\n\n<script>alert(1)</script> [点](javascript:alert(1))\n\n# 二"
    )
    page = client.get("/about").text.split("<main")[1].split("</main>")[0]
    assert "<script" not in page
    assert "<b>" not in page
    assert 'href="javascript' not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("text", [b"\xff\xfe broken", b""])
def test_a_broken_file_breaks_no_page(client: Client, replace, text: bytes) -> None:
    path = replace("help", "")
    path.write_bytes(text)
    assert client.get("/help").status_code == 200
    assert client.get("/login").status_code == 200


def test_the_version_is_the_day_the_text_names_or_its_hash(app: Flask, replace) -> None:
    with app.test_request_context():
        assert text_page("terms", "zh_CN").version == text_page("terms", "en").version
        replace("terms", "# 条款\n\n版本：2027-01-31\n\n一、……")
        assert terms_version() == "2027-01-31"
        replace("terms", "# 条款\n\n一、……")
        first = text_page("terms", "zh_CN").version
        replace("terms", "# 条款\n\n二、……")
        assert text_page("terms", "zh_CN").version != first


def test_registering_takes_consent_and_stores_its_version(app: Flask, client: Client) -> None:
    refused = client.send("/register", NEW)
    assert 'id="agreed-error"' in refused.text
    assert NEW["name"] in refused.text
    assert db.session.scalar(select(Account.id)) is None
    client.send("/register", {**NEW, "agreed": "y"})
    consent = db.session.scalars(select(TermsConsent)).one()
    with app.test_request_context():
        assert consent.version == terms_version()


@pytest.mark.postgresql
def test_changed_terms_are_agreed_to_at_the_next_log_in(
    app: Flask, client: Client, make_account, log_in, replace
) -> None:
    account = make_account()
    before = log_in(account)
    replace("terms", "# 条款\n\n版本：2099-01-01\n\n新的一条。")
    # Who is logged in is not disturbed.
    assert before.get("/me").status_code == 200
    sent = {"phone": account.phone, "password": PASSWORD, "next": "/deals"}
    agree = client.send("/login", sent).location
    assert agree == "/me/terms?next=/deals"
    assert client.get("/deals").location == "/me/terms"
    assert client.get("/terms").status_code == 200
    assert 'id="agreed-error"' in client.send(agree, {}).text
    assert client.send(agree, {"agreed": "y"}).location == "/deals"
    assert client.get("/deals").status_code == 200
    client.send("/logout", page="/me")
    assert client.send("/login", sent).location == "/deals"
    with app.test_request_context():
        assert not must_agree(account)


def test_a_corrected_letter_asks_nobody(client: Client, make_account, replace) -> None:
    account = make_account()
    text = (FOLDER / "zh_CN" / "terms.md").read_text("utf-8")
    replace("terms", text.replace("写真话", "说真话"))
    sent = {"phone": account.phone, "password": PASSWORD}
    assert client.send("/login", sent).location == "/"
