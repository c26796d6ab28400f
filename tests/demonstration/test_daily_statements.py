"""The demonstration's statements: in every state, and every figure of them the ledger's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from market.accounts.models import OFFICIALS, Account, Grant
from market.database import db
from market.deals.ledger import verify_ledger
from market.deals.models import LedgerEntry
from market.fairs.models import Fair, FairStatus
from market.regions.models import Region
from market.statements import tasks, units
from market.statements.models import (
    Statement,
    StatementAct,
    StatementEvent,
    StatementKind,
    StatementStatus,
    StatementVersion,
)
from market.statements.published_table import published_table
from market.statements.rules import Period
from market.statements.snapshots import last_entry
from market.tallies import end_of_day
from market.tallies.freezing import freeze_day_end
from tests.demonstration.test_seed import market_in

# At home noon in autumn, just after midnight in winter, and just before it in spring.
MOMENTS = [
    pytest.param(datetime(2026, 9, 21, 4, 0, tzinfo=UTC), marks=pytest.mark.endurance),
    datetime(2027, 1, 1, 16, 1, tzinfo=UTC),
    pytest.param(datetime(2027, 4, 30, 15, 59, tzinfo=UTC), marks=pytest.mark.endurance),
]


def assert_figures_are_those_of_midnight(fair: Fair) -> None:
    """Every county's daily statement says what the ledger says of the time until midnight, and
    what would be stated if it were submitted now."""
    leaves = [code for code, unit in units.units(fair).items() if unit.is_leaf]
    rows = db.session.execute(
        select(Statement.region_code, Statement.day, StatementVersion.snapshot)
        .join(StatementVersion, StatementVersion.statement_id == Statement.id)
        .where(Statement.region_code.in_(leaves))
    ).all()
    assert {row.region_code for row in rows} == set(leaves)
    entries = db.session.scalars(select(LedgerEntry).where(LedgerEntry.fair_id == fair.id)).all()
    regions = {code: db.session.get_one(Region, code) for code in leaves}
    now = {
        day: (end_of_day.day_ends(fair, leaves, day), last_entry(Period(day, StatementKind.DAILY)))
        for day in {row.day for row in rows}
    }
    for code, day, snapshot in rows:
        figures = json.loads(snapshot)
        until = end_of_day.cut_off(day)
        own = [e for e in entries if e.at < until and e.region_code == code]
        ours = [e for e in entries if e.at < until]
        totals = figures["totals"]
        assert (totals["deals"], totals["amount_fen"]) == _sums(own)
        assert totals["sold_fen"] == _sums([e for e in ours if e.seller_region_code == code])[1]
        assert totals["bought_fen"] == _sums([e for e in ours if e.buyer_region_code == code])[1]
        of_day = [e for e in own if e.at >= end_of_day.cut_off(day - timedelta(days=1))]
        added = figures["increment"]
        assert (added["deals"], added["amount_fen"]) == _sums(of_day)
        ends, cut = now[day]
        again = freeze_day_end(fair, regions[code], day, cut, ends[code], until).data
        for name in ("totals", "increment", "days", "products", "ledger"):
            assert again[name] == figures[name], (code, day, name)


def _sums(entries: list[LedgerEntry]) -> tuple[int, int]:
    return sum(e.deals for e in entries), sum(e.amount_fen for e in entries)


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_official_finds_statements_on_the_desk(
    tmp_path: Path, reference_database: Path, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("fairs.services", "statements.tasks"):
        monkeypatch.setattr(f"market.{module}.utcnow", lambda: moment)
    with market_in(tmp_path, reference_database, moment) as app:
        states = set(db.session.scalars(select(Statement.status)))
        assert states == set(StatementStatus)
        acts = set(db.session.scalars(select(StatementEvent.act)))
        assert {StatementAct.REMINDED, StatementAct.RETURNED} <= acts
        assert not db.session.scalar(select(StatementEvent.id).where(StatementEvent.at > moment))
        assert verify_ledger() == []
        fair = db.session.scalars(select(Fair).where(Fair.status == FairStatus.OPEN)).one()
        if moment is MOMENTS[0]:
            assert_figures_are_those_of_midnight(fair)
        table = published_table(fair)
        assert table is not None
        assert (table.now, table.corrections) == (table.totals, [])
        held = Account.grants.any(Grant.role.in_(OFFICIALS))
        officials = db.session.scalars(
            select(Account).where(held, Account.password_hash.is_not(None))
        ).all()
        assert len(officials) == 7
        with app.test_request_context():
            for official in officials:
                waiting = tasks.statement_tasks(official)
                assert any(task.count for task in waiting), official.name
