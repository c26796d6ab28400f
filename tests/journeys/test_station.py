"""A station in a village with a bad line: the farmer's form stays on the phone and is sent once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import log_in

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ASSISTANT = "13800000020"
WRITTEN = {"name": "线断了的", "township": "皂市", "village": "示范阳泉村", "note": "支书在场"}


def test_a_farmer_registered_without_a_line_is_sent_once_when_it_is_back(open_page: Open) -> None:
    page = open_page()
    log_in(page, ASSISTANT)
    page.goto("/station/farmers/new")
    for name, value in WRITTEN.items():
        page.fill(f"[name={name}]", value)
    page.check("[name=way][value=spoken]")
    page.check("[name=agreed]")
    page.context.set_offline(True)
    page.click("#page-form .button:not(.button-quiet)")
    expect(page.locator(".offline")).to_contain_text("现在没有网络")
    page.context.set_offline(False)
    # The phone was put away meanwhile.
    page.reload()
    page.locator(".draft button").first.click()
    assert {name: page.input_value(f"[name={name}]") for name in WRITTEN} == WRITTEN
    page.click("#page-form .button:not(.button-quiet)")
    expect(page.locator("h1")).to_have_text("线断了的")
    page.goto("/station/farmers/new")
    assert page.locator(".draft").count() == 0
    page.goto("/station?q=线断")
    expect(page.locator("tbody th a:text-is('线断了的')")).to_have_count(1)
