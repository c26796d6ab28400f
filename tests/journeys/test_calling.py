"""From a word to a call, on the phone: three taps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import log_in

pytestmark = pytest.mark.browser


@pytest.mark.journey("word, offer, call")
@pytest.mark.parametrize("script", [True, False])
def test_a_buyer_gets_from_a_word_to_the_number_in_three_taps(
    open_page: Callable[..., Page], script: bool
) -> None:
    buyer = open_page(java_script_enabled=script)
    # No neighbour: whom they ring is counted for them.
    log_in(buyer, "13800001142" if script else "13800001143")
    buyer.goto("/")
    buyer.fill("[name=q]", "脐橙 供应")
    buyer.locator(".hero form button:not([aria-hidden])").click()
    buyer.locator(".offer-card-title a").first.click()
    bar = buyer.locator(".offer-bar")
    expect(bar.locator("a[href^='tel:']")).to_have_count(0)
    bar.locator("form[action$='/phone'] button").click()
    call = bar.locator("a[href^='tel:']")
    expect(call).to_be_visible()
    assert re.fullmatch(r"1\d{10}", re.sub(r"\D", "", call.locator(".num").inner_text()))
    # It is remembered on this offer.
    buyer.reload()
    expect(bar.locator("a[href^='tel:']")).to_be_visible()
