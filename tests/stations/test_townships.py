"""The station of a township serves that township: as was granted, not as its assistant says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from market.accounts.models import Account, Consent, Grant
from market.accounts.privacy.exports import export_account
from market.accounts.services import edit_profile
from market.database import db, transaction
from market.imports.models import Import, ImportRow, ImportState, RowState
from market.permissions import may
from market.regions.models import Township
from market.regions.queries import region_lexicon
from market.sheets.places import load_sheet_place
from tests.conftest import Client
from tests.imports.conftest import imported, tried, workbook

LogIn = Callable[[Account], Client]
Make = Callable[..., Account]
COUNTY = "430726"
HEADS = ("姓名", "乡镇", "村", "品名", "数量(斤)", "单价(元/斤)")


@pytest.fixture
def towns(app: Any) -> list[Township]:
    """Two townships of Shimen."""
    codes = [town.code for town in region_lexicon().townships.of(COUNTY)[:2]]
    return [db.session.get_one(Township, code) for code in codes]


@pytest.fixture
def assistant(make_account: Make, towns: list[Township]) -> Account:
    return make_account("镇站长", role="assistant", scope=COUNTY, township=towns[0].code)


def move_station(assistant: Account, township: Township | None) -> None:
    with transaction():
        (grant,) = assistant.grants
        grant.township_code = township.code if township else None
    db.session.expire_all()


def registered(browser: Client, **values: str) -> tuple[int, str]:
    form = {"name": "田大伯", "region": "石门县", "way": "spoken", "note": "村主任", "agreed": "y"}
    answer = browser.send("/station/farmers/new", {"trader_type": "farmer", **form, **values})
    return answer.status_code, answer.get_data(as_text=True)


def test_another_township_in_the_profile_opens_nothing(
    assistant: Account, towns: list[Township], log_in: LogIn
) -> None:
    mine, other = (load_sheet_place(COUNTY, town.code) for town in towns)
    with transaction():
        edit_profile(assistant, "镇站长", "farmer", assistant.region, "zh_CN", False, towns[1])
    assert may(assistant, "sheet.manage", mine)
    assert not may(assistant, "sheet.manage", other)
    browser = log_in(assistant)
    assert browser.get(f"/sheets/{COUNTY}/{towns[1].code}/work").status_code == 403
    assert browser.get(f"/sheets/{COUNTY}/work").status_code == 403
    desk = browser.get("/station").get_data(as_text=True)
    assert f"/sheets/{COUNTY}/{towns[0].code}/work" in desk
    assert f"石门县 {towns[0].name}" in desk


def test_a_farmer_of_another_township_is_refused_at_the_field(
    assistant: Account, towns: list[Township], log_in: LogIn
) -> None:
    browser = log_in(assistant)
    status, page = registered(browser, township=towns[1].name)
    assert status == 200
    assert 'id="township-error"' in page
    assert registered(browser, township=towns[0].name)[0] == 303
    assert db.session.scalar(select(Account.township_code).where(Account.name == "田大伯")) == (
        towns[0].code
    )


def test_a_farmer_whose_township_nobody_says_is_of_the_stations_own(
    assistant: Account, towns: list[Township], log_in: LogIn
) -> None:
    browser = log_in(assistant)
    page = browser.get("/station/farmers/new").get_data(as_text=True)
    assert f'value="{towns[0].name}"' in page
    assert registered(browser)[0] == 303
    farmer = db.session.scalars(select(Account).where(Account.name == "田大伯")).one()
    assert farmer.township_code == towns[0].code


def test_a_consent_is_renewed_only_where_the_station_serves(
    assistant: Account, towns: list[Township], log_in: LogIn
) -> None:
    browser = log_in(assistant)
    registered(browser)
    farmer = db.session.scalars(select(Account).where(Account.name == "田大伯")).one()
    page, form = f"/station/farmers/{farmer.id}/consent", {"way": "phone", "note": "x y"}
    move_station(assistant, towns[1])
    answer = browser.send(page, {**form, "agreed": "y"}, page)
    assert answer.status_code == 200
    assert "这个乡镇不归您的信息站管" in answer.get_data(as_text=True)
    move_station(assistant, None)
    assert browser.send(page, {**form, "agreed": "y"}, page).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 2


def test_rows_of_another_township_are_refused_at_their_cell(
    assistant: Account, towns: list[Township], log_in: LogIn
) -> None:
    rows = [
        ("田大伯", towns[0].name, "东村", "脐橙", 3000, 2),
        ("田二伯", towns[1].name, "西村", "脐橙", 3000, 2),
        ("田三伯", "", "东村", "脐橙", 3000, 2),
    ]
    trial = tried(log_in(assistant), workbook(rows, HEADS))
    assert (trial.ready, trial.wrong) == (2, 1)
    wrong = db.session.scalars(select(ImportRow).where(ImportRow.state == RowState.WRONG)).one()
    (problem,) = wrong.problems
    assert (problem["field"], problem["column"]) == ("township", 1)
    unsaid = db.session.scalars(select(ImportRow).order_by(ImportRow.row)).all()[-1]
    assert unsaid.values["township"] == towns[0].code


def test_an_import_stays_with_the_township_it_was_made_for(
    assistant: Account, towns: list[Township], log_in: LogIn
) -> None:
    browser = log_in(assistant)
    done = imported(browser, workbook([("田大伯", "", "东村", "脐橙", 3000, 2)], HEADS))
    assert (done.township_code, done.state) == (towns[0].code, ImportState.DONE)
    page = f"/station/imports/{done.id}"
    move_station(assistant, towns[1])
    assert browser.get(page).status_code == 403
    assert browser.send(f"{page}/undo", page="/me").status_code == 403
    assert "上市.xlsx" not in browser.get("/station/imports").get_data(as_text=True)
    move_station(assistant, None)
    assert "上市.xlsx" in browser.get("/station/imports").get_data(as_text=True)
    assert browser.send(f"{page}/undo", page=page).status_code == 303
    assert db.session.get_one(Import, done.id).state is ImportState.UNDOING


def test_the_administrator_gives_a_station_one_township_or_the_county(
    make_account: Make, log_in: LogIn, towns: list[Township]
) -> None:
    administrator = make_account("管理员", role="administrator")
    somebody = make_account("新站长")
    browser, page = log_in(administrator), f"/admin/accounts/{somebody.id}"
    role = {"role": "assistant", "region": "石门县"}

    def give(**values: str) -> str:
        answer = browser.send(f"{page}/grants", {**role, **values}, page)
        return "" if answer.status_code == 303 else answer.get_data(as_text=True)

    assert 'id="township-error"' in give(township="不存在镇")
    assert 'id="township-error"' in give(role="county_official", township=towns[0].name)
    assert give(township=towns[0].name) == ""
    (grant,) = db.session.scalars(select(Grant).where(Grant.account_id == somebody.id))
    assert grant.township_code == towns[0].code
    assert f"石门县 {towns[0].name}" in browser.get(page).get_data(as_text=True)
    assert export_account(somebody)["grants"][0]["township"] == towns[0].code


def test_the_database_takes_a_township_with_no_other_role(
    make_account: Make, towns: list[Township]
) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        make_account("商务局", role="county_official", scope=COUNTY, township=towns[0].code)
    db.session.rollback()
