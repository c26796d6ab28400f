"""A forgotten password on a phone, with scripts and without; the code is read on the console."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import shot
from tests.journeys.test_chain import overflow, violations

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
NEW = "smx-ganju-2026"


def code_for(page: Page, phone: str) -> str:
    """The code of the last message to a number, as the page of the console shows it."""
    page.goto("/dev/messages")
    message = page.locator("li.panel").filter(has_text=f"{phone[:3]}****{phone[-4:]}").first
    return re.findall(r"\d{6}", message.inner_text().replace(phone, ""))[-1]


@pytest.mark.journey("forgotten password by text message")
@pytest.mark.parametrize(
    ("script", "language", "phone"),
    [(True, "zh_CN", "13800001140"), (False, "en", "13800001141")],
)
def test_a_forgotten_password_is_replaced_with_a_code(
    open_page: Open, script: bool, language: str, phone: str
) -> None:
    page = open_page(language=language, java_script_enabled=script)
    page.goto("/login")
    page.click("a[href='/forgotten-password']")
    page.fill("[name=phone]", phone)
    page.click("main button")
    page.wait_for_url(re.compile("/forgotten-password/code$"))
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert overflow(page) <= 0
    if script:
        assert violations(page) == []
    shot(page, f"forgotten-{language}")

    page.fill("[name=code]", "000000")
    page.fill("[name=password]", NEW)
    page.fill("[name=again]", NEW)
    page.click("main button")
    expect(page.locator("#code-error")).to_be_visible()
    code = code_for(open_page(), phone)
    page.fill("[name=code]", code)
    page.fill("[name=password]", NEW)
    page.fill("[name=again]", NEW)
    page.click("main button")
    page.wait_for_url(lambda url: "/forgotten" not in url)
    page.goto("/me")
    expect(page.locator("#devices")).to_be_visible()

    other = open_page(java_script_enabled=script)
    other.goto("/login")
    other.fill("[name=phone]", phone)
    other.fill("[name=password]", NEW)
    other.click("main form button")
    other.wait_for_url(lambda url: "/login" not in url)
