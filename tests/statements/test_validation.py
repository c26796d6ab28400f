"""Each rule of validation on its right side and on its wrong side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from market.deals.flag_rules import Quartiles
from market.statements import validation
from market.statements.validation import (
    Facts,
    PastFigures,
    ProductPrice,
    ReversedSum,
    ValidationFinding,
    ValidationRule,
    ValidationSeverity,
    WaitingDeals,
)
from market.tallies.frozen_figures import FrozenFigures, figures_json, increment_json
from market.tallies.queries import Totals

pytestmark = pytest.mark.usefixtures("app")
FIRST = date(2026, 11, 1)
WAN = 10_000 * 100


def frozen(each_day: list[Totals], code: str = "430726", **values: Any) -> FrozenFigures:
    """A county's figures at the end of the last of the days, which follow one another from the
    first."""
    day = FIRST + timedelta(days=len(each_day) - 1)
    totals = Totals.of(each_day, varieties=1)
    product = {
        **{"code": "0304", "name": "脐橙", "name_en": "Navel oranges", "category": "03"},
        **{name: getattr(totals, name) for name in ("sell", "buy", "deals", "amount_fen")},
        "mass_kg": 0,
    }
    data = {
        "fair": {
            **{"id": 1, "name": "对接会", "name_en": "Fair"},
            **{"starts_on": FIRST.isoformat(), "ends_on": "2026-12-12"},
        },
        "region": {"code": code, "name": "石门县", "name_en": "Shimen", "path": "43/4307/430726"},
        "ledger": {"id": 1, "hash": "0" * 64},
        "taken_at": f"{day}T18:00:00Z",
        "format": 2,
        "until": f"{day}T16:00:00Z",
        "totals": figures_json(totals),
        "increment": increment_json(each_day[-1]),
        "children": [],
        "products": [product],
        "days": [
            {"day": (FIRST + timedelta(days=n)).isoformat(), **increment_json(each)}
            for n, each in enumerate(each_day)
        ],
        "missing": [],
    }
    return FrozenFigures(data | values)


def day(deals: int = 0, fen: int = 0, sell: int = 0, buy: int = 0, merchants: int = 0) -> Totals:
    value = {"amount_fen": fen, "sold_fen": fen}
    listed = {"sell": sell, "buy": buy, "listings": sell + buy, "merchants": merchants}
    return Totals(deals=deals, **value, **listed)


QUIET = [day(2, 20 * WAN, 5, 1, 2)] * 4


def found(facts: Facts, rule: ValidationRule) -> list[ValidationFinding]:
    return [finding for finding in validation.find_doubtful(facts) if finding.rule is rule]


def severities(facts: Facts, rule: ValidationRule) -> dict[str, str]:
    return {finding.subject: finding.severity.value for finding in found(facts, rule)}


def facts(days: list[Totals] | None = None, **values: Any) -> Facts:
    return Facts(frozen(days or QUIET), FIRST, **values)


def test_an_ordinary_day_passes_every_rule() -> None:
    assert validation.find_doubtful(facts(before=frozen(QUIET[:3]))) == []


def test_the_first_day_has_nothing_to_be_compared_with() -> None:
    assert validation.find_doubtful(facts([day(90, 9_000 * WAN, 999)])) == []


def test_every_rule_has_its_limits_in_the_one_table() -> None:
    assert {rule for rule, _subject in validation.LIMITS} == set(ValidationRule)


@pytest.mark.parametrize(
    ("part", "subject"),
    [
        ({"products": []}, "amount_fen.products"),
        ({"days": []}, "amount_fen.days"),
        ({"increment": increment_json(Totals())}, "amount_fen.increment"),
        ({"totals": figures_json(replace(Totals.of(QUIET), listings=1))}, "listings.sides"),
        (
            {"totals": figures_json(replace(Totals.of(QUIET), sold_fen=99_999 * WAN))},
            "sold_fen.value",
        ),
        ({"totals": figures_json(replace(Totals.of(QUIET), sold_fen=0))}, "bought_fen.value"),
    ],
)
def test_a_figure_that_is_not_what_its_parts_come_to_stops(part: Any, subject: str) -> None:
    doubted = Facts(frozen(QUIET, **part), FIRST)
    assert severities(doubted, ValidationRule.ADDS_UP)[subject] == ValidationSeverity.STOP


def test_a_prefecture_is_the_sum_of_its_counties() -> None:
    child = frozen(QUIET).data
    part = {**child["region"], "totals": child["totals"], "children": []}
    whole = frozen([replace(d, deals=2 * d.deals) for d in QUIET], "430700", children=[part, part])  # type: ignore[operator]
    subjects = severities(Facts(whole, FIRST), ValidationRule.ADDS_UP)
    assert "deals.units" not in subjects
    assert subjects["amount_fen.units"] == ValidationSeverity.STOP


@pytest.mark.parametrize(("was", "severity"), [(8, None), (7, None), (9, "stop")])
def test_deals_that_fall_without_a_reversal_stop(was: int, severity: str | None) -> None:
    before = frozen([day(was, 80 * WAN, 20, 4, 8)])
    assert severities(facts(before=before), ValidationRule.FALL).get("deals") == severity


def test_a_fall_that_a_reversal_accounts_for_names_it_and_only_warns() -> None:
    before = frozen([day(9, 90 * WAN, 20, 4, 8)])
    given = facts(before=before, reversed=ReversedSum(1, 10 * WAN, [77]))
    assert severities(given, ValidationRule.FALL) == {"deals": "warning", "amount_fen": "warning"}
    numbers = found(given, ValidationRule.FALL)[0].numbers
    assert (numbers["was"], numbers["now"], numbers["reversed"]) == (9, 8, 1)
    assert numbers["deals"] == [77]


@pytest.mark.parametrize(
    ("was", "severity"), [(24, None), (25, "warning"), (43, "warning"), (44, "stop")]
)
def test_listings_may_close_but_not_in_crowds(was: int, severity: str | None) -> None:
    before = frozen([day(8, 80 * WAN, was, 0, 8)])
    assert severities(facts(before=before), ValidationRule.FALL).get("listings") == severity


@pytest.mark.parametrize(
    ("deals", "severity"), [(9, None), (10, "warning"), (199, "warning"), (200, "stop")]
)
def test_many_times_the_deals_of_other_days_is_a_jump(deals: int, severity: str | None) -> None:
    days = [*QUIET, day(deals, 20 * WAN)]
    assert severities(facts(days), ValidationRule.JUMP).get("deals") == severity


@pytest.mark.parametrize(
    ("wan", "severity"), [(99, None), (100, "warning"), (399, "warning"), (1_000, "stop")]
)
def test_many_times_the_value_of_other_days_is_a_jump(wan: int, severity: str | None) -> None:
    days = [*QUIET, day(2, wan * WAN)]
    assert severities(facts(days), ValidationRule.JUMP).get("amount_fen") == severity


def test_the_first_value_after_empty_days_is_a_jump_if_it_is_large() -> None:
    empty = [day()] * 5
    assert severities(facts([*empty, day(1, 99 * WAN)]), ValidationRule.JUMP) == {}
    for wan, severity in ((100, "warning"), (999, "warning"), (1_000, "stop")):
        given = facts([*empty, day(1, wan * WAN)])
        assert severities(given, ValidationRule.JUMP) == {"amount_fen": severity}


def test_there_is_no_jump_before_three_days_have_gone_by() -> None:
    days = [day(1, WAN)] * 2
    assert found(facts([*days, day(500, 9_000 * WAN)]), ValidationRule.JUMP) == []
    assert found(facts([*days, day(1, WAN), day(500, 9_000 * WAN)]), ValidationRule.JUMP)


def test_nothing_counted_is_asked_about_only_while_deals_wait() -> None:
    idle = [*QUIET, day()]
    assert severities(facts(idle), ValidationRule.ZERO) == {}
    waiting = WaitingDeals(1, 5 * WAN)
    assert severities(facts(idle, waiting=waiting), ValidationRule.ZERO) == {"deals": "warning"}
    assert severities(facts(waiting=waiting), ValidationRule.ZERO) == {}


@pytest.mark.parametrize(
    ("late", "waiting", "is_found"), [(5, 5, True), (4, 5, False), (5, 43, False), (5, 42, True)]
)
def test_a_tenth_of_the_deals_waiting_too_long_is_a_backlog(
    late: int, waiting: int, is_found: bool
) -> None:
    given = facts(waiting=WaitingDeals(waiting, WAN, late))
    assert bool(found(given, ValidationRule.BACKLOG)) == is_found


def price(yuan: str, fen: int = 10 * WAN) -> Facts:
    usual = Quartiles(Decimal("1.0"), Decimal("1.1"), Decimal("1.2"), 9)
    product = ProductPrice("0304", "脐橙", "Navel oranges", "jin", Decimal(yuan), fen, usual, [5])
    return facts(prices=[product])


@pytest.mark.parametrize(
    ("yuan", "severity"),
    [
        *[("1.1", None), ("1.57", None), ("1.58", "warning"), ("0.76", "warning"), ("0.77", None)],
        *[("15.7", "warning"), ("15.8", "stop"), ("0.07", "stop")],
    ],
)
def test_a_mean_price_outside_its_usual_band_is_unusual(yuan: str, severity: str | None) -> None:
    assert severities(price(yuan), ValidationRule.PRICE).get("0304.jin") == severity


def test_the_price_of_a_small_sum_is_nobodys_business() -> None:
    assert found(price("9", WAN - 1), ValidationRule.PRICE) == []
    assert found(price("9", WAN), ValidationRule.PRICE)


@pytest.mark.parametrize(("then", "is_found"), [(80, False), (580, True), (399, False), (0, False)])
def test_a_county_far_from_its_past_is_asked_about(then: int, is_found: bool) -> None:
    past = PastFigures("秋季", "Autumn", Totals(deals=8, amount_fen=then * WAN), 4)
    assert bool(found(facts(past=past), ValidationRule.PAST)) == is_found


def test_a_finding_is_the_same_while_the_doubted_figure_is() -> None:
    one, other = price("9"), price("9.5")
    (first,), (second,) = (found(each, ValidationRule.PRICE) for each in (one, other))
    assert first.is_same(first)
    assert not first.is_same(second)
