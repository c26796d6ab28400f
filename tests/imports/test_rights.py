"""Who may import, and where."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from market.accounts.models import Account
from market.database import db, transaction
from market.imports.jobs import work
from market.imports.models import ImportRow, ImportState, RowState
from market.offers.models import Offer
from tests.conftest import Client
from tests.imports.conftest import HEADS, ROWS, imported, newest, tried, workbook


def offers() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(Offer)) or 0


def test_the_assistant_of_another_county_can_do_nothing_with_an_import(
    station: Client, log_in: Callable[[Account], Client], make_account: Callable[..., Account]
) -> None:
    trial = tried(station, workbook(ROWS))
    stranger = log_in(make_account(role="assistant", region="430725", scope="430725"))
    assert stranger.get(f"/station/imports/{trial.id}").status_code == 403
    assert stranger.get(f"/station/imports/{trial.id}/columns").status_code == 403
    assert stranger.get(f"/station/imports/{trial.id}/failed").status_code == 403
    for step in ("start", "undo", "discard"):
        answer = stranger.send(
            f"/station/imports/{trial.id}/{step}", {"policy": "skip"}, "/station/imports/new"
        )
        assert answer.status_code == 403
    assert "上市.xlsx" not in stranger.get("/station/imports").get_data(as_text=True)
    work()
    assert newest().state is ImportState.CHECKED


@pytest.mark.parametrize(
    ("role", "scope", "reads"),
    [
        ("county_official", "430726", True),
        ("prefecture_official", "430700", True),
        ("administrator", "430000", True),
        ("county_official", "430725", False),
        (None, None, False),
    ],
)
def test_officials_over_the_station_and_administrators_read_an_import(
    station: Client,
    log_in: Callable[[Account], Client],
    make_account: Callable[..., Account],
    role: str | None,
    scope: str | None,
    reads: bool,
) -> None:
    trial = tried(station, workbook(ROWS))
    reader = log_in(make_account(role=role, scope=scope))
    answer = reader.get(f"/station/imports/{trial.id}")
    assert answer.status_code == (200 if reads else 403)
    if reads:
        page = answer.get_data(as_text=True)
        assert "田大伯" in page
        assert "13800002201" not in page.replace(" ", "")
        assert "/start" not in page
    start = f"/station/imports/{trial.id}/start"
    assert reader.send(start, {"policy": "skip"}, "/me/edit").status_code == 403


def test_a_row_of_another_county_is_refused_at_its_cell(station: Client) -> None:
    sheet = workbook([("田大伯", "", "桃源县", "脐橙", 100, 2)], (*HEADS[:2], "县", *HEADS[3:]))
    trial = tried(station, sheet)
    assert (trial.ready, trial.wrong) == (0, 1)
    (row,) = db.session.scalars(db.select(ImportRow))
    (problem,) = row.problems
    assert (problem["field"], problem["column"], problem["content"]) == ("region", 2, "桃源县")
    assert problem["text"]["zh_CN"] == "您的信息站不管这个县。"


def test_a_new_farmer_without_a_consent_is_refused(station: Client) -> None:
    trial = tried(station, workbook(ROWS), way="", witness="")
    assert (trial.ready, trial.wrong) == (0, 3)
    assert offers() == 0


def test_an_assistant_who_lost_the_station_imports_nothing(
    station: Client, assistant: Account
) -> None:
    trial = tried(station, workbook(ROWS))
    page = f"/station/imports/{trial.id}"
    station.send(f"{page}/start", {"policy": "skip"}, page)
    with transaction():
        assistant.grants.clear()
    work()
    assert (newest().state, newest().error) == (ImportState.FAILED, "no_right")
    assert offers() == 0


def test_a_farmer_of_the_station_is_found_by_the_phone(station: Client) -> None:
    imported(station, workbook(ROWS[:1]))
    again = workbook([("田大伯", "138 0000 2201", "白沙村", "红薯", 100, 1)])
    done = imported(station, again, "红薯.xlsx")
    rows = list(db.session.scalars(db.select(ImportRow).where(ImportRow.state == RowState.MADE)))
    assert done.made == 1
    assert len({row.account_id for row in rows}) == 1


def test_the_phone_of_somebody_with_an_account_is_refused(
    station: Client, make_account: Callable[..., Account]
) -> None:
    make_account(phone="+8613800002201")
    trial = tried(station, workbook(ROWS))
    assert (trial.ready, trial.wrong) == (2, 1)
    (row,) = db.session.scalars(db.select(ImportRow).where(ImportRow.state == RowState.WRONG))
    assert row.problems[0]["field"] == "phone"


def test_an_open_offer_of_the_same_goods_is_left_alone_unless_it_is_meant(station: Client) -> None:
    imported(station, workbook(ROWS[:1]))
    dearer = workbook([(*ROWS[0][:5], 1.9)])
    trial = tried(station, dearer, "贵.xlsx")
    assert (trial.ready, trial.duplicates) == (0, 1)
    page = f"/station/imports/{trial.id}"
    assert station.send(f"{page}/start", {"policy": "skip"}, page).status_code == 200
    assert station.send(f"{page}/start", {"policy": "add"}, page).status_code == 303
    work()
    assert newest().made == 1
    assert offers() == 2


def test_a_row_that_stands_twice_is_imported_once(station: Client) -> None:
    done = imported(station, workbook([ROWS[0], ROWS[0], ROWS[1]]))
    assert (done.made, done.duplicates) == (2, 1)


def test_posting_one_by_one_has_a_quota_of_its_own(station: Client, app) -> None:
    from market.offers.guards import POSTS

    done = imported(station, workbook(ROWS))
    before = app.config["QUOTAS"]["offers"][1]
    assert POSTS.remaining(done.assistant) == before
