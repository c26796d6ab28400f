"""A station's day: a township's sheet is imported, its village sheet printed, a pair rung, the deal
written down with a code and verified by the county, and all of it stands in the record of acts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pypdf
import pytest
from openpyxl import Workbook
from playwright.sync_api import Error, FilePayload, Locator, Page, expect

from tests.journeys.conftest import PATIENCE, SCREENSHOTS, log_in, shot
from tests.journeys.test_bargaining import fits
from tests.journeys.test_chain import COUNTY, OFFICIAL
from tests.journeys.test_dealing import rows
from tests.journeys.test_paper import bare

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ASSISTANT, ADMINISTRATOR = "13800000020", "13800000001"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FARMERS = 150
HEADS = ("序号", "户主", "联系电话", "乡镇", "村", "品名", "数量(万斤)", "单价(元/斤)", "备注")
# What half of the farmers sell, and the others; quantities as offices write them.
GOODS = (
    (("脐橙", 1.5, 1.6), ("蜜柚", "8000斤", 1.2)),
    (("红薯", "3吨", 0.8), ("冰糖橙", "2500公斤", 2.2)),
    (("椪柑", 2, 1.5), ("萝卜", "1万斤", 0.5)),
)
VILLAGES = ("白沙村", "新铺村", "双溪村", "长岭村", "石板村")
GIVEN = "春夏秋冬梅兰竹菊松柏山河江湖海"


def farmers(family: str) -> list[str]:
    return [f"{family}{first}{second}" for first in GIVEN[:10] for second in GIVEN][:FARMERS]


def spreadsheet(family: str, town: str, first_phone: int) -> bytes:
    """300 offers of a township: a merged title, phones as numbers, a row of totals."""
    book = Workbook()
    sheet = book.active
    sheet.append([f"{town}农产品上市情况统计表"])
    sheet.merge_cells("A1:I1")
    sheet.append(HEADS)
    for n, name in enumerate(farmers(family)):
        for goods in GOODS[n % len(GOODS)]:
            phone, village = first_phone + n, VILLAGES[n % len(VILLAGES)]
            sheet.append((sheet.max_row - 1, name, phone, town, village, *goods, "地头可装车"))
    sheet.append(("合计", *[""] * 5, 480, "", ""))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def until(page: Page, target: Locator, address: str) -> None:
    """Ask for the address until the target is there: the worker is at it."""
    for _ in range(PATIENCE // 500):
        # A page that waits for the worker asks anew by itself, which may come between.
        with suppress(Error):
            page.goto(address)
        if target.count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address} never showed it")


def import_sheet(page: Page, name: str, content: bytes, fit: Callable[[Page], None]) -> None:
    """From the file to 300 offers."""
    page.goto("/station/imports/new")
    file = FilePayload(name=name, mimeType=XLSX, buffer=content)
    page.set_input_files("[name=file]", file)
    fit(page)
    page.locator("#page-form button").last.click()
    page.wait_for_url(re.compile(r"/columns$"))
    chosen = [select.input_value() for select in page.locator("[name^=column-]").all()]
    assert chosen[1:5] == ["name", "phone", "township", "village"]
    assert chosen[5:8] == ["product", "quantity", "price"]
    page.select_option("[name=way]", "spoken")
    page.fill("[name=witness]", "村主任在场，名单存信息站")
    fit(page)
    page.locator("#page-form button").last.click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    start = page.locator("form[action$='/start']")
    until(page, start, page.url)
    assert figures(page) == ["300", "0", "0", "0"]
    fit(page)
    start.locator("button").click()
    until(page, page.locator("form[action$='/undo']"), page.url)
    assert figures(page)[0] == "300"
    fit(page)


def figures(page: Page) -> list[str]:
    return page.locator(".figure-value").all_inner_texts()


def print_sheet(page: Page, town: str, fit: Callable[[Page], None]) -> bytes:
    """The township's sheet is looked at, then made as a file by the worker and fetched."""
    page.goto(f"/sheets/{COUNTY}/{town}")
    fit(page)
    page.locator(f"a[href='/sheets/{COUNTY}/{town}/work']").click()
    page.locator("[name=by_village][value=place]").check()
    page.fill("[name=copies]", "1")
    fit(page)
    page.locator("#page-form button").first.click()
    page.wait_for_url(re.compile("#documents$"))
    # That of this township is the newest.
    download = page.locator("article a[href$='/file']").first
    until(page, download, page.url.partition("#")[0])
    with page.expect_download() as waiting:
        download.click()
    return waiting.value.path().read_bytes()


def pair_pages(page: Page) -> Iterator[Locator]:
    """The pairs of the match desk that there are now, page by page."""
    for number in range(1, 20):
        page.goto(f"/station/matches?page={number}")
        found = page.locator(".pairs > li")
        if not found.count():
            return
        yield found


def pair_of(page: Page, names: set[str]) -> str:
    """The address of the best pair of one of these sellers with somebody else."""
    for _ in range(PATIENCE // 1000):
        for found in pair_pages(page):
            for link in found.locator("h2 a").all():
                if link.inner_text().split(" 与 ")[0] in names:
                    return link.get_attribute("href") or ""
        page.wait_for_timeout(1000)
    raise AssertionError("no pair of the imported offers")


def ring_and_deal(page: Page, instance: Path, pair: str, fit: Callable[[Page], None]) -> str:
    """Both are rung and agree; who can't log in confirms with a code. The path of the deal."""
    page.goto(pair)
    fit(page)
    page.locator("form[action$='/phones'] button").click()
    expect(page.locator("a[href^='tel:']")).to_have_count(2)
    page.locator("[name=outcome][value=agreed]").check()
    page.fill("[name=note]", "两边都说好了，明天装车")
    fit(page)
    page.locator(".call-form button").last.click()
    page.wait_for_url(re.compile(r"/propose\?"))
    page.goto(pair)
    page.locator("a[href^='/deals/new']").click()
    # Whatever unit the sheet gave this pair.
    page.select_option("[name=unit]", "jin")
    page.fill("[name=quantity]", "100")
    phone = re.sub(r"\D", "", page.input_value("[name=phone]"))[-11:]
    fit(page)
    page.locator("form[data-deal] button").last.click()
    page.wait_for_url(re.compile(r"/deals/\d+$"))
    fit(page)
    ((text,),) = rows(
        instance,
        "SELECT text FROM outgoing_messages WHERE recipient = ? AND text LIKE '%验证码%'"
        " ORDER BY id DESC LIMIT 1",
        f"+86{phone}",
    )
    code = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    assert code, text
    page.fill("[name=code]", code[0])
    page.locator("form[action$='/code'] button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    return page.url[page.url.index("/deals/") :]


def verify(official: Page, deal: str, fit: Callable[[Page], None]) -> None:
    """The county rings back, notes what was said, and verifies."""
    official.goto(f"/desk{deal}")
    official.locator("form[action*='/number'] button").click()
    official.locator("#call [name=outcome]").first.check()
    official.fill("[name=answer]", "本人接的，数量和单价都说得对")
    fit(official)
    official.locator("form[action*='/call'] button").click()
    official.locator("[data-verify]").first.click()
    expect(official.locator(".notice-success")).to_be_visible()


@pytest.mark.journey("sheet, village sheet, call, deal")
@pytest.mark.parametrize(
    ("script", "width", "family", "town", "first_phone"),
    [
        (False, 390, "覃", "430726105", 13911110000),
        (True, 1280, "向", "430726111", 13911120000),
    ],
)
def test_a_townships_sheet_leads_to_a_village_sheet_a_call_and_a_verified_deal(
    open_page: Open,
    instance: Path,
    script: bool,
    width: int,
    family: str,
    town: str,
    first_phone: int,
) -> None:
    station, official, administrator = (
        open_page(width, java_script_enabled=script) for _ in range(3)
    )
    log_in(station, ASSISTANT)
    ((name,),) = rows(instance, "SELECT name FROM townships WHERE code = ?", town)

    def fit(page: Page) -> None:
        fits(page, script)

    import_sheet(station, f"{name}上市表.xlsx", spreadsheet(family, name, first_phone), fit)
    shot(station, f"station-{width}-imported")

    content = print_sheet(station, town, fit)
    SCREENSHOTS.mkdir(exist_ok=True)
    (SCREENSHOTS / f"station-{width}-sheet.pdf").write_bytes(content)
    (sheet,) = pypdf.PdfReader(io.BytesIO(content)).pages
    printed = bare(sheet.extract_text())
    assert name in printed
    assert "脐橙" in printed

    pair = pair_of(station, set(farmers(family)))
    deal = ring_and_deal(station, instance, pair, fit)
    log_in(official, OFFICIAL)
    verify(official, deal, fit)
    shot(official, f"station-{width}-verified")

    log_in(administrator, ADMINISTRATOR)
    for kind, action in (
        ("consents", "导入表格"),
        ("imports", "导入表格"),
        ("sheet_stacks", "做行情单"),
        ("match_calls", "记一通电话"),
    ):
        administrator.goto(f"/admin/audit?kind={kind}&account={ASSISTANT}")
        expect(administrator.locator("tbody th a", has_text=action).first).to_be_visible()
