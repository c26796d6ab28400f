"""What validation finds goes up explained, and a stop only with the next level's consent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from market.accounts.models import Account
from market.database import db, transaction
from market.statements import overrides, units
from market.statements.explanations import Unexplained
from market.statements.models import Statement, StatementStatus
from market.statements.rules import Period
from market.statements.validation import ValidationRule, ValidationSeverity
from market.statements.validation_models import (
    OverrideDecision,
    OverrideRequest,
    StatementFinding,
)
from market.statements.validation_queries import warnings_of
from market.web.errors import ConcurrentDecision, Invalid, InvalidTransition, Refused
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
WAN = 10_000 * 100


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def jump(season: Season, wan: int, code: str = SHIMEN) -> Period:
    """The fourth day of the fair, on which the county counts so much after three empty days."""
    season.deal(code, wan * WAN, season.day(3).day, season.at(3))
    return season.day(3)


def ask(season: Season, period: Period, explanation: str = "大宗订单") -> OverrideRequest:
    with transaction():
        official = season.official(SHIMEN)
        return overrides.request_override(official, season.fair, SHIMEN, period, explanation)


def decide(
    season: Season, request: OverrideRequest, allowed: bool, reason: str = "合同已看"
) -> None:
    with transaction():
        overrides.decide_override(season.official(CHANGDE), request, allowed, reason)


def stored() -> list[StatementFinding]:
    return list(db.session.scalars(select(StatementFinding).order_by(StatementFinding.id)))


def test_a_warning_is_refused_at_its_field_until_it_is_explained(season: Season) -> None:
    period = jump(season, 200)
    (finding,) = season.findings(SHIMEN, period)
    for given in ({}, {finding.key: "  "}, {"jump-deals": "别的"}):
        with pytest.raises(Unexplained) as refused:
            season.submit(SHIMEN, period, explanations=given)
        assert refused.value.field == finding.key == "jump-amount_fen"
        db.session.rollback()
    with pytest.raises(Invalid, match="200"):
        season.submit(SHIMEN, period, explanations={finding.key: "长" * 201})
    db.session.rollback()
    statement = season.submit(SHIMEN, period, explanations={finding.key: "红茶专场集中签约"})
    assert statement.status is StatementStatus.SUBMITTED
    (row,) = stored()
    assert (row.rule, row.severity) == (ValidationRule.JUMP, ValidationSeverity.WARNING)
    assert (row.version_id, row.explanation) == (statement.current.id, "红茶专场集中签约")


def test_what_was_explained_goes_up_with_each_version_and_to_the_province(season: Season) -> None:
    period = jump(season, 200)
    jump(season, 300, TAOYUAN)
    for code in (SHIMEN, TAOYUAN):
        season.accept(season.submit(code, period))
    every = warnings_of(db.session.scalars(select(Statement.id)).all())
    assert sorted(len(found) for found in every.values()) == [1, 1]
    others = [code for code in _leaves(season) if code not in (SHIMEN, TAOYUAN)]
    above = season.submit(CHANGDE, period, missing=others, reason="停电")
    found = warnings_of([above.id])[above.id]
    assert [(one.unit.code, one.is_own) for one in found] == [(TAOYUAN, False), (SHIMEN, False)]
    assert {one.explanation for one in found} == {"已核对"}


def _leaves(season: Season) -> list[str]:
    return [unit.code for unit in units.units(season.fair).values() if unit.is_leaf]


def test_a_returned_statement_is_explained_anew_and_the_old_words_stay_with_their_version(
    season: Season,
) -> None:
    period = jump(season, 200)
    (finding,) = season.findings(SHIMEN, period)
    first = season.submit(SHIMEN, period, explanations={finding.key: "一"})
    season.send_back(first)
    season.submit(SHIMEN, period, explanations={finding.key: "二"})
    assert [row.explanation for row in stored()] == ["一", "二"]
    ((one,),) = warnings_of([first.id]).values()
    assert one.explanation == "二"


def test_a_stop_goes_up_only_when_the_prefecture_lets_it_pass(season: Season) -> None:
    period = jump(season, 2_000)
    with pytest.raises(Unexplained, match="上一级放行"):
        season.submit(SHIMEN, period)
    db.session.rollback()
    with pytest.raises(Invalid):
        ask(season, period, " ")
    db.session.rollback()
    request = ask(season, period)
    assert ask(season, period).id == request.id
    with pytest.raises(Unexplained):
        season.submit(SHIMEN, period)
    db.session.rollback()
    decide(season, request, False, "请附合同")
    with pytest.raises(Unexplained):
        season.submit(SHIMEN, period)
    db.session.rollback()
    again = ask(season, period, "合同已附")
    assert again.number == 2
    decide(season, again, True)
    season.submit(SHIMEN, period)
    row = next(row for row in stored() if row.severity is ValidationSeverity.STOP)
    assert (row.request_id, row.explanation) == (again.id, "合同已附")
    (found,) = warnings_of([again.statement_id]).values()
    assert [one.consent for one in found] == ["合同已看"]


def test_what_was_let_pass_covers_no_other_figure(season: Season) -> None:
    period = jump(season, 2_000)
    request = ask(season, period)
    decide(season, request, True)
    jump(season, 1)
    with pytest.raises(Unexplained):
        season.submit(SHIMEN, period)
    db.session.rollback()
    assert ask(season, period).number == 2


def test_only_the_county_asks_and_only_its_reviewer_decides(
    season: Season, make_account: Make
) -> None:
    period = jump(season, 2_000)
    for who in (season.official(TAOYUAN), season.official(CHANGDE), season.province):
        with pytest.raises(Refused), transaction():
            overrides.request_override(who, season.fair, SHIMEN, period, "放行吧")
    request = ask(season, period)
    for who in (season.official(SHIMEN), season.official(TAOYUAN), season.province):
        with pytest.raises(Refused), transaction():
            overrides.decide_override(who, request, True, "好")
    both = make_account("身兼两职", role="prefecture_official", scope=CHANGDE)
    assert overrides.requests_to_decide(both, ["43/4307"]) == [request]
    assert overrides.requests_to_decide(season.province, ["43"]) == []
    with pytest.raises(Invalid), transaction():
        overrides.decide_override(both, request, True, "")
    decide(season, request, True)
    assert overrides.requests_to_decide(both, ["43/4307"]) == []
    with pytest.raises(ConcurrentDecision, match="先处理了"):
        decide(season, request, False)


def test_nothing_is_asked_where_nothing_stops(season: Season) -> None:
    with pytest.raises(InvalidTransition):
        ask(season, season.day(3))
    db.session.rollback()
    season.submit(SHIMEN, season.day(3))
    with pytest.raises(InvalidTransition):
        ask(season, season.day(3))


def test_who_asks_again_learns_that_it_was_asked_already(
    season: Season, make_account: Make
) -> None:
    period = jump(season, 2_000)
    request = ask(season, period)
    assert ask(season, period).id == request.id, "the same, sent twice"
    with pytest.raises(ConcurrentDecision, match="已于"):
        ask(season, period, "还有一份合同")
    db.session.rollback()
    colleague = make_account(name="石门二号", role="county_official", scope=SHIMEN)
    with pytest.raises(ConcurrentDecision, match="已于"), transaction():
        overrides.request_override(colleague, season.fair, SHIMEN, period, "大宗订单")
    decide(season, request, False)
    assert ask(season, period, "还有一份合同").number == request.number + 1


def test_a_fall_names_the_deal_that_was_returned(season: Season) -> None:
    deal = season.deal(SHIMEN, 5 * WAN)
    season.submit(SHIMEN, season.day(0))
    season.take_back(deal, season.at(1))
    found = {f.subject: f for f in season.findings(SHIMEN, season.day(1))}
    assert {f.severity for f in found.values()} == {ValidationSeverity.WARNING}
    assert found["deals"].numbers["reversed"] == 1
    assert found["deals"].numbers["deals"] == [deal.id]


@pytest.mark.parametrize("table", ["statement_findings", "override_requests", "override_decisions"])
def test_what_was_found_asked_and_decided_is_never_changed(season: Season, table: str) -> None:
    period = jump(season, 2_000)
    decide(season, ask(season, period), True)
    season.submit(SHIMEN, period)
    column = "reason" if table == "override_decisions" else "explanation"
    for act in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(act))
        db.session.rollback()
    assert db.session.scalar(text(f"SELECT count(*) FROM {table}"))


def test_of_twenty_officials_at_once_one_decides(app: Flask, season: Season) -> None:
    request_id = ask(season, jump(season, 2_000)).id
    official_id, start = season.official(CHANGDE).id, Barrier(20)

    def one(number: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    request = db.session.get_one(OverrideRequest, request_id)
                    actor = db.session.get_one(Account, official_id)
                    overrides.decide_override(actor, request, bool(number % 2), "看过了")
            except ConcurrentDecision:
                return False
            return True

    db.session.remove()
    with ThreadPoolExecutor(20) as pool:
        done: Any = sum(pool.map(one, range(20)))
    assert done == db.session.scalar(select(func.count()).select_from(OverrideDecision)) == 1
