"""A day of reporting: the county's list, call, warning and paper; the prefecture's review table;
the province's matrix, reminder, publication and bulletin. Each page is pictured at both widths
and in both languages, each paper page by page."""

from __future__ import annotations

import io
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, SCREENSHOTS, environment_of, log_in, run_flask, shot
from tests.journeys.test_chain import BUYER, COUNTY, OFFICIAL, SELLER, open_fair, overflow
from tests.journeys.test_official import PROVINCE, agree_on_a_deal, said, sure

pytestmark = [pytest.mark.browser, pytest.mark.endurance]

Open = Callable[..., Page]
# 澧县 beside 石门县 (COUNTY), and the prefecture of both.
NEIGHBOUR, NEIGHBOUR_OFFICIAL = "430723", "13800000011"
PREFECTURE, PREFECTURE_OFFICIAL = "430700", "13800000003"
WIDTHS, LANGUAGES = (390, 1280), ("en", "zh_CN")
EXPLANATION = "当天下雨，客商未到（示范）"
PAGES = """
import sys
from pathlib import Path
from sqlalchemy import select
from market.papers.models import Document
from market.papers.pdf import pages_of
from market.database import db
from market.web.language import in_language
from wsgi import app
with app.test_request_context(), in_language("zh_CN"):
    document = db.session.scalar(select(Document).where(Document.code == sys.argv[1]))
    for number, page in enumerate(pages_of(document), 1):
        Path(sys.argv[2], f"{sys.argv[3]}-{number}.png").write_bytes(page)
"""


def days_to_report(instance: Path) -> list[str]:
    """(the day whose statement the county has to mend, the day after: yesterday), ISO."""
    with sqlite3.connect(instance / "market.sqlite3", timeout=30) as database:
        found = database.execute(
            "SELECT day, date(day, '+1 day') FROM statements"
            " WHERE region_code = ? AND status = 'returned'",
            [COUNTY],
        ).fetchone()
    database.close()
    return list(found)


def pictures(page: Page, name: str) -> None:
    """The page at both widths in both languages, never wider than its window; Chinese is last."""
    for language in LANGUAGES:
        page.context.add_cookies(
            [{"name": "language", "value": language, "url": page.url.partition("/desk")[0]}]
        )
        page.reload()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert overflow(page) <= 0
            shot(page, f"day-{name}-{language[:2]}-{width}")


def paper(page: Page, instance: Path, name: str) -> list[str]:
    """The text of each page of the document just asked for, once the worker has made it."""
    page.wait_for_url(re.compile(r"/desk/documents#"))
    code = page.url.rsplit("#", 1)[1]
    link = page.locator(f"[id='{code}'] a[href$='/file']")
    expect(link).to_be_visible()
    with page.expect_download() as waiting:
        link.click()
    pdf = waiting.value.path().read_bytes()
    command = [sys.executable, "-c", PAGES, code, str(SCREENSHOTS), f"day-{name}"]
    subprocess.run(command, cwd=ROOT, env=environment_of(instance), check=True)
    return [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def submit(page: Page, explanation: str = EXPLANATION) -> None:
    """Send the draft on the page, each warning explained so."""
    for field in page.locator("#findings textarea, #findings input[type=text]").all():
        field.fill(explanation)
    page.locator("main form button", has_text="上报").click()
    page.wait_for_url(re.compile(r"/desk/statements/\d+$"))


def verify_with_a_call(county: Page, deal: str) -> None:
    """The county rings the seller, writes that down, verifies, and finds the deal again."""
    county.goto(f"/desk/deals/{deal}")
    county.locator("#phones").get_by_role("button", name="显示号码").click()
    expect(county.locator("#phones a[href^='tel:']")).to_have_count(2)
    call = county.locator("#call details", has=county.locator("[name=outcome]"))
    call.locator("summary").click()
    call.locator("[name=side]").first.check()
    call.locator("[name=outcome]").first.check()
    call.locator("[name=answer]").fill("数量、单价都对（示范）")
    call.get_by_role("button", name="记下").click()
    said(county)
    pictures(county, "2-deal")
    county.locator("[data-verify]").click()
    said(county)
    county.goto("/desk/deals?state=verified")
    first = county.locator("main tbody tr").first
    expect(first.locator("th a")).to_have_attribute("href", re.compile(rf"/desk/deals/{deal}\b"))
    expect(first).to_contain_text("已回访")
    pictures(county, "3-verified")


def accept_ticked(page: Page) -> None:
    """Tick every statement that may be accepted, and accept them at once."""
    for box in page.locator("[name=id]").all():
        box.check()
    several = page.locator("details.confirm", has=page.locator("#accept"))
    several.locator("summary").click()
    several.get_by_role("button", name="通过勾选的").click()
    said(page)


def county_day(county: Page, deal: str, instance: Path, drafts: list[str]) -> None:
    """What is due first, a deal rung and verified, two statements, the paper of the first."""
    county.goto("/desk")
    expect(county.locator(".desk-task-overdue", has_text="上报").first).to_be_visible()
    pictures(county, "1-county")
    verify_with_a_call(county, deal)
    county.goto(drafts[0].format(COUNTY))
    submit(county)
    county.get_by_role("button", name="打印报表").click()
    pages = paper(county, instance, "4-paper")
    assert len(pages) == 1
    assert "日报" in pages[0]
    county.goto(drafts[1].format(COUNTY))
    expect(county.locator("#findings .statement-finding").first).to_be_visible()
    county.locator("main form button", has_text="上报").click()
    expect(county.locator("#findings .field-error").first).to_be_visible()
    pictures(county, "5-warning")
    submit(county, "无")
    pictures(county, "6-statement")


def test_a_day_is_reported_reviewed_published_and_printed(open_page: Open, instance: Path) -> None:
    phones = (SELLER, BUYER, OFFICIAL, NEIGHBOUR_OFFICIAL, PREFECTURE_OFFICIAL, PROVINCE)
    people = [open_page(1280) for _ in phones]
    seller, buyer, county, neighbour, prefecture, province = people
    for page, phone in zip(people, phones, strict=True):
        log_in(page, phone)
    slug = open_fair(seller).rsplit("/", 1)[1]
    periods = [f"daily-{day}" for day in days_to_report(instance)]
    drafts = [f"/desk/statements/draft/{slug}/{period}/{{}}" for period in periods]
    boards = [f"/desk/statements?fair={slug}&period={period}" for period in periods]

    county_day(county, agree_on_a_deal(seller, buyer), instance, drafts)
    neighbour.goto(drafts[0].format(NEIGHBOUR))
    submit(neighbour)

    # The prefecture: one table, one statement returned and sent again, the rest accepted.
    prefecture.goto(f"{boards[1]}&parent={PREFECTURE}")
    row = prefecture.locator("tr", has=prefecture.get_by_role("link", name="石门县", exact=True))
    expect(row).to_contain_text("说明：无")
    pictures(prefecture, "7-review")
    row.locator(".review-decide summary").click()
    row.locator("[name=reason]").fill("请写明原因（示范）")
    row.locator(".review-decide form button", has_text="退回").click()
    said(prefecture)
    county.goto(drafts[1].format(COUNTY))
    expect(county.locator(".notice-warning").first).to_contain_text("请写明原因")
    submit(county, EXPLANATION)
    prefecture.goto(f"{boards[1]}&parent={PREFECTURE}")
    expect(row).to_contain_text(EXPLANATION)
    expect(row).to_contain_text("请写明原因")
    pictures(prefecture, "8-again")
    accept_ticked(prefecture)
    prefecture.goto(f"{boards[0]}&parent={PREFECTURE}")
    accept_ticked(prefecture)
    prefecture.goto(drafts[0].format(PREFECTURE))
    pictures(prefecture, "9-gathered")
    submit(prefecture)

    # The province: who is missing, a reminder, the day published, its bulletin.
    province.goto(f"/desk/statements/completeness/{slug}")
    pictures(province, "10-matrix")
    province.locator(".matrix-group summary").first.click()
    province.locator(".matrix-cell button").first.click()
    said(province)
    province.goto(boards[0])
    pictures(province, "11-review")
    accept_ticked(province)
    province.goto(f"/desk/statements/publish/{slug}/{periods[0]}")
    pictures(province, "12-publish")
    total = province.locator("main tfoot td").first.inner_text()
    province.locator("main form button", has_text="发布").click()
    province.wait_for_url(re.compile(r"/published"))
    pictures(province, "13-published")
    province.goto("/desk/documents")
    pictures(province, "14-documents")
    province.select_option("[name=kind]", "bulletin")
    province.select_option("[name=fair]", slug)
    province.locator(".documents-ask button").click()
    text = " ".join(paper(province, instance, "15-bulletin"))
    assert "公报" in text
    sure(province, "发布")
    said(province)
    visitor = open_page(1280)
    visitor.goto(f"/fairs/{slug}/published?period={periods[0]}")
    expect(visitor.locator("main")).to_contain_text(total.split()[0])

    screen = open_page(1920)
    screen.set_viewport_size({"width": 1920, "height": 1080})
    screen.goto(f"/fairs/{slug}/screen")
    shot(screen, "day-16-screen")
    verified = run_flask(instance, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout
