"""From a purchase request to three quotations and two deals for parts, on the phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import log_in
from tests.journeys.test_bargaining import fits
from tests.journeys.test_chain import BUYER, SELLER, fill, publish, unit

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SELLERS = (SELLER, "13800001123", "13800001144")


@pytest.mark.journey("request, three quotations, two deals")
@pytest.mark.parametrize("script", [True, False])
def test_a_request_gets_three_quotations_and_two_are_taken_for_parts(
    open_page: Open, script: bool
) -> None:
    buyer = open_page(java_script_enabled=script)
    log_in(buyer, BUYER)
    buyer.goto("/offers/new?side=buy")
    # The one with and the one without script each ask for something of their own.
    wanted = 6000 if script else 7000
    fill(buyer, product="椪柑", quantity=str(wanted), price_low="2.1")
    unit(buyer, unit="jin", price_unit="jin")
    buyer.locator("#page-form details > summary").first.click()
    deadline = date.today() + timedelta(days=20)
    buyer.fill("[name=quotation_deadline]", deadline.isoformat())
    buyer.check("[name=certificates][value=green]")
    request = publish(buyer)
    expect(buyer.locator("main")).to_contain_text("绿色食品")
    fits(buyer, script)

    # Cheapest last, and none has it all.
    for phone, price in zip(SELLERS, ("2.2", "2.1", "2"), strict=True):
        seller = open_page(java_script_enabled=script)
        log_in(seller, phone)
        seller.goto(f"{request}/enquire")
        fill(seller, price=price, quantity="4000")
        unit(seller, unit="jin", price_unit="jin")
        seller.check("[name=basis][value=delivered]")
        seller.locator("main form#page-form button").last.click()
        seller.wait_for_url(re.compile(r"/messages/\d+$"))
        seller.context.close()

    buyer.goto(request)
    expect(buyer.locator("main")).to_contain_text("已有 3 家报价")
    buyer.locator("a[href$='/quotations']").click()
    buyer.wait_for_url(re.compile("/quotations$"))
    fits(buyer, script)
    takes = buyer.locator("[name^=take_]")
    filled = [takes.nth(n).input_value() for n in range(3)]
    assert filled == ["4000", str(wanted - 4000), ""]
    buyer.locator("main form#page-form button").last.click()
    expect(buyer.locator(".notice-success")).to_contain_text("已发起 2 笔成交")
    deals = [each.get_attribute("href") for each in buyer.locator("main a[href^='/deals/']").all()]
    assert len(deals) == 2
    fits(buyer, script)
    for phone in (SELLERS[2], SELLERS[1]):
        seller = open_page(java_script_enabled=script)
        log_in(seller, phone)
        seller.goto("/deals?tab=waiting")
        (mine,) = (each for each in deals if seller.locator(f"main a[href='{each}']").count())
        seller.locator(f"main a[href='{mine}']").first.click()
        seller.locator(".next-step form[action$='/agree'] button").click()
        expect(seller.locator(".notice-success")).to_be_visible()
        seller.context.close()
