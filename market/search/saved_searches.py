"""Keeping a search, looking at it again, letting it go; what leaves with its owner."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.database import db, lock, utcnow
from market.search.models import MAX_SAVED_SEARCHES, SavedSearch
from market.search.signals import search_opened
from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l


def save_search(actor: Account, query: str) -> SavedSearch:
    """Keep the search of the query string `query`; the same one twice is one.

    Raises:
        Invalid: it asks for nothing, or the actor keeps as many as may be.
    """
    if not query:
        raise Invalid(_l("Say first what to look for."))
    # Two requests at once would take the same place.
    lock(actor)
    mine = select(SavedSearch).where(SavedSearch.account_id == actor.id)
    saved = {search.query: search for search in db.session.scalars(mine)}
    if query in saved:
        return saved[query]
    free = set(range(1, MAX_SAVED_SEARCHES + 1)) - {search.place for search in saved.values()}
    if not free:
        raise Invalid(
            _l("You keep %(most)s searches already: delete one first.", most=MAX_SAVED_SEARCHES)
        )
    search = SavedSearch(account_id=actor.id, place=min(free), query=query)
    db.session.add(search)
    db.session.flush()
    return search


def look_again(search: SavedSearch) -> None:
    """The owner looks at it now: what is there is no longer new."""
    search.seen_at = utcnow()
    search_opened.send(search=search)


def delete_search(search: SavedSearch) -> None:
    """Keep it no longer."""
    db.session.delete(search)


def _export(account: Account) -> list[dict[str, Any]]:
    mine = select(SavedSearch).where(SavedSearch.account_id == account.id)
    return [
        {
            "query": search.query,
            "saved_at": search.created_at.isoformat(),
            "seen_at": search.seen_at.isoformat(),
        }
        for search in db.session.scalars(mine.order_by(SavedSearch.id))
    ]


def _erase(account: Account) -> None:
    db.session.execute(delete(SavedSearch).where(SavedSearch.account_id == account.id))


personal_texts.append(PersonalTexts(SavedSearch, ("query",)))
exporters.append(("saved_searches", _export))
erasers.append(_erase)
