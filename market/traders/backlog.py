"""What of this room waits for an official, for the desk's first page."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select, type_coerce, union_all

from market.accounts.models import Account
from market.database import UTCDateTime, db
from market.desk.queries import scope
from market.traders.certificates import waiting_certificates
from market.traders.complaint_queries import waiting_complaints
from market.traders.line_queries import waiting_disputes
from market.web.desk_registry import Backlog, DeskTab, add_backlog, tabs
from market.web.language import lazy_gettext as _l


def trader_backlogs(account: Account) -> Iterable[Backlog] | None:
    """Complaints, disputed lines and certificates in the account's regions, in one statement;
    None for no official."""
    if not (paths := scope(account)):
        return None
    queries = (waiting_complaints(paths), waiting_disputes(paths), waiting_certificates(paths))
    found = union_all(*queries).subquery()
    count, late, oldest, place = found.c
    rows = db.session.execute(
        select(count, late, type_coerce(oldest, UTCDateTime())).order_by(place)
    ).all()
    pages = (
        (_("Complaints"), "traders.complaint_queue"),
        (_("Disputed lines"), "traders.disputed"),
        (_("Certificates to check"), "traders.certificate_queue"),
    )
    return [
        Backlog(label, number, url_for(endpoint), delayed, since)
        for (label, endpoint), (number, delayed, since) in zip(pages, rows, strict=True)
    ]


add_backlog(56, trader_backlogs)
tabs += [
    DeskTab(56, _l("Complaints"), "traders.complaint_queue"),
    DeskTab(57, _l("Disputed lines"), "traders.disputed"),
    DeskTab(58, _l("Certificates"), "traders.certificate_queue"),
]
