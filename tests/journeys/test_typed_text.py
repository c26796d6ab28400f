"""What was typed into a phone is not lost, and is shown to nobody after log-out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import log_in, shot
from tests.journeys.test_chain import BUYER

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
NEW = "/offers/new?side=buy"
TITLE = "要三十吨，当天装车"


def write(page: Page) -> None:
    page.goto(NEW)
    page.fill("[name=product]", "脐橙")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.fill("[name=title]", TITLE)


def test_what_was_typed_outlives_the_session(open_page: Open) -> None:
    page = open_page()
    log_in(page, BUYER)
    write(page)
    language = [c for c in page.context.cookies() if c["name"] == "language"]
    page.context.clear_cookies()
    page.context.add_cookies(language)  # type: ignore[arg-type]
    page.click(".button[value=publish]")
    page.wait_for_url("**/login**")
    expect(page.locator("main")).to_contain_text("登录后会回来")
    shot(page, "typed_log_in")
    page.fill("[name=phone]", BUYER)
    page.fill("[name=password]", "harvest-2026")
    page.click("main form button")
    page.wait_for_url("**/offers/new**")
    assert page.input_value("[name=title]") == TITLE
    assert page.input_value("[name=product]") == "脐橙"
    expect(page.locator("[name=title]")).to_be_visible()
    shot(page, "typed_back")


def test_after_log_out_back_shows_nothing_personal(open_page: Open) -> None:
    page = open_page()
    log_in(page, BUYER)
    page.goto("/me")
    name = page.locator("main h1").inner_text()
    page.goto("/deals")
    page.click("text=退出")
    page.wait_for_load_state()
    for _ in range(3):
        page.go_back()
        expect(page.locator(".top-account")).to_contain_text("登录")
        assert name not in page.locator("body").inner_text()


def test_the_phone_keeps_a_draft_until_it_was_sent(open_page: Open) -> None:
    page = open_page()
    log_in(page, BUYER)
    write(page)
    page.goto("/offers")
    page.goto(NEW)
    expect(page.locator(".draft")).to_be_visible()
    shot(page, "typed_draft")
    page.click(".draft button >> nth=0")
    assert page.input_value("[name=title]") == TITLE
    page.fill("[name=quantity]", "600")
    page.fill("[name=price_low]", "2")
    page.click(".button[value=publish]")
    page.wait_for_url(lambda url: "/offers/new" not in url)
    page.goto(NEW)
    assert page.locator(".draft").count() == 0
    page.fill("[name=product]", "脐橙")
    page.click("text=退出")
    page.wait_for_load_state()
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('draft:'))") == []


def test_a_refused_form_is_newer_than_its_draft_and_a_draft_overwrites_no_change(
    open_page: Open,
) -> None:
    page = open_page()
    log_in(page, BUYER)
    write(page)
    page.fill("[name=quantity]", "8吨")
    page.fill("[name=price_low]", "9000")
    page.click(".button[value=publish]")
    # It came back with its unit changed; nothing older is offered above it.
    expect(page.locator("#quantity-error")).to_be_visible()
    assert page.locator(".draft").count() == 0
    assert page.input_value("[name=unit]") == "ton"
    page.goto(NEW)
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.fill("[name=title]", "只要二十吨")
    # Unanswered, the draft is still there, with what was changed meanwhile.
    page.goto(NEW)
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.fill("[name=title]", "只要十吨")
    page.click(".draft button >> nth=0")
    assert page.input_value("[name=title]") == "只要十吨"
    kept = {"product": "脐橙", "quantity": "8吨", "unit": "ton", "price_low": "9000"}
    assert {name: page.input_value(f"[name={name}]") for name in kept} == kept
    page.click("text=English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.input_value("[name=title]") == "只要十吨"
    assert page.locator(".draft").count() == 0
    page.click("text=中文")


def test_photos_and_text_outlive_a_lost_line_a_lost_session_the_side_and_the_language(
    open_page: Open, tmp_path: Path
) -> None:
    files = [tmp_path / f"{n}.png" for n in range(3)]
    for n, file in enumerate(files):
        Image.new("RGB", (60, 40), (40 * n, 60, 200)).save(file)
    page = open_page()
    log_in(page, BUYER)
    write(page)
    stored = page.locator("#photos-stored input[type=hidden]:not([value=''])")
    page.set_input_files("#photos", files[:1])
    expect(stored).to_have_count(1)
    # Without a line nothing is sent, and all of it stays.
    page.context.set_offline(True)
    page.set_input_files("#photos", files[1:2])
    expect(page.locator(".photo-status button")).to_be_visible()
    page.click(".button[value=publish]")
    expect(page.locator(".offline")).to_contain_text("现在没有网络")
    page.context.set_offline(False)
    expect(page.locator(".offline")).to_contain_text("网络恢复了")
    # One tap sends it; what the form refuses comes back with both photos.
    page.click(".offline button")
    expect(page.locator(".form-errors")).to_be_visible()
    expect(stored).to_have_count(2)
    language = [c for c in page.context.cookies() if c["name"] == "language"]
    page.context.clear_cookies()
    page.context.add_cookies(language)  # type: ignore[arg-type]
    page.set_input_files("#photos", files[2:])
    expect(page.locator(".photo-status button")).to_be_visible()
    page.click(".button[value=publish]")
    page.wait_for_url("**/login**")
    page.fill("[name=phone]", BUYER)
    page.fill("[name=password]", "harvest-2026")
    page.click("main form button")
    page.wait_for_url("**/offers/new**")
    expect(stored).to_have_count(3)
    page.click("[name=switch][value=sell]")
    page.wait_for_url("**side=sell**")
    expect(stored).to_have_count(3)
    page.click("text=English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(stored).to_have_count(3)
    assert page.input_value("[name=title]") == TITLE
