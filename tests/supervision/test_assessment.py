"""The composite table: parts by rule, weights in one place, totals, ranks, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.models import Deal, DealProof
from market.fairs.models import FairStatus
from market.supervision import assessment
from market.supervision.assessment import CountyAssessment, assess
from market.supervision.assessment_rules import (
    DEFAULT_WEIGHTS,
    PartScore,
    ranks,
    ratio,
    target_score,
    total,
)
from market.supervision.models import (
    AssessmentPart,
    AssessmentWeights,
    TargetMeasure,
    WorkTarget,
)
from market.supervision.rules import Elapsed, Progress
from market.tallies.services import recount
from market.training.models import Trainee, TrainingParticipant, TrainingSession
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from tests.fairs.factories import new_deal
from tests.sql import statements
from tests.statements.reporting_fair import SHIMEN, TAOYUAN, Season, make_season

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]
PART = AssessmentPart
FIRST, SECOND = PART.COMPLETENESS, PART.TARGETS


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def row_of(season: Season, code: str = SHIMEN) -> CountyAssessment:
    return next(row for row in assess(season.fair, utcnow()) if row.unit.code == code)


def score_of(season: Season, part: AssessmentPart, code: str = SHIMEN) -> PartScore:
    return row_of(season, code).scores[part]


def others(**weights: int) -> dict[AssessmentPart, int]:
    return {part: weights.get(part.value, 0) for part in AssessmentPart}


def test_the_weights_of_the_code_come_to_a_hundred() -> None:
    assert sum(DEFAULT_WEIGHTS.values()) == 100
    assert DEFAULT_WEIGHTS.keys() == set(AssessmentPart)


def test_a_part_that_has_nothing_shares_its_weight() -> None:
    weights = {FIRST: 25, SECOND: 75}
    scores = {FIRST: ratio(1, 2), SECOND: ratio(0, 0)}
    assert total(scores, weights) == Decimal("50.0")
    assert total(scores | {SECOND: ratio(1, 1)}, weights) == Decimal("87.5")
    assert total({SECOND: ratio(0, 0)}, weights) is None
    assert total({FIRST: ratio(1, 2)}, {FIRST: 0}) is None


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=7, max_size=7),
    st.lists(st.integers(0, 100), min_size=7, max_size=7),
)
def test_a_total_lies_between_the_lowest_and_the_highest_part_that_counts(
    pairs: list[tuple[int, int]], numbers: list[int]
) -> None:
    scores = {
        part: ratio(min(pair), max(*pair, 1))
        for part, pair in zip(AssessmentPart, pairs, strict=True)
    }
    weights = dict(zip(AssessmentPart, numbers, strict=True))
    found = total(scores, weights)
    counted = [one.score for part, one in scores.items() if weights[part] and one.score is not None]
    assert (found is None) == (not counted)
    if found is not None:
        assert min(counted) <= found <= max(counted)


def test_a_target_is_scored_by_what_should_be_done_by_now_and_never_over_100() -> None:
    lines = [Progress(TargetMeasure.DEALS, 10, 4), Progress(TargetMeasure.LISTINGS, 10, 90)]
    assert target_score(lines, Elapsed(5, 10)).score == Decimal("90.0")
    assert target_score(lines, Elapsed(10, 10)).score == Decimal("70.0")
    assert target_score(lines, Elapsed(0, 10)).score is None
    assert target_score([], Elapsed(5, 10)).score is None


def test_equal_totals_share_a_rank_and_none_has_none() -> None:
    totals = {"a": Decimal(80), "b": Decimal(90), "c": Decimal(80), "d": None, "e": Decimal(1)}
    assert ranks(totals) == {"b": 1, "a": 2, "c": 2, "e": 4}


@pytest.mark.postgresql
def test_reporting_and_its_faults_are_scored(season: Season) -> None:
    for number in range(2):
        season.accept(season.submit(SHIMEN, season.day(number)))
    season.send_back(season.submit(SHIMEN, season.day(2)))
    row = row_of(season)
    assert (row.scores[PART.COMPLETENESS].some, row.scores[PART.COMPLETENESS].of) == (2, 4)
    assert row.scores[PART.PUNCTUALITY].score == Decimal("0.0")
    assert row.scores[PART.QUALITY] == ratio(2, 3)
    nothing = row_of(season, TAOYUAN).scores
    assert nothing[PART.COMPLETENESS].score == 0
    assert nothing[PART.QUALITY].score is None


@pytest.mark.postgresql
def test_deals_are_scored_by_how_long_they_wait_and_by_their_evidence(season: Season) -> None:
    proven, _without = season.deal(SHIMEN, 100_00), season.deal(SHIMEN, 200_00)
    fresh, late = (
        new_deal(season.fair, season.traders[SHIMEN], season.buyer, 300_00, status="agreed")
        for _ in range(2)
    )
    with transaction():
        late.updated_at = utcnow() - timedelta(days=3, minutes=1)
        fresh.updated_at = utcnow() - timedelta(days=2, hours=23)
        proof = {"sha256": "0" * 64, "width": 10, "height": 10}
        by = {"uploaded_by_id": season.buyer.id}
        db.session.add_all([fresh, late, DealProof(deal_id=proven.id, **proof, **by)])
        recount(season.fair.id)
    assert score_of(season, PART.VERIFICATION) == ratio(3, 4)
    assert score_of(season, PART.EVIDENCE) == ratio(1, 2)
    assert score_of(season, PART.VERIFICATION, TAOYUAN).score is None
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 4


@pytest.mark.parametrize(("days", "trained"), [(5, 1), (371, 0)])
def test_stations_are_scored_by_the_trainings_of_a_year(
    season: Season, make_account: Make, days: int, trained: int
) -> None:
    assert score_of(season, PART.TRAINING).score is None
    one, _other = (make_account("信息员", role="assistant") for _ in range(2))
    about = {"place": "县会议中心", "topic": "业务培训", "teacher": "李老师", "hours": Decimal(6)}
    session = TrainingSession(
        region_code=SHIMEN,
        held_on=home_today() - timedelta(days=days),
        entered_by_id=one.id,
        key="0" * 32,
        participants=[TrainingParticipant(account_id=one.id, trainee=Trainee.ASSISTANT)],
        **about,
    )
    with transaction():
        db.session.add(session)
    assert score_of(season, PART.TRAINING) == ratio(trained, 2)


def test_targets_are_scored_by_what_the_fair_counts(season: Season) -> None:
    season.deal(SHIMEN, 3_000_00)
    with transaction():
        recount(season.fair.id)
        target = {"measure": TargetMeasure.AMOUNT_FEN, "value": 4_000_00}
        by = {"fair_id": season.fair.id, "region_code": SHIMEN, "set_by_id": season.province.id}
        db.session.add(WorkTarget(**target, **by))
    assert score_of(season, PART.TARGETS).score == Decimal("75.0")
    assert score_of(season, PART.TARGETS, TAOYUAN).score is None


def test_the_weights_of_a_fair_decide_and_their_history_stays(season: Season) -> None:
    season.accept(season.submit(SHIMEN, season.day(0)))
    with transaction():
        assessment.set_weights(season.province, season.fair, others(quality=100))
    assert row_of(season).total == Decimal("100.0")
    assert row_of(season).rank == 1
    assert row_of(season, TAOYUAN).rank is None
    with transaction():
        assessment.set_weights(season.province, season.fair, others(completeness=100))
        assessment.set_weights(season.province, season.fair, others(completeness=100))
    assert row_of(season).total == Decimal("25.0")
    assert [one.quality for one in assessment.weight_history(season.fair)] == [0, 100]


def test_weights_come_to_a_hundred_and_are_the_provinces(
    season: Season,
) -> None:
    for weights in (others(quality=99), others(quality=101), others(quality=110, targets=-10)):
        with pytest.raises(Invalid), transaction():
            assessment.set_weights(season.province, season.fair, weights)
    official = season.official("430700")
    with pytest.raises(Refused), transaction():
        assessment.set_weights(official, season.fair, others(quality=100))
    with transaction():
        season.fair.status = FairStatus.CERTIFIED
    with pytest.raises(InvalidTransition), transaction():
        assessment.set_weights(season.province, season.fair, others(quality=100))
    assert assessment.weights_of(season.fair) == DEFAULT_WEIGHTS


@pytest.mark.postgresql
@pytest.mark.parametrize("weights", [others(quality=99), others(quality=110, targets=-10)])
def test_the_database_refuses_weights_that_are_none(
    season: Season, weights: dict[AssessmentPart, int]
) -> None:
    values = {part.value: weight for part, weight in weights.items()}
    row = AssessmentWeights(fair_id=season.fair.id, set_by_id=season.province.id, **values)
    with pytest.raises(IntegrityError), transaction():
        db.session.add(row)


def test_a_fixed_number_of_statements_assesses_any_number_of_counties(season: Season) -> None:
    assess(season.fair, utcnow())
    with statements() as sent:
        assert len(assess(season.fair, utcnow())) > 5
    assert len(sent) <= 18


def test_each_part_leads_to_its_figures_and_no_county_sees_another(
    season: Season, log_in: LogIn, make_account: Make
) -> None:
    season.deal(SHIMEN, 100_00)
    make_account("信息员", role="assistant")
    page = f"/desk/supervision/assessment/{season.fair.slug}"
    client = log_in(season.official(SHIMEN))
    text = client.get(page).text
    assert "石门县" in text
    assert "桃源县" not in text
    detail = client.get(f"{page}/{SHIMEN}")
    assert detail.status_code == 200
    links = re.findall(r'href="([^"]+)">查看数据', detail.text)
    assert len(links) == len(AssessmentPart)
    assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}
    assert client.get(f"{page}/{TAOYUAN}").status_code == 403
    assert client.get(f"{page}/weights").status_code == 403
    assert client.get(f"{page}/430102").status_code == 404


def test_the_table_to_take_away_has_the_scores_of_the_page(season: Season, log_in: LogIn) -> None:
    season.accept(season.submit(SHIMEN, season.day(0)))
    client = log_in(season.province)
    page = f"/desk/supervision/assessment/{season.fair.slug}"
    lines = client.get(f"{page}.csv").text.splitlines()
    row = next(line for line in lines if "石门县" in line).split(",")
    shown = row_of(season)
    assert Decimal(row[-8]) == shown.scores[PART.COMPLETENESS].score
    assert f"{Decimal(shown.total or 0):f}" in client.get(page).text
    assert client.get(f"{page}.xlsx").status_code == 200


def test_the_province_sets_the_weights_on_a_page_that_gives_back_what_is_wrong(
    season: Season, log_in: LogIn
) -> None:
    client = log_in(season.province)
    page = f"/desk/supervision/assessment/{season.fair.slug}/weights"
    sent = {part.value: str(weight) for part, weight in others(quality=60, targets=30).items()}
    answer = client.send(page, sent)
    assert answer.status_code == 200
    assert "各项合计应为 100，现在是 90" in answer.text
    assert 'value="60"' in answer.text
    assert client.send(page, sent | {"targets": "40"}).status_code == 303
    assert assessment.weights_of(season.fair)[PART.QUALITY] == 60
