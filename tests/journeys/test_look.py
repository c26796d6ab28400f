"""How pages look in a real browser: on small phones, enlarged, and while one writes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import log_in
from tests.journeys.test_chain import overflow, violations

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
SELLER = "13800001128"
# What nobody can break: 80 letters and no place to do so.
WORD = "Superlative" * 7 + "ABC"


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box
    return box["y"]


def test_a_list_begins_within_300_pixels_on_the_phone(open_page: Open) -> None:
    page = open_page(390)
    for address in ("/offers", "/offers?q=脐橙", "/offers?side=buy"):
        page.goto(address)
        assert top(page, ".offer-card") <= 300, address
        assert violations(page) == [], address


def test_the_filters_are_a_sheet_that_says_how_many_it_leaves(open_page: Open) -> None:
    page = open_page(390)
    page.goto("/offers?q=脐橙&side=sell")
    number = int(page.locator(".switch [aria-current] .num").inner_text().replace(",", ""))
    page.click(".narrowing > summary")
    expect(page.locator(".narrowing-done")).to_have_text(re.compile(rf"看\s*{number}\s*条"))
    assert violations(page) == []


def test_an_offer_has_its_bar_at_the_thumb_and_the_price_before_the_facts(
    open_page: Open,
) -> None:
    page = open_page(390)
    log_in(page, "13800001129")
    page.goto("/offers?q=脐橙&side=sell")
    page.locator(".offer-card-title a").first.click()
    bar = page.locator(".offer-bar")
    expect(bar).to_have_text(re.compile(r"打电话.*询价\s*发起成交", re.S))
    box = bar.bounding_box()
    assert box
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    heights = [
        top(page, part)
        for part in (".offer > :is(.picture, .gallery)", ".offer .price", ".seller", ".facts")
    ]
    assert heights == sorted(heights)
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert top(page, ".offer h1") < 300
    assert top(page, ".seller") < top(page, ".facts")


def test_a_word_of_80_letters_moves_nothing_sideways_at_320_pixels(open_page: Open) -> None:
    page = open_page(320)
    log_in(page, SELLER)
    page.goto("/offers/new")
    page.fill("[name=product]", "翠冠梨")
    page.fill("[name=quantity]", "8万")
    page.check("[name=negotiable]")
    page.locator("details.panel > summary").click()
    page.fill("[name=title]", WORD[:60])
    page.fill("[name=grade]", WORD[:60])
    page.fill("[name=description]", WORD)
    page.locator("button[name=action][value=publish]").last.click()
    page.wait_for_url(re.compile(r"/offers/\d+$"))
    offer = page.url
    # 320 is also 640 enlarged to 200%.
    for address in (offer, "/offers?q=翠冠梨&sort=newest", "/offers/mine", "/", "/offers?side=buy"):
        page.goto(address)
        assert overflow(page) <= 0, address


def test_the_card_beside_the_form_follows_what_is_written(open_page: Open) -> None:
    page = open_page(1280)
    log_in(page, SELLER)
    page.goto("/offers/new?sentence=麻阳冰糖橙8万斤，1块6一斤")
    card = page.locator("[data-preview]")
    expect(card).to_contain_text("麻阳冰糖橙")
    expect(card.locator(".price")).to_have_text(re.compile(r"1\.6\s*元/斤"))
    page.fill("[name=price_low]", "1.8")
    expect(card.locator(".price strong")).to_have_text("1.8")
    page.check("[name=negotiable]")
    expect(card.locator(".price strong")).to_have_text("面议")
    assert violations(page) == []
