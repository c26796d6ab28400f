"""What of this room waits for an official, for the desk's first page."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import literal, select, type_coerce, union_all

from market.accounts.models import Account
from market.database import UTCDateTime, db
from market.desk.queries import scope
from market.messages.enquiry_queries import reports_count
from market.messages.queries import queue_of
from market.offers.public_questions import reported_count
from market.web.desk_registry import Backlog, DeskTab, add_backlog, tabs
from market.web.language import lazy_gettext as _l


def question_backlog(account: Account) -> Backlog | None:
    """The questions nobody has answered in the account's regions; None for no official."""
    if not (paths := scope(account)):
        return None
    queue = queue_of(paths)
    label, address = _("Questions to answer"), url_for("messages.desk")
    return Backlog(label, queue.count, address, queue.late, queue.oldest)


def reported_backlogs(account: Account) -> Iterable[Backlog] | None:
    """The reported conversations and public questions that nobody has decided, in one statement;
    None for no official."""
    if not (paths := scope(account)):
        return None
    queries = (reports_count(paths), reported_count(paths))
    found = union_all(
        *(query.add_columns(literal(place)) for place, query in enumerate(queries))
    ).subquery()
    count, oldest, place = found.c
    rows = db.session.execute(
        select(count, type_coerce(oldest, UTCDateTime())).order_by(place)
    ).all()
    labels = (
        (_("Reported conversations"), "messages.reported"),
        (_("Reported questions"), "messages.purchases"),
    )
    return [
        Backlog(label, number, url_for(endpoint), oldest=since)
        for (label, endpoint), (number, since) in zip(labels, rows, strict=True)
    ]


add_backlog(50, question_backlog)
add_backlog(55, reported_backlogs)
tabs.append(DeskTab(50, _l("Questions"), "messages.desk"))
tabs.append(DeskTab(55, _l("Reported"), "messages.reported"))
tabs.append(DeskTab(55, _l("Purchase requests"), "messages.purchases"))
