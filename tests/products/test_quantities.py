"""Quantities as people say them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.products.quantities import (
    format_price,
    format_quantity,
    format_quantity_beside,
    full_quantity,
    price_parts,
    short_price,
)
from market.products.units import UNITS
from market.web.language import in_language


@pytest.mark.parametrize(
    ("quantity", "unit", "said", "tonnes"),
    [
        ("80000", "jin", "8万斤", "40吨"),
        ("300000", "jin", "30万斤", "150吨"),
        ("12500", "jin", "1.25万斤", "6.25吨"),
        ("12345", "jin", "12,345斤", "6.17吨"),
        ("6000", "jin", "6,000斤", "3吨"),
        ("230", "kg", "230公斤", ""),
        ("20", "ton", "20吨", ""),
        ("12000", "bird", "1.2万只", ""),
        ("0.5", "kg", "0.5公斤", ""),
    ],
)
def test_a_large_quantity_is_said_in_wan_with_its_tonnes_beside(
    reference: Flask, quantity: str, unit: str, said: str, tonnes: str
) -> None:
    with reference.test_request_context():
        assert format_quantity(Decimal(quantity), unit) == said
        assert format_quantity_beside(Decimal(quantity), unit) == tonnes


@pytest.mark.parametrize(
    ("quantity", "unit", "said", "beside"),
    [
        ("80000", "jin", "40 tonnes", "80,000 jin"),
        ("2000", "jin", "1 tonne", "2,000 jin"),
        ("300", "jin", "150 kg", "300 jin"),
        # What two decimals of a tonne don't hold stays in kilograms.
        ("12345", "jin", "6,172.5 kg", "12,345 jin"),
        ("1", "dan", "50 kg", "1 dan"),
        ("5000", "kg", "5,000 kg", "5 tonnes"),
        ("20", "ton", "20 tonnes", ""),
        ("12000", "bird", "12,000 animals", ""),
        ("1", "box", "1 box", ""),
        ("40", "box", "40 boxes", ""),
        ("150", "head", "150 head", ""),
        ("10", "mu", "10 mu", "0.67 ha"),
    ],
)
def test_english_says_kilograms_and_tonnes_with_the_own_unit_beside(
    reference: Flask, quantity: str, unit: str, said: str, beside: str
) -> None:
    with reference.test_request_context(), in_language("en"):
        assert format_quantity(Decimal(quantity), unit) == said
        assert format_quantity_beside(Decimal(quantity), unit) == beside


def test_what_was_agreed_is_told_to_the_last_digit(reference: Flask) -> None:
    with reference.test_request_context():
        assert full_quantity(Decimal(80_000), "jin") == "80,000 斤"
        assert full_quantity(None, "jin") == ""
    with reference.test_request_context(), in_language("en"):
        assert full_quantity(Decimal(80_000), "jin") == "40 tonnes (80,000 jin)"
        assert full_quantity(Decimal(3), "ton") == "3 tonnes"


@pytest.mark.parametrize(
    ("low", "high", "unit", "chinese", "english"),
    [
        ("1.6", None, "jin", "1.6 元/斤", "CNY 3.20/kg (1.60 per jin)"),
        ("2.35", "2.60", "jin", "2.35–2.6 元/斤", "CNY 4.70–5.20/kg (2.35–2.60 per jin)"),
        ("2.5", "2.50", "kg", "2.5 元/公斤", "CNY 2.50/kg"),
        ("235", None, "kg", "235 元/公斤", "CNY 235/kg"),
        ("2250", None, "ton", "2,250 元/吨", "CNY 2,250/tonne"),
        ("0.0456", None, "jin", "0.0456 元/斤", "CNY 0.0912/kg (0.0456 per jin)"),
        ("30", None, "box", "30 元/箱", "CNY 30/box"),
        (None, None, "jin", "面议", "Price on request"),
    ],
)
def test_a_price_per_jin_is_told_per_kilogram_in_english(
    reference: Flask, low: str | None, high: str | None, unit: str, chinese: str, english: str
) -> None:
    price = Decimal(low) if low else None, Decimal(high) if high else None, unit
    with reference.test_request_context():
        assert format_price(*price) == short_price(*price) == chinese
    with reference.test_request_context(), in_language("en"):
        assert format_price(*price) == english
        assert short_price(*price) == english.partition(" (")[0]
        assert price_parts(*price)[0] == english.partition("/")[0]


def test_nothing_is_said_of_no_quantity(reference: Flask) -> None:
    with reference.test_request_context():
        assert (format_quantity(None, "jin"), format_quantity_beside(None, "jin")) == ("", "")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    quantity=st.decimals(min_value=0, max_value=10**9, places=3),
    unit=st.sampled_from(sorted(UNITS)),
)
def test_what_is_said_is_never_another_quantity(
    reference: Flask, quantity: Decimal, unit: str
) -> None:
    with reference.test_request_context():
        said = format_quantity(quantity, unit).removesuffix(str(UNITS[unit].name))
    times = 10_000 if said.endswith("万") else 1
    assert Decimal(said.removesuffix("万").replace(",", "")) * times == quantity
