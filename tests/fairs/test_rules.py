from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.fairs.models import FAIR_TRANSITIONS, FairAction, FairStatus
from market.fairs.rules import (
    ListingState,
    add_years,
    admits,
    allowed_actions,
    listing_window,
    make_slug,
    next_edition_text,
    shift_day,
    state_after_closing,
    status_on,
    themes_meet,
    unused_slug,
    years_to_next_edition,
)
from market.offers.models import OfferStatus, Verification
from market.text.days import local_day

HOME = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 9, 15), date(2026, 9, 30)


def test_a_fair_begins_and_ends_at_local_midnight() -> None:
    assert listing_window(FIRST, LAST, HOME) == (
        datetime(2026, 9, 14, 16, tzinfo=UTC),
        datetime(2026, 9, 30, 16, tzinfo=UTC),
    )


@given(st.datetimes(datetime(2026, 9, 1), datetime(2026, 10, 20), timezones=st.just(UTC)))
def test_the_window_holds_exactly_the_instants_of_the_fairs_local_days(at: datetime) -> None:
    begin, end = listing_window(FIRST, LAST, HOME)
    assert (begin <= at < end) == (FIRST <= local_day(at, HOME) <= LAST)


@pytest.mark.parametrize(
    ("now", "at", "then"),
    [
        (FairStatus.ANNOUNCED, datetime(2026, 9, 14, 15, 59, 59, tzinfo=UTC), FairStatus.ANNOUNCED),
        (FairStatus.ANNOUNCED, datetime(2026, 9, 14, 16, tzinfo=UTC), FairStatus.OPEN),
        (FairStatus.OPEN, datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC), FairStatus.OPEN),
        (FairStatus.OPEN, datetime(2026, 9, 30, 16, tzinfo=UTC), FairStatus.CLOSED),
        (FairStatus.ANNOUNCED, datetime(2026, 11, 1, tzinfo=UTC), FairStatus.CLOSED),
        (FairStatus.CERTIFIED, datetime(2026, 9, 20, tzinfo=UTC), FairStatus.CERTIFIED),
        (FairStatus.CLOSED, datetime(2026, 9, 20, tzinfo=UTC), FairStatus.CLOSED),
    ],
)
def test_dates_turn_a_fair_at_local_midnight(
    now: FairStatus, at: datetime, then: FairStatus
) -> None:
    assert status_on(now, FIRST, LAST, local_day(at, HOME)) is then


def test_a_theme_takes_a_product_and_what_is_below_it() -> None:
    path = "03/0302/0302010/0302011"
    assert admits([], path)
    assert all(admits([theme], path) for theme in ("03", "0302", "0302010", "0302011"))
    assert not admits(["0301", "0302012"], path)


def test_an_owners_edit_after_closing_takes_nothing_from_the_fair() -> None:
    before = ListingState(verified=True, counts=True)
    assert state_after_closing(before, Verification.UNVERIFIED, OfferStatus.PUBLISHED) == before


def test_a_county_still_changes_a_closed_fair() -> None:
    before = ListingState(verified=True, counts=True)
    assert not state_after_closing(before, Verification.RETURNED, OfferStatus.PUBLISHED).verified
    assert not state_after_closing(before, Verification.VERIFIED, OfferStatus.REJECTED).counts
    late = state_after_closing(
        ListingState(False, True), Verification.VERIFIED, OfferStatus.EXPIRED
    )
    assert late.verified


def test_the_window_is_whole_days_where_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin, end = listing_window(date(2026, 10, 25), date(2026, 10, 25), berlin)
    assert end - begin == timedelta(hours=25)


def test_days_move_only_while_the_calendar_may_still_turn_the_fair() -> None:
    for status, nexts in FAIR_TRANSITIONS.items():
        moving = {FairAction.EXTEND, FairAction.CLOSE_EARLY} & allowed_actions(status)
        assert bool(moving) == (FairStatus.CLOSED in nexts), status
        assert allowed_actions(status, totals_only=True) == frozenset()


def test_the_29th_of_february_is_the_28th_where_there_is_none() -> None:
    assert add_years(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert add_years(date(2028, 2, 29), 4) == date(2032, 2, 29)


days = st.dates(date(2001, 1, 1), date(2090, 12, 31))


@given(days, st.integers(0, 366), st.integers(0, 366), st.integers(1, 5))
def test_a_session_stays_inside_its_fair_a_year_later(
    first: date, to_session: int, to_last: int, years: int
) -> None:
    session = first + timedelta(days=min(to_session, to_last))
    last = first + timedelta(days=to_last)
    after = add_years(first, years)
    assert after <= shift_day(session, first, after) <= add_years(last, years)


@given(days, st.integers(0, 60), st.integers(-30, 30))
def test_a_session_moves_with_the_first_day(first: date, offset: int, by: int) -> None:
    session, a_year_on = first + timedelta(days=offset), add_years(first, 1)
    after = a_year_on + timedelta(days=by)
    if after.year == a_year_on.year:
        usual = shift_day(session, first, a_year_on)
        assert shift_day(session, first, after) - usual == timedelta(days=by)


@pytest.mark.parametrize(
    ("ended", "years"), [("2026-09-30", 1), ("2025-12-31", 1), ("2024-02-29", 3), ("2020-01-01", 7)]
)
def test_the_next_edition_of_an_old_fair_lies_ahead(ended: str, years: int) -> None:
    assert years_to_next_edition(date.fromisoformat(ended), date(2026, 11, 21)) == years


@pytest.mark.parametrize(
    ("name", "then"),
    [
        ("湖南2026年秋季对接会", "湖南2027年秋季对接会"),
        ("2026-2027 winter, 20260 tonnes, 1998", "2027-2028 winter, 20260 tonnes, 1998"),
        ("第十届柑橘节", "第十届柑橘节"),
    ],
)
def test_a_name_moves_with_its_year_and_keeps_other_numbers(name: str, then: str) -> None:
    assert next_edition_text(name, 2026, 1) == then


def test_an_address_is_made_of_a_name_and_numbered_when_taken() -> None:
    assert make_slug("Navel orange (Cuigan)") == "navel-orange-cuigan"
    assert make_slug("脐橙") == ""
    assert unused_slug("tea", {"tea", "tea-2"}) == "tea-3"
    assert unused_slug("tea", {"tea-2"}) == "tea"


theme_sets = st.lists(st.sampled_from(["03", "03/0301", "03/0302", "04", "04/0401"]), max_size=3)


@given(theme_sets, theme_sets)
def test_themes_meet_where_one_product_is_of_both(one: list[str], other: list[str]) -> None:
    leaves = ["03/0301/0301014", "03/0302/0302011", "04/0401/0401002", "05/0501/0501001"]
    codes = [[path.split("/")[-1] for path in paths] for paths in (one, other)]
    common = any(admits(codes[0], leaf) and admits(codes[1], leaf) for leaf in leaves)
    assert themes_meet(one, other) == themes_meet(other, one) == common
