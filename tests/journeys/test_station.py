"""A station in a village with a bad line: the farmer's form stays on the phone and is sent once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import log_in, shot

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ASSISTANT = "13800000020"
WRITTEN = {"name": "线断了的", "township": "皂市", "village": "示范阳泉村", "note": "支书在场"}


def farmer_of(page: Page) -> str:
    page.goto("/station")
    return (page.get_attribute("tbody th a", "href") or "").rpartition("/")[2]


@pytest.mark.parametrize("width", [390, 320])
def test_every_tab_of_the_bar_is_seen_on_a_phone_in_english(open_page: Open, width: int) -> None:
    page = open_page(width, "en")
    log_in(page, ASSISTANT)
    page.goto("/station")
    tabs = page.locator(".top-nav a").all()
    assert tabs[-1].inner_text() == "Station"
    for tab in tabs:
        box = tab.bounding_box()
        assert box
        assert 0 <= box["x"] <= width - box["width"], tab.inner_text()
    if width == 390:
        name = page.locator(".brand span").bounding_box()
        assert name
        assert name["x"] + name["width"] <= width
        assert page.locator(".brand span").evaluate("e => getComputedStyle(e).clipPath") == "none"


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


def test_the_desk_names_what_was_not_sent_and_one_tap_sends_it(open_page: Open) -> None:
    page = open_page()
    log_in(page, ASSISTANT)
    page.goto("/offers/new?side=sell&for=" + farmer_of(page))
    page.fill("[name=product]", "脐橙")
    page.fill("[name=quantity]", "600")
    page.fill("[name=price_low]", "2")
    page.context.set_offline(True)
    page.click("button[value=publish]:not([aria-hidden])")
    expect(page.locator(".offline")).to_contain_text("现在没有网络")
    page.context.set_offline(False)
    unsent = page.locator("[data-unsent]")
    for address in ("/offers/mine", "/station"):
        page.goto(address)
        expect(unsent).to_contain_text("还有 1 份没发出去")
    page.context.set_offline(True)
    expect(unsent).to_contain_text("现在没有网络")
    page.context.set_offline(False)
    expect(unsent).to_contain_text("现在有网络")
    expect(unsent.locator("a")).to_have_text(re.compile("替.+卖 · 脐橙"))
    shot(page, "station_unsent")
    unsent.locator("a").click()
    # Filled in without a question, with the button that was pressed.
    expect(page.locator(".offline")).to_contain_text("网络恢复了")
    page.click(".offline button")
    page.wait_for_url(lambda url: "/offers/new" not in url)
    page.goto("/station")
    expect(page.locator("h1")).to_have_text("信息站")
    expect(unsent).to_be_hidden()
    # Of another account nothing is named.
    page.goto("/station/farmers/new")
    page.fill("[name=name]", "没写完的")
    page.goto("/station")
    expect(unsent).to_contain_text("没写完的")
    page.click("text=退出")
    page.wait_for_load_state()
    log_in(page, "13800000021")
    page.goto("/station")
    expect(page.locator("h1")).to_have_text("信息站")
    assert "没写完的" not in page.content()


def test_a_lost_reply_leaves_the_form_and_sending_it_again_makes_nothing_twice(
    open_page: Open,
) -> None:
    page = open_page()
    log_in(page, ASSISTANT)
    page.goto("/station/farmers/new")
    for name, value in (WRITTEN | {"name": "回话断了"}).items():
        page.fill(f"[name={name}]", value)
    page.check("[name=way][value=spoken]")
    page.check("[name=agreed]")
    taken: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            taken.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    page.route("**/station/farmers/new", lose)
    page.click("#page-form .button:not(.button-quiet)")
    expect(page.locator(".offline")).to_contain_text("不知道收到没有")
    shot(page, "station_lost_reply")
    assert taken == [204]
    assert page.input_value("[name=name]") == "回话断了"
    page.unroute("**/station/farmers/new")
    page.click(".offline button")
    expect(page.locator("h1")).to_have_text("回话断了")
    page.goto("/station?q=回话断了")
    expect(page.locator("tbody th a:text-is('回话断了')")).to_have_count(1)
    expect(page.locator("[data-unsent]")).to_be_hidden()
