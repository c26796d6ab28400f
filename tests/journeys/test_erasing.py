"""Somebody erases their account: what they wrote is gone, and their deals stay without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, PATIENCE, log_in
from tests.journeys.test_bargaining import quote
from tests.journeys.test_dealing import own_offer, rows

pytestmark = pytest.mark.browser
SAID = "老主顾了，给您留最好的"
# Sellers with a verified deal and a sale that is open, each with the deal's other side, who both
# log in themselves.
PAIRS = """
    SELECT sellers.phone, sellers.name, buyers.phone, max(deals.id) FROM deals
    JOIN accounts AS sellers ON sellers.id = deals.seller_id
    JOIN accounts AS buyers ON buyers.id = deals.buyer_id
    WHERE deals.status = 'verified' AND sellers.password_hash IS NOT NULL
    AND buyers.password_hash IS NOT NULL AND sellers.represented_by_id IS NULL
    AND sellers.id NOT IN (SELECT account_id FROM grants)
    AND buyers.id NOT IN (SELECT account_id FROM grants)
    AND substr(sellers.phone, -4) NOT IN ('1123', '1128', '1129', '1140', '1141', '1144')
    AND EXISTS (SELECT 1 FROM offers WHERE owner_id = sellers.id AND side = 'sell'
        AND offers.status = 'published' AND unit = price_unit AND unit IN ('jin', 'kg')
        AND price_low IS NOT NULL)
    GROUP BY sellers.id ORDER BY sellers.id
"""


@pytest.mark.journey("erase an account")
@pytest.mark.parametrize("script", [True, False])
def test_who_erases_their_account_is_gone_from_every_page_and_their_deals_stay(
    open_page: Callable[..., Page], instance: Path, script: bool
) -> None:
    pairs = rows(instance, PAIRS)
    phone, name, others_phone, deal = pairs[0 if script else 1]
    person, other, visitor = (open_page(java_script_enabled=script) for _ in range(3))
    log_in(person, phone[-11:])
    log_in(other, others_phone[-11:])
    offer = own_offer(instance, phone)
    ((title, product),) = rows(
        instance, "SELECT title, product_code FROM offers WHERE id = ?", offer
    )

    other.goto(f"/offers/{offer}/enquire")
    other.fill("[name=quantity]", "10")
    other.fill("[name=text]", "还有吗？")
    other.locator("main form#page-form button").last.click()
    other.wait_for_url(re.compile(r"/messages/\d+$"))
    thread = other.url
    person.goto(thread)
    person.fill("main form#page-form [name=text]", SAID)
    person.locator("main form#page-form button").last.click()
    expect(person.locator(".conversation")).to_contain_text(SAID)
    quote(person, "3.21", script=False)
    other.goto(thread)
    expect(other.locator(".conversation")).to_contain_text("3.21")
    other.goto(f"/deals/{deal}")
    expect(other.locator("main")).to_contain_text(name)
    agreed = facts(other).replace(name, "")
    visitor.goto(f"/offers?q={title}&product={product}")
    found = visitor.locator(f"article a[href='/offers/{offer}']")
    here = found.count()

    person.goto("/me")
    person.locator("a[href='/me/erase']").click()
    person.fill("[name=password]", PASSWORD)
    person.locator("main form button").last.click()
    expect(person.locator(".notice-success")).to_be_visible()

    assert here, "it was found before"
    for _ in range(PATIENCE // 500):
        if not found.count():
            break
        visitor.wait_for_timeout(500)
        visitor.reload()
    expect(found).to_have_count(0)
    answer = visitor.goto(f"/offers/{offer}")
    assert answer
    assert answer.status == 410
    for page, address in (
        (visitor, f"/offers/{offer}"),
        (visitor, f"/prices/{product}"),
        (other, thread),
        (other, "/messages"),
        (other, f"/deals/{deal}"),
    ):
        page.goto(address)
        shown = page.locator("main").inner_text()
        for gone in (name, SAID, "3.21", phone[-11:], phone[-4:]):
            assert gone not in shown, (address, gone)
    other.goto(thread)
    expect(other.locator(".conversation")).to_contain_text("还有吗？")
    other.goto(f"/deals/{deal}")
    expect(other.locator("main")).to_contain_text("已注销")
    assert facts(other).replace("已注销 (erased)", "") == agreed


def facts(page: Page) -> str:
    """What the deal's page says of it, but for the offers it came from."""
    return page.locator("main .facts").first.inner_text().partition("供应信息")[0]
