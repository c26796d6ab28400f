"""Targets: who sets whose, how far they are, and what of them is divided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import FairStatus
from market.regions.models import Region
from market.supervision import targets
from market.supervision.models import TargetMeasure, WorkTarget
from market.supervision.rules import Elapsed, Progress
from market.tallies.services import recount
from market.web.errors import InvalidTransition, Refused
from tests.html import squeezed
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, Season, make_season

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
FEN, DEALS = TargetMeasure.AMOUNT_FEN, TargetMeasure.DEALS


@pytest.fixture
def season(make_account: Make) -> Season:
    """A fair of the province that is open for another four days of eight."""
    made = make_season(
        make_account,
        region=db.session.get_one(Region, "430000"),
        status=FairStatus.OPEN,
    )
    with transaction():
        made.fair.ends_on = made.fair.starts_on + timedelta(days=7)
    return made


def set_targets(
    actor: Account, season: Season, code: str, values: dict[tuple[str, TargetMeasure], int | None]
) -> None:
    with transaction():
        sheet = targets.load_target_sheet(season.fair.slug, code)
        targets.set_targets(actor, sheet, values)


def stored() -> dict[tuple[str, TargetMeasure], int]:
    rows = db.session.scalars(select(WorkTarget))
    return {(row.region_code, row.measure): row.value for row in rows}


def test_the_share_of_a_target_may_pass_it_and_its_bar_does_not() -> None:
    line = Progress(DEALS, 3, 4)
    assert (line.share, line.bar) == (Decimal("1.333"), 100)
    assert Progress(DEALS, 3, 1).share == Decimal("0.333")


@pytest.mark.parametrize(("done", "behind"), [(4, True), (5, False), (6, False)])
def test_behind_is_less_of_the_target_than_of_the_time(done: int, behind: bool) -> None:
    assert Progress(DEALS, 10, done).is_behind(Elapsed(5, 10)) is behind


def test_how_much_of_a_fair_is_over(season: Season) -> None:
    fair, first = season.fair, season.fair.starts_on
    assert targets.elapsed_of(fair, first) == Elapsed(1, 8)
    assert targets.elapsed_of(fair, first - timedelta(days=1)) == Elapsed(0, 8)
    assert targets.elapsed_of(fair, first + timedelta(days=3)).share == Decimal("0.5")
    fair.status = FairStatus.CLOSED
    assert targets.elapsed_of(fair, first + timedelta(days=3)).share == 1


@pytest.mark.postgresql
def test_the_province_sets_the_prefectures_targets_and_these_their_counties(
    season: Season,
) -> None:
    set_targets(season.province, season, "", {(CHANGDE, DEALS): 10, (SHIMEN, DEALS): 99})
    official = season.official(CHANGDE)
    set_targets(official, season, CHANGDE, {(SHIMEN, DEALS): 6, (TAOYUAN, DEALS): 3})
    assert stored() == {(CHANGDE, DEALS): 10, (SHIMEN, DEALS): 6, (TAOYUAN, DEALS): 3}
    sheet = targets.load_target_sheet(season.fair.slug, CHANGDE)
    divided = targets.divided(sheet.children, targets.fair_progress(season.fair))
    assert divided[DEALS] == 9
    set_targets(official, season, CHANGDE, {(SHIMEN, DEALS): None, (TAOYUAN, DEALS): 4})
    assert stored() == {(CHANGDE, DEALS): 10, (TAOYUAN, DEALS): 4}


def test_nobody_sets_the_targets_of_another_level(season: Season, make_account: Make) -> None:
    neighbour = make_account("岳阳市商务局", role="prefecture_official", scope="430600")
    for actor, code in (
        (season.official(CHANGDE), ""),
        (season.official(SHIMEN), CHANGDE),
        (neighbour, CHANGDE),
    ):
        with pytest.raises(Refused):
            set_targets(actor, season, code, {(CHANGDE, DEALS): 1, (SHIMEN, DEALS): 1})
    assert stored() == {}


def test_the_targets_of_a_certified_fair_stay(season: Season) -> None:
    with transaction():
        season.fair.status = FairStatus.CERTIFIED
    with pytest.raises(InvalidTransition):
        set_targets(season.province, season, "", {(CHANGDE, DEALS): 1})


def test_progress_is_what_the_fair_counts(season: Season) -> None:
    season.deal(SHIMEN, 3_000_000_00)
    season.deal(TAOYUAN, 1_000_000_00)
    with transaction():
        recount(season.fair.id)
    set_targets(season.province, season, "", {(CHANGDE, FEN): 8_000_000_00})
    set_targets(season.official(CHANGDE), season, CHANGDE, {(SHIMEN, FEN): 2_000_000_00})
    progress = targets.fair_progress(season.fair)
    whole, county = progress[CHANGDE].of(FEN), progress[SHIMEN].of(FEN)
    assert whole
    assert (whole.done, whole.share) == (4_000_000_00, Decimal("0.5"))
    assert county
    assert county.share == Decimal("1.5")
    assert progress[TAOYUAN].lines == []


def test_a_prefecture_divides_on_a_page_that_says_what_is_left(
    season: Season, log_in: LogIn
) -> None:
    set_targets(season.province, season, "", {(CHANGDE, FEN): 10_000_000_00})
    client = log_in(season.official(CHANGDE))
    page = f"/desk/supervision/targets/{season.fair.slug}/{CHANGDE}"
    name = f"target_{SHIMEN}_amount_fen"
    assert client.send(page, {name: "600.5万元"}).status_code == 303
    assert stored()[SHIMEN, FEN] == 6_005_000_00
    text = squeezed(client.get(page).text)
    assert "下达 1,000.00，已分解 600.50" in text
    assert "还有 399.50 未分解" in text
    assert f'name="{name}"' in text
    assert 'value="600.5"' in text


def test_a_refused_target_is_given_back_as_it_was_typed(season: Season, log_in: LogIn) -> None:
    client = log_in(season.province)
    page = f"/desk/supervision/targets/{season.fair.slug}"
    typed = {f"target_{CHANGDE}_deals": "许多", "target_430600_deals": "12"}
    answer = client.send(page, typed)
    assert answer.status_code == 200
    assert 'value="许多"' in answer.text
    assert 'value="12"' in answer.text
    assert stored() == {}


def test_officials_see_their_own_counties_and_the_province_all_of_them_folded(
    season: Season, log_in: LogIn
) -> None:
    county = log_in(season.official(SHIMEN)).get("/desk/supervision").text
    assert "石门县" in county
    assert "桃源县" not in county
    province = log_in(season.province)
    whole = province.get("/desk/supervision").text
    assert whole.count("target-group") == 14
    ordered = province.get("/desk/supervision?sort=deals").text
    assert ordered.count("target-group") == 14
