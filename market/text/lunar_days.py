"""Days of the lunar calendar by their names: 腊月底, 腊月二十八, 正月初八, 大年初六, 小年."""

from __future__ import annotations

import re
from datetime import date, timedelta

from market.text.day_spans import PARTS, Days, NamedDays, named, number
from market.text.festivals import spring_festival

# How many days 腊月, the month before Spring Festival, has; 正月, which begins with it.
_LAST_MONTH = {
    2025: 29, 2026: 29, 2027: 29, 2028: 29, 2029: 29, 2030: 30, 2031: 29, 2032: 29, 2033: 30,
    2034: 30, 2035: 30,
}  # fmt: skip
_FIRST_MONTH = {
    2025: 30, 2026: 30, 2027: 30, 2028: 30, 2029: 30, 2030: 29, 2031: 29, 2032: 30, 2033: 29,
    2034: 29, 2035: 30,
}  # fmt: skip
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_MONTH = re.compile(
    rf"(?P<month>腊月|正月)(?:份|里)?(?:初?(?P<day>{_N})(?:[日号]|(?![\d斤吨个只头块元]))"
    r"|(?P<part>上旬|中旬|下旬|初|底|末|中(?!秋)|头))?"
)
_ALONE = re.compile(
    rf"大?年初(?P<first>{_N})|(?P<little>过?小年(?![轻级]))|(?P<eighth>腊八(?![粥蒜豆节]))"
)


def _in_month(match: re.Match[str], today: date) -> NamedDays | None:
    is_last = match["month"] == "腊月"
    first, last = number(match["day"]), number(match["day"])
    if part := match["part"]:
        first, last = PARTS.get(part) or PARTS[part[0]]
    elif not match["day"]:
        first, last = 1, 30
    return named(match, lambda y: _days(y, is_last, first, last), None, bool(match["day"]))


def _alone(match: re.Match[str], today: date) -> NamedDays | None:
    if match["first"]:
        day = number(match["first"])
        return named(match, lambda y: _days(y, False, day, day), None, True)
    # 小年 is the 23rd in the north, the 24th in the south.
    first, last = (23, 24) if match["little"] else (8, 8)
    return named(match, lambda y: _days(y, True, first, last), None, first == last)


def _days(year: int, is_last_month: bool, first: int, last: int) -> Days | None:
    """Days of the month before, or after, the Spring Festival of a year."""
    begins, length = spring_festival(year), (_LAST_MONTH if is_last_month else _FIRST_MONTH)
    if begins is None or year not in length or not 1 <= first <= length[year]:
        return None
    if is_last_month:
        begins -= timedelta(length[year])
    return begins + timedelta(first - 1), begins + timedelta(min(last, length[year]) - 1)


READERS = ((_MONTH, _in_month), (_ALONE, _alone))
