"""The shortlist 收藏 of an account: what it keeps an eye on, to come back to and to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_login import current_user
from sqlalchemy import bindparam, delete, func, select

from market.accounts.models import Account
from market.accounts.privacy.exports import erasers, exporters
from market.database import db, lock, read
from market.offers.cards import Card
from market.offers.models import Offer, ShortlistEntry
from market.offers.queries import card_columns, cards_of
from market.web.errors import Refused
from market.web.language import lazy_gettext as _l
from market.web.pagination import Pagination

MAX_SHORTLIST = 200
# Made once: every list asks it of who is logged in.
_STARS = select(ShortlistEntry.offer_id).where(ShortlistEntry.account_id == bindparam("account"))


@dataclass(frozen=True)
class Shortlisted:
    """An offer on a shortlist.

    Attributes:
        is_public: whether it is still on the market; of others only product and place are shown.
    """

    card: Card
    is_public: bool


def add_to_shortlist(actor: Account, offer: Offer) -> None:
    """Keep the offer on the actor's list; one that is there already stays where it is.

    Raises:
        Refused: the list is full.
    """
    # Two requests at once would both find room for one more.
    lock(actor)
    if db.session.get(ShortlistEntry, (actor.id, offer.id)) is not None:
        return
    if count_shortlisted(actor) >= MAX_SHORTLIST:
        raise Refused(
            _l("Your shortlist holds %(most)s offers: take one off first.", most=MAX_SHORTLIST)
        )
    db.session.add(ShortlistEntry(account_id=actor.id, offer_id=offer.id))
    db.session.flush()


def remove_from_shortlist(actor: Account, offer_id: int) -> None:
    """Take the offer off the actor's list, if it is there."""
    db.session.execute(
        delete(ShortlistEntry).where(
            ShortlistEntry.account_id == actor.id, ShortlistEntry.offer_id == offer_id
        )
    )


def count_shortlisted(account: Account) -> int:
    """How many offers are on the account's list."""
    mine = select(func.count()).where(ShortlistEntry.account_id == account.id)
    return db.session.scalar(mine) or 0


def shortlisted(account: Account, pagination: Pagination) -> list[Shortlisted]:
    """A page of the account's list, the latest added first."""
    mine = (
        card_columns()
        .join(ShortlistEntry, ShortlistEntry.offer_id == Offer.id)
        .where(ShortlistEntry.account_id == account.id)
        .order_by(ShortlistEntry.added_at.desc(), Offer.id.desc())
    )
    found = cards_of(db.session.execute(pagination.limit(mine)))
    return [Shortlisted(card, card.is_public) for card in found]


def stars() -> frozenset[int] | None:
    """The offers on the list of who is here, read once a request; None for a visitor."""
    if not current_user.is_authenticated:
        return None
    if "shortlist_stars" not in g:
        g.shortlist_stars = frozenset(read(_STARS, account=current_user.id).scalars())
    found: frozenset[int] = g.shortlist_stars
    return found


def _export(account: Account) -> Sequence[dict[str, Any]]:
    mine = select(ShortlistEntry).where(ShortlistEntry.account_id == account.id)
    return [
        {"offer": entry.offer_id, "added_at": entry.added_at.isoformat()}
        for entry in db.session.scalars(mine.order_by(ShortlistEntry.added_at))
    ]


def _erase(account: Account) -> None:
    db.session.execute(delete(ShortlistEntry).where(ShortlistEntry.account_id == account.id))


exporters.append(("shortlist", _export))
erasers.append(_erase)
