"""What was verified, as the queues list it: by whom, on what evidence, whether it may be undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from market.accounts.models import Account
from market.database import db, lock
from market.deals.actions import available_actions
from market.deals.labels import format_evidence
from market.deals.models import Deal
from market.desk.queue_types import QUEUES
from market.desk.queues import PER_PAGE, QueueQuery
from market.fairs.models import ENDED
from market.offers.models import Offer, Verification
from market.offers.services import VERIFIABLE, return_offer
from market.permissions import may
from market.web.errors import InvalidTransition
from market.web.filters import local_name
from market.web.pagination import Pagination


@dataclass(frozen=True)
class VerifiedItem:
    """One verified thing as its list shows it.

    Attributes:
        officials: the one who verified it, or the county's and the prefecture's.
        evidence: what a deal's agreement stands on, in words; has_proof, is_called_back: what
            the county looked at beyond it. Empty and False for an offer.
        may_undo: the reader may take the verification back here.
    """

    id: int
    title: str
    amount_fen: int | None
    quantity: Decimal
    unit: str
    who: tuple[str, ...]
    county: str
    at: datetime | None
    officials: tuple[str, ...]
    evidence: str = ""
    has_proof: bool = False
    is_called_back: bool = False
    may_undo: bool = False


def verified_items(
    reader: Account, kind: str, query: QueueQuery
) -> tuple[list[VerifiedItem], Pagination]:
    """A page of what the query finds, in a bounded number of statements."""
    queue = QUEUES[kind]
    pagination = Pagination(query.page, PER_PAGE, queue.count(query))
    ids = queue.ids(query, pagination.offset, PER_PAGE)
    found = (_deals if kind == "deals" else _offers)(reader, ids)
    return [found[id_] for id_ in ids if id_ in found], pagination


def _deals(reader: Account, ids: Sequence[int]) -> dict[int, VerifiedItem]:
    whole = (Deal.product, Deal.home_region)
    statement = select(Deal).where(Deal.id.in_(ids)).options(
        *(joinedload(each, innerjoin=True) for each in whole),
        *(joinedload(each) for each in (Deal.seller, Deal.buyer, Deal.fair)),
        *(selectinload(each) for each in (Deal.proofs, Deal.revisions)),
    )  # fmt: skip
    deals = db.session.scalars(statement).unique().all()
    names = _names({id_ for d in deals for id_ in (d.county_verified_by_id, d.verified_by_id)})
    return {
        deal.id: VerifiedItem(
            id=deal.id,
            title=_("%(product)s: deal %(id)s", product=local_name(deal.product), id=deal.id),
            amount_fen=deal.amount_fen,
            quantity=deal.quantity,
            unit=deal.unit,
            who=(deal.seller_name, deal.buyer_name),
            county=deal.home_region_code,
            at=deal.verified_at,
            officials=_officials(names, deal.county_verified_by_id, deal.verified_by_id),
            evidence=format_evidence(deal.evidence),
            has_proof=bool(deal.proofs),
            is_called_back=deal.called_back_at is not None,
            may_undo=may_undo_deal(reader, deal),
        )
        for deal in deals
    }


def _offers(reader: Account, ids: Sequence[int]) -> dict[int, VerifiedItem]:
    loaded = (joinedload(each, innerjoin=True) for each in (Offer.owner, Offer.region))
    offers = db.session.scalars(select(Offer).where(Offer.id.in_(ids)).options(*loaded)).all()
    names = _names({offer.verified_by_id for offer in offers})
    return {
        offer.id: VerifiedItem(
            id=offer.id,
            title=offer.title,
            amount_fen=None,
            quantity=offer.quantity,
            unit=offer.unit,
            who=(offer.owner.name,),
            county=offer.region_code,
            at=offer.verified_at,
            officials=_officials(names, offer.verified_by_id),
            may_undo=may_undo_offer(reader, offer),
        )
        for offer in offers
    }


def may_undo_deal(official: Account, deal: Deal) -> bool:
    """Whether the official may take the verification back without a correction to follow: the
    fair that counts it is not certified."""
    is_open = deal.fair is None or deal.fair.status not in ENDED
    return is_open and "send_back" in available_actions(official, deal)


def may_undo_offer(official: Account, offer: Offer) -> bool:
    """Whether the official may take the verification of the offer back."""
    is_verified = offer.verification is Verification.VERIFIED and offer.status in VERIFIABLE
    return is_verified and may(official, "offer.verify", offer)


def undo_offer(official: Account, offer: Offer, reason: str) -> None:
    """Take the verification of an offer back: its owner reads the reason. Inside transaction().

    Raises:
        InvalidTransition: it is not verified any more, or of another county.
        Invalid: no reason.
    """
    if not may_undo_offer(official, lock(offer)):
        raise InvalidTransition()
    return_offer(official, offer, reason)


def _names(ids: Collection[int | None]) -> dict[int, str]:
    wanted = select(Account.id, Account.name).where(Account.id.in_(set(ids) - {None}))
    return dict(db.session.execute(wanted).all())


def _officials(names: dict[int, str], *ids: int | None) -> tuple[str, ...]:
    return tuple(names[id_] for id_ in ids if id_ in names)
