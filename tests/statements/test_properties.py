"""Whatever officials do in whatever order: the published table adds up, the frozen stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair
from market.statements import publishing, queries, services, units
from market.statements.models import (
    Statement,
    StatementAct,
    StatementEvent,
    StatementStatus,
    StatementVersion,
)
from market.statements.published_table import published_table
from market.tallies.frozen_figures import sum_totals
from market.tallies.queries import ADDITIVE, Totals
from market.web.errors import DomainError
from tests.statements.reporting_fair import CHANGDE, SHIMEN, Season, make_season

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
COUNTIES = [SHIMEN, "430725", "430702"]
slugs = (f"fair-{n}" for n in count(1))


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


steps_ = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("deal", "deal", "back", "submit", "withdraw", "accept", "return", "correct"),
                *("gather", "publish"),
            ]
        ),
        st.sampled_from(COUNTIES),
        st.integers(1, 10**12),
    ),
    min_size=6,
    max_size=30,
)


class Run:
    """One fair lived through; a step that a rule refuses is left out."""

    def __init__(self, season: Season) -> None:
        values = {name: getattr(season.fair, name) for name in ("starts_on", "ends_on", "region")}
        fair = Fair(
            slug=next(slugs),
            name="对接会",
            name_en="Fair",
            season="autumn",
            year=2026,
            status="closed",
            **values,
        )
        with transaction():
            db.session.add(fair)
        self.season = replace(season, fair=fair)
        self.deals: dict[str, list[Any]] = {code: [] for code in COUNTIES}
        self.seen: dict[int, str] = {}

    def statement(self, code: str) -> Statement | None:
        return db.session.scalar(
            select(Statement).filter_by(fair_id=self.season.fair.id, region_code=code)
        )

    def take(self, what: str, code: str, fen: int) -> None:
        own = self.statement(code)
        if what == "deal":
            self.deals[code].append(self.season.deal(code, fen))
        elif what == "back" and self.deals[code]:
            self.season.take_back(self.deals[code].pop())
        elif what == "submit":
            self.season.submit(code)
        elif what == "withdraw" and own:
            self.season.withdraw(own)
        elif what == "accept" and own:
            self.season.accept(own)
        elif what == "return" and own:
            self.season.send_back(own)
        elif what == "correct" and own:
            self.season.correct(own)
        elif what == "gather":
            every = [u.code for u in units.units(self.season.fair).values() if u.is_leaf]
            gathered = self.season.submit(CHANGDE, missing=every, reason="停电")
            self.season.accept(gathered)
        elif what == "publish":
            self.season.publish()

    def check_frozen(self) -> None:
        rows = db.session.execute(select(StatementVersion.id, StatementVersion.snapshot))
        for id_, snapshot in rows:
            assert self.seen.setdefault(id_, snapshot) == snapshot


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps_)
def test_the_published_table_is_the_sum_of_what_was_frozen_and_corrected(
    season: Season, steps: list[Any]
) -> None:
    run = Run(season)
    for step in [*steps, ("submit", SHIMEN, 1), ("accept", SHIMEN, 1)]:
        try:
            run.take(*step)
        except DomainError:
            db.session.rollback()
        run.check_frozen()
    assert publishing.check_statements() == []
    table = published_table(run.season.fair)
    if table is None:
        return
    rows = [row for group in table.groups for row in group.rows]
    rows_totals = [row.totals for row in rows if row.totals is not None]
    sums = Totals.of(rows_totals)
    assert all(getattr(sums, name) == getattr(table.totals, name) for name in ADDITIVE)
    locked = [
        s.id
        for code in COUNTIES
        if (s := run.statement(code)) and s.status is StatementStatus.PUBLISHED
    ]
    counting = queries.current_figures(locked)
    assert sum_totals(counting.values()) == table.now
    for name in ADDITIVE:
        corrected = sum(
            getattr(c.after, name) - getattr(c.before, name)
            for row in rows
            if row.totals is not None
            for c in row.corrections
        )
        late = sum(getattr(row.now, name) for row in rows if row.late_at and row.now)
        assert getattr(table.now, name) == getattr(table.totals, name) + corrected + late


def test_of_twenty_officials_at_once_one_accepts_or_returns_it(app: Flask, season: Season) -> None:
    statement_id, official_id = season.submit(SHIMEN).id, season.official(CHANGDE).id
    start = Barrier(20)

    def one(number: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    actor = db.session.get_one(Account, official_id)
                    statement = db.session.get_one(Statement, statement_id)
                    if number % 2:
                        services.accept(actor, statement)
                    elif statement.status is StatementStatus.SUBMITTED:
                        services.send_back(actor, statement, "重报")
                    else:
                        return False
            except DomainError:
                return False
            return True

    db.session.remove()
    with ThreadPoolExecutor(20) as pool:
        done = sum(pool.map(one, range(20)))
    # A return may follow an acceptance; nothing else follows anything.
    acts = db.session.scalars(select(StatementEvent.act).order_by(StatementEvent.id)).all()
    assert done == len(acts) - 1
    assert acts[1:] in (
        [StatementAct.ACCEPTED],
        [StatementAct.RETURNED],
        [StatementAct.ACCEPTED, StatementAct.RETURNED],
    )


def test_a_statement_sent_by_twenty_taps_at_once_is_submitted_once(
    app: Flask, season: Season
) -> None:
    fair_id, official_id = season.fair.id, season.official(SHIMEN).id
    period = season.final
    start = Barrier(20)

    def one(_: int) -> int:
        with app.app_context():
            start.wait()
            with transaction():
                actor = db.session.get_one(Account, official_id)
                fair = db.session.get_one(Fair, fair_id)
                return services.submit(actor, fair, SHIMEN, period).id

    db.session.remove()
    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(one, range(20)))) == 1
    assert db.session.scalars(select(StatementVersion.number)).all() == [1]
