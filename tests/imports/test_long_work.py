"""Importing and undoing ask the database little, keep nobody waiting, and begin at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from market.database import Base, db, transaction, utcnow
from market.imports import jobs, undoing
from market.imports.jobs import AT_A_FILE, is_wanted, work_until_idle
from market.imports.models import Import, ImportRow, ImportState
from tests.conftest import Client
from tests.imports.conftest import ROWS, bring, chosen_columns, newest, tried, workbook
from tests.sql import statements

# Tables that stay small however much is traded.
SMALL = frozenset(
    {
        *("grants", "one_time_passwords", "erasures", "office_webhooks", "distinct_farmers"),
        *("fair_events", "publications", "statement_events", "statement_versions"),
        *("corrections", "correction_decisions", "training_sessions", "training_certificates"),
        *("trader_certificates", "trader_disputes", "complaints", "enquiry_reports"),
        *("public_questions", "request_outcomes", "quotations"),
        *("deal_call_backs", "deal_revisions"),
        # Outboxes, which the worker empties.
        *("offer_changes", "match_changes", "search_changes"),
    }
)


def many(rows: int) -> bytes:
    return workbook([(f"农户{n}", "", f"第{n}村", "脐橙", 1000 + n, 1.6) for n in range(rows)])


def test_a_product_is_read_once_however_many_rows_name_it(station: Client) -> None:
    asked = []
    for rows, name in ((5, "少.xlsx"), (40, "多.xlsx")):
        with statements() as sent:
            trial = tried(station, many(rows), name)
            page = f"/station/imports/{trial.id}"
            station.send(f"{page}/start", {"policy": "add"}, page)
            jobs.work()
            assert newest().state is ImportState.DONE
        tables = ("FROM products", "FROM regions", "FROM townships")
        asked.append(sum(any(name in statement for name in tables) for statement in sent))
    assert asked[1] - asked[0] < 10


def test_what_names_a_farmer_a_consent_or_an_offer_in_a_large_table_is_found_by_an_index() -> None:
    """To delete one the database looks for what names it: else in the whole table, for each."""
    slow = []
    for table in Base.metadata.sorted_tables:
        found = {next(iter(index.columns)).name for index in table.indexes}
        found |= {next(iter(table.primary_key.columns)).name}
        found |= {
            next(iter(each.columns)).name
            for each in table.constraints
            if type(each).__name__ == "UniqueConstraint"
        }
        slow += [
            f"{table.name}.{column.name}"
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table.name in ("accounts", "consents", "offers", "deals")
            and not (column.unique or column.name in found or table.name in SMALL)
        ]
    assert slow == []


def test_the_outbox_is_gone_through_once_to_find_what_can_be_deleted(app: Any) -> None:
    condition = undoing._free_offer()
    query = db.select(ImportRow.id).join(Import, Import.id == ImportRow.import_id).where(condition)
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's plans are read")
    compiled = str(query.compile(db.engine, compile_kwargs={"literal_binds": True}))
    plan = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
    assert any("offer_changes" in step for step in plan)
    assert not any("CORRELATED" in step for step in plan)


def test_the_process_is_there_while_somebody_looks_at_their_file(station: Client) -> None:
    assert not is_wanted()
    assert bring(station, workbook(ROWS)).status_code == 303
    assert is_wanted()
    with transaction():
        newest().created_at = utcnow() - AT_A_FILE - timedelta(seconds=1)
    assert not is_wanted()


def test_the_process_does_what_comes_while_it_stays(
    app: Any, station: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.01)
    sent = threading.Event()
    monkeypatch.setattr(jobs, "is_wanted", lambda: not sent.is_set() or jobs.is_anything_to_do())
    done: list[int] = []

    def run() -> None:
        with app.app_context():
            done.append(work_until_idle(3.0))

    process = threading.Thread(target=run)
    process.start()
    address = bring(station, workbook(ROWS)).headers["Location"]
    said = {"way": "spoken", "witness": "村主任在场", "side": "sell"}
    station.send(address, {**chosen_columns(station, address), **said})
    sent.set()
    process.join()
    assert done == [1]
    assert newest().state is ImportState.CHECKED
