"""The pure rules, read like examples."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.offers import rules
from market.offers.models import TRANSITIONS, OfferStatus, Side
from market.web.errors import InvalidTransition

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 30, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.mark.parametrize("status", OfferStatus)
@pytest.mark.parametrize("to", OfferStatus)
def test_an_offer_moves_only_as_the_table_allows(status: OfferStatus, to: OfferStatus) -> None:
    if to in TRANSITIONS[status]:
        rules.check_transition(status, to)
    else:
        with pytest.raises(InvalidTransition):
            rules.check_transition(status, to)


def test_an_offer_without_a_title_gets_one() -> None:
    assert rules.default_title(Side.SELL, "翠冠梨", "石门") == "石门翠冠梨"
    assert rules.default_title(Side.BUY, "翠冠梨", "石门") == "石门求购翠冠梨"
    english = rules.default_title(Side.SELL, "Cuiguan pear", "Shimen County", english=True)
    assert english == "Cuiguan pear from Shimen County"


def test_a_price_to_compare_is_a_sellers_lowest_and_a_buyers_highest_per_kilogram() -> None:
    low, high = Decimal("2.35"), Decimal("2.60")
    assert rules.price_per_base(Side.SELL, low, high, "jin") == Decimal("4.7000")
    assert rules.price_per_base(Side.BUY, low, high, "jin") == Decimal("5.2000")
    assert rules.price_per_base(Side.SELL, Decimal(2350), None, "ton") == Decimal("2.3500")
    assert rules.price_per_base(Side.SELL, None, None, "jin") is None


def test_an_offer_ends_at_the_local_midnight_after_its_last_day() -> None:
    assert rules.valid_until(NOON, 1, ZONE) == datetime(2026, 10, 1, 16, tzinfo=UTC)
    late = datetime(2026, 9, 30, 17, tzinfo=UTC)  # 1 October, one in the morning
    assert rules.valid_until(late, 1, ZONE) == datetime(2026, 10, 2, 16, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, -1, 181])
def test_an_offer_is_valid_for_1_to_180_days(days: int) -> None:
    with pytest.raises(ValueError, match=str(days)):
        rules.valid_until(NOON, days, ZONE)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(1, 180))
def test_the_days_of_an_offer_can_be_read_back(now: datetime, days: int) -> None:
    now = now.replace(tzinfo=UTC)
    assert rules.days_valid(now, rules.valid_until(now, days, ZONE), ZONE) == days


def test_the_owner_is_warned_in_the_last_three_days() -> None:
    assert rules.expires_soon(NOON + timedelta(days=3), NOON)
    assert not rules.expires_soon(NOON + timedelta(days=3, seconds=1), NOON)
    assert not rules.expires_soon(NOON, NOON)


def test_a_past_season_is_moved_on_by_whole_years() -> None:
    today = date(2026, 9, 30)
    moved = rules.next_season(date(2024, 10, 1), date(2024, 12, 31), today)
    assert moved == (date(2026, 10, 1), date(2026, 12, 31))
    assert rules.next_season(date(2025, 5, 1), date(2025, 6, 1), today)[1] == date(2027, 6, 1)
    assert rules.next_season(None, date(2024, 2, 29), today) == (None, date(2027, 2, 28))
    ahead = (date(2026, 10, 1), date(2026, 12, 1))
    assert rules.next_season(*ahead, today) == ahead
    assert rules.next_season(None, None, today) == (None, None)


@given(st.decimals("0.001", 10**9, places=3), st.sampled_from(["jin", "kg", "ton"]), st.just("ton"))
def test_telling_a_quantity_in_another_unit_never_loses_any(
    quantity: Decimal, source: str, target: str
) -> None:
    converted = rules.convert_rounded_up(quantity, source, target)
    exact = quantity * {"jin": Decimal("0.0005"), "kg": Decimal("0.001"), "ton": 1}[source]
    assert exact <= converted < exact + Decimal("0.001")


def test_what_deals_took_stays_taken_when_the_quantity_is_edited() -> None:
    left = rules.remaining_after_edit(Decimal(2000), Decimal(500), "jin", Decimal(1), "ton")
    assert left == Decimal("0.25")
    assert rules.remaining_after_edit(Decimal(5), Decimal(5), "box", Decimal(9), "kg") == 9
    with pytest.raises(ValueError, match="box"):
        rules.remaining_after_edit(Decimal(5), Decimal(4), "box", Decimal(9), "kg")


def test_more_than_a_county_could_grow_is_absurd() -> None:
    assert rules.is_absurd(Decimal(1_000_001), "ton")
    assert not rules.is_absurd(Decimal(1_000_000), "ton")
    assert not rules.is_absurd(Decimal(2_000_000_000), "jin")
