"""Days that trade goes by: public holidays, festivals of the lunar calendar, solar terms."""

from __future__ import annotations

from datetime import date, timedelta

# (month, day, days). Solar terms lie a day earlier or later in some years.
_SOLAR = {
    "元旦": (1, 1, 3), "五一": (5, 1, 5), "劳动节": (5, 1, 5), "国庆": (10, 1, 7),
    "十一": (10, 1, 7), "双十一": (11, 11, 1), "双11": (11, 11, 1), "双十二": (12, 12, 1),
    "双12": (12, 12, 1), "圣诞": (12, 25, 1), "立春": (2, 4, 1), "雨水": (2, 19, 1),
    "惊蛰": (3, 6, 1), "春分": (3, 21, 1), "清明": (4, 5, 1), "谷雨": (4, 20, 1),
    "立夏": (5, 6, 1), "小满": (5, 21, 1), "芒种": (6, 6, 1), "夏至": (6, 21, 1),
    "小暑": (7, 7, 1), "大暑": (7, 23, 1), "立秋": (8, 8, 1), "处暑": (8, 23, 1),
    "白露": (9, 8, 1), "秋分": (9, 23, 1), "寒露": (10, 8, 1), "霜降": (10, 23, 1),
    "立冬": (11, 7, 1), "小雪": (11, 22, 1), "大雪": (12, 7, 1), "冬至": (12, 22, 1),
    "小寒": (1, 6, 1), "大寒": (1, 20, 1),
}  # fmt: skip
# Spring Festival, Dragon Boat and Mid-Autumn of a year; no other year is known.
_LUNAR = {
    2025: ((1, 29), (5, 31), (10, 6)), 2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)), 2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)), 2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)), 2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)), 2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
}  # fmt: skip
# Which of the three it goes by, how many days after it, and how long.
_BY_LUNAR = {
    "春节": (0, 0, 7), "新春": (0, 0, 7), "除夕": (0, -1, 1), "年三十": (0, -1, 1),
    "大年三十": (0, -1, 1), "元宵": (0, 14, 1),
    "端午": (1, 0, 3), "中秋": (2, 0, 1),
}  # fmt: skip
# As a pattern, longest first.
FESTIVALS = "|".join(sorted((*_SOLAR, *_BY_LUNAR), key=len, reverse=True))


def spring_festival(year: int) -> date | None:
    """The first day of the lunar year that begins in a year; None where that is not known."""
    return date(year, *_LUNAR[year][0]) if year in _LUNAR else None


def festival_days(name: str, year: int) -> tuple[date, date] | None:
    """The first and the last day of a festival in a year; None where that is not known."""
    if name in _SOLAR:
        month, day, length = _SOLAR[name]
        first = date(year, month, day)
    else:
        if year not in _LUNAR:
            return None
        which, after, length = _BY_LUNAR[name]
        first = date(year, *_LUNAR[year][which]) + timedelta(after)
    return first, first + timedelta(length - 1)
