"""What came of the calls: every figure is the number of pairs that it leads to."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.accounts.models import Account
from market.calls import figures, services
from market.calls.figures import CallScope, Conversion
from market.calls.models import MatchCallOutcome, RefusalReason
from market.calls.pairs import Pair
from market.calls.periods import PeriodKind, latest_periods, period_of
from market.calls.services import CallResult
from market.database import transaction
from market.web.home_time import home_today
from tests.calls.factories import CHANGSHA, CUIGUAN, SHIMEN, TAOYUAN, Station, make_station
from tests.offers.factories import make_offer

Make = Callable[..., Account]
RESULTS = {
    "agreed": CallResult(MatchCallOutcome.AGREED),
    "no_answer": CallResult(MatchCallOutcome.NO_ANSWER),
    "refused": CallResult(MatchCallOutcome.REFUSED, reason=RefusalReason.PRICE),
}


def ring(caller: Account, pair: Pair, *outcomes: str) -> None:
    for outcome in outcomes:
        with transaction():
            services.record_call(caller, pair, RESULTS[outcome], uuid.uuid4().hex)


@pytest.fixture
def station(make_account: Make) -> Station:
    """A station with calls about three pairs, one of which a colleague rang too."""
    station = make_station(make_account)
    ring(station.assistant, station.pair, "no_answer", "agreed")
    for outcome in ("no_answer", "refused"):
        purchase = make_offer(make_account(name="买家"), "buy", CUIGUAN, CHANGSHA)
        ring(station.assistant, Pair(station.pair.sale, purchase), outcome)
    colleague = make_account(name="同事", role="assistant", scope=SHIMEN)
    ring(colleague, station.pair, "no_answer")
    return station


def today_of(reader: Account) -> CallScope:
    return CallScope.of(reader, home_today(), home_today())


@pytest.mark.postgresql
def test_pairs_are_counted_once_however_often_they_were_rung(
    station: Station, make_account: Make
) -> None:
    official = make_account(role="county_official", scope=SHIMEN)
    scope = today_of(official)
    assert figures.whole(scope) == Conversion(3, 2, 1, 0, 0)
    assert figures.by_county(scope) == {SHIMEN: Conversion(3, 2, 1, 0, 0)}
    by_caller = {row.caller.name: row.figures for row in figures.by_caller(scope)}
    assert by_caller == {"站长": Conversion(3, 2, 1, 0, 0), "同事": Conversion(1, 0, 0, 0, 0)}


@pytest.mark.postgresql
def test_every_figure_leads_to_as_many_pairs(station: Station, make_account: Make) -> None:
    official = make_account(role="prefecture_official", scope="430700")
    for scope in (today_of(official), today_of(official).narrowed(SHIMEN, station.assistant.id)):
        for name, number in figures.whole(scope).items():
            rows, pagination = figures.pairs_of_figure(scope, name, 1, 50)
            assert len(rows) == pagination.total == number, name


def test_a_call_counts_in_the_week_and_the_month_of_its_day(
    station: Station, make_account: Make
) -> None:
    official = make_account(role="province_official", scope="430000")
    for kind in PeriodKind:
        periods = latest_periods(home_today(), kind)
        scope = CallScope.of(official, periods[-1].first, periods[0].last)
        found = figures.by_period(scope, periods)
        assert found[0] == Conversion(3, 2, 1, 0, 0)
        assert set(found[1:]) == {Conversion()}


def test_an_assistant_reads_their_own_figures_and_an_official_those_of_the_region(
    station: Station, make_account: Make
) -> None:
    assert figures.whole(today_of(station.assistant)).rung == 3
    stranger = make_account(role="assistant", scope=SHIMEN)
    elsewhere = make_account(role="county_official", scope=TAOYUAN)
    assert figures.whole(today_of(stranger)) == figures.whole(today_of(elsewhere)) == Conversion()


def test_the_figures_of_the_page_lead_to_their_pairs(
    log_in: Any, station: Station, make_account: Make
) -> None:
    browser = log_in(make_account(role="county_official", scope=SHIMEN))
    page = browser.get("/station/calls?by=week").get_data(as_text=True)
    links = re.findall(r'href="(/station/calls/list\?[^"]+)"[^>]*>\s*(\d+)\s*<', page)
    assert len(links) > 6
    for href, number in links:
        pairs = browser.get(href.replace("&amp;", "&")).get_data(as_text=True)
        assert pairs.count('<li class="panel">') == int(number), href


def test_another_countys_page_shows_none_of_them(
    log_in: Any, station: Station, make_account: Make
) -> None:
    browser = log_in(make_account(role="county_official", scope=TAOYUAN))
    query = f"county={SHIMEN}&caller={station.assistant.id}"
    page = browser.get(f"/station/calls/list?{query}").get_data(as_text=True)
    assert '<li class="panel">' not in page


def test_strange_arguments_are_no_error(log_in: Any, station: Station) -> None:
    browser = log_in(station.assistant)
    for query in ("figure=x&by=day&period=0", "by=week&period=1990-01-01&page=99", "caller=x"):
        assert browser.get(f"/station/calls/list?{query}").status_code == 200
        assert browser.get(f"/station/calls?{query}").status_code == 200
    assert browser.get("/station/calls/list?county=999999").status_code == 404


def test_the_table_has_the_figures_of_the_page(
    log_in: Any, station: Station, make_account: Make
) -> None:
    browser = log_in(make_account(role="province_official", scope="430000"))
    table = browser.get("/desk/tables/calls.csv").get_data(as_text=True)
    month = f"{home_today():%Y-%m}"
    assert f"{month},430726,石门县,站长,3,2,1,0,0" in table


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(PeriodKind))
def test_periods_follow_one_another_without_a_gap(day: date, kind: PeriodKind) -> None:
    assert period_of(day, kind).first <= day <= period_of(day, kind).last
    periods = latest_periods(day, kind)
    for newer, older in pairwise(periods):
        assert older.last + timedelta(days=1) == newer.first
