"""Finding something as people do: typing, narrowing, asking again, keeping the search."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import log_in, shot
from tests.journeys.test_chain import overflow, violations

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
BUYER = "13800001129"  # of 石门县
CHIPS = ".search-query .chips:not(.shortcuts *) a[href]:not(.button)"


def count(page: Page) -> int:
    """How many the list finds, on the side that it shows."""
    return int(re.sub(r"\D", "", page.locator(".switch [aria-current] .num").inner_text()))


def search(page: Page, text: str, start: str = "/offers") -> None:
    page.goto(start)
    page.fill("[name=q]", text)
    page.press("[name=q]", "Enter")
    page.wait_for_url(re.compile(r"/offers\?"))


def chips(page: Page) -> list[str]:
    said = page.locator(CHIPS).all_inner_texts()
    return [re.sub(r"^(去掉|Remove)\s*|\s*×?\s*$", "", text) for text in said]


def open_facets(page: Page) -> None:
    if page.locator(".narrowing:not([open]) > summary").is_visible():
        page.click(".narrowing > summary")


def order(page: Page, name: str) -> None:
    """Order the list: by a tab, on the phone in the sheet of filters."""
    open_facets(page)
    page.locator(".tabs:visible, .narrowing-order:visible").get_by_text(name).click()


def facet(page: Page, title: str) -> list[tuple[str, int]]:
    """(address, count) of a facet's rows that narrow."""
    rows = page.locator(f".facets[aria-label='{title}'] a:not([aria-current])").all()
    return [
        (
            row.get_attribute("href") or "",
            int(row.locator(".num").inner_text().replace(",", "")),
        )
        for row in rows
    ]


@pytest.mark.parametrize(("width", "name"), [(390, "phone"), (1280, "desk")])
def test_a_search_is_typed_understood_and_narrowed_step_by_step(
    open_page: Open, width: int, name: str
) -> None:
    page = open_page(width)
    page.goto("/")
    assert page.locator(".hero .shortcuts a").count() == 8
    page.fill("[name=q]", "")
    page.type("[name=q]", "常德 qc")
    page.locator("#search-q-suggestions option[value='常德 脐橙']").wait_for(state="attached")
    page.fill("[name=q]", "湖南 水果 供应")
    page.press("[name=q]", "Enter")
    page.wait_for_url(re.compile(r"/offers\?q="))
    assert sorted(chips(page)) == sorted(["供应", "水果", "湖南省"])
    everything = count(page)
    assert page.locator("article").count() == min(everything, 20) > 0
    shot(page, f"search-1-understood-{name}")
    assert violations(page) == []
    assert overflow(page) <= 0

    page.locator(CHIPS, has_text="供应").click()
    page.wait_for_load_state()
    assert page.input_value("[name=q]") == "湖南 水果"
    assert count(page) > everything

    open_facets(page)
    for title in ("产品", "地方", "价格", "核实"):
        # Of fewer in a place the list would go on around it.
        address, expected = next(row for row in facet(page, title) if row[1] >= 5)
        other = page.context.new_page()
        other.goto(address)
        assert count(other) == expected, title
        assert len(chips(other)) > len(chips(page)) or title == "地方"
        other.close()
    shot(page, f"search-2-facets-{name}")

    search(page, "常德 水果")
    order(page, "离得近优先")
    page.wait_for_url(re.compile("sort=distance"))
    far = page.locator(".offer-card-where").all_inner_texts()
    kilometres = [int(found[1]) for text in far if (found := re.search(r"距离 (\d+) 公里", text))]
    assert kilometres == sorted(kilometres)
    assert kilometres
    shot(page, f"search-3-nearest-{name}")


def test_an_ambiguous_word_is_asked_about_and_settled_by_a_link(open_page: Open) -> None:
    page = open_page()
    search(page, "地瓜")
    both = count(page)
    asked = page.locator(".shortcuts a")
    assert set(asked.all_inner_texts()) == {"红薯", "豆薯"}
    shot(page, "search-4-ambiguous")
    assert violations(page) == []
    counts = []
    for n in range(2):
        search(page, "地瓜")
        asked.nth(n).click()
        page.wait_for_url(re.compile("product="))
        assert page.locator(".shortcuts a").count() == 0
        assert len(chips(page)) == 1
        counts.append(count(page))
    assert sum(counts) == both


def test_too_little_in_a_county_says_how_much_and_how_far_the_list_goes_on(
    open_page: Open,
) -> None:
    page = open_page()
    search(page, "石门 脐橙 求购")
    note = page.locator(".notice")
    expect(note).to_contain_text("石门县本地")
    assert count(page) > 0
    shot(page, "search-5-widened")
    assert violations(page) == []
    assert overflow(page) <= 0


def test_nothing_found_leads_on_and_a_search_is_kept_and_found_again(open_page: Open) -> None:
    page = open_page()
    search(page, "石门 脐橙 1毛以下")
    expect(page.locator(".empty-title")).to_be_visible()
    shot(page, "search-6-nothing")
    assert violations(page) == []
    near = page.locator(".nearest li").first
    expected = int(re.sub(r"\D", "", near.locator(".num").inner_text()))
    address = near.locator("a").get_attribute("href") or ""
    other = page.context.new_page()
    other.goto(address)
    assert count(other) == expected > 0
    other.close()

    page.locator(".empty").get_by_role("link", name="收藏这个搜索").click()
    page.wait_for_url(re.compile("/login"))
    page.fill("[name=phone]", BUYER)
    page.fill("[name=password]", "harvest-2026")
    page.click("main form button")
    page.wait_for_url(re.compile("/searches/new"))
    assert "脐橙" in unquote(page.url)
    shot(page, "search-7-save")
    assert violations(page) == []
    page.click("main form button")
    page.wait_for_url(re.compile("/searches$"))
    expect(page.locator(".notice-success")).to_be_visible()
    shot(page, "search-8-kept")
    assert violations(page) == []
    assert overflow(page) <= 0

    page.goto("/me")
    page.locator("a[href='/searches']").click()
    kept = page.locator("li.saved", has_text="脐橙").filter(has_text="石门县")
    kept.get_by_role("button", name="去看看").click()
    page.wait_for_url(re.compile(r"/offers\?"))
    assert "石门县" in chips(page)
    page.goto("/searches")
    kept.get_by_role("button", name="删除").click()
    expect(kept).to_have_count(0)


def test_what_was_not_found_is_posted_with_the_form_filled_in(open_page: Open) -> None:
    page = open_page()
    log_in(page, BUYER)
    search(page, "石门 脐橙 供应 1毛以下")
    page.locator(".empty").get_by_role("link", name="发布求购").click()
    page.wait_for_url(re.compile("/offers/new"))
    assert page.input_value("[name=product]") == "脐橙"
    assert "石门县" in page.input_value("[name=region]")
    assert parse_qs(urlsplit(page.url).query)["side"] == ["buy"]


def test_the_box_is_a_native_list_of_suggestions_and_works_the_same_without_scripts(
    open_page: Open,
) -> None:
    page = open_page()
    page.goto("/offers")
    page.type("[name=q]", "石门 qich")
    page.locator("#search-q-suggestions option").first.wait_for(state="attached")
    # A browser's own list: its keys and what it reads aloud are the browser's.
    expect(page.get_by_role("combobox", name="搜索")).to_have_attribute(
        "list", "search-q-suggestions"
    )
    options = page.locator("#search-q-suggestions option")
    assert all("qich" in (option.inner_text() or "") for option in options.all())
    assert violations(page) == []

    plain = open_page(java_script_enabled=False)
    search(plain, "qicheng", start="/")
    assert chips(plain) == ["脐橙"]


def test_the_english_pages_say_it_in_english(open_page: Open) -> None:
    for width in (390, 1280):
        page = open_page(width, "en")
        search(page, "navel orange changde wanted", start="/")
        assert set(chips(page)) >= {"Wanted", "Navel orange"}
        shot(page, f"search-9-english-{width}")
        assert violations(page) == []
        assert overflow(page) <= 0
