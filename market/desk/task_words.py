"""When a task is due, since when it waits, and how urgent it is, in words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from babel.dates import format_timedelta
from flask_babel import gettext as _
from flask_babel import ngettext

from market.database import utcnow
from market.web.desk_registry import DeskTask, Urgency
from market.web.filters import money, short_day
from market.web.home_time import home_today, home_zone
from market.web.language import catalog

_DAY = timedelta(days=1)


def format_when(task: DeskTask) -> str:
    """By when it is due: 今天 10:00; else since when it has waited: 等了 4 天; else ""."""
    if task.due_at:
        return _due_words(task.due_at)
    if task.oldest:
        return _("waiting %(time)s", time=_span(utcnow() - task.oldest))
    return ""


def _due_words(due: datetime) -> str:
    """A minute near today. Midnight is the end of the day before: 今天 24:00."""
    local = due.astimezone(home_zone())
    time, day = f"{local:%H:%M}", local.date()
    if time == "00:00":
        time, day = "24:00", day - _DAY
    today = home_today()
    if day == today:
        return _("today %(time)s", time=time)
    if day == today + _DAY:
        return _("tomorrow %(time)s", time=time)
    if day == today - _DAY:
        return _("yesterday %(time)s", time=time)
    return f"{short_day(day)} {time}"


def _span(time: timedelta) -> str:
    """In its largest unit: 2 小时, 4 天, 4 周."""
    minutes = max(int(time.total_seconds()) // 60, 1)
    span = format_timedelta(timedelta(minutes=minutes), threshold=1, locale=catalog().locale)
    # Chinese has no space there, where every other number of the page has one.
    return re.sub(r"(?<=\d)(?=[^\d\s])", " ", span)


def list_facts(task: DeskTask) -> list[str]:
    """What else is known of it, in words: how late, the room's details, the sum."""
    amount = [_("%(amount)s in all", amount=money(task.amount_fen))] if task.amount_fen else []
    return [*filter(None, [_lateness(task)]), *task.details, *amount]


def _lateness(task: DeskTask) -> str:
    """How long it is past its time, 已过 2 小时, or how many have waited too long; else ""."""
    if not task.late:
        return ""
    if task.urgency is Urgency.OVERDUE and task.due_at:
        return _("%(time)s overdue", time=_span(utcnow() - task.due_at))
    if task.late == task.count:
        return _("waited too long") if task.count == 1 else _("all have waited too long")
    return ngettext("%(num)s has waited too long", "%(num)s have waited too long", task.late)
