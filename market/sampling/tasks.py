"""What of the sample waits for an official, and its tab of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import ngettext

from market.accounts.models import Account, Role
from market.desk.queries import paths_of
from market.sampling.models import TO_CHECK, SampleState
from market.sampling.queries import count_open
from market.text.days import local_midnight
from market.web.desk_registry import DeskTab, DeskTask, add_tasks, tabs
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l


def sampling_tasks(account: Account) -> Iterable[DeskTask] | None:
    """Drawn deals to look at again, for the level above; doubts to answer, for the county. Who
    holds both offices has each of the regions in which they hold it."""
    if not account.is_official:
        return None
    tasks = []
    if above := paths_of(account, Role.PREFECTURE_OFFICIAL):
        number, day = count_open(above, TO_CHECK, not_verified_by=account)
        tasks.append(
            DeskTask(
                "sampling-check",
                _l("Sampled deals to check"),
                ngettext("Check %(num)s sampled deal", "Check %(num)s sampled deals", number),
                number,
                url_for("sampling.index"),
                _l("Check now"),
                oldest=_end_of(day),
            )
        )
    if own := paths_of(account, Role.COUNTY_OFFICIAL):
        number, day = count_open(own, [SampleState.DOUBTFUL])
        tasks.append(
            DeskTask(
                "sampling-answer",
                _l("Doubts about verified deals"),
                ngettext(
                    "Answer %(num)s doubt about a verified deal",
                    "Answer %(num)s doubts about verified deals",
                    number,
                ),
                number,
                url_for("sampling.index"),
                _l("Answer now"),
                oldest=_end_of(day),
            )
        )
    return tasks


def _end_of(day: date | None) -> datetime | None:
    """When a day's sample was there to look at."""
    return local_midnight(day + timedelta(days=1), home_zone()) if day else None


add_tasks(14, sampling_tasks)
tabs.append(DeskTab(16, _l("Sampling"), "sampling.index"))
