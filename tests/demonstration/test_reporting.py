"""The demonstration's statements: in every state, and every figure of them the ledger's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from market.accounts.models import OFFICIALS, Account, Grant
from market.deals.ledger import verify_ledger
from market.extensions import db
from market.fairs.models import Fair, FairStatus
from market.reports import filing_desk, filing_queries
from market.reports.models import Act, Statement, StatementEvent, StatementStatus
from tests.demonstration.test_seed import market_in

# At home noon in autumn, just after midnight in winter, and just before it in spring.
MOMENTS = [
    pytest.param(datetime(2026, 9, 21, 4, 0, tzinfo=UTC), marks=pytest.mark.endurance),
    datetime(2027, 1, 1, 16, 1, tzinfo=UTC),
    pytest.param(datetime(2027, 4, 30, 15, 59, tzinfo=UTC), marks=pytest.mark.endurance),
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_each_official_finds_statements_on_the_desk(
    tmp_path: Path, reference_database: Path, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("fairs.services", "reports.filing_desk"):
        monkeypatch.setattr(f"market.{module}.utcnow", lambda: moment)
    with market_in(tmp_path, reference_database, moment) as app:
        states = set(db.session.scalars(select(Statement.status)))
        assert states == set(StatementStatus)
        acts = set(db.session.scalars(select(StatementEvent.act)))
        assert {Act.REMINDED, Act.RETURNED} <= acts
        assert not db.session.scalar(select(StatementEvent.id).where(StatementEvent.at > moment))
        assert verify_ledger(db.session()) == []
        fair = db.session.scalars(select(Fair).where(Fair.status == FairStatus.OPEN)).one()
        table = filing_queries.published(fair)
        assert table is not None
        assert (table.now, table.corrections) == (table.totals, [])
        held = Account.grants.any(Grant.role.in_(OFFICIALS))
        officials = db.session.scalars(
            select(Account).where(held, Account.password_hash.is_not(None))
        ).all()
        assert len(officials) == 7
        with app.test_request_context():
            for official in officials:
                waiting = filing_desk.awaiting(official)
                assert any(queue.count for queue in waiting), official.name
