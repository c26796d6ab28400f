"""Money, quantity, date and region for templates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import TIMEDELTA_UNITS, format_date, format_timedelta
from flask import Flask

from market.database import utcnow
from market.web.home_time import home_zone
from market.web.language import catalog, is_english
from market.web.language import gettext as _

# Of a unit of time, from where on a span is written in it: 0.85 hours are "1 hour".
MIN_SHARE_OF_UNIT = 0.85


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


def price_range(low: Decimal | None, high: Decimal | None, unit_name: Any) -> str:
    """'2.35–2.60 元/斤', or 面议 (price on request) when there is none."""
    if low is None:
        return _("Price on request")
    numbers = trimmed(low) if high is None or high == low else f"{trimmed(low)}–{trimmed(high)}"
    return _("%(price)s yuan/%(unit)s", price=numbers, unit=unit_name)


def day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{_at_home(value):%Y-%m-%d}"
    return _day(value, catalog().locale)


@lru_cache(maxsize=4096)
def _day(value: date, locale: str) -> str:
    return format_date(value, "medium", locale=locale)


def last_day(until: datetime | None) -> str:
    """The last whole day at home before `until`, a midnight: until 12-30 00:00 is the 29th."""
    if until is None:
        return ""
    return _day(_at_home(until - timedelta(microseconds=1)).date(), catalog().locale)


def format_datetime(value: datetime | None) -> str:
    """The day and the minute, at home: 2026-11-21 09:05."""
    return "" if value is None else f"{_at_home(value):%Y-%m-%d %H:%M}"


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
    """+8613800001234 as 138****1234."""
    if not phone:
        return ""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        qty=trimmed,
        yuan=yuan,
        wan=wan,
        date=day,
        datetime=format_datetime,
        last_day=last_day,
        deadline=deadline,
        clock=clock,
        ago=ago,
        local_name=local_name,
        masked_phone=masked_phone,
    )
    app.jinja_env.globals.update(price_range=price_range, money=money, money_parts=money_parts)
