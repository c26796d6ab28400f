"""What of this room waits for an official: tasks of the desk, and tabs."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import Integer, literal, select, type_coerce, union_all

from market.accounts.models import Account, Role
from market.database import UTCDateTime, db
from market.desk.queries import scope
from market.desk.shares import Shares, TaskWords, share_tasks
from market.messages.enquiry_queries import reports_by_region
from market.messages.queries import waiting_by_region
from market.offers.public_questions import reported_by_region
from market.permissions.trade import decides_in
from market.web.desk_registry import DeskTab, DeskTask, add_tasks, tabs
from market.web.language import lazy_gettext as _l


def _questions(number: int) -> str:
    return ngettext("Answer %(num)s question", "Answer %(num)s questions", number)


def _questions_elsewhere(number: int) -> str:
    return ngettext(
        "%(num)s question waits for its county's answer",
        "%(num)s questions wait for their counties' answers",
        number,
    )


def _conversations(number: int) -> str:
    return ngettext(
        "Decide on %(num)s reported conversation",
        "Decide on %(num)s reported conversations",
        number,
    )


def _conversations_elsewhere(number: int) -> str:
    return ngettext(
        "%(num)s reported conversation waits for its county",
        "%(num)s reported conversations wait for their counties",
        number,
    )


def _reported(number: int) -> str:
    return ngettext(
        "Decide on %(num)s reported question", "Decide on %(num)s reported questions", number
    )


def _reported_elsewhere(number: int) -> str:
    return ngettext(
        "%(num)s reported question waits for its county",
        "%(num)s reported questions wait for their counties",
        number,
    )


_KINDS = (
    ("questions", _l("Questions to answer"), _questions, _questions_elsewhere, "desk"),
    (
        *("reported-conversations", _l("Reported conversations")),
        *(_conversations, _conversations_elsewhere, "reported"),
    ),
    (
        *("reported-questions", _l("Reported questions")),
        *(_reported, _reported_elsewhere, "purchases"),
    ),
)


def message_tasks(account: Account) -> Iterable[DeskTask] | None:
    """Questions nobody has answered, and reported conversations and public questions nobody has
    decided, in one statement; None for no official."""
    if not (paths := scope(account)):
        return None
    questions = waiting_by_region(paths).add_columns(literal(0))
    others = [
        query.with_only_columns(path, count, type_coerce(literal(0), Integer), since, literal(kind))
        for kind, query in enumerate((reports_by_region(paths), reported_by_region(paths)), 1)
        for path, count, since in [query.selected_columns]
    ]
    path, count, late, oldest, of = union_all(questions, *others).subquery().c
    query = select(of, path, count, late, type_coerce(oldest, UTCDateTime()))
    rows = db.session.execute(query).all()
    found: list[DeskTask] = []
    for kind, (name, label, title, watched, endpoint) in enumerate(_KINDS):
        shares = Shares.of(
            (row[1:] for row in rows if row[0] == kind), lambda path: decides_in(account, path)
        )
        action = _l("Answer now") if name == "questions" else _l("Decide now")
        words = TaskWords(name, label, title, watched, url_for(f"messages.{endpoint}"), action)
        found += share_tasks(words, shares, account.has_role(Role.COUNTY_OFFICIAL))
    return found


add_tasks(50, message_tasks)
tabs.append(DeskTab(50, _l("Questions"), "messages.desk"))
tabs.append(DeskTab(55, _l("Reported"), "messages.reported"))
tabs.append(DeskTab(55, _l("Purchase requests"), "messages.purchases"))
