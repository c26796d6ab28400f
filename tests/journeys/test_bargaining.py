"""From nothing to a deal on the phone: written by a visitor, published, bargained over, agreed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import log_in
from tests.journeys.test_chain import BUYER, overflow, violations

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PASSWORD = "smx-ganju-2026"


@pytest.mark.journey("register, sentence, bargain, deal")
@pytest.mark.parametrize("script", [True, False])
def test_a_newcomer_writes_a_sentence_registers_publishes_bargains_and_agrees(
    open_page: Open, script: bool
) -> None:
    seller, buyer = (open_page(java_script_enabled=script) for _ in range(2))
    offer = post_as_a_newcomer(seller, "13900007701" if script else "13900007702", 4300 + script)

    log_in(buyer, BUYER)
    buyer.goto(offer)
    buyer.locator("a[href$='/enquire']:visible").last.click()
    buyer.wait_for_url(re.compile(r"/enquire$"))
    fits(buyer, script)
    buyer.fill("[name=quantity]", "100")
    buyer.fill("[name=text]", "要一百，最低什么价？" + "x" * 80)
    buyer.locator("main form#page-form button").last.click()
    buyer.wait_for_url(re.compile(r"/messages/\d+$"))

    seller.goto("/messages")
    fits(seller, script)
    seller.locator("main a[href^='/messages/']").first.click()
    seller.wait_for_url(re.compile(r"/messages/\d+"))
    fits(seller, script)
    quote(seller, "2.3", script)
    buyer.reload()
    expect(buyer.locator(".next-step")).to_contain_text("请您答复")
    quote(buyer, "2.2", script)
    seller.reload()
    expect(seller.locator(".conversation")).to_contain_text("您出 2.3 元/")
    seller.locator(".next-step form[action$='/accept'] button").click()
    expect(seller.locator(".notice-success")).to_be_visible()
    buyer.reload()
    expect(buyer.locator(".next-step")).to_contain_text("请您确认成交")
    buyer.locator(".next-step a.button").first.click()
    buyer.wait_for_url(re.compile(r"/deals/\d+$"))
    expect(buyer.locator(".next-step")).to_contain_text("220")
    buyer.locator(".next-step form[action$='/agree'] button").click()
    expect(buyer.locator(".notice-success")).to_be_visible()


def post_as_a_newcomer(page: Page, phone: str, lot: int) -> str:
    """A visitor's sentence, published once they have registered; the address of the offer."""
    page.goto("/")
    page.locator(".hero-doors a[href*='side=sell']").click()
    page.fill("[name=sentence]", f"石门翠冠梨{lot}斤，两块三毛五一斤，自家的")
    page.click("button[name=fill]")
    page.locator(".sentence button[value=publish]").click()
    page.wait_for_url(re.compile("/login"))
    expect(page.locator("main .notice")).to_contain_text("登录后会回来")
    page.locator("main form a[href^='/register']").click()
    for name, value in {
        "name": "新来的梨农",
        "region": "石门县",
        "phone": phone,
        "password": PASSWORD,
    }.items():
        page.fill(f"[name={name}]", value)
    page.check("[name=trader_type][value=farmer]")
    page.check("[name=agreed]")
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile("/login"))
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile("/offers/new"))
    assert page.input_value("[name=quantity]") == str(lot)
    page.locator(".sentence button[value=publish]").click()
    page.wait_for_url(re.compile(r"/offers/\d+$"))
    expect(page.locator("main")).to_contain_text("自家的")
    return page.url


def quote(page: Page, price: str, script: bool) -> None:
    """Name a price in the thread that the page shows."""
    page.locator("a[href$='/quote']").first.click()
    page.wait_for_url(re.compile("/quote$"))
    fits(page, script)
    page.fill("[name=price]", price)
    page.locator("main form#page-form button").last.click()
    page.wait_for_url(re.compile(r"/messages/\d+$"))


def fits(page: Page, looked_at: bool) -> None:
    """The page is as wide as its window, and axe finds nothing (it needs script)."""
    if looked_at:
        assert violations(page) == []
    assert overflow(page) <= 0
