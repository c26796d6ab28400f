"""Numbers, money and days as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.text.amounts import UNKNOWN_UNIT, find_prices
from market.text.days import Nearest, parse_day
from market.text.money import parse_price, parse_price_range, parse_quantity, parse_yuan
from market.text.numbers import parse_number

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5200,50", "5200.5"),
        ("5,200", "5200"),
        ("12,3456", "123456"),
        ("1,234,567.89", "1234567.89"),
        ("１，２３４．５", "1234.5"),
        ("2。5", "2.5"),
        ("2、5", "2.5"),
        ("2，5", "2.5"),
        ("0,500", "0.5"),
        ("1 000 000", "1000000"),
        ("1\u200b2", "12"),
        ("٣٤", "34"),
        ("8万", "80000"),
        ("1.5万", "15000"),
        ("8万5", "85000"),
        ("1万2千", "12000"),
        ("一百二十", "120"),
        ("一百二", "120"),
        ("一百零五", "105"),
        ("两千三", "2300"),
        ("一万零五百", "10500"),
        ("三点二五", "3.25"),
        ("壹仟贰佰", "1200"),
        ("1亿2千万", "120000000"),
        ("半", "0.5"),
        ("-5", "-5"),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        *("1,23,456", "12345,678", "5,200,50", "1.234,56", "1.234.567", "5200.5.0", "1,2345,678"),
        *("2 5", "5200 50", "三四", "十百", "8万50", "两百半", "12十", "万", "1e5", "inf", "nan"),
        *("1_000", "0x10", "--5", "½", "很多", "", ",", ".", "9" * 90 + "万"),
    ],
)
def test_what_may_be_two_numbers_or_none_is_refused(text: str) -> None:
    assert parse_number(text) is None


@settings(max_examples=60)
@given(st.integers(1, 10**9), st.integers(0, 99))
def test_a_number_grouped_by_three_or_four_is_the_number(whole: int, cents: int) -> None:
    digits = str(whole)
    fours = ",".join(digits[max(i, 0) : i + 4] for i in range(len(digits) % 4 - 4, len(digits), 4))
    for grouped in (f"{whole:,}", fours.strip(",")):
        assert parse_number(f"{grouped}.{cents:02d}") == Decimal(f"{whole}.{cents:02d}")


@settings(max_examples=60)
@given(st.integers(0, 10**9 - 1))
def test_chinese_numerals_say_the_same_as_digits(number: int) -> None:
    assert parse_number(in_chinese(number)) == number


@settings(max_examples=80)
@given(st.text(alphabet="0123456789.,，。、万千百十亿半零一二两点元块角毛分每/斤吨 -", max_size=14))
def test_reading_never_fails_and_a_comma_never_makes_a_hundredfold(text: str) -> None:
    parse_yuan(text), parse_price(text), parse_quantity(text), parse_day(text, TODAY)
    find_prices(text)
    number = parse_number(text)
    head, comma, tail = text.partition(",")
    if number is not None and comma and head.isdigit() and tail.isdigit() and len(tail) <= 2:
        assert number == Decimal(f"{head}.{tail}")


def in_chinese(number: int) -> str:
    """As it is read aloud."""
    if number == 0:
        return "零"
    parts, gap = [], False
    for power, name in ((8, "亿"), (4, "万"), (0, "")):
        section = number // 10**power % 10_000
        if not section:
            gap = bool(parts)
            continue
        said = ""
        for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = section // place % 10
            if digit:
                said += ("零" if gap else "") + "零一二三四五六七八九"[digit] + unit
            gap = (gap or not digit) if digit == 0 and (said or parts) else False
        parts.append(said + name)
        gap = False if section % 10 else gap
    return "".join(parts)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        *(("1块6", "1.6"), ("两块八", "2.8"), ("3元2角", "3.2"), ("三元二角五分", "3.25")),
        *(("8毛5", "0.85"), ("八毛", "0.8"), ("5分", "0.05"), ("1块05", "1.05"), ("2块35", "2.35")),
        *(("三块半", "3.5"), ("10元零5分", "10.05"), ("￥2.50", "2.5"), ("1.2万元", "12000")),
        *(("壹佰元整", "100"), ("2。5元", "2.5"), ("RMB 2.5", "2.5"), ("5200,50元", "5200.5")),
    ],
)
def test_yuan_are_read_as_they_are_said(text: str, yuan: str) -> None:
    assert parse_yuan(text) == Decimal(yuan)


@pytest.mark.parametrize("text", ["块6", "元", "1块600", "$5", "2-3元", "5角6角"])
def test_what_is_no_one_amount_is_refused(text: str) -> None:
    assert parse_yuan(text) is None


def test_a_unit_behind_a_number_is_read_with_it() -> None:
    assert parse_quantity("5吨") == (5, "ton")
    assert parse_quantity("8万斤") == (80_000, "jin")
    assert parse_quantity("两斤半") == (Decimal("2.5"), "jin")
    assert parse_price("1块6一斤") == (Decimal("1.6"), "jin")
    assert parse_price("每箱30元") == (30, "box")
    assert parse_price("30元/篓") == (None, "")
    assert parse_quantity("200篓") == (None, "")


@pytest.mark.parametrize(
    ("text", "low", "unit"),
    [
        ("脐橙 两块半一斤以上", "2.5", "jin"),
        ("5200,50元以上", "5200.5", ""),
        ("三百五十元以上", "350", ""),
        ("2块5斤以上", "2", ""),
        ("30元一篓以上", "30", UNKNOWN_UNIT),
    ],
)
def test_a_price_inside_a_text_is_read_the_same_way(text: str, low: str, unit: str) -> None:
    found = find_prices(text)[0]
    assert (found.low, found.unit) == (Decimal(low), unit)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-12-01", "2026/12/01", "2026.12.1", "2026年12月1日", "12月1日", "12月1号", "12-1"),
        *(
            "12.1",
            "２０２６／１２／１",
            "20261201",
            "二〇二六年十二月一日",
            "十二月一日",
            "26年12月1日",
        ),
        *("2026、12、1", " 2026 年 12 月 1 日 "),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert parse_day(text, TODAY) == date(2026, 12, 1)


@pytest.mark.parametrize(
    "text", ["0026-12-01", "2026-13-01", "2月30日", "2026年12月", "12", "3026-12-01", "一二三"]
)
def test_what_is_no_day_of_this_age_is_refused(text: str) -> None:
    assert parse_day(text, TODAY) is None


def test_a_day_without_a_year_is_the_nearest_that_the_field_can_mean() -> None:
    assert parse_day("1月5日", TODAY) == date(2027, 1, 5)
    assert parse_day("8月1日", TODAY) == date(2026, 8, 1)
    assert parse_day("8月1日", TODAY, Nearest.NOT_PAST) == date(2027, 8, 1)
    assert parse_day("12月1日", TODAY, Nearest.NOT_FUTURE) == date(2025, 12, 1)
    assert parse_day("2月29日", TODAY, Nearest.NOT_PAST) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "yuan", "unit"),
    [
        ("8万", "80000", ""),
        ("1块6", "1.6", ""),
        ("两块八", "2.8", ""),
        ("块八", "1.8", ""),
        ("3元2角", "3.2", ""),
        ("2,5", "2.5", ""),
        ("2。5", "2.5", ""),
        ("2、5元", "2.5", ""),
        ("2,000", "2000", ""),
        ("12,0000", "120000", ""),
        ("10元3斤", "3.33", "jin"),
        ("130元/担", "1.3", "jin"),
        ("每百斤130元", "1.3", "jin"),
        ("2.5 元 / 斤", "2.5", "jin"),
        ("1 000元/吨", "1000", "ton"),
        ("价格2.5", "2.5", ""),
    ],
)
def test_a_field_takes_a_price_as_it_is_said(text: str, yuan: str, unit: str) -> None:
    assert parse_price(text) == (Decimal(yuan), unit)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("1500-1600", "1500", "1600", ""),
        ("3~4块/斤", "3", "4", "jin"),
        ("3、4", "3", "4", ""),
        ("三四块一斤", "3", "4", "jin"),
        ("两块二到两块五", "2.2", "2.5", ""),
        ("2-3毛", "0.2", "0.3", ""),
        ("200-260元/百斤", "2", "2.6", "jin"),
    ],
)
def test_a_field_takes_a_range_of_prices(text: str, low: str, high: str, unit: str) -> None:
    assert parse_price(text) == (None, "")
    assert parse_price_range(text) == (Decimal(low), Decimal(high), unit)


@pytest.mark.parametrize(
    "text", ["5-10吨", "几千斤", "10斤装", "3斤以上", "两三千斤", "3、4", "5吨左右10车"]
)
def test_a_field_refuses_what_is_no_one_quantity(text: str) -> None:
    assert parse_quantity(text) == (None, "")
