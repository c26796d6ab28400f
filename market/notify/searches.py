"""Telling people that what they saved a search for was published."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from sqlalchemy import delete, select

from market.database import db, transaction
from market.notify.models import NoticeKind, SearchChange
from market.notify.services import notify
from market.offers.models import Offer
from market.offers.search.database_search import found_among
from market.offers.search.query import parse_query
from market.search.models import SavedSearch

# Publications in one turn: each search asks for all of them with one statement.
BATCH = 100


def notice_searches(limit: int = BATCH) -> int:
    """Tell whose saved searches find what was published; how many publications were looked at.

    Worker only. Notices and the end of the publications are one transaction, so that a worker
    that dies before it does them all again.
    """
    changes = db.session.execute(
        select(SearchChange.id, SearchChange.offer_id).order_by(SearchChange.id).limit(limit)
    ).all()
    if not changes:
        return 0
    found = _found({change.offer_id for change in changes})
    with transaction():
        for search_id, account_id, ids in found:
            # It may have been deleted meanwhile.
            if db.session.get(SavedSearch, search_id) is not None:
                notify(
                    account_id,
                    NoticeKind.SAVED_SEARCH,
                    f"search {search_id} {max(change.id for change in changes)}",
                    search_id,
                    is_listed=False,
                    count=len(ids),
                )
        done = [change.id for change in changes]
        db.session.execute(delete(SearchChange).where(SearchChange.id.in_(done)))
    return len(changes)


def _found(offer_ids: set[int]) -> Sequence[tuple[int, int, list[int]]]:
    """(search, its account, the offers it finds of these), without the account's own."""
    owners = dict(
        db.session.execute(select(Offer.id, Offer.owner_id).where(Offer.id.in_(offer_ids))).all()
    )
    searches = db.session.execute(select(SavedSearch.id, SavedSearch.account_id, SavedSearch.query))
    results = []
    for search in searches.all():
        others = [id for id, owner in owners.items() if owner != search.account_id]
        filters = parse_query(dict(parse_qsl(search.query))).filters
        if others and (ids := found_among(filters, others)):
            results.append((search.id, search.account_id, ids))
    return results
