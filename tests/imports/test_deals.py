"""Deals of a sheet: recorded as the station records one, withdrawn while nobody has answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal, DealStatus
from market.deals.unregistered_models import UnregisteredParty
from market.imports.jobs import work
from market.imports.models import ImportRow, ImportState, RowState
from market.outgoing.models import OutgoingMessage
from market.web.home_time import home_today
from tests.conftest import Client
from tests.fairs.factories import make_fair
from tests.imports.conftest import imported, newest, tried, workbook

HEADS = (
    "卖方",
    "卖方电话",
    "买方",
    "买方电话",
    "买方所在地",
    "品名",
    "数量(斤)",
    "单价(元/斤)",
    "成交金额(元)",
    "成交日期",
)


def sold(**instead: Any) -> tuple[Any, ...]:
    row = {
        "seller": "田大伯",
        "seller_phone": "13800002201",
        "buyer": "李老板",
        "buyer_phone": "13800002299",
        "buyer_region": "石门县",
        "product": "脐橙",
        "quantity": 5000,
        "price": 1.6,
        "amount": 8000,
        "day": (home_today() - timedelta(days=2)).isoformat(),
        **instead,
    }
    return tuple(row.values())


def sheet(*rows: tuple[Any, ...]) -> bytes:
    return workbook(rows, HEADS)


def deals() -> list[Deal]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Deal).order_by(Deal.id)))


def test_a_deal_is_proposed_in_the_farmers_name_and_no_code_is_sent(
    station: Client, assistant: Account
) -> None:
    done = imported(station, sheet(sold()))
    assert (done.state, done.made) == (ImportState.DONE, 1)
    (deal,) = deals()
    assert deal.seller is not None
    assert (deal.seller.name, deal.seller.represented_by_id) == ("田大伯", assistant.id)
    party = db.session.scalar(db.select(UnregisteredParty))
    assert party is not None
    assert (party.name, party.phone, party.code_hash) == ("李老板", "+8613800002299", "")
    assert (deal.status, deal.amount_fen) == (DealStatus.PROPOSED, 800_000)
    assert deal.dated_on == home_today() - timedelta(days=2)
    assert db.session.scalar(db.select(OutgoingMessage.id)) is None


def test_what_is_wrong_with_a_deal_is_said_at_its_cell(station: Client) -> None:
    old = (home_today() - timedelta(days=60)).isoformat()
    trial = tried(
        station,
        sheet(
            sold(buyer_phone=""),
            sold(buyer_phone="13800002201"),
            sold(day=old),
            sold(price="", amount=""),
            sold(price="", buyer_phone="13800002288"),
        ),
    )
    assert (trial.ready, trial.wrong) == (1, 4)
    wrong = db.select(ImportRow).where(ImportRow.state == RowState.WRONG).order_by(ImportRow.row)
    problems = [row.problems[0] for row in db.session.scalars(wrong)]
    assert [(p["field"], p["column"]) for p in problems] == [
        *(("buyer_phone", 3), ("buyer_phone", 3), ("day", 9), ("price", 7)),
    ]


def test_a_deal_that_is_recorded_already_is_left_out(station: Client) -> None:
    imported(station, sheet(sold()))
    trial = tried(station, sheet(sold(amount=8010), sold(buyer_phone="13800002277")), "又.xlsx")
    assert (trial.ready, trial.duplicates) == (1, 1)
    (row,) = db.session.scalars(db.select(ImportRow).where(ImportRow.state == RowState.DUPLICATE))
    assert row.duplicate_of == {"kind": "deal", "id": deals()[0].id}


def test_undoing_withdraws_a_deal_unless_it_was_answered(station: Client) -> None:
    done = imported(station, sheet(sold(), sold(seller="田二伯", seller_phone="13800002202")))
    first, _second = deals()
    station.send(f"/deals/{first.id}/cancel", {"reason": "写错了"}, f"/deals/{first.id}")
    page = f"/station/imports/{done.id}"
    station.send(f"{page}/undo", page=page)
    work()
    assert (newest().state, newest().retained) == (ImportState.UNDONE, 1)
    assert [deal.status for deal in deals()] == [DealStatus.CANCELLED, DealStatus.CANCELLED]
    (row,) = db.session.scalars(db.select(ImportRow).where(ImportRow.state == RowState.RETAINED))
    assert (row.deal_id, row.retained_because) == (first.id, "deal")
    assert station.get(page).status_code == 200


def test_a_deal_that_counts_otherwise_than_the_sheet_says_is_asked_about(station: Client) -> None:
    fair_day = home_today() - timedelta(days=2)
    make_fair(starts_on=fair_day, ends_on=fair_day)
    other_day = (home_today() - timedelta(days=5)).isoformat()
    rows = [
        (*sold(), "对接会"),
        (*sold(buyer_phone="13800002288"), "日常"),
        (*sold(buyer_phone="13800002287", day=other_day), "对接会现场"),
        (*sold(buyer_phone="13800002286", day=other_day), "日常"),
    ]
    trial = tried(station, workbook(rows, (*HEADS, "交易方式")))
    assert (trial.ready, trial.questioned) == (2, 2)
    asked = db.select(ImportRow).where(ImportRow.state == RowState.QUESTION)
    found = db.session.scalars(asked.order_by(ImportRow.row)).all()
    assert [(row.row, row.problems[0]["column"]) for row in found] == [(3, 10), (4, 10)]


def test_a_buyer_of_no_county_is_asked_about_and_made_none_of_ours_unasked(
    station: Client,
) -> None:
    content = sheet(sold(), sold(product="蜜柚", buyer_region="", buyer="长沙红星果业"))
    trial = tried(station, content)
    assert (trial.ready, trial.questioned) == (1, 1)
    page = station.get(f"/station/imports/{trial.id}?show=ask").get_data(as_text=True)
    assert "买方是哪里的？没写的话，按石门县算。" in page
    assert imported(station, content).made == 1
