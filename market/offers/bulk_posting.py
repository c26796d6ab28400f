"""Posting many offers at once.

What takes time is done before the transaction (`prepare`), so that nobody else waits for long. The
limits of the form hold, and the index, the matches, the fairs and the saved searches are told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from market.accounts.models import Account, Consent
from market.database import chunks, db
from market.offers import signals
from market.offers.fields import OfferValues
from market.offers.guards import BULK_KEY_PREFIX
from market.offers.models import (
    Offer,
    OfferStatus,
    Side,
    Verification,
)
from market.offers.plausibility import price_unit_problem
from market.offers.queries import public
from market.offers.values import write_values
from market.products.labels import trade_note
from market.web.errors import Invalid, Refused
from market.web.home_time import home_today

COLUMNS = tuple(column.key for column in Offer.__table__.columns if column.key != "id")
Open = tuple[int, str, Side]


@dataclass(frozen=True)
class PreparedOffer:
    """An offer as it will be stored, but for who owns it and on which consent.

    Attributes:
        product: its code.
    """

    columns: Mapping[str, Any]
    side: Side
    product: str


def prepare(owner: Account, values: OfferValues, key: str) -> PreparedOffer:
    """The offer, checked as its form checks it; `owner` may be somebody not stored yet.

    Args:
        key: unique to it, at most 27 characters.

    Raises:
        Invalid: a value can't be right; `field` says which.
    """
    if not values.product.listable:
        note = trade_note(values.product)
        raise Invalid(note or _("This product may not be traded here."), "product")
    price, per = values.price_low, values.price_unit
    if price is not None and (problem := price_unit_problem(values.unit, per, price)):
        raise Invalid(problem, "price_unit")
    if values.supply_to and values.supply_to < home_today():
        raise Invalid(_("That day has passed."), "supply_to")
    offer = Offer(
        owner=owner,
        key=f"{BULK_KEY_PREFIX}{key}",
        side=values.side,
        status=OfferStatus.DRAFT,
        status_reason="",
        verification=Verification.UNVERIFIED,
        remaining=values.quantity,
    )
    write_values(offer, values)
    offer.status = OfferStatus.PUBLISHED
    columns = {name: offer.__dict__[name] for name in COLUMNS if name in offer.__dict__}
    return PreparedOffer(columns, values.side, values.product.code)


def posted_rows(
    actor: Account,
    prepared: Sequence[tuple[int, PreparedOffer]],
    consents: Mapping[int, int | None],
    ids: Sequence[int],
    now: datetime,
) -> list[dict[str, Any]]:
    """What publishes offers of (owner's id, offer): rows with these ids, in the same order.

    That none says the same as another one is the caller's to look at (`open_offers`), and that
    the consents stand when they are written (`standing_consents`).
    """
    return [
        {
            **offer.columns,
            "id": id_,
            "owner_id": owner_id,
            "posted_by_id": actor.id,
            "consent_id": consents[owner_id],
            **dict.fromkeys(("created_at", "updated_at", "published_at"), now),
        }
        for id_, (owner_id, offer) in zip(ids, prepared, strict=True)
    ]


def tell_of_posted(offer_ids: Sequence[int], now: datetime) -> None:
    """Tell the fairs, the matches and the saved searches of offers that were written, each with a
    row of OfferChange, for the index, and of OfferPublication. Inside transaction()."""
    if offer_ids:
        signals.offers_posted.send(offer_ids=offer_ids, at=now)


def standing_consents(actor: Account, owner_ids: Collection[int]) -> dict[int, int | None]:
    """The consents on which the actor acts for each of these accounts; None for itself.

    Raises:
        Refused: there is none for one of them.
    """
    found: dict[int, int | None] = {}
    for some in chunks(owner_ids):
        standing = (
            select(Consent.farmer_id, func.max(Consent.id))
            .join(Account, Account.id == Consent.farmer_id)
            .where(
                Consent.farmer_id.in_(some),
                Consent.assistant_id == actor.id,
                Consent.withdrawn_at.is_(None),
                Account.represented_by_id == actor.id,
            )
            .group_by(Consent.farmer_id)
        )
        found |= dict(db.session.execute(standing).all())
    if actor.id in owner_ids:
        found[actor.id] = None
    if len(found) < len(set(owner_ids)):
        raise Refused(_("There is no recorded consent to act for this farmer."))
    return found


def open_offers(owner_ids: Collection[int]) -> dict[Open, int]:
    """What these accounts have on the market: the newest offer by owner, product and side."""
    found: dict[Open, int] = {}
    for some in chunks(owner_ids):
        theirs = (
            select(Offer.owner_id, Offer.product_code, Offer.side, func.max(Offer.id))
            .where(Offer.owner_id.in_(some), public())
            .group_by(Offer.owner_id, Offer.product_code, Offer.side)
        )
        found |= {
            (owner, product, side): id_ for owner, product, side, id_ in db.session.execute(theirs)
        }
    return found
