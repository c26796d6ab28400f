"""The home time zone: the one in which days begin and times are shown."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import current_app

from market.database import utcnow


def home_zone() -> ZoneInfo:
    """The time zone of the setting HOME_TIME_ZONE."""
    return ZoneInfo(current_app.config["HOME_TIME_ZONE"])


def home_now() -> datetime:
    """This instant, in the home time zone."""
    return utcnow().astimezone(home_zone())


def home_today() -> date:
    """The day it is in the home time zone."""
    return _day_of(int(utcnow().timestamp()) // 60, current_app.config["HOME_TIME_ZONE"])


@lru_cache(maxsize=64)
def _day_of(minute: int, zone: str) -> date:
    """The day in `zone` of a minute since 1970: pages ask for it dozens of times."""
    return datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).date()
