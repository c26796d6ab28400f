"""Limits on posting: so many offers a day, no offer twice, and no change over one not seen."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import ngettext as _n
from sqlalchemy import ColumnElement, func, select

from market.accounts.models import Account
from market.accounts.quotas import Quota
from market.database import db
from market.offers.fields import COLUMN_FIELDS
from market.offers.models import Offer
from market.offers.queries import public
from market.offers.values import fingerprint
from market.web.errors import DomainError
from market.web.language import lazy_gettext as _l

# Begins the keys of what is posted many at once, which has a quota of its own.
BULK_KEY_PREFIX = "bulk-"


@dataclass(frozen=True)
class PostingObstacle:
    """Why nothing new is posted for somebody, and the page that puts it right."""

    text: str
    url: str


# Asked with the owner, for whom somebody else posts, and the address to come back to.
posting_obstacles: list[Callable[[Account, str | None], PostingObstacle | None]] = []


def posting_obstacle(owner: Account, then: str) -> PostingObstacle | None:
    """The first obstacle that a higher room knows of."""
    return next(filter(None, (ask(owner, then) for ask in posting_obstacles)), None)


class EqualOffer(DomainError):
    """The owner has the same offer on the market already: that of `existing_id`."""

    message = _l("You have the same offer on the market already: change that one, or renew it.")

    def __init__(self, existing_id: int) -> None:
        super().__init__()
        self.existing_id = existing_id


class OfferChanged(DomainError):
    """The offer says something else than whoever fills in its form saw."""

    message = _l("This offer was changed meanwhile, in another window or by somebody else.")


def check_unchanged(offer: Offer, seen: str) -> None:
    """Refuse to write over what the actor has not seen.

    Args:
        seen: the `fingerprint` of the offer as it was seen; "" for programs.

    Raises:
        OfferChanged: it says something else now.
    """
    if seen and seen != fingerprint(offer):
        raise OfferChanged


def refuse_equal(offer: Offer, meant: Collection[int] = ()) -> None:
    """Refuse to show an offer twice.

    Args:
        meant: ids of offers that its owner wants another just the same of.

    Raises:
        EqualOffer: another public offer of its owner says all the same.
    """
    same = [
        _is(getattr(Offer, field.column), getattr(offer, field.column))
        for field in COLUMN_FIELDS
        if field.is_distinguishing
    ]
    other = select(Offer.id).where(Offer.owner_id == offer.owner_id, public(), *same)
    other = other.where(Offer.id.not_in([offer.id, *meant]))
    if existing_id := db.session.scalar(other.order_by(Offer.id).limit(1)):
        raise EqualOffer(existing_id)


def _is(column: Any, value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _count_posts(account: Account, since: datetime) -> int:
    one_by_one = Offer.key.not_like(f"{BULK_KEY_PREFIX}%")
    query = select(func.count()).where(Offer.posted_by_id == account.id, one_by_one)
    return db.session.scalar(query.where(Offer.created_at >= since)) or 0


POSTS = Quota(
    "offers",
    _count_posts,
    _l("You have posted as many offers as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can post %(num)s more offer today.", "You can post %(num)s more offers today.", left
    ),
)
