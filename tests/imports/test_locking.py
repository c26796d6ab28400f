"""While an import or its undoing is written, only the database works: all else is made ready
before, and made anew where somebody wrote meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from market.accounts.models import Account
from market.audit.models import Act, ActChange
from market.audit.recording import Change
from market.database import db, transaction
from market.deals.models import DealEvent, DealStatus
from market.imports import jobs, making, undoing
from market.imports.jobs import work
from market.imports.models import ImportRow, ImportState, RowState
from market.imports.priority import NICENESS
from market.offers.models import Offer, OfferStatus
from tests.conftest import Client
from tests.imports.conftest import ROWS, imported, newest, tried, workbook
from tests.imports.test_deals import sheet, sold
from tests.sql import statements


def start(station: Client) -> None:
    page = f"/station/imports/{tried(station, workbook(ROWS)).id}"
    station.send(f"{page}/start", {"policy": "skip"}, page)


def undo(station: Client) -> None:
    page = f"/station/imports/{newest().id}"
    station.send(f"{page}/undo", page=page)


def inside(function: Callable[..., Any], sent: list[int]) -> Callable[..., Any]:
    """The function, which notes how many statements it sends."""

    def counted(*arguments: Any) -> None:
        with statements("") as inner:
            function(*arguments)
        sent.append(len(inner))

    return counted


@pytest.mark.parametrize("count", [3, 60])
def test_many_rows_are_written_with_as_many_statements_as_few(
    station: Client, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"农户{n}", "", f"第{n}村", "脐橙", 1000, 1.6) for n in range(count)]
    sent: list[int] = []
    monkeypatch.setattr(making, "_write", inside(making._write, sent))
    monkeypatch.setattr(undoing, "_undo", inside(undoing._undo, sent))
    page = f"/station/imports/{tried(station, workbook(rows)).id}"
    station.send(f"{page}/start", {"policy": "skip"}, page)
    work()
    undo(station)
    work()
    assert newest().state is ImportState.UNDONE
    assert len(sent) == 2
    assert max(sent) < 45


@pytest.mark.parametrize("count", [2, 30])
def test_many_deals_are_written_with_as_many_statements_as_few(
    station: Client, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        sold(seller=f"农户{n}", seller_phone="", buyer_phone=f"139000022{n:02d}")
        for n in range(count)
    ]
    sent: list[int] = []
    monkeypatch.setattr(making, "_write", inside(making._write, sent))
    monkeypatch.setattr(undoing, "_undo", inside(undoing._undo, sent))
    assert imported(station, sheet(*rows)).made == count
    undo(station)
    work()
    assert (newest().state, newest().retained) == (ImportState.UNDONE, 0)
    assert len(sent) == 2
    assert max(sent) < 45
    steps = db.select(DealEvent.status).order_by(DealEvent.deal_id, DealEvent.id)
    each = [DealStatus.PROPOSED, DealStatus.CANCELLED]
    assert list(db.session.scalars(steps)) == each * count


@pytest.mark.postgresql
def test_what_is_written_is_recorded_row_by_row(station: Client) -> None:
    imported(station, workbook(ROWS))
    made = list(db.session.scalars(db.select(ActChange).order_by(ActChange.id)))
    act = db.session.get_one(Act, made[-1].act_id)
    assert act.endpoint == "imports.start"
    mine = [each for each in made if each.act_id == act.id]
    assert act.changes == len(mine)
    offers = [each for each in mine if each.kind == "offers"]
    assert [each.change for each in offers] == [Change.CREATED] * 3
    assert offers[0].after is not None
    assert offers[0].after["status"] == "published"
    assert offers[0].region_code == "430726"
    undo(station)
    work()
    undone = db.session.scalars(
        db.select(ActChange).where(ActChange.id > made[-1].id, ActChange.kind == "offers")
    )
    assert next(each.after for each in undone) == {"status": "closed", "status_reason": "stopped"}
    farmer = db.session.scalars(
        db.select(ActChange).where(ActChange.id > made[-1].id, ActChange.kind == "accounts")
    ).first()
    assert farmer is not None
    assert farmer.before is not None
    assert set(farmer.before) >= {"phone", "village", "represented_by_id", "disabled_at"}


def disturb_drafts(
    monkeypatch: pytest.MonkeyPatch, make_account: Callable[..., Account], times: int
) -> list[Any]:
    """Let somebody else register after each of the first drafts; returns the drafts, as they are
    made."""
    draft, drafts = making._draft, []

    def disturbed(*arguments: Any) -> Any:
        ready = draft(*arguments)
        drafts.append(ready)
        if len(drafts) <= times:
            make_account(name=f"别人{len(drafts)}")
        return ready

    monkeypatch.setattr(making, "_draft", disturbed)
    return drafts


def test_numbers_that_somebody_else_was_given_meanwhile_are_given_anew(
    station: Client, make_account: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(station)
    drafts = disturb_drafts(monkeypatch, make_account, 2)
    work()
    done = newest()
    assert (done.state, done.made, len(drafts)) == (ImportState.DONE, 3, 3)
    names = db.session.scalars(
        db.select(Account.name).join(ImportRow, ImportRow.account_id == Account.id)
    )
    assert sorted(names) == sorted(row[0] for row in ROWS)


def test_beside_somebody_who_always_writes_it_is_written_in_the_end(
    station: Client, make_account: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(station)
    disturb_drafts(monkeypatch, make_account, making.MAX_DRAFTS)
    work()
    assert (newest().state, newest().made) == (ImportState.DONE, 3)


@pytest.mark.postgresql
def test_an_offer_used_while_its_undoing_is_made_ready_stays(
    station: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(station, workbook(ROWS))
    undo(station)
    writes, prepared = undoing._writes, []

    def disturbed(*arguments: Any) -> Any:
        ready = writes(*arguments)
        prepared.append(ready)
        if len(prepared) == 1:
            with transaction():
                offer = db.session.scalars(db.select(Offer).order_by(Offer.id)).first()
                assert offer is not None
                offer.description = "改过了"
        return ready

    monkeypatch.setattr(undoing, "_writes", disturbed)
    work()
    assert (newest().state, newest().retained, len(prepared)) == (ImportState.UNDONE, 1, 2)
    kept = db.session.scalars(db.select(ImportRow).where(ImportRow.state == RowState.RETAINED))
    assert [row.retained_because for row in kept] == ["changed"]
    left = db.session.scalars(db.select(Offer).where(Offer.status == OfferStatus.PUBLISHED))
    assert [offer.description for offer in left] == ["改过了"]


@pytest.mark.postgresql
def test_what_others_wait_for_does_not_give_way_to_them(
    station: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    seen: dict[str, int] = {}

    def noting(module: Any, name: str) -> None:
        function = getattr(module, name)

        def noted(*arguments: Any) -> Any:
            seen[name] = niceness()
            return function(*arguments)

        monkeypatch.setattr(module, name, noted)

    noting(jobs, "check_sheet")
    for name in ("_plan", "_draft", "_write"):
        noting(making, name)
    for name in ("_writes", "_undo"):
        noting(undoing, name)
    imported(station, workbook(ROWS))
    undo(station)
    work()
    assert newest().state is ImportState.UNDONE
    usual = niceness()
    slow = min(usual + NICENESS, 19)
    giving_way = dict.fromkeys(("check_sheet", "_plan", "_draft", "_writes"), slow)
    assert seen == {**giving_way, "_write": usual, "_undo": usual}
    assert "nice" not in jobs.COMMAND
