"""From a saved search to a text message on the console, and its link that stops them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE, log_in
from tests.journeys.test_chain import BUYER, SELLER, overflow, violations
from tests.journeys.test_dealing import own_offer

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def looks_right(page: Page, script: bool) -> None:
    """The page is as wide as its window, also a small one, and axe, which needs script, finds
    nothing."""
    if script:
        assert violations(page) == []
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert overflow(page) <= 0


@pytest.mark.journey("saved search, text message, stop")
@pytest.mark.parametrize("script", [True, False])
def test_a_saved_search_comes_as_a_text_message_that_stops_with_one_tap(
    open_page: Open, instance: Path, script: bool
) -> None:
    seller, stranger = (open_page(java_script_enabled=script) for _ in range(2))
    buyer = open_page(language="en", java_script_enabled=script)
    fits = partial(looks_right, script=script)
    phone = BUYER if script else "13800001145"
    log_in(buyer, phone)
    # Messages come in the language chosen last.
    buyer.click("header >> text=中文")
    expect(buyer.locator("html")).to_have_attribute("lang", "zh-CN")
    # What has just been renewed is not renewed again.
    sellers_phone = SELLER if script else "13800001146"
    log_in(seller, sellers_phone)
    buyer.goto("/searches/new?side=sell")
    buyer.locator("main form#page-form button").last.click()
    buyer.wait_for_url(re.compile(r"/searches$"))
    buyer.goto("/me/notifications")
    fits(buyer)
    buyer.select_option("[name=saved_search_sms]", "at_once")
    for name in ("quiet_from", "quiet_to"):
        buyer.select_option(f"[name={name}]", "3")
    buyer.locator("main form#page-form button").last.click()
    expect(buyer.locator(".notice-success")).to_be_visible()
    buyer.goto("/notices")
    if buyer.locator("form[action='/notices/read'] button").count():
        buyer.click("form[action='/notices/read'] button")

    seller.goto(f"/offers/{own_offer(instance, sellers_phone)}")
    seller.locator("form[action$='/renew'] button").first.click()
    expect(seller.locator(".notice-success")).to_be_visible()

    stranger.goto("/dev/messages")
    number = f"{phone[:3]}****{phone[-4:]}"
    told = stranger.locator("li.panel", has_text=re.compile("条新信息.*/stop/", re.S))
    told = told.filter(has_text=number)
    for _ in range(PATIENCE // 500):
        if told.count():
            break
        stranger.wait_for_timeout(500)
        stranger.reload()
    fits(stranger)
    found = re.search(r"/stop/\S+", told.first.inner_text())
    assert found
    stranger.goto(found[0])
    fits(stranger)
    stranger.locator("main form button").click()
    expect(stranger.locator("h1")).to_contain_text("已停发")

    buyer.goto("/notices")
    fits(buyer)
    expect(buyer.locator(".notice-new").first).to_contain_text("新信息")
    buyer.goto("/me/notifications")
    expect(buyer.locator("[name=saved_search_sms]")).to_have_value("never")
    buyer.goto("/me")
    fits(buyer)
    expect(buyer.locator(".today-lines")).to_contain_text("通知还没看")
