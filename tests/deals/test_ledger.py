"""The ledger counts each verified deal once, and shows every hand laid on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger, services, verification
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.web.errors import DomainError
from tests.deals.factories import LOOKED, Trade, agree, make_trade, propose, resubmit, verify
from tests.fairs.factories import make_fair

pytestmark = pytest.mark.postgresql
Maker = Callable[..., Account]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def dialect() -> str:
    return db.session.get_bind().dialect.name


def problems() -> list[str]:
    db.session.rollback()
    return [str(problem) for problem in ledger.verify_ledger()]


def behind_our_back(*statements: str) -> None:
    """What somebody with the database in their hands does: triggers off, then change."""
    with transaction():
        if dialect() == "postgresql":
            db.session.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))
        else:
            for name in ("ledger_no_update", "ledger_no_delete", "ledger_in_order"):
                db.session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            db.session.execute(text(statement))


def test_an_empty_ledger_is_whole(app: Flask) -> None:
    assert problems() == []
    assert ledger.head() == ledger.Head(0, "0" * 64)


def test_verifying_returning_and_verifying_again_alternates(trade: Trade) -> None:
    deal = verify(trade)
    for step, more in (
        (verification.return_deal, ("重查",)),
        (resubmit, None),
        (verification.verify_deal, ()),
    ):
        with transaction():
            if more is None:
                step(trade.seller, deal)
            else:
                step(trade.official, deal, *more)
    entries = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert [(e.id, e.turn, e.deals, e.amount_fen, e.reason) for e in entries] == [
        (1, 1, 1, 23_500, ""),
        (2, 2, -1, -23_500, ""),
        (3, 3, 1, 23_500, ""),
    ], "words about people stay out of what can't be erased"
    assert "重查" in [event.reason for event in deal.events]
    assert [e.previous_hash for e in entries] == ["0" * 64, entries[0].hash, entries[1].hash]
    assert problems() == []


def test_the_hash_is_the_documented_one(trade: Trade) -> None:
    deal = verify(trade)
    e = db.session.scalars(select(LedgerEntry)).one()
    line = json.dumps(
        [
            *(1, deal.id, 1, 1, 23500, "430726", "43/4307/430726", "430726", "430111", "0302011"),
            *("daily", None, trade.official.id, e.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
            *("", "0" * 64),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    assert e.hash == hashlib.sha256(line.encode()).hexdigest()


CHANGES = (
    "UPDATE ledger SET amount_fen = 1",
    "DELETE FROM ledger",
    "INSERT INTO ledger SELECT id + 5, deal_id, turn + 2, deals, amount_fen, region_code,"
    " region_path, seller_region_code, buyer_region_code, product_code, channel, fair_id,"
    " by_id, at, reason, hash, previous_hash FROM ledger",
)
CHANGES_OF_ITS_OWN = {
    "sqlite": ("INSERT OR REPLACE INTO ledger SELECT * FROM ledger",),
    "postgresql": (
        "TRUNCATE ledger",
        "TRUNCATE deals CASCADE",
        "INSERT INTO ledger SELECT * FROM ledger ON CONFLICT (id) DO UPDATE SET amount_fen = 1",
        "WITH gone AS (DELETE FROM ledger RETURNING *) INSERT INTO ledger SELECT * FROM gone",
    ),
}


def test_the_database_itself_refuses_changes(trade: Trade) -> None:
    verify(trade)
    for statement in CHANGES + CHANGES_OF_ITS_OWN[dialect()]:
        with pytest.raises(DBAPIError, match="the ledger"), transaction():
            db.session.execute(text(statement))
        assert problems() == [], statement


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE ledger SET amount_fen = amount_fen + 1 WHERE id = 2", "entry 2: was changed"),
        ("UPDATE ledger SET region_code = '430725' WHERE id = 2", "entry 2: was changed"),
        ("UPDATE ledger SET by_id = 99 WHERE id = 2", "entry 2: was changed"),
        ("UPDATE ledger SET at = '2020-01-01 00:00:00' WHERE id = 2", "entry 2: was changed"),
        ("UPDATE ledger SET reason = 'x' WHERE id = 2", "entry 2: was changed"),
        ("DELETE FROM ledger WHERE id = 2", "entry 3: comes after entry 1"),
        ("DELETE FROM ledger WHERE id = 3", "deal 3: is verified and counts 0"),
        ("UPDATE deals SET amount_fen = amount_fen * 2 WHERE id = 1", "deal 1: is verified"),
        ("UPDATE deals SET status = 'returned' WHERE id = 1", "deal 1: is returned and counts 1"),
        ("UPDATE deals SET home_region_code = '430725' WHERE id = 1", "deal 1: is counted for"),
    ],
)
def test_a_change_behind_the_programs_back_is_found(
    trade: Trade, statement: str, named: str
) -> None:
    for _ in range(3):
        verify(trade)
    behind_our_back(statement)
    assert any(problem.startswith(named) for problem in problems()), problems()


ALTERED = {
    "id": "id + 1000",
    "deal_id": "(SELECT max(d.id) FROM deals d WHERE d.id <> ledger.deal_id)",
    "turn": "turn + 2",
    "deals": "-deals",
    "amount_fen": "amount_fen + :by",
    "region_code": "'430725'",
    "region_path": "region_path || '/' || :by",
    "seller_region_code": "'430725'",
    "buyer_region_code": "'430725'",
    "product_code": "'0401002'",
    "channel": "CASE channel WHEN 'fair' THEN 'daily' ELSE 'fair' END",
    "fair_id": "(SELECT max(f.id) FROM fairs f)",
    "by_id": "by_id + :by",
    "at": "'2020-01-01 00:00:00'",
    "reason": "reason || :by",
    "previous_hash": "substr(previous_hash, 2) || 'g'",
    "hash": "substr(hash, 2) || 'g'",
}


def test_every_column_of_the_ledger_is_among_those_altered() -> None:
    assert set(ALTERED) == {*ledger.FIELDS, "hash"}


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(1, 6), st.sampled_from(sorted(ALTERED)), st.integers(1, 10**6))
def test_whichever_row_is_altered_in_whichever_column_it_is_found(
    trade: Trade, row: int, column: str, by: int
) -> None:
    if not db.session.scalar(select(func.count()).select_from(LedgerEntry)):
        make_fair()
        for _ in range(4):
            deal = verify(trade)
        with transaction():
            verification.return_deal(trade.official, deal, "重查")
            resubmit(trade.seller, deal)
            verification.verify_deal(trade.official, deal, LOOKED)
        behind_our_back()
    assert problems() == []
    # Left as it was for the next example; what the database refuses anyway is no alteration.
    number = ":by" if column in ("amount_fen", "by_id") else "CAST(:by AS VARCHAR(9))"
    to = ALTERED[column].replace(":by", number)
    try:
        asked = text(f'UPDATE ledger SET "{column}" = {to} WHERE id = :row')
        values = {"row": row, "by": by} if ":by" in to else {"row": row}
        db.session.execute(asked, values)
    except DBAPIError:
        db.session.rollback()
        return
    assert ledger.verify_ledger() != []
    db.session.rollback()


def test_an_entry_forged_with_a_right_hash_still_breaks_the_chain(trade: Trade) -> None:
    for _ in range(2):
        verify(trade)
    behind_our_back()
    with transaction():
        row = db.session.execute(select(*ledger.COLUMNS).where(LedgerEntry.id == 1)).one()
        forged = {**row._asdict(), "amount_fen": 1}
        forged["hash"] = ledger.entry_hash(forged, forged["previous_hash"])
        table = LedgerEntry.__table__
        db.session.execute(table.update().where(table.c.id == 1).values(forged))
    assert "entry 2: does not carry the hash of the entry before it" in problems()


def test_the_command_names_what_is_wrong_and_fails(app: Flask, trade: Trade) -> None:
    verify(trade)
    run = app.test_cli_runner().invoke
    whole = run(args=["ledger", "verify"])
    assert whole.exit_code == 0
    head = run(args=["ledger", "head"]).output.split()
    assert head == ["1", db.session.scalars(select(LedgerEntry.hash)).one()]
    behind_our_back("UPDATE ledger SET amount_fen = 7")
    broken = run(args=["ledger", "verify"])
    assert broken.exit_code == 1
    assert "entry 1: was changed" in broken.output


def test_a_check_of_another_room_is_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ledger.LedgerProblem("fair 1", "says 2, not 1")
    monkeypatch.setattr(ledger, "integrity_checks", [lambda: [found]])
    assert problems() == ["fair 1: says 2, not 1"]


def test_many_entries_in_bulk_chain_like_single_ones(trade: Trade) -> None:
    verify(trade)
    deals = [agree(trade) for _ in range(3)]
    with transaction():
        session = db.session()
        for deal in deals:
            deal.status = DealStatus.VERIFIED
        entries = (
            ledger.counting_entry(deal, trade.official, deal.created_at, turn=1) for deal in deals
        )
        rows = list(ledger.chain_entries(entries, ledger.head()))
        session.execute(insert(LedgerEntry), rows)
    assert [row["id"] for row in rows] == [2, 3, 4]
    assert problems() == []


STEPS = ("propose", "agree", "verify", "send_back", "resubmit", "cancel", "dispute", "settle")


def take(step: str, trade: Trade, deal: Deal) -> None:
    steps: dict[str, Callable[[], Any]] = {
        "agree": lambda: services.agree_deal(trade.seller, deal),
        "verify": lambda: verification.verify_deal(trade.official, deal),
        "send_back": lambda: verification.return_deal(trade.official, deal, "缺磅单"),
        "resubmit": lambda: resubmit(trade.buyer, deal),
        "cancel": lambda: services.cancel_deal(trade.buyer, deal, "不要了"),
        "dispute": lambda: services.dispute_deal(trade.seller, deal, "没付钱"),
        "settle": lambda: services.settle_deal(trade.seller, deal),
    }
    try:
        with transaction():
            steps[step]()
    except DomainError:
        pass


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), max_size=25))
def test_whatever_happens_the_ledger_equals_what_the_deals_say(
    trade: Trade, happenings: list[tuple[str, int]]
) -> None:
    deals: list[Deal] = [propose(trade, quantity=1)]
    for step, which in happenings:
        if step == "propose":
            deals.append(propose(trade, quantity=len(deals)))
        else:
            take(step, trade, deals[which % len(deals)])
    assert problems() == []
    counted = select(func.count(), func.coalesce(func.sum(Deal.amount_fen), 0)).where(
        Deal.status == DealStatus.VERIFIED
    )
    entered = select(
        func.coalesce(func.sum(LedgerEntry.deals), 0),
        func.coalesce(func.sum(LedgerEntry.amount_fen), 0),
    )
    assert db.session.execute(counted).one() == db.session.execute(entered).one()
    taken = select(func.sum(Deal.quantity)).where(Deal.reserved)
    assert trade.offer.remaining == 2000 - (db.session.scalar(taken) or 0)
