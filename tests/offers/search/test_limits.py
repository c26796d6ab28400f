"""How much, when and at what price a search asks for, in its text and in its form."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from market.offers.search.query import SearchQuery, parse_query
from market.offers.search.results_page import results_page
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from market.web.home_time import home_today
from tests.conftest import Client

TODAY = date(2026, 11, 21)


def labels(**arguments: Any) -> list[str]:
    return [part.label for part in parse_query(arguments).parts]


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Any:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [
        ("脐橙 50吨", 50_000),
        ("求购大蒜20吨", 20_000),
        ("要5000斤红薯", 2_500),
        ("500公斤黑茶", 500),
        ("黄精 2担", 100),
    ],
)
def test_a_quantity_in_the_text_is_the_least_there_must_be(text: str, kilograms: int) -> None:
    filters = parse_query({"q": text}).filters
    assert (filters.quantity_min, filters.quantity_measure) == (kilograms, "mass")


def test_a_count_is_compared_with_the_same_count_alone() -> None:
    filters = parse_query({"q": "仔猪50头"}).filters
    assert (filters.quantity_min, filters.quantity_measure) == (50, "head")


@pytest.mark.parametrize("text", ["脐橙 5斤装", "脐橙 500斤起批"])
def test_packages_and_lots_ask_for_no_quantity(text: str) -> None:
    assert parse_query({"q": text}).filters.quantity_min is None


def test_a_lorry_load_is_understood_and_leaves_nothing_out() -> None:
    question = parse_query({"q": "求购一车西瓜"})
    assert (question.understood.quantity_min, question.understood.quantity_unit) == (1, "truck")
    assert question.filters.quantity_min is None
    assert labels(q="求购一车西瓜") == ["求购", "西瓜"]


def test_days_in_the_text_are_the_period_in_which_it_is_wanted() -> None:
    products, regions = product_lexicon(), region_lexicon()
    found = parse_text("脐橙 12月初", products, regions, TODAY)
    assert (found.supply_from, found.supply_to) == (date(2026, 12, 1), date(2026, 12, 10))
    assert found.words == ()


def test_what_the_form_says_wins_over_the_text() -> None:
    day = home_today() + timedelta(days=9)
    asked = parse_query(
        {"q": "脐橙 50吨 12月初", "quantity_min": "8000", "supply_from": day.isoformat()}
    ).filters
    assert (asked.quantity_min, asked.quantity_measure) == (4000, "mass")
    assert (asked.supply_from, asked.supply_to) == (day, None)


def test_a_unit_typed_with_the_quantity_is_its_own() -> None:
    assert parse_query({"quantity_min": "5吨"}).filters.quantity_min == 5000
    filters = parse_query({"quantity_min": "30", "quantity_unit": "head"}).filters
    assert (filters.quantity_min, filters.quantity_measure) == (30, "head")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity_min": "很多"},
        {"quantity_min": "5", "quantity_unit": "stone"},
        {"supply_from": "2026-13-01"},
        {"supply_to": "哪天都行"},
        {"supply_from": "2026-12-09", "supply_to": "2026-12-01"},
    ],
)
def test_what_cant_be_read_is_shown_at_its_field_and_filters_nothing(
    client: Client, wrong: dict[str, str]
) -> None:
    question = parse_query(wrong)
    assert question.form.errors.keys() <= wrong.keys()
    assert question.form.errors
    assert client.get("/offers", query_string=wrong).status_code == 200


@pytest.mark.parametrize("digits", ["9" * 9 + "万", "9999999999"])
def test_more_than_there_is_finds_nothing_and_breaks_nothing(client: Client, digits: str) -> None:
    assert not results_page({"quantity_min": digits, "quantity_unit": "gram"}).found.ids
    assert not results_page({"q": f"脐橙 {digits}吨"}).found.ids


def test_each_is_a_chip_that_can_be_taken_away() -> None:
    listing = results_page({"q": "脐橙 50吨 12月初"})
    year = home_today().year
    assert len(listing.chips) == 3
    gone = dict(listing.chips)
    assert gone["至少 50 吨"] == listing.url(q="脐橙 12月初")
    period = next(label for label in gone if label.startswith(f"{year}"[:2]) or "12月" in label)
    assert gone[period] == listing.url(q="脐橙 50吨")
    chosen = results_page({"quantity_min": "30", "quantity_unit": "head", "verified": "1"})
    assert dict(chosen.chips)["至少 30 头"] == chosen.url(quantity_min=None, quantity_unit=None)


def test_the_address_keeps_them_for_other_pages_and_saved_searches() -> None:
    asked = {
        "quantity_min": "30",
        "quantity_unit": "head",
        "supply_from": "2026-12-01",
        "supply_to": "2026-12-09",
    }
    question: SearchQuery = parse_query(asked)
    assert question.lasting == asked
    assert parse_query(question.arguments).filters == question.filters


@pytest.mark.parametrize(
    ("text", "high", "measure"),
    [
        ("仔猪 450元一头以下", Decimal(450), "head"),
        ("土豆2块以下", Decimal(4), "mass"),
        ("土豆 3000元/吨以下", Decimal(3), "mass"),
    ],
)
def test_a_price_is_compared_within_its_own_measure(text: str, high: Decimal, measure: str) -> None:
    filters = parse_query({"q": text}).filters
    assert (filters.price_max, filters.price_measure) == (high, measure)


def test_a_price_by_the_head_can_be_chosen_in_the_form() -> None:
    filters = parse_query({"price_max": "450", "price_unit": "head"}).filters
    assert (filters.price_max, filters.price_measure) == (450, "head")
    # One of another measure is no range with it: what is chosen wins.
    filters = parse_query(
        {"q": "仔猪 6元一斤以下", "price_max": "450", "price_unit": "head"}
    ).filters
    assert (filters.price_max, filters.price_measure) == (450, "head")


def test_a_price_for_a_unit_of_no_known_size_filters_nothing() -> None:
    filters = parse_query({"q": "白菜 5元/篮"}).filters
    assert (filters.price_min, filters.price_max) == (None, None)
