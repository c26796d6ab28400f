"""What of this room waits for an official: tasks of the desk, and tabs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import Date, select, type_coerce, union_all

from market.accounts.models import Account, Role
from market.database import UTCDateTime, db
from market.desk.queries import scope
from market.desk.shares import Shares, TaskWords, share_tasks
from market.permissions.trade import decides_in
from market.text.days import local_midnight
from market.traders.certificates import waiting_certificates
from market.traders.complaint_queries import waiting_complaints
from market.traders.line_queries import waiting_disputes
from market.web.desk_registry import DeskTab, DeskTask, add_tasks, tabs
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l


def _complaints(number: int) -> str:
    return ngettext("Decide %(num)s complaint", "Decide %(num)s complaints", number)


def _complaints_elsewhere(number: int) -> str:
    return ngettext(
        "%(num)s complaint waits for its county",
        "%(num)s complaints wait for their counties",
        number,
    )


def _disputes(number: int) -> str:
    return ngettext("Decide %(num)s disputed line", "Decide %(num)s disputed lines", number)


def _disputes_elsewhere(number: int) -> str:
    return ngettext(
        "%(num)s disputed line waits for its county",
        "%(num)s disputed lines wait for their counties",
        number,
    )


def _certificates(number: int) -> str:
    return ngettext("Check %(num)s certificate", "Check %(num)s certificates", number)


def _certificates_elsewhere(number: int) -> str:
    return ngettext(
        "%(num)s certificate waits for its county",
        "%(num)s certificates wait for their counties",
        number,
    )


# By the place of their select.
_KINDS = {
    1: ("complaints", _l("Complaints"), _complaints, _complaints_elsewhere, "complaint_queue"),
    2: ("disputed-lines", _l("Disputed lines"), _disputes, _disputes_elsewhere, "disputed"),
    3: (
        *("certificates", _l("Certificates to check"), _certificates, _certificates_elsewhere),
        "certificate_queue",
    ),
}


def trader_tasks(account: Account) -> Iterable[DeskTask] | None:
    """Complaints, disputed lines and certificates in the account's regions, in one statement;
    None for no official."""
    if not (paths := scope(account)):
        return None
    queries = (waiting_complaints(paths), waiting_disputes(paths), waiting_certificates(paths))
    path, count, late, oldest, due, place = union_all(*queries).subquery().c
    times = type_coerce(oldest, UTCDateTime()), type_coerce(due, Date())
    rows = db.session.execute(select(place, path, count, late, *times)).all()
    found: list[DeskTask] = []
    for kind, (name, label, title, watched, endpoint) in _KINDS.items():
        shares = Shares.of(
            ((*row[1:5], _end_of(row[5])) for row in rows if row[0] == kind),
            lambda path: decides_in(account, path),
        )
        words = TaskWords(
            *(name, label, title, watched, url_for(f"traders.{endpoint}")), _l("Decide now")
        )
        found += share_tasks(words, shares, account.has_role(Role.COUNTY_OFFICIAL))
    return found


def _end_of(day: date | None) -> datetime | None:
    return local_midnight(day + timedelta(days=1), home_zone()) if day else None


add_tasks(56, trader_tasks)
tabs += [
    DeskTab(56, _l("Complaints"), "traders.complaint_queue"),
    DeskTab(57, _l("Disputed lines"), "traders.disputed"),
    DeskTab(58, _l("Certificates"), "traders.certificate_queue"),
]
