"""When an offer's goods are there or wanted, in words."""

from __future__ import annotations

from datetime import date

from market.offers.models import Side
from market.web.filters import short_day
from market.web.home_time import home_today
from market.web.language import gettext as _


def format_period(side: Side, start: date | None, end: date | None) -> str:
    """现货，到1月2日; 12月9日起; 12月10日前要. Empty where neither day is known."""
    now = home_today()
    is_sale = side == Side.SELL
    if start is not None and start > now:
        day = short_day(start)
        if start == end:
            return day
        return _("from %(day)s", day=day) if is_sale else _("wanted from %(day)s", day=day)
    if end is not None and not is_sale:
        return _("wanted by %(day)s", day=short_day(end))
    if start is None:
        return _("until %(day)s", day=short_day(end)) if end else ""
    if end is None:
        return _("in stock") if is_sale else _("wanted now")
    return _("in stock until %(day)s", day=short_day(end))
