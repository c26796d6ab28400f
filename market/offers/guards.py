"""Limits on posting: so many offers a day, and no offer twice."""

from __future__ import annotations

from typing import Any

from flask_babel import ngettext as _n
from sqlalchemy import ColumnElement, select

from market.accounts.quotas import Quota, count_by
from market.database import db
from market.offers.fields import COLUMN_FIELDS
from market.offers.models import Offer
from market.offers.queries import public
from market.web.errors import DomainError
from market.web.language import lazy_gettext as _l


class EqualOffer(DomainError):
    """The owner has the same offer on the market already: that of `existing_id`."""

    message = _l("You have the same offer on the market already: change that one, or renew it.")

    def __init__(self, existing_id: int) -> None:
        super().__init__()
        self.existing_id = existing_id


def refuse_equal(offer: Offer) -> None:
    """Refuse to show an offer twice.

    Raises:
        EqualOffer: another public offer of its owner says all the same.
    """
    same = [
        _is(getattr(Offer, field.column), getattr(offer, field.column))
        for field in COLUMN_FIELDS
        if field.is_distinguishing
    ]
    other = select(Offer.id).where(Offer.owner_id == offer.owner_id, public(), *same)
    if existing_id := db.session.scalar(other.where(Offer.id != offer.id).limit(1)):
        raise EqualOffer(existing_id)


def _is(column: Any, value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


POSTS = Quota(
    "offers",
    count_by(Offer.posted_by_id, Offer.created_at),
    _l("You have posted as many offers as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can post %(num)s more offer today.", "You can post %(num)s more offers today.", left
    ),
)
