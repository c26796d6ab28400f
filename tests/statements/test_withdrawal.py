"""A unit takes its statement back before anybody has reviewed it, and submits it again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import FairStatus
from market.statements import queries, services, units, withdrawal
from market.statements.models import Statement, StatementAct, StatementEvent, StatementStatus
from market.statements.rules import Rates
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def rates_of(season: Season, at: Any, code: str = SHIMEN) -> Rates:
    return queries.rates_of(season.fair, at, units.units(season.fair).values())[code]


def test_a_withdrawn_statement_keeps_its_version_and_the_next_one_follows(season: Season) -> None:
    season.deal(SHIMEN, 100)
    statement = season.withdraw(season.submit(SHIMEN), "漏了一笔")
    assert (statement.status, statement.version) == (StatementStatus.WITHDRAWN, 1)
    season.deal(SHIMEN, 50)
    season.submit(SHIMEN)
    assert (statement.status, statement.version) == (StatementStatus.SUBMITTED, 2)
    figures = [queries.read_figures(v.snapshot).totals.amount_fen for v in statement.versions]
    assert figures == [100, 150]
    acts = [(event.act, event.version, event.reason) for event in statement.events]
    assert acts[1] == (StatementAct.WITHDRAWN, 1, "漏了一笔")


def test_only_its_own_unit_withdraws_it_and_only_while_nobody_reviewed_it(season: Season) -> None:
    statement = season.submit(SHIMEN)
    for other in (season.official(TAOYUAN), season.official(CHANGDE), season.province):
        with pytest.raises(Refused), transaction():
            withdrawal.withdraw(other, statement)
    season.accept(statement)
    with pytest.raises(InvalidTransition, match="430700商务局"):
        season.withdraw(statement)
    season.send_back(statement)
    with pytest.raises(InvalidTransition):
        season.withdraw(statement)


def test_what_is_withdrawn_is_neither_accepted_nor_returned(season: Season) -> None:
    statement = season.withdraw(season.submit(SHIMEN))
    for step in (season.accept, season.send_back, season.withdraw):
        with pytest.raises(InvalidTransition, match="已自行撤回"):
            step(statement)


def test_what_can_not_be_submitted_again_is_not_withdrawn(season: Season) -> None:
    statement = season.submit(SHIMEN)
    season.fair.status = FairStatus.CERTIFIED
    db.session.commit()
    with pytest.raises(Refused):
        season.withdraw(statement)


def test_nobody_is_in_time_by_submitting_early_and_withdrawing(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = season.day()
    due = units.due_at(units.units(season.fair)[SHIMEN], period)
    monkeypatch.setattr(services, "utcnow", lambda: due - timedelta(hours=1))
    statement = season.submit(SHIMEN, period)
    after = due + timedelta(hours=2)
    before = rates_of(season, after)
    assert (before.submitted, before.on_time) == (1, 1)
    season.withdraw(statement)
    out = rates_of(season, after)
    assert (out.submitted, out.on_time) == (0, 0)
    line = units.unit_statements(season.fair, period, after)[SHIMEN]
    assert line.late
    monkeypatch.setattr(services, "utcnow", lambda: after)
    season.submit(SHIMEN, period)
    again = rates_of(season, after)
    assert (again.submitted, again.on_time) == (1, 0)


def test_one_that_was_returned_stays_in_time_whatever_its_unit_withdraws_later(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = season.day()
    due = units.due_at(units.units(season.fair)[SHIMEN], period)
    monkeypatch.setattr(services, "utcnow", lambda: due)
    statement = season.send_back(season.submit(SHIMEN, period))
    monkeypatch.setattr(services, "utcnow", lambda: due + timedelta(hours=2))
    season.withdraw(season.submit(SHIMEN, period))
    season.submit(SHIMEN, period)
    assert statement.first_submitted_at == due
    assert rates_of(season, due + timedelta(hours=3)).on_time == 1


def test_a_prefecture_waits_for_a_county_that_withdrew(season: Season) -> None:
    every = [code for code, unit in units.units(season.fair).items() if unit.is_leaf]
    for code in every:
        statement = season.submit(code)
        if code == SHIMEN:
            season.withdraw(statement)
        else:
            season.accept(statement)
    with pytest.raises(Invalid, match="石门县"):
        season.submit(CHANGDE)
    season.accept(season.submit(SHIMEN))
    own = season.submit(CHANGDE)
    # While the prefecture's is submitted, none of its counties' is returned; then it may be.
    county = db.session.scalars(select(Statement).filter_by(region_code=SHIMEN)).one()
    with pytest.raises(Invalid):
        season.send_back(county)
    season.withdraw(own)
    assert season.send_back(county).status is StatementStatus.RETURNED


def test_a_withdrawn_statement_is_owed_and_reminded_of(season: Season) -> None:
    period = season.day()
    season.withdraw(season.submit(SHIMEN, period))
    with transaction():
        assert services.remind(season.official(CHANGDE), season.fair, [(SHIMEN, period)]) == 1


def test_of_withdrawing_and_accepting_at_once_one_wins(app: Flask, season: Season) -> None:
    statement_id = season.submit(SHIMEN).id
    ids = (season.official(SHIMEN).id, season.official(CHANGDE).id)
    start = Barrier(12)

    def one(number: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    actor = db.session.get_one(Account, ids[number % 2])
                    statement = db.session.get_one(Statement, statement_id)
                    (services.accept if number % 2 else withdrawal.withdraw)(actor, statement)
            except DomainError:
                return False
            return True

    db.session.remove()
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(12))) == 1
    acts = db.session.scalars(select(StatementEvent.act).order_by(StatementEvent.id)).all()
    assert acts in (
        [StatementAct.SUBMITTED, StatementAct.ACCEPTED],
        [StatementAct.SUBMITTED, StatementAct.WITHDRAWN],
    )
