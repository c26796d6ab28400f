"""What holds of every price and quantity that can be written."""

from __future__ import annotations

from decimal import Decimal

import cn2an
from hypothesis import example, given, settings
from hypothesis import strategies as st

from market.text.amounts import find_amounts, find_prices, find_quantities
from market.text.money import parse_price, parse_quantity, parse_yuan
from market.text.numbers import parse_number


@settings(max_examples=150)
@given(st.integers(0, 999), st.integers(1, 99), st.sampled_from(".,，。·．"))
def test_no_point_makes_ten_times_as_much(whole: int, cents: int, point: str) -> None:
    written = f"{whole}{point}{cents:02d}"
    meant = Decimal(f"{whole}.{cents:02d}")
    assert [p.low for p in find_prices(f"{written}元/斤")] == [meant]
    assert parse_yuan(written) == meant
    assert parse_yuan(f"{written}元") == meant


@settings(max_examples=150)
@given(st.integers(1, 99_999_999))
def test_chinese_numerals_mean_what_a_library_reads(number: int) -> None:
    for mode in ("low", "up"):
        said = cn2an.an2cn(number, mode)
        (found,) = find_prices(f"{said}元")
        assert (found.low, found.high) == (number, number)


@settings(max_examples=100)
@given(st.integers(1, 999_999), st.sampled_from(["斤", "公斤", "吨", "头", "箱", "株"]))
def test_a_price_is_the_same_in_search_and_in_forms(cents: int, unit: str) -> None:
    text = f"{Decimal(cents) / 100:f}元/{unit}"
    (found,) = find_prices(text)
    assert parse_price(text) == (found.low, found.unit)
    assert found.low == Decimal(cents) / 100


@settings(max_examples=300)
@given(
    st.text(
        alphabet="0123456789.,，、。万千百十半两零一二三五元块毛角分钱每/斤吨头箱篓起上下到-价付 ",
        max_size=14,
    )
)
@example("每零吨1")
def test_reading_prices_never_fails(text: str) -> None:
    for found in find_prices(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.low is not None or found.high is not None
        if found.low is not None and found.high is not None:
            assert found.low <= found.high
    parse_price(text)


@settings(max_examples=150)
@given(st.integers(1, 99_999_999))
def test_a_quantity_in_chinese_numerals_is_what_a_library_reads(number: int) -> None:
    for mode in ("low", "up"):
        said = cn2an.an2cn(number, mode)
        assert parse_number(said) == number
        (found,) = find_quantities(f"收{said}公斤")
        assert (found.low, found.high, found.unit) == (number, number, "kg")


@settings(max_examples=100)
@given(st.integers(1, 999), st.sampled_from(["百", "千", "万"]), st.sampled_from(["斤", "株"]))
def test_a_scale_in_digits_and_in_numerals_is_the_same(number: int, scale: str, unit: str) -> None:
    factor = {"百": 100, "千": 1000, "万": 10_000}[scale]
    assert parse_quantity(f"{number}{scale}{unit}")[0] == number * factor
    assert parse_quantity(f"{number / 10:g}{scale}{unit}")[0] == number * factor / Decimal(10)


@settings(max_examples=100)
@given(st.integers(1, 9_999_999), st.sampled_from(["斤", "公斤", "吨", "头", "箱", "株"]))
def test_a_quantity_is_the_same_in_search_and_in_forms(number: int, unit: str) -> None:
    for written in (f"{number}{unit}", f"{number:,}{unit}"):
        (found,) = find_quantities(f"供应脐橙 {written} 常德")
        assert parse_quantity(written) == (found.low, found.unit)
        assert found.low == number


@settings(max_examples=300)
@given(st.text(max_size=20))
def test_any_text_is_read(text: str) -> None:
    for found in [one for kind in find_amounts(text) for one in kind]:
        assert 0 <= found.start < found.end <= len(text)


@settings(max_examples=300)
@given(
    st.text(
        alphabet="0123456789.,、万千百十半两一三几多来斤吨头箱只装起批以上每/个果径- ", max_size=14
    )
)
def test_reading_quantities_never_fails(text: str) -> None:
    for found in find_quantities(text):
        if found.low is not None and found.high is not None:
            assert found.low <= found.high
    parse_quantity(text)
