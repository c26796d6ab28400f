"""The searches a person keeps, and what is new in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.offers.search.filters import Filters
from market.offers.search.finder import find
from market.offers.search.query import parse_query
from market.search.models import SavedSearch


@dataclass(frozen=True)
class SavedSearchRow:
    """A saved search as its list shows it.

    Attributes:
        title: the search in words, in the page's language.
        total: how many offers it finds now; `new`: how many of them were published since
            its owner last looked.
    """

    id: int
    title: str
    total: int
    new: int
    seen_at: datetime


def saved_searches_of(account: Account) -> list[SavedSearchRow]:
    """The searches `account` keeps, the latest first."""
    mine = select(SavedSearch.id, SavedSearch.query, SavedSearch.seen_at)
    rows = db.session.execute(
        mine.where(SavedSearch.account_id == account.id).order_by(SavedSearch.id.desc())
    ).all()
    return [_row(row.id, row.query, row.seen_at) for row in rows]


def _row(id: int, query: str, seen_at: datetime) -> SavedSearchRow:
    question = parse_query(dict(parse_qsl(query)))
    total = _count(question.filters)
    # Of what is there now, all but what was there then already.
    new = total - _count(replace(question.filters, as_of=seen_at))
    return SavedSearchRow(id, question.title, total, max(new, 0), seen_at)


def _count(filters: Filters) -> int:
    """How many offers there are, in the place asked for alone."""
    found = find(replace(filters, per_page=1))
    return found.inside if found.widened else found.total
