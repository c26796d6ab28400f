"""Commendations: who is named, by whom, with which figures, and what is left when withdrawn."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.accounts.services import erase_account
from market.database import db, transaction, utcnow
from market.fairs.models import FairStatus
from market.supervision import commendations
from market.supervision.assessment import assess
from market.supervision.models import CountyCommendation
from market.supervision.tables import assessment_table
from market.tables.table import format_row
from market.web.errors import Invalid, InvalidTransition, Refused
from tests.html import squeezed
from tests.sql import statements
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
REASON = "上报及时，数据准确"


@pytest.fixture
def season(make_account: Make) -> Season:
    """A fair in which two counties have been assessed by what they handed in."""
    made = make_season(make_account)
    made.accept(made.submit(SHIMEN, made.day(0)))
    return made


def commend(season: Season, *codes: str, reason: str = REASON) -> CountyCommendation:
    with transaction():
        commendations.commend(season.province, season.fair, codes, reason)
    newest = select(CountyCommendation).order_by(CountyCommendation.id.desc())
    return db.session.scalars(newest).first()  # type: ignore[return-value]


def withdraw(season: Season, one: CountyCommendation) -> None:
    with transaction():
        commendations.withdraw_commendation(season.province, one, "复查发现数据有误")


@pytest.mark.postgresql
def test_a_commendation_holds_the_total_and_the_rank_of_its_moment(season: Season) -> None:
    assessed = assess(season.fair, utcnow())
    row = next(row for row in assessed if row.unit.code == SHIMEN)
    one = commend(season, SHIMEN)
    assert (one.score, one.rank, one.among) == (row.total, row.rank, len(assessed))
    for number in range(1, 4):
        season.send_back(season.submit(SHIMEN, season.day(number)))
    later = next(row for row in assess(season.fair, utcnow()) if row.unit.code == SHIMEN)
    assert later.total != one.score
    (stored,) = commendations.commendations_of(season.fair)
    assert stored.score == row.total


def test_only_the_province_commends_counties_of_a_fair_that_was_held(season: Season) -> None:
    with pytest.raises(Refused), transaction():
        commendations.commend(season.official(CHANGDE), season.fair, [SHIMEN], REASON)
    for codes, reason in (
        ([], REASON),
        ([SHIMEN], " "),
        ([SHIMEN], "好" * 201),
        (["430102"], "好"),
    ):
        with pytest.raises(Invalid), transaction():
            commendations.commend(season.province, season.fair, codes, reason)
    with transaction():
        season.fair.status = FairStatus.CANCELLED
    with pytest.raises(InvalidTransition), transaction():
        commendations.commend(season.province, season.fair, [SHIMEN], REASON)
    assert db.session.scalar(select(func.count()).select_from(CountyCommendation)) == 0


@pytest.mark.postgresql
def test_a_county_is_commended_once_until_that_is_withdrawn(season: Season) -> None:
    one = commend(season, SHIMEN)
    with pytest.raises(Invalid), transaction():
        commendations.commend(season.province, season.fair, [SHIMEN, TAOYUAN], REASON)
    assert commendations.commended_codes(season.fair) == {SHIMEN}
    withdraw(season, one)
    with pytest.raises(InvalidTransition):
        withdraw(season, one)
    assert commendations.commendations_of(season.fair) == []
    commend(season, SHIMEN)
    assert [each.id for each in commendations.withdrawn_commendations(season.fair)] == [one.id]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"region_code": TAOYUAN, "reason": ""},
        {"region_code": TAOYUAN, "rank": 0},
        {"region_code": TAOYUAN, "rank": 3},
        {"region_code": TAOYUAN, "withdrawn_at": utcnow()},
        {"region_code": TAOYUAN, "withdrawal_reason": "有误"},
    ],
)
def test_the_database_refuses_commendations_that_are_none(
    season: Season, wrong: dict[str, Any]
) -> None:
    commend(season, SHIMEN)
    values = {"region_code": SHIMEN, "reason": REASON, "score": Decimal(90), "rank": 1, "among": 2}
    by = {"fair_id": season.fair.id, "commended_by_id": season.province.id}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(CountyCommendation(**by, **(values | wrong)))


def test_the_province_chooses_in_the_table_and_is_given_back_what_lacks_a_reason(
    season: Season, log_in: LogIn
) -> None:
    client = log_in(season.province)
    page = f"/desk/supervision/assessment/{season.fair.slug}/commendations"
    answer = client.send(f"{page}/new", {"counties": SHIMEN, "reason": ""})
    assert "请写明原因" in answer.text
    assert re.search(rf'value="{SHIMEN}"\s+checked', answer.text)
    assert client.send(f"{page}/new", {"counties": SHIMEN, "reason": REASON}).status_code == 303
    assert f'value="{SHIMEN}"' not in client.get(f"{page}/new").text
    text = client.get(page).text
    assert REASON in text
    (one,) = commendations.commendations_of(season.fair)
    sent = client.send(f"/desk/supervision/commendations/{one.id}/withdraw", {"reason": "有误"})
    assert sent.status_code == 303
    text = squeezed(client.get(page).text)
    assert "已撤回 1 项" in text
    assert "撤回理由：有误" in text


def test_every_official_reads_the_list_and_only_the_province_what_was_withdrawn(
    season: Season, log_in: LogIn
) -> None:
    withdraw(season, commend(season, SHIMEN, reason="先前的理由"))
    commend(season, SHIMEN)
    page = f"/desk/supervision/assessment/{season.fair.slug}/commendations"
    client = log_in(season.official(TAOYUAN))
    text = client.get(page).text
    assert REASON in text
    assert "先前的理由" not in text
    assert client.get(f"{page}/new").status_code == 403
    (one,) = commendations.commendations_of(season.fair)
    assert client.get(f"/desk/supervision/commendations/{one.id}/withdraw").status_code == 403
    assert client.get("/desk/supervision/commendations/999/withdraw").status_code == 404


def test_a_commended_county_sees_it_on_its_pages(season: Season, log_in: LogIn) -> None:
    commend(season, SHIMEN)
    client = log_in(season.official(SHIMEN))
    assessed = f"/desk/supervision/assessment/{season.fair.slug}"
    for page in (f"{assessed}/{SHIMEN}", f"/desk/supervision/counties/{SHIMEN}"):
        assert REASON in client.get(page).text
    assert "受表彰" in client.get(assessed).text


def test_the_files_hold_every_cell_of_the_screen(season: Season, log_in: LogIn) -> None:
    commend(season, SHIMEN)
    client = log_in(season.province)
    page = f"/desk/supervision/assessment/{season.fair.slug}"
    shown = _cells_of_page(client.get(page).text)
    text = client.get(f"{page}.csv").data.decode("utf-8-sig")
    # What stands above the table is one cell a line; regions have their code beside them.
    heads, *written = [line for line in csv.reader(io.StringIO(text)) if len(line) > 2]
    lines = [
        [cell for head, cell in zip(heads, line, strict=True) if "代码" not in head]
        for line in written
    ]
    assert len(lines) == len(shown) > 5
    for line, cells in zip(lines, shown, strict=True):
        assert [_number(cell) for cell in line] == [_number(cell) for cell in cells]
    table = assessment_table(season.province, season.fair, utcnow())
    (block,) = table.blocks
    rows = [format_row(table, row) for row in block.rows]
    assert [[_number(cell) for cell in row] for row in rows] == [
        [_number(cell) for cell in line] for line in lines
    ]


def _cells_of_page(text: str) -> list[list[str]]:
    """The rows of the screen in the order of the files' columns."""
    found = []
    for body in re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL):
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
            cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
            words = [re.sub(r"<[^>]+>", "\n", cell).split() for cell in cells]
            county, *more = words[1]
            commended = "受表彰" if "受表彰" in more else ""
            prefecture = next((word for word in more if word != "受表彰"), "")
            numbers = [cell[0] for cell in words[2:]]
            found.append([words[0][0], prefecture, county, *numbers, commended])
    return found


def _number(cell: str) -> Decimal | str:
    """A cell as a value: '–' and '' are nothing, numbers are exact."""
    return Decimal(cell) if re.fullmatch(r"[\d.]+", cell) else cell.replace("–", "")


def test_the_list_is_read_in_as_many_statements_however_long_it_is(
    season: Season, log_in: LogIn
) -> None:
    client = log_in(season.province)
    page = f"/desk/supervision/assessment/{season.fair.slug}/commendations"
    commend(season, SHIMEN)
    with statements() as short:
        client.get(page)
    others = commendations.commendable(season.fair, assess(season.fair, utcnow()))
    commend(season, *(row.unit.code for row in others))
    with statements() as long:
        assert client.get(page).status_code == 200
    assert len(others) > 1
    assert len(long) == len(short)


def test_who_is_erased_is_starred_in_the_reasons_they_wrote(season: Season) -> None:
    one = commend(season, SHIMEN, reason=f"{season.province.name}表彰")
    name = season.province.name
    with transaction():
        erase_account(season.province)
    assert name not in db.session.get_one(CountyCommendation, one.id).reason
