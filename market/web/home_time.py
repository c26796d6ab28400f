"""The home time zone: the one in which days begin and times are shown."""

from __future__ import annotations

from datetime import date, datetime
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
    return home_now().date()
