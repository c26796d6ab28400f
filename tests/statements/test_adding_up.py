"""What validation lets pass adds up: a county's days, products and halves, and every level."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db
from market.deals.models import LedgerEntry
from market.statements import units
from market.statements.models import Statement
from market.statements.validation import Facts, ValidationRule, ValidationSeverity, find_doubtful
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.queries import ADDITIVE
from market.web.errors import DomainError
from tests.fairs.factories import make_fair
from tests.statements.reporting_fair import CHANGDE, SHIMEN, Season, make_season
from tests.statements.test_validation import FIRST, day, frozen

Make = Callable[..., Account]
COUNTIES = [SHIMEN, "430725", "430702"]
DAYS = 4
slugs = (f"fair-{n}" for n in count(1))


@pytest.fixture
def season(make_account: Make) -> Season:
    return make_season(make_account)


def contradictions(figures: FrozenFigures) -> list[str]:
    found = find_doubtful(Facts(figures, FIRST))
    stops = [f for f in found if f.rule is ValidationRule.ADDS_UP]
    assert all(f.severity is ValidationSeverity.STOP for f in stops)
    return [f.subject for f in stops]


amounts = st.integers(0, 10**13)
days_ = st.builds(
    day,
    *(st.integers(0, 50), amounts, st.integers(0, 900), st.integers(0, 900), st.integers(0, 9)),
)
# Where one figure of a statement can be written wrong: the path to it in the JSON.
PLACES = [
    *(("totals", name) for name in ADDITIVE if name not in ("sold_fen", "bought_fen")),
    *(("increment", name) for name in ADDITIVE),
    *(("products", 0, name) for name in ("sell", "buy", "deals", "amount_fen")),
    *(("days", 0, name) for name in ADDITIVE),
]


@pytest.mark.usefixtures("app")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(days_, min_size=1, max_size=6), st.sampled_from(PLACES), st.integers(1, 10**9))
def test_one_figure_changed_anywhere_no_longer_passes(
    each_day: list[Any], place: tuple[Any, ...], much: int
) -> None:
    figures = frozen(each_day)
    assert contradictions(figures) == []
    changed = copy.deepcopy(figures.data)
    *way, last = place
    at: Any = changed
    for step in way:
        at = at[step]
    at[last] = (at[last] or 0) + much
    assert contradictions(FrozenFigures(changed))


steps_ = st.lists(
    st.tuples(
        st.sampled_from(["deal", "deal", "back"]),
        st.sampled_from(COUNTIES),
        st.integers(0, DAYS - 1),
        st.integers(1, 10**12),
    ),
    min_size=4,
    max_size=20,
)


def ledger_sums(season: Season, code: str, until: datetime) -> tuple[int, int]:
    """(deals, fen) that the ledger holds of a county up to a moment."""
    entry = LedgerEntry
    row = db.session.execute(
        select(func.sum(entry.deals), func.sum(entry.amount_fen)).where(
            entry.fair_id == season.fair.id, entry.region_code == code, entry.at < until
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def read(statement: Statement) -> FrozenFigures:
    return FrozenFigures(json.loads(statement.current.snapshot))


@pytest.mark.postgresql
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps_)
def test_what_counties_may_submit_adds_up_to_the_ledger_and_to_the_prefecture(
    season: Season, steps: list[Any]
) -> None:
    dates = {name: getattr(season.fair, name) for name in ("starts_on", "ends_on", "region")}
    season = replace(season, fair=make_fair(slug=next(slugs), status="closed", **dates))
    deals: dict[str, list[Any]] = {code: [] for code in COUNTIES}
    for what, code, number, fen in sorted(steps, key=lambda step: step[2]):
        if what == "deal":
            deal = season.deal(code, fen, day=season.day(number).day, at=season.at(number))
            deals[code].append(deal)
        elif what == "back" and deals[code]:
            season.take_back(deals[code].pop(), at=season.at(number, 15))
    others = {u.code for u in units.units(season.fair).values() if u.is_leaf} - set(COUNTIES)
    for number in range(DAYS - 1):
        own, submitted = [], set()
        for code in COUNTIES:
            try:
                statement = season.accept(season.submit(code, season.day(number)))
            except DomainError:  # Stopped: it does not go up.
                db.session.rollback()
                continue
            submitted.add(code)
            figures = read(statement)
            assert contradictions(figures) == []
            now = (figures.totals.deals or 0, figures.totals.amount_fen or 0)
            assert now == ledger_sums(season, code, season.at(number, 24))
            before = ledger_sums(season, code, season.at(number, 0))
            added = (figures.increment.deals or 0, figures.increment.amount_fen or 0)
            assert now == (before[0] + added[0], before[1] + added[1])
            own.append(figures)
        missing = others | (set(COUNTIES) - submitted)
        gathered = read(
            season.accept(
                season.submit(CHANGDE, season.day(number), missing=missing, reason="停电")
            )
        )
        assert contradictions(gathered) == []
        for name in ADDITIVE:
            parts = sum(getattr(f.totals, name) or 0 for f in own)
            assert (getattr(gathered.totals, name) or 0) == parts, name
