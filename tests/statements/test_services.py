"""Statements from county to province: frozen, gathered, published, corrected."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DatabaseError

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals import ledger
from market.fairs.certification import certify_fair
from market.fairs.models import FairEvent, FairEventKind, FairStatus
from market.regions.models import Region
from market.statements import corrections, publishing, queries, services, units
from market.statements.drift import find_drift
from market.statements.models import (
    Statement,
    StatementAct,
    StatementEvent,
    StatementStatus,
    StatementVersion,
)
from market.statements.published_table import published_table
from market.tallies.frozen_figures import canonical, digest, read_figures
from market.tallies.services import update_count
from market.text.days import local_day
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_zone
from tests.statements.reporting_fair import CHANGDE, PROVINCE, SHIMEN, TAOYUAN, Season, make_season

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
WUZHISHAN, HAINAN = "469001", "460000"
HUGE = 9_900_000_000_00


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def frozen(statement: Statement) -> dict[str, Any]:
    return json.loads(statement.current.snapshot)


def counties(season: Season) -> list[str]:
    return [code for code, unit in units.units(season.fair).items() if unit.is_leaf]


def test_a_statement_freezes_what_the_ledger_says(season: Season) -> None:
    season.deal(SHIMEN, 500_00)
    season.deal(TAOYUAN, 900_00)
    statement = season.submit(SHIMEN, remark="无")
    head = ledger.head()
    assert (statement.status, statement.version) == (StatementStatus.SUBMITTED, 1)
    version = statement.current
    assert (version.ledger_id, version.ledger_hash, version.remark) == (head.id, head.hash, "无")
    assert version.sha256 == digest(version.snapshot)
    data = frozen(statement)
    assert (data["totals"]["deals"], data["totals"]["amount_fen"]) == (1, 500_00)
    assert [row["amount_fen"] for row in data["products"]] == [500_00]
    day = season.fair.starts_on.isoformat()
    (row,) = data["days"]
    assert (row["day"], row["deals"], row["amount_fen"]) == (day, 1, 500_00)
    season.deal(SHIMEN, 1_00)
    assert frozen(statement)["totals"]["amount_fen"] == 500_00


def test_a_submission_reads_the_count_of_the_fair_once(season: Season) -> None:
    season.deal(SHIMEN, 500_00)
    with transaction():
        update_count(season.fair)
    season.deal(SHIMEN, 1_00)
    read: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        read.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        season.submit(SHIMEN, explanations={})
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    counts = [s for s in read if s.startswith("SELECT fair_counts.counted_at, fair_counts.led")]
    tallies = [s for s in read if s.startswith("SELECT fair_tallies.region_code, fair_tallies.m")]
    assert (len(counts), len(tallies)) == (1, 1)


def test_a_zero_report_is_a_report(season: Season) -> None:
    statement = season.accept(season.submit(SHIMEN, season.day()))
    assert set(frozen(statement)["totals"].values()) == {0}
    assert frozen(statement)["days"] == []


def test_figures_of_99_yi_are_exact(season: Season) -> None:
    for _ in range(3):
        season.deal(SHIMEN, HUGE)
    own = season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    assert frozen(own)["totals"]["amount_fen"] == 3 * HUGE
    assert published_table(season.fair).totals.amount_fen == 3 * HUGE  # type: ignore[union-attr]


def test_sent_twice_it_is_submitted_once(season: Season) -> None:
    first = season.submit(SHIMEN)
    season.deal(SHIMEN, 100)
    again = season.submit(SHIMEN)
    assert (again.id, again.version) == (first.id, 1)
    assert db.session.scalar(select(func.count()).select_from(StatementVersion)) == 1


def test_only_the_units_own_official_submits(season: Season, make_account: Make) -> None:
    for who in (season.official(TAOYUAN), season.official(CHANGDE), season.province):
        with pytest.raises(Refused), transaction():
            services.submit(who, season.fair, SHIMEN, season.final)
    with pytest.raises(Refused), transaction():
        services.submit(season.official(SHIMEN), season.fair, CHANGDE, season.final)


def test_a_day_is_not_reported_before_it_is_over(make_account: Make) -> None:
    today = local_day(utcnow(), home_zone())
    season = make_season(
        make_account, starts_on=today, ends_on=today + timedelta(days=3), status=FairStatus.OPEN
    )
    for period in (season.day(), season.day(1), season.final, season.day(9)):
        with pytest.raises(Invalid):
            season.submit(SHIMEN, period)
    assert units.periods_of(season.fair, utcnow() + timedelta(days=1)) == [season.day()]


def test_a_return_keeps_the_old_snapshot_and_needs_a_reason(season: Season) -> None:
    season.deal(SHIMEN, 100)
    statement = season.submit(SHIMEN)
    with pytest.raises(Invalid):
        season.send_back(statement, "")
    season.send_back(statement)
    season.deal(SHIMEN, 50)
    season.submit(SHIMEN)
    amounts = [json.loads(v.snapshot)["totals"]["amount_fen"] for v in statement.versions]
    assert amounts == [100, 150]
    acts = [event.act for event in statement.events]
    assert acts == [StatementAct.SUBMITTED, StatementAct.RETURNED, StatementAct.SUBMITTED]


def test_the_second_of_two_officials_is_told_what_the_first_did(
    season: Season, make_account: Make
) -> None:
    colleague = make_account("李科长", role="prefecture_official", scope=CHANGDE)
    statement = season.accept(season.submit(SHIMEN), by=colleague)
    with pytest.raises(InvalidTransition, match="李科长"):
        season.accept(statement)
    other = season.submit(TAOYUAN)
    with transaction():
        services.send_back(colleague, other, "数字不符")
    with pytest.raises(InvalidTransition, match="李科长"):
        season.accept(other)
    with pytest.raises(InvalidTransition, match="李科长"):
        season.send_back(other)


def test_nobody_reviews_what_they_submitted(season: Season, make_account: Make) -> None:
    both = make_account("一人两职", role="county_official", scope=SHIMEN)
    with transaction():
        from market.accounts.models import Grant, Role

        over = db.session.get_one(Region, CHANGDE)
        both.grants.append(Grant(role=Role.PREFECTURE_OFFICIAL, region=over))
    season.officials[SHIMEN] = both
    with pytest.raises(Refused):
        season.accept(season.submit(SHIMEN), by=both)


def test_a_prefecture_waits_for_its_counties_or_names_them_with_a_reason(season: Season) -> None:
    season.deal(SHIMEN, 700)
    season.deal(TAOYUAN, 900)
    season.accept(season.submit(SHIMEN))
    season.submit(TAOYUAN)
    others = set(counties(season)) - {SHIMEN}
    for missing, reason, field in ((set(), "", "missing"), (others, "", "reason")):
        with pytest.raises(Invalid) as error:
            season.submit(CHANGDE, missing=missing, reason=reason)
        assert error.value.field == field
    with pytest.raises(Invalid, match="桃源"):
        season.submit(CHANGDE, missing=others - {TAOYUAN}, reason="停电")
    own = season.submit(CHANGDE, missing=others, reason="停电")
    data = frozen(own)
    assert data["totals"]["amount_fen"] == 700
    assert {one["code"] for one in data["missing"]} == others
    assert [child["code"] for child in data["children"]] == [SHIMEN]


def test_what_the_prefecture_holds_is_not_returned_under_it(season: Season) -> None:
    statement = season.accept(season.submit(SHIMEN))
    own = season.submit(CHANGDE, missing=set(counties(season)) - {SHIMEN}, reason="停电")
    with pytest.raises(Invalid):
        season.send_back(statement)
    season.send_back(own)
    season.send_back(statement)
    assert statement.status is StatementStatus.RETURNED


def test_publishing_locks_every_statement_in_it(season: Season) -> None:
    season.deal(SHIMEN, 700)
    own = season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    rows = db.session.scalars(select(Statement)).all()
    assert {row.status for row in rows} == {StatementStatus.PUBLISHED}
    for act in (season.accept, season.send_back):
        with pytest.raises(InvalidTransition):
            act(own)
    with pytest.raises(InvalidTransition, match="省商务厅"):
        season.publish()
    with pytest.raises(DatabaseError):
        db.session.execute(text("UPDATE statements SET status = 'returned'"))
    db.session.rollback()


def test_the_database_refuses_to_change_what_is_frozen(season: Season) -> None:
    season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    for table in ("statement_versions", "statement_events", "publications"):
        for statement in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError):
                db.session.execute(text(statement))
            db.session.rollback()


def test_a_county_that_comes_in_late_stands_beside_the_published_table(season: Season) -> None:
    season.deal(SHIMEN, 700)
    season.deal(TAOYUAN, 900)
    season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    late = season.accept(season.submit(TAOYUAN))
    assert late.status is StatementStatus.PUBLISHED
    table = published_table(season.fair)
    assert table is not None
    assert (table.totals.amount_fen, table.now.amount_fen) == (700, 1600)
    (group,) = table.groups
    rows = {row.code: row for row in group.rows}
    assert rows[TAOYUAN].totals is None
    assert rows[TAOYUAN].late_at is not None
    assert rows[TAOYUAN].now.amount_fen == 900  # type: ignore[union-attr]
    still = [row.code for row in group.rows if row.now is None]
    assert len(still) == len(counties(season)) - 2


def test_a_prefecture_that_comes_in_late_brings_its_counties(make_account: Make) -> None:
    season = make_season(
        make_account, region=db.session.get_one(Region, PROVINCE), slug="2026-province"
    )
    season.deal(SHIMEN, 700)
    season.deal("430121", 11)
    under = {u.code for u in units.units(season.fair).values() if u.parent}
    season.accept(season.submit("430121"))
    changsha = [u.code for u in units.units(season.fair).values() if u.path.startswith("43/4301/")]
    own = season.submit("430100", missing=set(changsha) - {"430121"}, reason="汛情")
    season.accept(own)
    tops = {u.code for u in units.units(season.fair).values() if u.parent is None}
    season.publish(missing=tops - {"430100"}, reason="汛情")
    season.accept(season.submit(SHIMEN))
    own = season.submit(CHANGDE, missing=under - {SHIMEN}, reason="汛情")
    table = published_table(season.fair)
    assert table is not None
    assert table.now.amount_fen == 11
    season.accept(own)
    table = published_table(season.fair)
    assert table is not None
    assert (table.totals.amount_fen, table.now.amount_fen) == (11, 711)
    group = next(group for group in table.groups if group.code == CHANGDE)
    assert group.late_at is not None
    assert [row.code for row in group.rows if row.now is not None] == [SHIMEN]


def test_a_deal_returned_after_its_report_is_shown_and_corrected(season: Season) -> None:
    deal = season.deal(SHIMEN, 700)
    season.deal(SHIMEN, 300)
    season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    statement = db.session.scalars(select(Statement).filter_by(region_code=SHIMEN)).one()
    with pytest.raises(Invalid), transaction():
        corrections.file_correction(season.official(SHIMEN), statement, "无变化")
    season.take_back(deal)
    with transaction():
        update_count(season.fair)
    drift = find_drift(season.fair, season.final, read_figures(frozen(statement)))
    assert ("amount_fen", 1000, 300) in drift.figures
    assert [entry.deal_id for entry in drift.entries] == [deal.id]
    season.correct(statement)
    table = published_table(season.fair)
    assert table is not None
    assert (table.totals.amount_fen, table.now.amount_fen) == (1000, 300)
    (correction,) = table.corrections
    assert (correction.reason, correction.before.amount_fen) == ("退货", 1000)
    assert correction.after.amount_fen == 300
    region = db.session.get_one(Region, CHANGDE)
    assert queries.corrections_of(season.fair, region) == [correction]
    assert frozen(statement)["totals"]["amount_fen"] == 1000


def test_a_correction_counts_once_confirmed_and_is_decided_once(
    season: Season, make_account: Make
) -> None:
    season.deal(SHIMEN, 700)
    season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    statement = db.session.scalars(select(Statement).filter_by(region_code=SHIMEN)).one()
    season.deal(SHIMEN, 5)
    with pytest.raises(Invalid), transaction():
        corrections.file_correction(season.official(SHIMEN), statement, "")
    with transaction():
        corrections.file_correction(season.official(SHIMEN), statement, "补核实")
    table = published_table(season.fair)
    assert table is not None
    assert table.now == table.totals
    with pytest.raises(Invalid), transaction():
        corrections.file_correction(season.official(SHIMEN), statement, "再报")
    with pytest.raises(Invalid), transaction():
        corrections.decide(season.official(CHANGDE), statement, 1, False)
    with transaction():
        corrections.decide(season.official(CHANGDE), statement, 1, False, "缺凭证")
    with pytest.raises(InvalidTransition, match="商务局"), transaction():
        corrections.decide(season.official(CHANGDE), statement, 1, True)
    season.correct(statement, "补核实")
    table = published_table(season.fair)
    assert table is not None
    assert table.now.amount_fen == 705


def test_a_correction_before_the_prefecture_gathers_is_in_its_figures(season: Season) -> None:
    season.deal(SHIMEN, 700)
    statement = season.accept(season.submit(SHIMEN))
    season.deal(SHIMEN, 5)
    season.correct(statement)
    own = season.submit(CHANGDE, missing=set(counties(season)) - {SHIMEN}, reason="停电")
    assert frozen(own)["totals"]["amount_fen"] == 705
    season.accept(own)
    season.publish()
    table = published_table(season.fair)
    assert table is not None
    assert table.corrections == []
    assert table.totals == table.now


def test_a_fair_extended_after_the_final_statement_asks_for_another(season: Season) -> None:
    first = season.accept(season.submit(SHIMEN))
    with transaction():
        season.fair.status = FairStatus.OPEN
        season.fair.ends_on += timedelta(days=3)
    later = utcnow() + timedelta(days=9)
    assert season.final in units.periods_of(season.fair, later)
    line = units.unit_statements(season.fair, season.final, later)[SHIMEN]
    assert (line.status, line.statement_id) == (StatementStatus.DRAFT, None)
    with transaction():
        season.fair.status = FairStatus.CLOSED
    second = season.submit(SHIMEN)
    assert second.id != first.id
    assert db.session.get_one(Statement, first.id).status is StatementStatus.ACCEPTED


def test_counties_straight_under_the_province_submit_to_it(make_account: Make) -> None:
    season = make_season(make_account, region=db.session.get_one(Region, HAINAN))
    with transaction():
        season.province.grants[0].region = db.session.get_one(Region, HAINAN)
    season.deal(WUZHISHAN, 700)
    statement = season.submit(WUZHISHAN)
    assert statement.parent_code is None
    season.accept(statement)
    tops = {u.code for u in units.units(season.fair).values() if u.parent is None}
    with pytest.raises(Invalid):
        season.publish()
    season.publish(missing=tops - {WUZHISHAN}, reason="台风")
    table = published_table(season.fair)
    assert table is not None
    assert (table.totals.amount_fen, statement.status) == (700, "published")


def test_a_county_that_moved_stays_where_it_reported(make_account: Make) -> None:
    province = db.session.get_one(Region, PROVINCE)
    season = make_season(make_account, region=province)
    season.deal(SHIMEN, 700)
    season.accept(season.submit(SHIMEN))
    leaves = {u.code for u in units.units(season.fair).values() if u.is_leaf}
    season.accept(season.submit(CHANGDE, missing=leaves - {SHIMEN}, reason="停电"))
    tops = {u.code for u in units.units(season.fair).values() if u.parent is None}
    season.publish(missing=tops - {CHANGDE}, reason="停电")
    with transaction():
        shimen = db.session.get_one(Region, SHIMEN)
        shimen.parent_code, shimen.path = "430800", "43/4308/430726"
    table = published_table(season.fair)
    assert table is not None
    group = next(group for group in table.groups if group.code == CHANGDE)
    assert SHIMEN in [row.code for row in group.rows]
    assert units.unit_statements(season.fair, season.final, utcnow())[SHIMEN].parent.code == CHANGDE
    following = make_season(make_account, region=province, slug="2026-winter")
    assert following.submit(SHIMEN).parent_code == "430800"


def test_a_reminder_is_recorded_once_and_seen(season: Season) -> None:
    with transaction():
        owed = [(SHIMEN, season.day()), (TAOYUAN, season.day())]
        done = services.remind(season.official(CHANGDE), season.fair, owed)
    assert done == 2
    with transaction():
        again = services.remind(season.official(CHANGDE), season.fair, [(SHIMEN, season.day())])
    assert again == 0
    seen = queries.last_reminders(season.fair, SHIMEN)[season.day()]
    assert seen.name == f"{CHANGDE}商务局"
    with pytest.raises(Refused), transaction():
        services.remind(season.official(TAOYUAN), season.fair, [(SHIMEN, season.day())])
    statement = season.submit(SHIMEN, season.day())
    assert [event.act for event in statement.events] == [
        StatementAct.REMINDED,
        StatementAct.SUBMITTED,
    ]


def test_certifying_waits_for_every_county(season: Season) -> None:
    every = counties(season)
    season.bring_in(CHANGDE, every[:-1])
    season.publish()
    with pytest.raises(Invalid, match="1"), transaction():
        certify_fair(season.province, season.fair)
    season.accept(season.submit(every[-1]))
    with pytest.raises(Refused), transaction():
        certify_fair(season.official(CHANGDE), season.fair)
    with transaction():
        certify_fair(season.province, season.fair)
    assert season.fair.status is FairStatus.CERTIFIED
    events = db.session.scalars(select(FairEvent).filter_by(fair_id=season.fair.id)).all()
    assert [event.kind for event in events] == [FairEventKind.CERTIFIED]
    with pytest.raises(Invalid):
        season.submit(SHIMEN, season.day())
    with pytest.raises(InvalidTransition), transaction():
        certify_fair(season.province, season.fair)


def test_a_certified_fair_is_still_corrected(season: Season) -> None:
    deal = season.deal(SHIMEN, 700)
    season.bring_in(CHANGDE, counties(season))
    season.publish()
    with transaction():
        certify_fair(season.province, season.fair)
    season.take_back(deal)
    statement = db.session.scalars(select(Statement).filter_by(region_code=SHIMEN)).one()
    season.correct(statement)
    table = published_table(season.fair)
    assert table is not None
    assert (table.totals.amount_fen, table.now.amount_fen) == (700, 0)


def test_figures_changed_behind_the_programs_back_are_found(season: Season) -> None:
    season.deal(SHIMEN, 700)
    season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    season.deal(SHIMEN, 50)
    assert publishing.check_statements() == []
    session = db.session
    with transaction():
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE statement_versions DISABLE TRIGGER USER"))
        else:
            session.execute(text("DROP TRIGGER statement_versions_no_update"))
        version = session.scalars(select(StatementVersion).order_by(StatementVersion.id)).first()
        assert version is not None
        data = json.loads(version.snapshot)
        data["totals"]["amount_fen"] = 701
        changed = canonical(data)
        values = {"data": changed, "sha": version.sha256, "id": version.id}
        session.execute(
            text("UPDATE statement_versions SET snapshot = :data, sha256 = :sha WHERE id = :id"),
            values,
        )
    (problem,) = ledger.verify_ledger()
    assert "its hash" in str(problem)
    with transaction():
        values["sha"] = digest(changed)
        session.execute(
            text("UPDATE statement_versions SET sha256 = :sha WHERE id = :id"),
            {"sha": values["sha"], "id": values["id"]},
        )
    (problem,) = ledger.verify_ledger()
    assert "701 fen" in str(problem)


def test_the_rates_tell_who_is_in_and_in_time(season: Season) -> None:
    season.submit(SHIMEN, season.day())
    every = units.units(season.fair).values()
    found = queries.rates_of(season.fair, utcnow(), every)
    assert found[SHIMEN].submitted == 1
    assert found[SHIMEN].due >= 3
    assert found[SHIMEN].on_time == 0
    assert found[TAOYUAN].submitted == 0


def test_every_step_is_written_down(season: Season) -> None:
    season.bring_in(CHANGDE, [SHIMEN])
    season.publish()
    acts = db.session.scalars(select(StatementEvent.act).order_by(StatementEvent.id)).all()
    once = [StatementAct.SUBMITTED, StatementAct.ACCEPTED]
    assert acts == [*once, *once, StatementAct.PUBLISHED, StatementAct.PUBLISHED]
