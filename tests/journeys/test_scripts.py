"""The small scripts in a real browser: old ones, slow lines, input methods, words without end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from pysqlite3 import dbapi2

from tests.journeys.conftest import log_in
from tests.journeys.test_chain import OFFICIAL, SELLER, open_fair, overflow

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ENDLESS = "Extraordinarily" * 5 + "Long."


def test_a_word_without_end_stays_inside_the_page(open_page: Open, instance: Path) -> None:
    database = dbapi2.connect(instance / "market.sqlite3", timeout=15)
    with database:
        (offer,) = database.execute(
            "SELECT id FROM offers WHERE status = 'published' ORDER BY published_at DESC LIMIT 1"
        ).fetchone()
        database.execute(
            "UPDATE offers SET title = ?, grade = ?, description = ?, packaging = ? WHERE id = ?",
            (ENDLESS, ENDLESS[:60], ENDLESS * 3, ENDLESS[:60], offer),
        )
    database.close()
    page = open_page()
    for address in (f"/offers/{offer}", "/", f"/offers?q={ENDLESS}"):
        page.goto(address)
        assert overflow(page) <= 0, address
    page.goto(f"/offers/{offer}")
    assert ENDLESS[:40] in page.inner_text("main")


def test_the_wall_screen_updates_in_a_browser_without_timeouts_of_signals(open_page: Open) -> None:
    page = open_page(width=1920)
    page.add_init_script("delete AbortSignal.timeout")
    page.goto(f"{open_fair(page)}/screen")
    with page.expect_response(lambda answer: answer.url.endswith("/screen")) as asked:
        pass
    assert asked.value.status in (200, 304)
    assert page.locator("#away").is_hidden()


def test_the_clock_of_the_wall_screen_goes_on_while_the_figures_stand(open_page: Open) -> None:
    page = open_page(width=1920)
    fair = open_fair(page)
    page.clock.install(time="2026-10-10T10:10:30Z")
    page.goto(f"{fair}/screen")
    assert page.inner_text("[data-clock]") == "18:10"
    page.clock.run_for(31_000)
    assert page.inner_text("[data-clock]") == "18:11"


def test_suggestions_wait_for_the_input_method_and_drop_an_answer_that_comes_late(
    open_page: Open,
) -> None:
    page, asked, held = open_page(), [], []

    def answer(route: Route) -> None:
        text = route.request.url.split("q=")[1]
        asked.append(text)
        if text == "a":
            held.append(route)
        else:
            route.fulfill(json=[{"value": text, "label": f"for {text}"}])

    page.route("**/offers/suggest.json*", answer)
    page.goto("/offers")
    box = page.locator("input[name=q]").first
    box.evaluate(
        """box => { box.value = "qc";
        box.dispatchEvent(new InputEvent("input", { isComposing: true })); }"""
    )
    page.wait_for_timeout(300)
    assert asked == []
    box.fill("a")
    page.wait_for_timeout(300)
    box.fill("ab")
    options = page.locator("datalist option")
    options.first.wait_for(state="attached")
    held[0].fulfill(json=[{"value": "a", "label": "for a"}])
    page.wait_for_timeout(300)
    assert asked == ["a", "ab"]
    assert options.evaluate_all("all => all.map((one) => one.value)") == ["ab"]


def test_photos_chosen_later_are_added_up_to_six_and_stay_through_a_refusal(
    open_page: Open, tmp_path: Path
) -> None:
    files = [tmp_path / f"{n}.png" for n in range(7)]
    for n, file in enumerate(files):
        Image.new("RGB", (60, 40), (30 * n, 90, 90)).save(file)
    page = open_page()
    log_in(page, SELLER)
    page.goto("/offers/new")
    tiles = page.locator("#photos-stored li")
    sent = page.locator("#photos-stored input[type=hidden]")

    def hashes() -> list[str]:
        return [str(one.input_value()) for one in sent.all()]

    page.set_input_files("#photos", files[:2])
    expect(tiles).to_have_count(2)
    page.set_input_files("#photos", files[1:4])
    expect(tiles).to_have_count(4)
    expect(page.locator("#photos-stored input[type=hidden]:not([value=''])")).to_have_count(4)
    _first, second, third, fourth = hashes()
    tiles.first.get_by_role("button", name="去掉").click()
    expect(tiles).to_have_count(3)
    tiles.nth(1).get_by_role("button", name="设为封面").click()
    tiles.nth(1).get_by_role("button", name="往后移").press("Enter")
    assert hashes() == [third, fourth, second]
    page.set_input_files("#photos", files)
    expect(tiles).to_have_count(6)
    page.click("button[value=publish]:not([aria-hidden])")
    expect(page.locator(".form-errors")).to_be_visible()
    expect(tiles).to_have_count(6)
    assert hashes()[:3] == [third, fourth, second]


def test_a_key_held_down_verifies_one_deal_and_not_the_next(open_page: Open) -> None:
    page, keys = open_page(1280), "[data-decision] ~ [data-keys]"
    log_in(page, OFFICIAL)
    page.goto("/desk/deals")
    for link in page.locator("tbody th a").evaluate_all("all => all.map((one) => one.href)"):
        page.goto(link)
        # What has no flag that stops is verified by the button alone.
        if page.locator("button[data-verify]").count():
            break
    # The script shows them once it listens.
    expect(page.locator(keys)).to_be_visible()
    first = page.url
    page.keyboard.down("v")
    page.wait_for_url(lambda url: url != first)
    expect(page.locator(keys)).to_be_visible()
    second = page.url
    for _ in range(5):
        page.keyboard.down("v")
    page.wait_for_timeout(300)
    assert page.url == second
    expect(page.locator("[data-verify]")).to_be_visible()
    expect(page.locator("details[data-verify][open]")).to_have_count(0)


def test_the_units_follow_the_product_chosen_of_several(open_page: Open) -> None:
    page = open_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/offers/new?side=sell&sentence=卖地瓜500斤，1元一斤")
    choices = page.locator("input[type=radio][name=product]")
    assert choices.count() > 1
    with page.expect_response(lambda answer: "/products/units.json" in answer.url) as asked:
        choices.last.check()
    assert choices.last.get_attribute("value") in asked.value.url
    name = choices.last.evaluate("one => one.closest('label').textContent.trim()")
    page.wait_for_timeout(300)
    assert name in page.inner_text("[data-preview]")
    assert wrong == []
