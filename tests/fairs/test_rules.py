from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.fairs.models import FairStatus
from market.fairs.rules import (
    Kept,
    admits,
    kept_after_closing,
    listing_window,
    local_day,
    status_on,
)
from market.offers.models import Status, Verification

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
    before = Kept(verified=True, counts=True)
    assert kept_after_closing(before, Verification.UNVERIFIED, Status.PUBLISHED) == before


def test_a_county_still_changes_a_closed_fair() -> None:
    before = Kept(verified=True, counts=True)
    assert not kept_after_closing(before, Verification.RETURNED, Status.PUBLISHED).verified
    assert not kept_after_closing(before, Verification.VERIFIED, Status.REJECTED).counts
    late = kept_after_closing(Kept(False, True), Verification.VERIFIED, Status.EXPIRED)
    assert late.verified


def test_the_window_is_whole_days_where_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin, end = listing_window(date(2026, 10, 25), date(2026, 10, 25), berlin)
    assert end - begin == timedelta(hours=25)
