"""Days in a cell: Excel's, serial numbers, and as people write them (10月中旬, 2026.10.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from market.imports.reading.cells import CellProblem, decimal_of, is_number, text_of
from market.imports.reading.sheet import CellValue
from market.text.days import YEARS, names_other_year, parse_day
from market.text.festivals import FESTIVALS
from market.text.numbers import plain_numerals
from market.text.periods import find_periods, parse_named_day
from market.web.language import lazy_gettext as _l

# Day 1 of Excel is 1900-01-01, and it has a 29th of February 1900 that never was.
_EPOCH = date(1899, 12, 30)
_SERIALS = range(32874, 73415)  # 1990 to 2100
_TIME = re.compile(r"[ t]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?$")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MONTH_OF_YEAR = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})月?")
_PACKED_MONTH = re.compile(r"(20\d\d)(0[1-9]|1[0-2])")
_TWO_NUMBERS = re.compile(r"(\d{1,2})\s?(?:[-~—–－]+|至|到)\s?(\d{1,2})")
_OTHER_MONTHS = re.compile(r"\d{1,2}(?:\s?[-~—–、,至到]+\s?\d{1,2}){0,3}")
# Say no day: 现货, 常年.
_ALWAYS = re.compile(
    r".*(?:现货|现有|常年|全年|四季|一年四季|随时|已上市|正在|在售|长期|待定|不定|不限|立即|马上|即日|目前|现在|长年|每天|天天|一直|已成熟).*"
    r"|now|any ?time|all year.*|always|in stock"
)
_FESTIVAL = re.compile(FESTIVALS)
# Around a period they add nothing.
_AROUND = re.compile(
    r"[\s,，。;；()（）:：约]|预计|大约|大概|每年|左右|前后|陆续|集中|大量|开始|可以?|上市|采收|采摘|成熟|供应|供货|出栏|收获|收割"
    r"|销售|交货|期间?|时间|之间|以[后前]|从|起|底前|份"
)


@dataclass(frozen=True)
class DaysFound:
    """The first and the last day of a cell; `is_day`: it names one. Neither where goods are there
    all the time: then `words` says how."""

    first: date | None = None
    last: date | None = None
    is_day: bool = False
    words: str = ""


def read_days(cell: CellValue, title_unit: str | None, today: date) -> DaysFound:
    """The days that a cell names.

    Args:
        title_unit: what the head of its column says: 月 where its numbers are months.
        today: the local day that a month without a year is counted from.

    Raises:
        CellProblem: it names none, or may name two.
    """
    if isinstance(cell, datetime):
        return _one(cell.date())
    if isinstance(cell, date):
        return _one(cell)
    of_months = title_unit == "月"
    if is_number(cell):
        return _of_number(decimal_of(cell), of_months, today)  # type: ignore[arg-type]
    written = text_of(cell)
    text = _TIME.sub("", plain_numerals(written))
    if _SERIAL.fullmatch(text) and int(Decimal(text)) in _SERIALS:
        return _one(_EPOCH + timedelta(int(Decimal(text))))
    if of_months and _OTHER_MONTHS.fullmatch(text):
        text += "月"
    elif found := _TWO_NUMBERS.fullmatch(text):
        one, other = int(found[1]), int(found[2])
        if 1 <= one <= 12 and 1 <= other <= 12:
            raise CellProblem(
                _l(
                    "Is it the day %(day)s or the months %(months)s? Write it so.",
                    day=f"{one}月{other}日",
                    months=f"{one}月至{other}月",
                )
            )
    if found := _MONTH_OF_YEAR.fullmatch(text) or _PACKED_MONTH.fullmatch(text):
        text = f"{found[1]}年{found[2]}月"
    if day := parse_day(text, today) or parse_named_day(text, today):
        return _one(day)
    if names_other_year(text):
        raise CellProblem(_l("The year lies outside 1990 to 2100: check it."))
    return _of_text(text, written, today)


def _one(day: date) -> DaysFound:
    if day.year not in YEARS:
        raise CellProblem(_l("The year lies outside 1990 to 2100: check it."))
    return DaysFound(day, day, is_day=True)


def _of_number(number: Decimal, of_months: bool, today: date) -> DaysFound:
    whole = int(number)
    if whole in _SERIALS:
        return _one(_EPOCH + timedelta(whole))
    shown = f"{number:f}"
    if number != whole:
        # 10.1 may have been 10.10: the zero is lost in a number.
        return _of_decimal(shown, today)
    if len(shown) == 8 and (day := parse_day(shown, today)):
        return _one(day)
    if _PACKED_MONTH.fullmatch(shown):
        return _of_text(f"{shown[:4]}年{shown[4:]}月", shown, today)
    if of_months and 1 <= whole <= 12:
        return _of_text(f"{whole}月", shown, today)
    if 1 <= whole <= 12:
        raise CellProblem(
            _l(
                "Is it the day %(day)s or the months %(months)s? Write it so.",
                day=f"{whole}日",
                months=f"{whole}月",
            )
        )
    raise CellProblem(_no_day(shown))


def _of_decimal(shown: str, today: date) -> DaysFound:
    before, _, after = shown.partition(".")
    if len(before) == 4:
        one, other = (f"{before}年{month}月" for month in (after, f"{after}0"))
        months = int(after), int(after) * 10
    else:
        one, other = (f"{before}月{day}日" for day in (after, f"{after}0"))
        months = int(after), int(after) * 10
    limit = 12 if len(before) == 4 else 31
    if len(after) == 1 and months[1] <= limit:
        raise CellProblem(
            _l(
                "Is it %(one)s or %(other)s? A number loses its last zero: write it so.",
                one=one,
                other=other,
            )
        )
    if len(before) == 4:
        return _of_text(one, shown, today)
    if day := parse_day(shown, today):
        return _one(day)
    raise CellProblem(_no_day(shown))


def _of_text(text: str, written: str, today: date) -> DaysFound:
    periods = find_periods(text, today)
    rest = text
    for period in periods:
        rest = rest.replace(text[period.start : period.end], "", 1)
    if len(periods) == 1 and not _AROUND.sub("", rest):
        (period,) = periods
        return DaysFound(period.first, period.last)
    if not periods and _FESTIVAL.fullmatch(bare := _AROUND.sub("", text)):
        # 霜降 may be part of a word elsewhere; here it is a time of the year.
        (period,) = find_periods(f"{bare}前后", today)
        return DaysFound(period.first, period.last)
    if len(periods) > 1:
        one, other = (text[p.start : p.end] for p in periods[:2])
        raise CellProblem(_l("Is it %(one)s or %(other)s? Leave one.", one=one, other=other))
    if not periods and _ALWAYS.fullmatch(text):
        return DaysFound(words=written)
    raise CellProblem(_no_day(written))


def _no_day(text: str) -> object:
    return _l("“%(written)s” is no day: write one, such as 2026-10-05 or 10月中旬.", written=text)
