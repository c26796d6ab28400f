"""What undoing an import leaves, what it refuses, and what an erasure takes of it."""

from __future__ import annotations

import re

import pytest

from market.accounts.models import Account
from market.accounts.privacy.erasures import finish_erasures
from market.accounts.services import ERASED_NAME, erase_account
from market.database import db, transaction
from market.deals.models import Deal, DealStatus
from market.imports import files
from market.imports.jobs import work
from market.imports.models import Import, ImportRow, ImportState, RowState
from market.offers.models import Offer, OfferStatus
from tests.conftest import Client
from tests.imports.conftest import ROWS, imported, newest, tried, workbook
from tests.imports.test_deals import sheet, sold

FARMERS = ("姓名", "电话", "村", "同意方式", "见证人")


def undo(client: Client, number: int) -> Import:
    page = f"/station/imports/{number}"
    client.send(f"{page}/undo", page=page)
    work()
    db.session.rollback()
    return db.session.get_one(Import, number)


def farmers(assistant: Account) -> list[str]:
    db.session.rollback()
    theirs = db.select(Account.name).where(Account.represented_by_id == assistant.id)
    return sorted(db.session.scalars(theirs))


def rows_of(number: int) -> list[ImportRow]:
    db.session.rollback()
    query = db.select(ImportRow).where(ImportRow.import_id == number).order_by(ImportRow.row)
    return list(db.session.scalars(query))


@pytest.mark.postgresql
def test_a_farmer_whom_an_import_of_deals_registered_leaves_with_them(
    station: Client, assistant: Account
) -> None:
    number = imported(station, sheet(sold())).id
    assert farmers(assistant) == ["田大伯"]
    seller = db.session.scalars(db.select(Deal.seller_id)).one()
    undone = undo(station, number)
    assert (undone.state, undone.retained) == (ImportState.UNDONE, 0)
    assert farmers(assistant) == []
    assert db.session.scalars(db.select(Deal.status)).one() is DealStatus.CANCELLED
    left = db.session.get_one(Account, seller)
    assert (left.name, left.phone, left.is_active) == (ERASED_NAME, None, False)


def test_a_farmer_whose_deal_stays_stays_and_it_is_said(
    station: Client, assistant: Account
) -> None:
    number = imported(station, sheet(sold(), sold(product="蜜柚"))).id
    first = db.session.scalars(db.select(Deal.id).order_by(Deal.id)).first()
    station.send(f"/deals/{first}/cancel", {"reason": "写错了"}, f"/deals/{first}")
    undone = undo(station, number)
    assert undone.retained == 1
    assert [row.retained_because for row in rows_of(number)] == ["deal", ""]
    assert farmers(assistant) == ["田大伯"]


def test_an_import_is_undone_after_a_later_one_about_its_farmers(
    station: Client, assistant: Account
) -> None:
    register = workbook([("田大伯", "13800002201", "白沙村", "口头", "村主任")], FARMERS)
    first = imported(station, register, "农户.xlsx").id
    second = imported(station, workbook(ROWS[:1]), "上市.xlsx").id
    page = f"/station/imports/{first}"
    station.send(f"{page}/undo", page=page)
    assert "请先撤销" in station.get(page).get_data(as_text=True)
    work()
    assert db.session.get_one(Import, first).state is ImportState.DONE
    assert farmers(assistant) == ["田大伯"]
    assert undo(station, second).state is ImportState.UNDONE
    undone = undo(station, first)
    assert (undone.state, undone.retained) == (ImportState.UNDONE, 0)
    assert farmers(assistant) == []


def test_an_offer_changed_since_stays_and_the_others_leave(station: Client) -> None:
    number = imported(station, workbook(ROWS)).id
    with transaction():
        offer = db.session.scalars(db.select(Offer).order_by(Offer.id)).first()
        assert offer is not None
        offer.description = "改过了"
    undone = undo(station, number)
    assert undone.retained == 1
    assert [row.retained_because for row in rows_of(number)] == ["changed", "", ""]
    page = station.get(f"/station/imports/{number}").get_data(as_text=True)
    assert "改过" in page
    # Who it is, though what the rows said is deleted.
    assert "田大伯" in page
    assert "田二伯" not in page
    assert re.search(r"已撤销</dt>\s*<dd[^>]*>\s*2\b", page)
    left = db.session.scalars(db.select(Offer).where(Offer.status == OfferStatus.PUBLISHED)).all()
    assert len(left) == 1


def erase(name: str) -> None:
    with transaction():
        erase_account(db.session.scalars(db.select(Account).where(Account.name == name)).one())
    finish_erasures()


def test_who_is_erased_takes_their_rows_alone_of_an_import(station: Client) -> None:
    number = imported(station, workbook(ROWS)).id
    file = files.folder() / db.session.get_one(Import, number).file_sha256
    assert file.exists()
    erase("田大伯")
    assert not file.exists()
    first, *others = rows_of(number)
    assert first.values == {}
    assert [row.values["name"] for row in others] == ["田二伯", "覃三姐"]
    page = station.get(f"/station/imports/{number}").get_data(as_text=True)
    assert "田二伯" in page
    assert "田大伯" not in page
    undone = undo(station, number)
    assert undone.state is ImportState.UNDONE
    assert [row.state for row in rows_of(number)][1:] == [RowState.UNDONE, RowState.UNDONE]
    assert all(row.values == {} for row in rows_of(number))


def test_who_is_erased_before_it_begins_is_not_imported(station: Client) -> None:
    imported(
        station,
        workbook([("田大伯", "13800002201", "白沙村", "口头", "村主任")], FARMERS),
        "农户.xlsx",
    )
    page = f"/station/imports/{tried(station, workbook(ROWS)).id}"
    station.send(f"{page}/start", {"policy": "skip"}, page)
    erase("田大伯")
    work()
    assert (newest().state, newest().made) == (ImportState.DONE, 2)
