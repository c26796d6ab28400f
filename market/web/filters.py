"""Money, quantity, date and region for templates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import phonenumbers
from babel.dates import TIMEDELTA_UNITS, format_date, format_skeleton, format_timedelta
from flask import Flask
from flask_babel import ngettext

from market.database import utcnow
from market.web.home_time import home_today, home_zone
from market.web.language import catalog, is_english
from market.web.language import gettext as _

# Of a unit of time, from where on a span is written in it: 0.85 hours are "1 hour".
MIN_SHARE_OF_UNIT = 0.85
# A day of next year that is no farther off is said without its year.
HALF_A_YEAR = timedelta(days=183)


def trimmed(number: Decimal | int | None) -> str:
    """A number with thousands separators and no trailing zeros: 1,234.5."""
    if number is None:
        return ""
    text = f"{Decimal(number):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(fen: int | None) -> str:
    """Fen as yuan with two decimals: 12,345.60."""
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def wan(fen: int | None) -> str:
    """Fen as official tables print them, rounded half up to 100 yuan: in 万元 with two decimals,
    in English in CNY million with four."""
    if fen is None:
        return ""
    hundreds = (abs(fen) + 5_000) // 10_000
    places = 4 if is_english() else 2
    whole, rest = divmod(hundreds, 10**places)
    return ("-" if fen < 0 and hundreds else "") + f"{whole:,}.{rest:0{places}d}"


def fen_a_unit() -> int:
    """How many fen the unit of wan() is: 万元, in English CNY million."""
    return 100_000_000 if is_english() else 1_000_000


def money_parts(fen: int | None) -> tuple[str, str]:
    """An amount that stands alone as (number, unit after it): 847.02, 万元; in English CNY 8.47,
    million. Both are empty where it is not known."""
    if fen is None:
        return "", ""
    if not is_english():
        return wan(fen), _("CNY million")
    sign, size = "-" if fen < 0 else "", abs(fen)
    for unit, word in ((100_000_000_000, "billion"), (100_000_000, "million")):
        # What would be rounded up to 1,000.00 of a unit is 1.00 of the next.
        hundredths = (size * 100 + unit // 2) // unit
        if hundredths >= 100:
            return f"{sign}CNY {hundredths // 100:,}.{hundredths % 100:02d}", word
    return f"{sign}CNY {yuan(size).removesuffix('.00')}", ""


def money(fen: int | None) -> str:
    """An amount that stands alone, with its unit: 847.02 万元; CNY 8.47 million."""
    return " ".join(filter(None, money_parts(fen)))


def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _at_home(value).date()
    return _day(value, catalog().locale)


@lru_cache(maxsize=4096)
def _day(value: date, locale: str) -> str:
    return format_date(value, "medium", locale=locale)


def short_day(value: date | datetime | None) -> str:
    """A day near now, without the year that goes without saying: 12月29日; Dec 29."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _at_home(value).date()
    now = home_today()
    is_near = value.year == now.year or timedelta() <= value - now <= HALF_A_YEAR
    return _short_day(value, catalog().locale) if is_near else _day(value, catalog().locale)


@lru_cache(maxsize=4096)
def _short_day(value: date, locale: str) -> str:
    return format_skeleton("MMMd", value, locale=locale)


def days_left(until: datetime | None) -> int:
    """How many whole days come after today before `until`, a midnight at home; 0 on the last."""
    if until is None:
        return 0
    return (last_date(until) - home_today()).days


def last_date(until: datetime) -> date:
    """The last whole day at home before `until`, a midnight: until 12-30 00:00 is the 29th."""
    return _at_home(until - timedelta(microseconds=1)).date()


def last_day(until: datetime | None) -> str:
    """last_date() in words."""
    return "" if until is None else short_day(last_date(until))


def expiry(until: datetime | None) -> str:
    """How long something still is up that ends at `until`, a midnight: 还有 30 天，到12月29日."""
    if until is None:
        return ""
    left, day = days_left(until), last_day(until)
    if left < 0:
        return _("ended %(day)s", day=day)
    if left == 0:
        return _("today is the last day")
    return ngettext(
        "%(num)s day left, until %(day)s", "%(num)s days left, until %(day)s", left, day=day
    )


def format_datetime(value: datetime | None) -> str:
    """The day and the minute, at home: 2026-11-21 09:05."""
    return "" if value is None else f"{_at_home(value):%Y-%m-%d %H:%M}"


def short_datetime(value: datetime | None) -> str:
    """short_day() and the minute: 12月29日 09:05."""
    return "" if value is None else f"{short_day(value)} {_at_home(value):%H:%M}"


def deadline(value: datetime | None) -> str:
    """The minute by which something is due, at home; midnight is the end of a day: 24:00."""
    if value is None:
        return ""
    local = _at_home(value)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def clock(value: datetime | None) -> str:
    """The time of day to the second, at home: 09:05:30."""
    return "" if value is None else f"{_at_home(value):%H:%M:%S}"


def _at_home(value: datetime) -> datetime:
    return value.astimezone(home_zone())


def ago(value: datetime | None) -> str:
    """'3 hours ago'."""
    if value is None:
        return ""
    since = value - utcnow()
    seconds = since.days * 86400 + since.seconds
    for unit, length in TIMEDELTA_UNITS:  # noqa: B007
        if abs(seconds) / length >= MIN_SHARE_OF_UNIT:
            break
    number = round(abs(seconds) / length)
    return _ago(unit, number * length if seconds > 0 else -number * length, catalog().locale)


@lru_cache(maxsize=1024)
def _ago(unit: Any, seconds: int, locale: str) -> str:
    """So many whole `unit`s from now."""
    return format_timedelta(
        seconds, granularity=unit, threshold=float("inf"), add_direction=True, locale=locale
    )


def local_name(thing: Any) -> str:
    """A region's or product's name in the page's language: its `name_en` in English."""
    return (is_english() and thing.name_en) or thing.name or ""


def masked_phone(phone: str | None) -> str:
    """+8613800001234 as 138****1234; +85291234567, of another country, as +852 ****4567."""
    if not phone:
        return ""
    if phone.startswith("+86"):
        return f"{phone[3:6]}****{phone[-4:]}"
    return f"+{phonenumbers.parse(phone).country_code} ****{phone[-4:]}"


def readable_phone(phone: str | None) -> str:
    """+8613800001234 as 138 0000 1234; a landline with its leading 0; a number of another country
    as one dials it from anywhere: +852 9123 4567."""
    if not phone:
        return ""
    if not phone.startswith("+86"):
        number = phonenumbers.parse(phone)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phone.removeprefix("+86")
    if len(national) == 11 and national.startswith("1"):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    return f"0{national}"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        qty=trimmed,
        yuan=yuan,
        wan=wan,
        date=day,
        short_day=short_day,
        datetime=format_datetime,
        short_datetime=short_datetime,
        last_day=last_day,
        expiry=expiry,
        deadline=deadline,
        clock=clock,
        ago=ago,
        local_name=local_name,
        masked_phone=masked_phone,
        phone=readable_phone,
    )
    app.jinja_env.globals.update(home_today=home_today, money=money, money_parts=money_parts)
