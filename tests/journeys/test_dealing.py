"""Bargaining on a deal's own page, and a deal with somebody who has no account, on the phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pysqlite3 import dbapi2

from tests.journeys.conftest import log_in
from tests.journeys.test_bargaining import fits
from tests.journeys.test_chain import BUYER, OFFICIAL, SELLER

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def rows(instance: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    database = dbapi2.connect(instance / "market.sqlite3", timeout=15)
    try:
        return list(database.execute(query, values))
    finally:
        database.close()


def own_offer(instance: Path, phone: str) -> int:
    """A live sale of theirs by weight, with its price for the same unit."""
    found = rows(
        instance,
        "SELECT offers.id FROM offers JOIN accounts ON accounts.id = owner_id"
        " WHERE phone LIKE ? AND side = 'sell' AND offers.status = 'published'"
        " AND unit = price_unit AND unit IN ('jin', 'kg') AND price_low IS NOT NULL"
        " ORDER BY remaining DESC LIMIT 1",
        f"%{phone}",
    )
    return int(found[0][0])


@pytest.mark.parametrize("script", [True, False])
def test_a_price_is_converted_the_terms_are_changed_and_confirmed(
    open_page: Open, instance: Path, script: bool
) -> None:
    seller, buyer = (open_page(390, java_script_enabled=script) for _ in range(2))
    log_in(seller, SELLER)
    log_in(buyer, BUYER)
    buyer.goto(f"/offers/{own_offer(instance, SELLER)}/propose")
    quantity, price = (float(buyer.input_value(f"[name={n}]")) for n in ("quantity", "unit_price"))
    per_ton = {"jin": 2000, "kg": 1000}[buyer.input_value("[name=unit]")]
    buyer.select_option("[name=unit]", "ton")
    if not script:
        buyer.select_option("[name=price_unit]", "ton")
        buyer.locator("form[data-deal] button").last.click()
        expect(buyer.locator(".field-error").first).to_be_visible()
    shown = [buyer.input_value(f"[name={n}]") for n in ("quantity", "unit_price")]
    assert buyer.input_value("[name=price_unit]") == "ton"
    assert [float(text.replace(",", "")) for text in shown] == [
        pytest.approx(quantity / per_ton, abs=0.001),
        pytest.approx(price * per_ton, abs=0.001),
    ]
    buyer.fill("[name=quantity]", "0.01")
    fits(buyer, script)
    buyer.locator("form[data-deal] button").last.click()
    buyer.wait_for_url(re.compile(r"/deals/\d+$"))

    seller.goto(buyer.url)
    fits(seller, script)
    expect(seller.locator(".next-step")).to_contain_text("请您确认：0.01 吨 × ")
    seller.locator(".next-step a[href$='/change']").click()
    seller.fill("[name=quantity]", "0.02")
    fits(seller, script)
    seller.locator("form[data-deal] button").last.click()
    seller.wait_for_url(re.compile(r"/deals/\d+$"))

    buyer.goto(seller.url)
    buyer.locator(".next-step form[action$='/agree'] button").click()
    expect(buyer.locator(".notice-success")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_deal_with_who_has_no_account_is_confirmed_rung_and_verified(
    open_page: Open, instance: Path, script: bool
) -> None:
    seller, official = (open_page(390, java_script_enabled=script) for _ in range(2))
    log_in(seller, SELLER)
    offer = own_offer(instance, SELLER)
    seller.goto(f"/offers/{offer}")
    seller.locator("a[href^='/deals/new']").click()
    phone = "13900008801" if script else "13900008802"
    told = {"quantity": "10", "name": "周老板", "phone": phone, "region": "澧县"}
    for name, value in told.items():
        seller.fill(f"[name={name}]", value)
    fits(seller, script)
    seller.locator("form[data-deal] button").last.click()
    seller.wait_for_url(re.compile(r"/deals/\d+$"))
    fits(seller, script)
    ((text,),) = rows(
        instance, "SELECT text FROM outgoing_messages WHERE recipient = ?", f"+86{phone}"
    )
    code = re.search(r"\d{6}", text)
    assert code
    seller.fill("[name=code]", code[0])
    seller.locator("form[action$='/code'] button").click()
    expect(seller.locator(".notice-success")).to_be_visible()

    log_in(official, OFFICIAL)
    official.goto(f"/desk{seller.url[seller.url.index('/deals/') :]}")
    fits(official, script)
    official.locator("form[action*='/number'] button").click()
    official.locator("#call [name=outcome]").first.check()
    official.fill("[name=answer]", "周老板本人接的，数量和单价都说得对")
    fits(official, script)
    official.locator("form[action*='/call'] button").click()
    official.locator("[data-verify]").first.click()
    expect(official.locator(".notice-success")).to_be_visible()
