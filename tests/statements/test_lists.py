"""The matrix of who has reported each day, its reminders, and what a unit has submitted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.regions.models import Region
from market.statements import completeness, own_statements, services, units
from market.statements.completeness import CellState, MatrixCell
from market.statements.models import (
    Statement,
    StatementAct,
    StatementEvent,
    StatementStatus,
)
from market.statements.rules import REMIND_AGAIN_AFTER, Period, can_be_reminded
from market.web.errors import Refused
from tests.html import squeezed
from tests.sql import statements
from tests.statements.reporting_fair import (
    CHANGDE,
    PROVINCE,
    SHIMEN,
    TAOYUAN,
    Season,
    make_season,
)

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
PAGE = "/desk/statements"


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def enter(log_in: LogIn, account: Account) -> Any:
    client = log_in(account)
    client.set_cookie("language", "en")
    return client


def address(season: Season) -> str:
    return f"{PAGE}/completeness/{season.fair.slug}"


def cell(season: Season, account: Account, code: str, period: Period) -> MatrixCell:
    """The cell of a unit and period as the account sees it now."""
    matrix = completeness.matrix(account, season.fair, 1, utcnow())
    rows = [row for group in matrix.groups for row in group.rows]
    return next(
        cell
        for row in rows
        if row.unit.code == code
        for cell in row.cells
        if cell.line.period == period
    )


def reminders() -> list[StatementEvent]:
    db.session.rollback()
    query = select(StatementEvent).where(StatementEvent.act == StatementAct.REMINDED)
    return list(db.session.scalars(query))


def test_the_cell_says_where_the_statement_stands(season: Season) -> None:
    prefecture, day = season.official(CHANGDE), season.day()

    def state() -> CellState:
        return cell(season, prefecture, SHIMEN, day).state

    assert state() is CellState.MISSING
    first = season.submit(SHIMEN, day)
    assert state() is CellState.LATE
    with transaction():
        first.first_submitted_at = first.due_at - timedelta(hours=1)
    assert state() is CellState.SUBMITTED
    season.accept(first)
    assert state() is CellState.ACCEPTED
    season.send_back(first)
    assert state() is CellState.RETURNED


def test_what_is_not_due_yet_is_open_and_nobody_is_reminded_of_it(season: Season) -> None:
    unit = units.units(season.fair)[SHIMEN]
    before = units.due_at(unit, season.day(3)) - timedelta(minutes=1)
    matrix = completeness.matrix(season.province, season.fair, 1, before)
    cells = [
        cell
        for group in matrix.groups
        for row in group.counties
        for cell in row.cells
        if cell.line.period == season.day(3)
    ]
    assert {(cell.state, cell.can_remind) for cell in cells} == {(CellState.OPEN, False)}


def test_a_tap_on_the_cell_reminds_the_county_once_within_the_hour(
    season: Season, log_in: LogIn
) -> None:
    prefecture, day = season.official(CHANGDE), season.day()
    key = cell(season, prefecture, SHIMEN, day).key
    client = enter(log_in, prefecture)
    page = client.get(address(season)).text
    assert f'value="{key}"' in page
    remind = re.search(r'action="([^"]+/remind/[^"]+)"', page)
    assert remind
    answer = client.send(remind[1], {"owed": key}, page=address(season))
    assert f"unit={SHIMEN}" in answer.location
    assert answer.location.endswith(f"#unit-{SHIMEN}")
    assert "1 reminder sent." in client.get(answer.location).text
    assert cell(season, prefecture, SHIMEN, day).state is CellState.REMINDED
    answer = client.send(remind[1], {"owed": key}, page=address(season))
    assert "reminded within the hour" in client.get(answer.location).text
    assert [event.by_id for event in reminders()] == [prefecture.id]
    assert f'name="owed" value="{key}"' not in client.get(address(season)).text


def test_after_an_hour_a_reminder_may_follow() -> None:
    now = datetime.fromisoformat("2026-11-28T10:00+08:00")
    assert can_be_reminded(None, now)
    assert can_be_reminded(now - REMIND_AGAIN_AFTER, now)
    assert not can_be_reminded(now - REMIND_AGAIN_AFTER + timedelta(seconds=1), now)


def test_the_province_reminds_counties_and_a_neighbour_does_not(
    season: Season, make_account: Make
) -> None:
    owed = [(SHIMEN, season.day()), (CHANGDE, season.day())]
    assert cell(season, season.province, SHIMEN, season.day()).can_remind
    with transaction():
        assert services.remind(season.province, season.fair, owed) == 2
    neighbour = make_account("益阳商务局", role="prefecture_official", scope="430900")
    for account in (neighbour, season.official(SHIMEN)):
        with pytest.raises(Refused), transaction():
            services.remind(account, season.fair, owed[:1])


def test_a_county_sees_its_own_row_and_reminds_nobody(season: Season, log_in: LogIn) -> None:
    page = enter(log_in, season.official(SHIMEN)).get(address(season)).text
    assert "Shimen" in page
    assert "Taoyuan" not in page
    assert 'name="owed"' not in page


@pytest.mark.parametrize("owed", ["", "430726", "430726.daily-2026-99-99", "x.y", "000000.final-2"])
def test_what_names_no_statement_reminds_nobody(season: Season, log_in: LogIn, owed: str) -> None:
    client = enter(log_in, season.official(CHANGDE))
    answer = client.send(
        f"{PAGE}/remind/{season.fair.slug}?page=1", {"owed": owed}, page=address(season)
    )
    assert answer.status_code == 303
    assert reminders() == []


def test_the_province_counts_the_counties_of_each_prefecture(
    make_account: Make, log_in: LogIn
) -> None:
    season = make_season(make_account, region=db.session.get_one(Region, PROVINCE))
    season.submit(SHIMEN, season.day())
    matrix = completeness.matrix(season.province, season.fair, 1, utcnow())
    group = next(g for g in matrix.groups if g.parent and g.parent.code == CHANGDE)
    column = matrix.periods.index(season.day())
    assert group.counted[column] == (1, len(group.counties))
    assert len(matrix.groups) > 1
    page = squeezed(enter(log_in, season.province).get(address(season)).text)
    assert f"1/{len(group.counties)}" in page


def test_the_matrix_takes_as_many_queries_for_the_province_as_for_one_county(
    make_account: Make, log_in: LogIn
) -> None:
    season = make_season(make_account, region=db.session.get_one(Region, PROVINCE))
    url = address(season)
    clients = [log_in(account) for account in (season.official(SHIMEN), season.province)]
    counts = []
    for client in clients:
        client.get(url)
        db.session.expunge_all()
        with statements() as sent:
            assert client.get(url).status_code == 200
        counts.append(len(sent))
    assert counts[1] <= counts[0] <= 12


def test_a_unit_reads_what_it_submitted_with_day_state_and_reason(
    season: Season, log_in: LogIn
) -> None:
    season.deal(SHIMEN, 1_234_500_00)
    final = season.submit(SHIMEN)
    season.send_back(final, reason="请核对总额")
    season.submit(SHIMEN, season.day())
    season.submit(TAOYUAN)
    page = squeezed(enter(log_in, season.official(SHIMEN)).get(f"{PAGE}/own").text)
    assert page.count('class="stack-title"') == 2
    assert "请核对总额" in page
    assert "1.2345" in page
    assert "Final statement" in page
    assert "Daily statement" in page


def test_what_waits_is_withdrawn_from_the_list(season: Season, log_in: LogIn) -> None:
    statement = season.submit(SHIMEN)
    client = enter(log_in, season.official(SHIMEN))
    step = f"{PAGE}/{statement.id}/withdraw"
    assert step in client.get(PAGE).text
    client.send(step, page=f"{PAGE}/own")
    db.session.rollback()
    assert db.session.get_one(Statement, statement.id).status is StatementStatus.WITHDRAWN
    assert step not in client.get(f"{PAGE}/own").text


def test_a_list_has_the_statements_of_one_page_and_of_no_other_level(season: Season) -> None:
    for number in range(3):
        season.submit(SHIMEN, season.day(number))
    rows, pagination = own_statements.own_statements(season.official(SHIMEN), utcnow(), 1, 2)
    assert [row.period for row in rows] == [season.day(2), season.day(1)]
    assert (pagination.total, pagination.pages) == (3, 2)
    for account in (season.official(CHANGDE), season.province):
        assert own_statements.own_statements(account, utcnow(), 1, 2)[0] == []
