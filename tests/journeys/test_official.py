"""The official's whole work: from a fair's announcement to its bulletin and a correction."""

from __future__ import annotations

import io
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, SCREENSHOTS, environment_of, log_in, run_flask, shot
from tests.journeys.test_chain import COUNTED_WITHIN, fill, publish, unit

pytestmark = [pytest.mark.browser, pytest.mark.endurance]

Open = Callable[..., Page]
ADMINISTRATOR, PROVINCE, PREFECTURE = "13800000001", "13800000002", "13800000004"
COUNTY_OFFICIAL = "13800000013"
SELLER, BUYER = "13800001144", "13800001145"
# 南县 and the others of 益阳市, whose officials don't log in.
COUNTY, NEIGHBOURS = "430921", ("430902", "430903", "430922", "430923", "430971", "430981")
REGION = "430900"
# 12,000 jin at 2 yuan, in 10,000 yuan.
WORTH = "2.40"
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
        Path(sys.argv[2], f"official-bulletin-{number}.png").write_bytes(page)
"""


@dataclass
class People:
    """Who takes part, each in a browser of their own."""

    visitor: Page
    seller: Page
    buyer: Page
    county: Page
    prefecture: Page
    province: Page


@pytest.fixture
def people(open_page: Open) -> People:
    phones = (SELLER, BUYER, COUNTY_OFFICIAL, PREFECTURE, PROVINCE)
    pages = [open_page(1280) for _ in phones]
    for page, phone in zip(pages, phones, strict=True):
        log_in(page, phone)
    return People(open_page(1280), *pages)


def said(page: Page) -> None:
    """It was done: the page says so, and shows no error."""
    expect(page.locator(".notice-success").first).to_be_visible()


def sure(page: Page, summary: str) -> None:
    """Press a button that asks whether one is sure, and say yes."""
    box = page.locator("details.confirm").filter(has=page.locator("summary", has_text=summary))
    box.locator("summary").click()
    box.locator(".confirm-box button").click()


def until(page: Page, address: str, words: str) -> None:
    """Ask for the page until its first figure is that."""
    deadline = time.monotonic() + COUNTED_WITHIN
    found = ""
    while found != words and time.monotonic() < deadline:
        page.goto(address)
        found = page.locator(".figure-value").first.inner_text().split()[0]
        time.sleep(0.3)
    assert found == words


def open_emergency_fair(province: Page) -> str:
    """The slug of a fair for lotus root in the prefecture, open today only."""
    province.goto("/desk/fairs/emergency")
    fill(province, products="莲藕", region=REGION, days="1", reason="莲藕集中上市（示范）")
    shot(province, "official-1-emergency")
    province.locator("main form button", has_text="马上开幕").click()
    province.wait_for_url(re.compile(r"/desk/fairs/\d{4}-"))
    said(province)
    shot(province, "official-2-fair")
    return province.url.rsplit("/", 1)[1]


def agree_on_a_deal(seller: Page, buyer: Page) -> str:
    """The number of a deal that was posted, proposed and agreed."""
    seller.goto("/offers/new?side=sell")
    fill(seller, product="莲藕", quantity="15000", price_low="2")
    unit(seller, unit="jin", price_unit="jin")
    offer = publish(seller)
    buyer.goto(f"{offer}/propose")
    fill(buyer, quantity="12000", unit_price="2")
    unit(buyer, unit="jin")
    buyer.locator("form[data-deal] button").last.click()
    buyer.wait_for_url(re.compile(r"/deals/\d+$"))
    seller.goto(buyer.url)
    seller.locator(".next-step form[action$='/agree'] button").click()
    said(seller)
    return seller.url.rsplit("/", 1)[1]


def bring_past_its_end(instance: Path, slug: str) -> str:
    """Move the fair with all in it to yesterday and let the calendar close it; yesterday.

    Fairs open and close by dates alone, and no page sets a date that is past: closing early
    makes today the last day. So a day must pass, and for this fair it does, in the database.
    """
    with sqlite3.connect(instance / "market.sqlite3", timeout=30) as database:
        fair_id, day = database.execute(
            "SELECT id, ends_on FROM fairs WHERE slug = ?", [slug]
        ).fetchone()
        yesterday = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        days = {"yesterday": yesterday, "fair": fair_id}
        for statement in (
            "UPDATE fairs SET starts_on = :yesterday, ends_on = :yesterday WHERE id = :fair",
            "UPDATE deals SET agreed_on = :yesterday WHERE fair_id = :fair",
            "UPDATE fair_listings SET listed_at ="
            " strftime('%Y-%m-%d %H:%M:%f000', listed_at, '-1 day') WHERE fair_id = :fair",
        ):
            database.execute(statement, days)
    database.close()
    for command in (["fair", "turn"], ["tallies", "recount", slug]):
        assert run_flask(instance, *command).returncode == 0
    return yesterday


def give_all_counties_to_one_official(administrator: Page) -> None:
    """The neighbours' officials don't log in, so the administrator lets one act for all."""
    administrator.goto(f"/admin/accounts?q={COUNTY_OFFICIAL}")
    administrator.locator("main table a").first.click()
    for code in NEIGHBOURS:
        administrator.select_option("[name=role]", "county_official")
        fill(administrator, region=code)
        administrator.locator("form[action$='/grants'] button").last.click()
        said(administrator)
    shot(administrator, "official-6-roles")


def report(people: People, slug: str, day: str) -> str:
    """From each county's final statement to the published table; the county's statement."""
    final, county = f"final-{day}", people.county
    board = f"/desk/statements?fair={slug}&period={final}"
    county.goto(f"/desk/statements/draft/{slug}/{final}/{COUNTY}")
    shot(county, "official-5-draft")
    fill(county, remark="本县已核对（示范）")
    county.locator("main form button", has_text="上报").click()
    county.wait_for_url(re.compile(r"/desk/statements/\d+$"))
    statement = county.url
    shot(county, "official-5-statement")
    county.goto("/desk/statements")
    shot(county, "official-7-dues")
    sure(county, "一起上报")
    said(county)

    prefecture = people.prefecture
    prefecture.goto(f"{board}&parent={REGION}")
    for box in prefecture.locator("[name=id]").all():
        box.check()
    shot(prefecture, "official-8-review")
    several = prefecture.locator("details.confirm", has=prefecture.locator("#accept"))
    several.locator("summary").click()
    several.get_by_role("button", name="通过勾选的").click()
    said(prefecture)
    prefecture.goto(f"/desk/statements/draft/{slug}/{final}/{REGION}")
    shot(prefecture, "official-8-gathered")
    prefecture.locator("main form button", has_text="上报").click()
    prefecture.wait_for_url(re.compile(r"/desk/statements/\d+$"))

    province = people.province
    province.goto(prefecture.url)
    province.locator("form[action$='/accept'] button").click()
    said(province)
    province.goto(f"/desk/statements/publish/{slug}/{final}")
    shot(province, "official-9-publish")
    province.locator("main form button", has_text="发布").click()
    province.wait_for_url(re.compile(r"/published"))
    shot(province, "official-9-published")
    province.goto(f"/desk/statements/certify/{slug}")
    sure(province, "认定")
    said(province)
    shot(province, "official-9-certified")
    return statement


def bulletin(province: Page, instance: Path, slug: str) -> tuple[str, str]:
    """(its code, its text) of the bulletin the worker makes."""
    province.goto("/desk/documents")
    province.select_option("[name=kind]", "bulletin")
    province.select_option("[name=fair]", slug)
    province.locator(".documents-ask button").click()
    province.wait_for_url(re.compile("#"))
    code = province.url.rsplit("#", 1)[1]
    download = province.locator(f"[id='{code}'] a[href$='/file']")
    expect(download).to_be_visible()
    shot(province, "official-10-documents")
    with province.expect_download() as waiting:
        download.click()
    pdf = waiting.value.path().read_bytes()
    sure(province, "发布")
    said(province)
    command = [sys.executable, "-c", PAGES, code, str(SCREENSHOTS)]
    subprocess.run(command, cwd=ROOT, env=environment_of(instance), check=True)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return code, " ".join(page.extract_text() for page in pages)


def correct(people: People, statement: str) -> None:
    """The county corrects its statement by what the ledger says now; the prefecture agrees."""
    county, prefecture = people.county, people.prefecture
    county.goto(f"{statement}/correct")
    shot(county, "official-12-correct")
    fill(county, reason="一笔成交已退回（示范）")
    county.locator("main form button").last.click()
    said(county)
    prefecture.goto("/desk/statements")
    prefecture.locator("#confirm a").first.click()
    shot(prefecture, "official-12-confirm")
    prefecture.locator("#correction form button").first.click()
    said(prefecture)


def test_a_fair_is_opened_counted_reported_published_and_corrected(
    people: People, open_page: Open, instance: Path
) -> None:
    slug = open_emergency_fair(people.province)
    fair = f"/fairs/{slug}"
    deal = agree_on_a_deal(people.seller, people.buyer)
    screen = open_page(1920)
    screen.set_viewport_size({"width": 1920, "height": 1080})
    screen.goto(f"{fair}/screen")
    value = screen.locator(".screen-figures dd").first
    expect(value).to_have_text("0.00")

    people.county.goto(f"/desk/deals/{deal}")
    shot(people.county, "official-3-judge")
    people.county.locator("[data-verify]").click()
    said(people.county)
    # The wall screen asks by itself.
    expect(value).to_have_text(WORTH, timeout=COUNTED_WITHIN * 1000)
    shot(screen, "official-4-screen")
    until(people.visitor, fair, WORTH)
    shot(people.visitor, "official-4-board")

    day = bring_past_its_end(instance, slug)
    administrator = open_page(1280, java_script_enabled=False)
    log_in(administrator, ADMINISTRATOR)
    give_all_counties_to_one_official(administrator)
    statement = report(people, slug, day)

    code, text = bulletin(people.province, instance, slug)
    until(people.visitor, fair, WORTH)
    for figure in people.visitor.locator(".figure-value").all_inner_texts():
        assert figure.split()[0] in text.split(), figure
    people.visitor.goto(f"{fair}/regions/{REGION}/tables")
    expect(people.visitor.locator(f"a[href$='/{code}/file']")).to_be_visible()
    shot(people.visitor, "official-11-tables")
    people.visitor.goto(f"/verify/{code}")
    said(people.visitor)
    shot(people.visitor, "official-11-current")

    people.county.goto(f"/deals/{deal}")
    back = people.county.locator(
        "details.confirm", has=people.county.locator("[action$='/return']")
    )
    back.locator("summary").click()
    back.locator("[name=reason]").fill("过磅单与成交量不符（示范）")
    back.locator("form button").click()
    said(people.county)
    until(people.visitor, fair, "0.00")
    correct(people, statement)

    people.visitor.goto(f"{fair}/published")
    published = people.visitor.locator("main")
    expect(published).to_contain_text(WORTH)
    expect(published).to_contain_text(f"{WORTH} → 0.00")
    shot(people.visitor, "official-13-published")
    people.visitor.goto(f"/verify/{code}")
    expect(people.visitor.locator(".notice-warning")).to_be_visible()
    shot(people.visitor, "official-13-changed")
    verified = run_flask(instance, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout
