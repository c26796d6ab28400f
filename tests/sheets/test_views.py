"""The pages and files of sheets, who has them, and what hangs where."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, update

from market.accounts.models import Account
from market.accounts.privacy.erasures import finish_erasures
from market.accounts.services import erase_account
from market.audit.labels import value_label
from market.audit.models import Act
from market.database import db, transaction, utcnow
from market.offers.models import OfferPhoto
from market.papers.document_jobs import make_queued
from market.papers.models import DocumentStatus
from market.sheets import printing, stack_jobs, stacks, station_cards, villages, wording, work_views
from market.sheets.content import sheet_of
from market.sheets.layout import lay_out
from market.sheets.models import PaperSize, SheetPosting, SheetPrint, SheetStack
from market.sheets.places import SheetPlace, load_sheet_place
from market.sheets.postings import coverage_of
from market.sheets.printing import set_pdf
from market.sheets.weeks import week_of
from market.sheets.wording import sheet_data, stack_data
from market.web.home_time import home_today
from tests.conftest import Client
from tests.fairs.factories import make_fair
from tests.offers.factories import make_offer
from tests.sheets.conftest import COUNTY

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
CHINESE = {"Accept-Language": "zh-CN"}
SITE = "https://example.test"


def picture() -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(file, "PNG")
    file.seek(0)
    return file, "sheet.png"


def work(place: SheetPlace, of: str = "work") -> str:
    return f"/sheets/{COUNTY}/{place.township_code}/{of}"


def pages(content: bytes) -> list[Any]:
    return list(PdfReader(io.BytesIO(content)).pages)


def ask_for(actor: Account, place: SheetPlace, **values: Any) -> SheetStack:
    asked: dict[str, Any] = {
        "week": week_of(home_today()),
        "paper": PaperSize.A4,
        "copies": 1,
        "by_village": True,
        "language": "zh_CN",
        "site": SITE,
    }
    with transaction():
        return stacks.request_stack(actor, place, **{**asked, **values})


@pytest.fixture
def listed(assistant: Account, townships: list[SheetPlace]) -> SheetPlace:
    """The first township, whose station has three villages on its list."""
    with transaction():
        villages.save_villages(assistant, townships[0], ["东村", "西村", "南村"])
    return townships[0]


def test_anyone_reads_the_page_of_a_place_with_what_is_wanted_and_for_sale(
    client: Client, make_account: Make
) -> None:
    purchase = make_offer(make_account("长沙鲜果"), "buy")
    sale = make_offer(make_account("田大伯"))
    page = client.get(f"/sheets/{COUNTY}", headers=CHINESE).get_data(as_text=True)
    for offer in (purchase, sale):
        assert f'href="/offers/{offer.id}"' in page
        assert f"{offer.id}号" in page
    assert "田大伯" in page
    assert client.get("/sheets/430700").status_code == 404, "a prefecture has none"
    assert client.get("/sheets/000000").status_code == 404
    assert client.get(f"/sheets/{COUNTY}/430102001").status_code == 404, "of another county"


def test_a_sheet_that_still_hangs_leads_to_what_is_so_now(client: Client) -> None:
    this = week_of(home_today())
    earlier = week_of(this.first - timedelta(days=14))
    old = client.get(f"/sheets/{COUNTY}?week={earlier}", headers=CHINESE)
    assert "您手上那张是早先的" in old.get_data(as_text=True)
    assert wording.format_week(this) in client.get(f"/sheets/{COUNTY}").get_data(as_text=True)
    for week in (this.next.next, "2026-99", "x"):
        assert client.get(f"/sheets/{COUNTY}?week={week}").status_code == 404


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("a3", 842)])
def test_the_sheet_is_a_page_of_that_size(
    client: Client, listed: SheetPlace, paper: str, width: int
) -> None:
    asked = f"paper={paper}&township={listed.township_code}&village=东村"
    answer = client.get(f"/sheets/{COUNTY}/sheet.pdf?{asked}", headers=CHINESE)
    (page,) = pages(answer.data)
    assert abs(page.mediabox.width - width) < 1
    assert "东村" in page.extract_text()
    assert client.get(f"/sheets/{COUNTY}/sheet.pdf?paper=a2").status_code == 404


@pytest.mark.usefixtures("font")
def test_page_and_paper_say_the_same(client: Client, make_account: Make) -> None:
    offers = [make_offer(make_account(), side) for side in ("buy", "sell")]
    page = client.get(f"/sheets/{COUNTY}", headers=CHINESE).get_data(as_text=True)
    paper = client.get(f"/sheets/{COUNTY}/sheet.pdf", headers=CHINESE).data
    text = "".join(each.extract_text() for each in pages(paper)).replace(" ", "")
    for offer in offers:
        for words in (f"{offer.id}号", "2,000斤", "翠冠梨"):
            assert words in page
            assert words in text


@pytest.mark.usefixtures("font")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(
    rows=st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 10)),
    words=st.text("梨好吃W。 #$*[]_\\", min_size=1, max_size=120),
    has_fair=st.booleans(),
    paper=st.sampled_from([PaperSize.A4, PaperSize.A3]),
)
def test_any_content_has_one_page(
    app: Flask, rows: tuple[int, int, int], words: str, has_fair: bool, paper: PaperSize
) -> None:
    wanted, for_sale, prices = rows
    with app.test_request_context():
        data = sheet_data(sheet_of(load_sheet_place(COUNTY), week_of(home_today())), SITE, paper)
        layout = lay_out(paper, wanted, for_sale, prices, has_fair)
        names = ("goods", "amount", "price", "where", "who", "number")
        row = {"is_new": True, **dict.fromkeys(names, words)}
        data |= {
            "title": words,
            "row": layout.row,
            "lines": layout.lines,
            "tall": layout.is_tall,
            "wanted": [row] * min(wanted, layout.wanted),
            "for_sale": [row] * min(for_sale, layout.for_sale),
            "wanted_note": words,
            "prices": [[words] * 4] * prices,
            "prices_note": words,
            "fair": [words, words] if has_fair else [],
            "station": {"name": words, "phone": words, "assistant": words},
            "issued": words,
        }
        assert len(pages(set_pdf("sheet", stack_data([data], paper, 1)))) == 1


def acts_of_printing() -> list[Act]:
    """The recorded acts of printing a sheet."""
    return list(db.session.scalars(select(Act).where(Act.endpoint == "sheets.print_sheet")))


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize("role", ["assistant", "county"])
def test_what_a_station_or_office_prints_is_in_the_record_of_acts(
    request: pytest.FixtureRequest, log_in: LogIn, listed: SheetPlace, role: str
) -> None:
    printer = request.getfixturevalue(role)
    browser, week = log_in(printer), week_of(home_today())
    page = f"/sheets/{COUNTY}/{listed.township_code}/东村"
    asked = f"township={listed.township_code}&village=东村&week={week}&paper="
    sheet = f"/sheets/{COUNTY}/sheet.pdf?{asked}"
    assert "sheet.pdf" not in browser.get(page).get_data(as_text=True)
    back = browser.get(sheet + "a3")
    assert unquote(back.location) == f"{page}?week={week}", "unrecorded none is given"
    for _again in range(2):
        sent = browser.send(f"/sheets/{COUNTY}/print?{asked}a3", page=page)
        assert unquote(sent.location) == sheet + "a3"
    assert browser.get(sent.location).mimetype == "application/pdf"
    assert browser.get(sheet + "a4").status_code == 302, "another size is another sheet"
    (row,) = db.session.scalars(select(SheetPrint)).all()
    assert (row.printed_by_id, row.village, row.week, row.paper) == (
        *(printer.id, "东村", str(week)),
        PaperSize.A3,
    )
    (act,) = acts_of_printing()
    assert act.actor_id == printer.id
    assert value_label("sheet_prints", "township_code", row.township_code) == "楚江街道"


@pytest.mark.usefixtures("font")
def test_what_visitors_and_traders_print_is_recorded_nowhere(
    client: Client, log_in: LogIn, make_account: Make
) -> None:
    trader = log_in(make_account())
    for browser in (client, trader):
        assert "sheet.pdf" in browser.get(f"/sheets/{COUNTY}").get_data(as_text=True)
        assert browser.get(f"/sheets/{COUNTY}/sheet.pdf").mimetype == "application/pdf"
    assert trader.send(f"/sheets/{COUNTY}/print", page=f"/sheets/{COUNTY}").status_code == 403
    assert not db.session.scalars(select(SheetPrint)).all()


@pytest.mark.usefixtures("font")
def test_a_stack_is_set_a_few_sheets_at_a_time_and_says_how_many_are_done(
    monkeypatch: pytest.MonkeyPatch, log_in: LogIn, assistant: Account, listed: SheetPlace
) -> None:
    steps: list[tuple[int, str]] = []
    right = stack_jobs.set_pdf
    browser = log_in(assistant)
    browser.set_cookie("language", "zh_CN")

    def set_pdf(template: str, data: dict[str, Any], **options: Any) -> Any:
        page = browser.get(work(listed)).get_data(as_text=True)
        steps.append((len(data["sheets"]), page))
        return right(template, data, **options)

    monkeypatch.setattr(stack_jobs, "PART", 2)
    monkeypatch.setattr(stack_jobs, "set_pdf", set_pdf)
    stack = ask_for(assistant, listed, copies=2)
    make_queued()
    assert [number for number, _ in steps] == [2, 1]
    assert "已做好 0 张，共 6 张" in steps[0][1]
    assert "已做好 4 张，共 6 张" in steps[1][1]
    found = [page.extract_text() for page in pages(stack_jobs.file_of(stack).read_bytes())]
    villages = [next(name for name in ("东村", "西村", "南村") if name in text) for text in found]
    assert villages == [name for name in sorted(["东村", "西村", "南村"]) for _ in range(2)]


def test_the_qr_code_leads_to_the_page_of_the_village_and_week(
    app: Flask, client: Client, listed: SheetPlace
) -> None:
    place = load_sheet_place(COUNTY, listed.township_code or "", "东村")
    week = week_of(home_today())
    with app.test_request_context():
        address = wording.sheet_address(SITE, place, week)
        made = sheet_data(sheet_of(place, week), SITE, PaperSize.A4)
    assert made["address"] == address
    page = client.get(address.removeprefix(SITE), headers=CHINESE)
    assert page.status_code == 200
    assert "东村" in page.get_data(as_text=True)


def test_assistants_of_the_place_and_officials_above_work_with_its_sheets(
    log_in: LogIn,
    client: Client,
    make_account: Make,
    townships: list[SheetPlace],
    assistant: Account,
    stranger: Account,
    county: Account,
) -> None:
    here = townships[0]
    of_county = make_account(role="assistant", scope=COUNTY)
    prefecture = make_account(role="prefecture_official", scope="430700")
    neighbour = make_account(role="county_official", region="430724")
    inside = (assistant, of_county, county, prefecture)
    outside = (stranger, neighbour, make_account())
    for account, status in [*((a, 200) for a in inside), *((a, 403) for a in outside)]:
        browser = log_in(account)
        for page in ("work", "post", "villages"):
            assert browser.get(work(here, page)).status_code == status, (account.name, page)
    assert client.get(work(here)).status_code == 303
    assert log_in(assistant).get(f"/sheets/{COUNTY}/work").status_code == 403, "of its town alone"
    assert log_in(county).get(work(here, "card")).status_code == 403, "no station"
    assert log_in(assistant).get(work(here, "card")).status_code == 200


@pytest.mark.usefixtures("font")
def test_a_stack_is_asked_for_made_and_fetched(
    log_in: LogIn, assistant: Account, stranger: Account, listed: SheetPlace
) -> None:
    browser = log_in(assistant)
    form = {"week": str(week_of(home_today())), "by_village": "villages", "paper": "a4"}
    assert browser.send(work(listed), form | {"copies": "2", "key": "a" * 32}).status_code == 303
    assert browser.send(work(listed), form | {"copies": "2", "key": "b" * 32}).status_code == 303
    stack = db.session.scalars(select(SheetStack)).one()
    assert stack.status is DocumentStatus.QUEUED, "what waits already is not asked for twice"
    assert browser.get(f"/sheet-stacks/{stack.id}/file").status_code == 404
    assert make_queued() == 1
    with browser.get(f"/sheet-stacks/{stack.id}/file") as file:
        found = [page.extract_text() for page in pages(file.data)]
    assert len(found) == stack.sheets == 6
    for n, village in enumerate(sorted(["东村", "西村", "南村"])):
        assert village in found[2 * n]
        assert village in found[2 * n + 1]
    assert log_in(stranger).get(f"/sheet-stacks/{stack.id}/file").status_code == 403


@pytest.mark.usefixtures("font")
def test_a_stack_of_offers_with_pictures_is_made_outside_any_request(
    make_account: Make, assistant: Account, listed: SheetPlace
) -> None:
    with transaction():
        offer = make_offer(make_account(), "buy", region=COUNTY)
        offer.photos.append(OfferPhoto(position=0, sha256="a" * 64, width=96, height=96))
    stack = ask_for(assistant, listed)
    assert make_queued() == 1
    assert db.session.get_one(SheetStack, stack.id).status is DocumentStatus.DONE


@pytest.mark.usefixtures("font")
def test_the_same_content_is_set_once(
    monkeypatch: pytest.MonkeyPatch, assistant: Account, listed: SheetPlace
) -> None:
    set_ = []
    right = stack_jobs.set_pdf
    monkeypatch.setattr(
        stack_jobs, "set_pdf", lambda *a, **more: (set_.append(a), right(*a, **more))[1]
    )
    first = ask_for(assistant, listed)
    make_queued()
    second = ask_for(assistant, listed)
    make_queued()
    assert second.id != first.id
    assert second.file_sha256 == first.file_sha256 is not None
    assert len(set_) == 1
    third = ask_for(assistant, listed, copies=2)
    make_queued()
    assert third.file_sha256 != first.file_sha256
    assert len(set_) == 2


@pytest.mark.usefixtures("font")
def test_a_stack_whose_maker_died_is_made_by_the_next(
    assistant: Account, listed: SheetPlace
) -> None:
    stack = ask_for(assistant, listed)
    with transaction():
        assert stacks.start_next() is stack
    assert make_queued() == 1
    assert stack.status is DocumentStatus.DONE
    assert stack.tries == 2


def post(browser: Client, place: SheetPlace, **values: Any) -> Any:
    form = {
        "village": "东村",
        "spot": "村部公告栏",
        "posted_on": str(home_today()),
        "copies": "2",
        "photo": picture(),
        "note": "",
        "key": "c" * 32,
    }
    return browser.send(work(place, "post"), {**form, **values})


def test_a_posting_is_recorded_with_its_picture_and_counts_its_village_once(
    log_in: LogIn, assistant: Account, stranger: Account, county: Account, listed: SheetPlace
) -> None:
    browser, week = log_in(assistant), week_of(home_today())
    for _again in range(2):
        assert post(browser, listed).status_code == 303
    assert post(browser, listed, spot="小卖部", key="d" * 32).status_code == 303
    first, second = db.session.scalars(select(SheetPosting).order_by(SheetPosting.id)).all()
    (covered,) = coverage_of(listed, week)
    assert (covered.villages, covered.covered, covered.copies) == (3, 1, 4)
    assert covered.missing == ["南村", "西村"]
    address = f"/sheet-postings/{first.id}/picture"
    official = log_in(county)
    with official.get(address) as shown:
        assert shown.status_code == 200
        assert "private" in shown.headers["Cache-Control"]
    assert log_in(stranger).get(address).status_code == 403
    page = official.get(f"/sheets/{COUNTY}/work", headers=CHINESE).get_data(as_text=True)
    assert "3 个村中 1 个" in page
    assert "村部公告栏" in page
    assert "石门县" in official.get("/desk/sheets", headers=CHINESE).get_data(as_text=True)
    for row in (first, second):
        back = f"/sheet-postings/{row.id}/withdraw"
        assert log_in(stranger).post(back).status_code in (400, 403)
        assert browser.send(back, page=work(listed)).status_code == 303
    (covered,) = coverage_of(listed, week)
    assert (covered.covered, covered.copies) == (0, 0)


def test_many_postings_of_a_week_stand_on_several_pages(
    log_in: LogIn, assistant: Account, listed: SheetPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_views, "POSTINGS_PER_PAGE", 2)
    browser = log_in(assistant)
    for n, spot in enumerate(("村部公告栏", "小卖部门口", "大樟树下")):
        post(browser, listed, spot=spot, key=str(n) * 32)
    first, last = (
        browser.get(f"{work(listed)}?page={page}").get_data(as_text=True) for page in (1, 2)
    )
    assert "大樟树下" in first
    assert "村部公告栏" not in first
    assert "村部公告栏" in last
    assert "page=2#postings" in first


@pytest.mark.parametrize(
    "wrong",
    [
        {"photo": (io.BytesIO(b""), "")},
        {"copies": "0"},
        {"copies": "51"},
        {"village": ""},
        {"days": -1},
        {"days": 40},
    ],
)
def test_a_posting_without_picture_place_or_a_day_of_late_is_refused(
    log_in: LogIn, assistant: Account, listed: SheetPlace, wrong: dict[str, Any]
) -> None:
    if "days" in wrong:
        wrong = {"posted_on": str(home_today() - timedelta(wrong["days"]))}
    assert post(log_in(assistant), listed, **wrong).status_code == 200
    assert db.session.scalar(select(SheetPosting)) is None


def test_a_name_that_is_no_village_is_refused_and_what_was_typed_stays(
    log_in: LogIn, assistant: Account, townships: list[SheetPlace]
) -> None:
    browser = log_in(assistant)
    page = browser.send(work(townships[0], "villages"), {"villages": "东村\n../西村"})
    assert page.status_code == 200
    assert "../西村" in page.get_data(as_text=True)
    assert villages.listed_villages(townships[0]) == []
    assert (
        browser.send(
            work(townships[0], "villages"), {"villages": "东村\n\n东村 \n西村"}
        ).status_code
        == 303
    )
    assert villages.listed_villages(townships[0]) == ["东村", "西村"]


def test_the_page_of_a_township_names_the_station_that_its_sheets_have(
    log_in: LogIn, make_account: Make, county: Account, listed: SheetPlace
) -> None:
    of_county = make_account(role="assistant", scope=COUNTY)
    official = log_in(county)
    official.set_cookie("language", "zh_CN")
    assert "单子上没有电话" in official.get(work(listed)).get_data(as_text=True)
    with transaction():
        station_cards.save_card(
            of_county, load_sheet_place(COUNTY), "石门县信息站", "+8613800000077"
        )
    page = official.get(work(listed)).get_data(as_text=True)
    assert "石门县信息站" in page
    assert "单子上没有电话" not in page


def test_villages_that_people_and_offers_name_have_a_sheet_too(
    make_account: Make, listed: SheetPlace
) -> None:
    make_account(township_code=listed.township_code, village="北村")
    make_offer(make_account(), township=listed.township_code, village="中村")
    names = {place.village for place in villages.villages_of(listed)}
    assert names == {"东村", "西村", "南村", "北村", "中村"}


@pytest.mark.parametrize("village", ["买六合彩找老王", "3组"])
def test_a_village_that_nobody_names_has_no_sheet(
    client: Client, listed: SheetPlace, village: str
) -> None:
    code = listed.township_code
    assert client.get(f"/sheets/{COUNTY}/{code}/{village}").status_code == 404
    for paper in ("a4", "a3"):
        for township in ("", code):
            asked = f"paper={paper}&township={township}&village={village}"
            assert client.get(f"/sheets/{COUNTY}/sheet.pdf?{asked}").status_code == 404


def test_a_group_in_an_address_leads_to_its_village(client: Client, listed: SheetPlace) -> None:
    old = client.get(f"/sheets/{COUNTY}/{listed.township_code}/东村3组?week=2026-40")
    assert old.status_code == 302
    assert unquote(old.location) == f"/sheets/{COUNTY}/{listed.township_code}/东村?week=2026-40"


def test_a_village_stands_as_long_as_somebody_names_it(
    make_account: Make, listed: SheetPlace
) -> None:
    farmer = make_account(township_code=listed.township_code, village="北村")
    offer = make_offer(make_account(), township=listed.township_code, village="中村")
    make_account(township_code=listed.township_code, village="打13800001234找我")
    with transaction():
        farmer.disabled_at = utcnow()
        offer.valid_until = utcnow()
    names = {place.village for place in villages.villages_of(listed)}
    assert names == {"东村", "西村", "南村"}


def test_a_group_is_no_village_of_its_own(make_account: Make, listed: SheetPlace) -> None:
    for group in ("北村3组", "北村五组", "北村"):
        farmer = make_account(township_code=listed.township_code, village=group)
        assert farmer.village == "北村"
    offer = make_offer(make_account(), township=listed.township_code, village="北村2组")
    assert offer.village == "北村"
    # As it was written before.
    db.session.execute(update(Account).values(village="北村九组"))
    assert [place.village for place in villages.villages_of(listed)].count("北村") == 1


def test_a_sheet_hangs_in_a_village_that_is_known(
    log_in: LogIn, assistant: Account, listed: SheetPlace
) -> None:
    browser = log_in(assistant)
    browser.set_cookie("language", "zh_CN")

    def post(**form: Any) -> str:
        sent = {"spot": "村部", "posted_on": str(home_today()), "copies": "2", **form}
        sent["photo"] = picture()
        return browser.send(work(listed, "post"), sent).get_data(as_text=True)

    assert "1 到 50 之间。" in post(village="东村", copies="99")
    assert "请先加进村名单" in post(village="北村")
    assert db.session.scalar(select(SheetPosting)) is None
    post(village="东村3组")
    assert db.session.scalars(select(SheetPosting)).one().village == "东村"


@pytest.mark.usefixtures("font")
def test_who_is_erased_is_in_no_file_any_more(
    app: Flask, client: Client, assistant: Account, make_account: Make, listed: SheetPlace
) -> None:
    farmer = make_account("田大伯")
    make_offer(farmer)
    stack = ask_for(assistant, listed)
    make_queued()
    path = stack_jobs.file_of(stack)
    client.get(f"/sheets/{COUNTY}/sheet.pdf")
    assert path.is_file()
    single = Path(app.config["INSTANCE"]) / "sheets"
    assert list(single.rglob("*.pdf"))
    with transaction():
        erase_account(farmer)
    finish_erasures()
    db.session.expire_all()
    assert stack.status is DocumentStatus.FAILED
    assert stack.error == "erased"
    assert not path.is_file()
    assert not list(single.rglob("*.pdf"))


def test_the_picture_and_note_of_a_posting_go_with_who_recorded_it(
    app: Flask, log_in: LogIn, assistant: Account, listed: SheetPlace
) -> None:
    post(log_in(assistant), listed, note="老李帮忙贴的")
    posting = db.session.scalars(select(SheetPosting)).one()
    media = Path(app.config["MEDIA"]) / "postings"
    assert list(media.rglob(f"{posting.sha256}*"))
    with transaction():
        erase_account(assistant)
    finish_erasures()
    db.session.expire_all()
    assert (posting.note, posting.sha256, posting.village) == ("", None, "东村")
    assert not list(media.rglob("*.webp"))


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("a3", 842), ("a2", 1191)])
def test_the_poster_of_a_fair_names_it_its_days_and_the_stations(
    client: Client, log_in: LogIn, assistant: Account, listed: SheetPlace, paper: str, width: int
) -> None:
    fair = make_fair()
    card = {"station": "皂市镇信息站", "phone": "138 0000 0077"}
    assert log_in(assistant).send(work(listed, "card"), card).status_code == 303
    page = client.get(f"/fairs/{fair.slug}/poster?county={COUNTY}", headers=CHINESE)
    assert "138 0000 0077" in page.get_data(as_text=True)
    made = client.get(
        f"/fairs/{fair.slug}/poster.pdf?county={COUNTY}&paper={paper}", headers=CHINESE
    )
    (sheet,) = pages(made.data)
    assert abs(sheet.mediabox.width - width) < 1
    text = sheet.extract_text().replace(" ", "")
    assert "皂市镇信息站" in text
    assert "13800000077" in text
    assert f"{fair.starts_on.month}月{fair.starts_on.day}日" in text
    assert client.get(f"/fairs/{fair.slug}/poster.pdf?paper=a1").status_code == 404
    gone = log_in(assistant).send(work(listed, "card") + "/remove", page=work(listed, "card"))
    assert gone.status_code == 303
    page = client.get(f"/fairs/{fair.slug}/poster?county={COUNTY}&again=1", headers=CHINESE)
    assert "138 0000 0077" not in page.get_data(as_text=True)


def test_the_same_content_has_the_same_fingerprint_and_other_content_another() -> None:
    one = printing.content_digest("sheet", {"a": 1, "b": [2]})
    assert one == printing.content_digest("sheet", {"b": [2], "a": 1})
    assert one != printing.content_digest("poster", {"a": 1, "b": [2]})
    assert one != printing.content_digest("sheet", {"a": 1, "b": [3]})
    assert len(one) == len(hashlib.sha256().hexdigest())
