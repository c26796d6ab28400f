"""What pages leave on paper, as Chromium prints them."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.journeys.conftest import log_in
from tests.journeys.test_chain import BUYER, OFFICIAL, SELLER, a_deal, open_fair

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
A4_POINTS = (595, 842)
# By their glyphs PDF tells dashes and a few characters from radicals.
GLYPHS = str.maketrans(
    "‒–−⻋⻓⻘⻅⻝⻥⻩⻰⻄⻔⻢⻚⻛⻦⻉⻆⻬⻨⺠", "---车长青见食鱼黄龙西门马页风鸟贝角齐麦民"
)


def printed(page: Page, address: str) -> str:
    """The text of the page on paper, without white space; it is A4, upright."""
    page.goto(address)
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == list(A4_POINTS)
    return bare("".join(sheet.extract_text() for sheet in pdf.pages))


def bare(text: str) -> str:
    """Without white space, and each character by the name that people type."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(GLYPHS)


def test_an_offer_is_printed_with_its_number_and_place_and_without_rivals(open_page: Open) -> None:
    visitor = open_page()
    visitor.goto("/offers?q=脐橙&side=sell")
    address = visitor.locator(".offer-card-title a").first.get_attribute("href") or ""
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.goto(address)
    title = visitor.locator("h1").inner_text()
    number = visitor.locator(".offer-bar .num").inner_text()
    facts = visitor.locator(".facts dd").all_inner_texts()
    rivals = visitor.locator("main .offer-card-title").all_inner_texts()
    assert "****" in number
    assert rivals
    assert not [url for url in asked if "qr.svg" in url]
    sheet = printed(visitor, address)
    price = visitor.locator(".offer .price > *").all_inner_texts()
    assert price
    for shown in (title, number, *price, *facts):
        assert bare(shown) in sheet
    assert sheet.endswith(f"{address}")
    assert [url for url in asked if "qr.svg" in url]
    for left_out in (*rivals, "登录", "询价", "发起成交", "转发", "大字版", "行情", "更多供应"):
        assert bare(left_out) not in sheet.replace(bare(title), ""), left_out

    buyer = open_page()
    log_in(buyer, BUYER)
    buyer.goto(address)
    buyer.locator(".offer-bar form button").first.click()
    buyer.wait_for_selector(".offer-bar a[href^='tel:']")
    full = bare(buyer.locator(".offer-bar .num").inner_text())
    assert "*" not in full
    assert full in printed(buyer, address)


def test_lists_are_printed_without_filters_and_each_with_its_address(open_page: Open) -> None:
    visitor = open_page()
    visitor.goto("/offers?q=脐橙")
    titles = visitor.locator(".offer-card-title a").all_inner_texts()
    sheet = printed(visitor, "/offers?q=脐橙")
    assert all(bare(title) in sheet for title in titles)
    for word in ("筛选", "搜索", "综合", "供应求购", "登录", "下一页"):
        assert word not in sheet
    assert "/offers?q=" in sheet


def test_deals_threads_prices_and_fairs_are_printed_without_what_is_pressed(
    open_page: Open,
) -> None:
    visitor, seller, official = open_page(), open_page(), open_page()
    log_in(seller, SELLER)
    log_in(official, OFFICIAL)
    fair = open_fair(visitor)
    visitor.goto("/prices")
    product = visitor.locator("a.price-card").first.get_attribute("href") or ""
    seller.goto("/messages")
    thread = seller.locator("main a[href^='/messages/']").first.get_attribute("href") or ""
    for page, address, matter in (
        (visitor, fair, ".fair-figures .figure-value"),
        (visitor, product, ".price-main .price-number"),
        (seller, thread, ".message"),
        (official, a_deal(official), ".facts dd"),
    ):
        sheet = printed(page, address)
        assert bare(page.locator(matter).first.inner_text()) in sheet, address
        assert address.split("?")[0] in sheet
        for button in page.locator("main .button, .foot a, .top-nav a").all_inner_texts():
            if len(bare(button)) > 4:
                assert bare(button) not in sheet, (address, button)
