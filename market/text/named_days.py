"""Days, months, weeks and festivals by their names, each as the days it means in a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from market.text import english_days, lunar_days
from market.text.day_spans import (
    Days,
    NamedDays,
    counted_from,
    counted_month,
    day_of,
    named,
    number,
    part_of,
    span_of,
    year_of,
)
from market.text.festivals import FESTIVALS, festival_days
from market.text.numbers import parse_spoken_range
from market.text.units import UNITS

_ONES = "一二三四五六七八九十"
_N = rf"(?:\d{{1,2}}|[{_ONES}]{{1,3}})"
_YEAR = r"(?:(?P<year>20\d\d|(?<!\d)\d\d(?=年)|[今明后来次翌当本])年\s?)?"
_PART = (
    r"(?P<part>上中旬|中上旬|中下旬|上旬|中旬|下旬|初|上(?!市)|头|中(?![秋午])|底"
    r"|末|下(?![单订旬个]))"
)
# What a bare day may stand before.
_DAY_ENDS = r"(?=\s?(?:之?前|以前|之?后|以后|左右|起|开始|到|至|-|~|—|交|发|上市|出货|提货|要))"
_TO = r"\s?(?:[-~—–]+|到|至)\s?"

_FULL = re.compile(
    r"(?<!\d)(?P<y>20\d\d|\d\d(?=年))\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)[日号]?"
)
# 八月瓜, 六月黄, 三月泡 are goods; 月龄, 月供 no months.
_MONTH = re.compile(
    rf"{_YEAR}(?P<month>(?<![\d.{_ONES}第]){_N})月(?:份)?"
    r"(?![龄嫂饼季经薪租子光牙]|[产供销](?![货应售地]))"
    rf"(?:\s?(?P<day>{_N})(?:[日号]|(?<=\d)(?!\d)(?:{_DAY_ENDS}|(?=\s?[,，。;；、)）]|\s?\Z)))"
    rf"|{_PART}|(?<=\d月)|(?<=份)|(?![黄瓜炸泡苋李红艾菊桃梨葱豆麻竹橘柑笋{_ONES}]))"
)
_NEAR_MONTH = re.compile(
    rf"(?P<which>本月|这个?月|当月|下下个?月|下个?月|次月)(?:份)?(?:(?P<day>{_N})[日号]|{_PART})?"
)
_OF_MONTH = re.compile(
    rf"{_YEAR}(?:(?P<month>{_N})月|(?P<which>本月|这个?月|下个?月))\s?(?P<one>{_N})[日号]?{_TO}"
    rf"(?P<other>{_N})[日号]"
)
_MONTHS = re.compile(
    rf"{_YEAR}(?:(?<![\d.])(?P<one>{_N})月?(?:份)?(?:{_TO}|、)(?P<other>{_N})"
    rf"|(?P<first>[一二三四五六七八])(?P<second>[二三四五六七八九]))月(?!\d)(?:份)?{_PART}?"
)
# 10.1-10.20 may be a price as well, and then it is none of these.
_POINTS = re.compile(
    r"(?<![\d./¥价-])(?P<m1>1[0-2]|0?[1-9])(?P<sep>[./])(?P<d1>[0-3]?\d)"
    + _TO
    + r"(?P<m2>1[0-2]|0?[1-9])(?P=sep)(?P<d2>[0-3]?\d)"
    + rf"(?![\d./])(?!\s?(?:[元块毛%一每]|yuan|{UNITS}))"
)
_POINT = re.compile(
    r"(?<![\d./¥价-])(?P<m>1[0-2]|0?[1-9])[./](?P<d>[0-3]?\d)(?![\d./])"
    r"(?=[号日]?(?:之?前|以前)?(?:左右|前后|起|开始)?(?:[交发到要提出]货|上市|采[摘收]|下树))[号日]?"
)
_OF_TIME = re.compile(
    "上市|[交供有]货|供应|采[摘收]|时间|日期|[发出提到要]货|成熟|开园|下树|supply|上货"
)
_HALF = re.compile(rf"{_YEAR}(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度)")
_TURN = re.compile(
    r"(?P<rest>(?:今|本|这一?)年度?[之以]?内|(?<![\d一二两三四五六七八九十半几多])年内"
    r"|within this year)"
    r"|(?P<turn>(?<!个)月[初中底末])|(?:(?P<which>[今明本当来])年?|(?<![半全整每\d一两几]))年(?P<end>[底末])"
    r"|(?P<next>明年|来年)(?P<early>年?初|开?春)?(?!\d|[一二三四五六七八九十]|[上下]半)"
)
_TODAY = re.compile(
    r"(?P<today>今天|今日|即日|today)|(?P<tomorrow>明天|明日(?!叶)|tomorrow)|(?P<third>大?后天)"
)
_WEEK = re.compile(
    r"(?P<week>本周|这周|这个?星期|这个?礼拜|下下周|下周|下个?星期|下个?礼拜|this week|next week)"
    r"(?P<day>[一二三四五六日天末])?|(?P<weekend>周末|weekend)"
)
_ALONE = re.compile(rf"(?:(?<=[\s,，。;；:从在于到至])|(?<![^\s]))(?P<day>{_N})[日号]{_DAY_ENDS}")
_WITHIN = re.compile(
    rf"(?P<n>\d{{1,3}}|[{_ONES}两半几]{{1,3}})\s?"
    r"(?:(?P<half>个半月)|(?P<unit>天|日(?=[之以]?[内后])|周|个?星期|个?礼拜|个月|年(?=[之以]?内)))"
    r"(?:之内|以内|内(?!蒙)|(?=[发交到供出提]货)|(?P<later>之后|以后|后))"
)
# 清明茶, 白露瓜 and 五一路 are no days.
_FESTIVAL = re.compile(
    rf"{_YEAR}(?:(?P<name>{FESTIVALS})(?:节|期间|假期)*"
    r"(?=前|后|之|以|左右|(?<=节)|(?<=期间)|到|至|-|~|上市|开|交|发|供|要|备|用|出|采"
    r"|\s?(?:\Z|[,，。;；、!！]))"
    r"|(?P<new_year>过年|(?<![\d一二三四五六七八九十百两几多半今明去来])年)(?=[前后](?!天))"
    r"|(?P<until_new_year>(?<=[到至])过年(?!货|猪)))"
)


def find_named_days(text: str, today: date) -> list[NamedDays]:
    """What names days in a folded text, in its order, the longer where two overlap.

    Raises:
        ValueError, OverflowError: at the ends of the calendar.
    """
    found = sorted(_all(text, today), key=lambda n: (n.start, -n.end))
    remaining: list[NamedDays] = []
    for one in found:
        if not remaining or one.start >= remaining[-1].end:
            remaining.append(one)
    return remaining


def _all(text: str, today: date) -> Iterator[NamedDays]:
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            if (one := read(match, today)) is not None:
                yield one


def _full(match: re.Match[str], today: date) -> NamedDays | None:
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    year += 2000 * (year < 100)
    return named(match, lambda y: day_of(y, month, day), year, True)


def _month(match: re.Match[str], today: date) -> NamedDays | None:
    month, day = number(match["month"]), number(match["day"])
    if not 1 <= month <= 12:
        return None
    year = year_of(match["year"], today)
    if match["day"]:
        return named(match, lambda y: day_of(y, month, day), year, True)
    return named(match, lambda y: part_of(y, month, match["part"]), year)


def _near_month(match: re.Match[str], today: date) -> NamedDays | None:
    year, month = counted_month(match["which"], today)
    if match["day"]:
        day = number(match["day"])
        return named(match, lambda y: day_of(y, month, day), year, True)
    return named(match, lambda y: part_of(y, month, match["part"]), year)


def _of_month(match: re.Match[str], today: date) -> NamedDays | None:
    one, other = number(match["one"]), number(match["other"])
    if match["which"]:
        year: int | None
        year, month = counted_month(match["which"], today)
    else:
        year, month = year_of(match["year"], today), number(match["month"])
    return named(match, lambda y: span_of(day_of(y, month, one), day_of(y, month, other)), year)


def _months(match: re.Match[str], today: date) -> NamedDays | None:
    one, other = number(match["one"] or match["first"]), number(match["other"] or match["second"])
    if not (1 <= one <= 12 and 1 <= other <= 12) or (match["first"] and other != one + 1):
        return None

    def days(year: int) -> Days | None:
        return span_of(part_of(year, one), part_of(year + (other < one), other, match["part"]))

    return named(match, days, year_of(match["year"], today))


def _points(match: re.Match[str], today: date) -> NamedDays | None:
    m1, d1, m2, d2 = (int(match[n]) for n in ("m1", "d1", "m2", "d2"))
    around = match.string[max(0, match.start() - 8) : match.end() + 6]
    # Without a word for it, 2.2-2.5 is two yuan twenty, and 10.1-10.20 the first of October.
    if not _OF_TIME.search(around) and not (len(match["d2"]) == 2 and d2 >= 10 and m1 != d1):
        return None

    def days(year: int) -> Days | None:
        return span_of(day_of(year, m1, d1), day_of(year + ((m2, d2) < (m1, d1)), m2, d2))

    return named(match, days)


def _point(match: re.Match[str], today: date) -> NamedDays | None:
    return named(match, lambda y: day_of(y, int(match["m"]), int(match["d"])), None, True)


def _half(match: re.Match[str], today: date) -> NamedDays | None:
    if match["half"]:
        first, length = (1 if match["half"] == "上" else 7), 6
    else:
        first, length = 3 * number(match["quarter"]) - 2, 3
    year = year_of(match["year"], today)
    return named(match, lambda y: span_of(part_of(y, first), part_of(y, first + length - 1)), year)


def _turn(match: re.Match[str], today: date) -> NamedDays | None:
    if match["rest"]:
        return named(match, lambda y: (today, date(y, 12, 31)), today.year)
    if turn := match["turn"]:
        days = part_of(today.year, today.month, turn[1])
        year, month = today.year, today.month
        if days and days[1] and days[1] < today:
            year, month = counted_month("下月", today)
        return named(match, lambda y: part_of(y, month, turn[1]), year)
    if match["end"]:
        return named(match, lambda y: part_of(y, 12), year_of(match["which"], today))
    year = today.year + 1
    if early := match["early"]:
        length = 1 if early.endswith("初") else 3
        return named(match, lambda y: span_of(part_of(y, 1), part_of(y, length)), year)
    return named(match, lambda y: (date(y, 1, 1), date(y, 12, 31)), year)


def _today(match: re.Match[str], today: date) -> NamedDays | None:
    ahead = 0 if match["today"] else 1 if match["tomorrow"] else 2
    day = today + timedelta(ahead + (match["third"] == "大后天"))
    return named(match, lambda y: (day, day), today.year, True)


def _week(match: re.Match[str], today: date) -> NamedDays | None:
    week = match["week"] or ""
    ahead = 14 if week.startswith("下下") else 7 if week.startswith(("下", "next")) else 0
    monday = today + timedelta(ahead - today.weekday())
    first, last = monday, monday + timedelta(6)
    if match["weekend"] or match["day"] == "末":
        first = monday + timedelta(5)
    elif match["day"]:
        first = last = monday + timedelta("一二三四五六日天".index(match["day"]) % 7)
        if match["day"] == "天":
            first = last = monday + timedelta(6)
    elif not ahead:
        first = today
    return named(match, lambda y: (first, last), today.year, first == last)


def _alone(match: re.Match[str], today: date) -> NamedDays | None:
    day = number(match["day"])
    year, month = today.year, today.month
    if day < today.day:
        year, month = counted_month("下月", today)
    return named(match, lambda y: day_of(y, month, day), year, True)


def _within(match: re.Match[str], today: date) -> NamedDays | None:
    if match["n"].startswith("几"):
        return None
    if match["half"]:
        days = 45
    else:
        span = parse_spoken_range(match["n"])
        if span is None:
            return None
        # 三年内的陈皮 is of an age.
        if match["unit"] == "年" and span[1] > 1:
            return None
        unit = {"天": 1, "日": 1, "月": 30, "年": 365}.get(match["unit"][-1], 7)
        days = int(span[0 if match["later"] else 1] * unit)
    return counted_from(match, today, days, bool(match["later"]))


def _festival(match: re.Match[str], today: date) -> NamedDays | None:
    if match["until_new_year"]:
        return named(match, lambda y: festival_days("除夕", y))
    name = "春节" if match["new_year"] else match["name"]
    return named(match, lambda y: festival_days(name, y), year_of(match["year"], today))


_READERS = (
    (_FULL, _full), (_OF_MONTH, _of_month), (_MONTHS, _months), (_MONTH, _month),
    (_NEAR_MONTH, _near_month), (_POINTS, _points), (_POINT, _point),
    (_FESTIVAL, _festival), (_HALF, _half),
    (_TURN, _turn), (_TODAY, _today), (_WEEK, _week), (_ALONE, _alone), (_WITHIN, _within),
    *english_days.READERS, *lunar_days.READERS,
)  # fmt: skip
