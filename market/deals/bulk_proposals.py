"""Proposing many deals at once with people without an account, and withdrawing them.

What takes time is done before the transaction. No follower is told: a farmer whom the station
represents hears of it from the station, and the other side is rung by the county.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.accounts.models import Account
from market.deals.checks import DealTerms, NewParty, agreed_amount
from market.deals.models import Deal, DealEvent, DealStatus
from market.deals.services import earlier_day
from market.deals.transitions import assign_fair
from market.deals.unregistered_models import UnregisteredParty
from market.offers.models import Side
from market.products.models import Product
from market.web.errors import Invalid
from market.web.home_time import home_today
from market.web.idempotency import bound_key
from market.web.language import lazy_gettext as _l

COLUMNS = tuple(column.key for column in Deal.__table__.columns if column.key != "id")


@dataclass(frozen=True)
class PreparedProposal:
    """A deal as it will be stored, but for its numbers and its seller; and who buys."""

    columns: Mapping[str, Any]
    buyer: NewParty


def prepare_proposal(
    actor: Account, seller: Account, buyer: NewParty, product: Product, terms: DealTerms, key: str
) -> PreparedProposal:
    """A sale by a farmer whom the actor represents, checked as its form checks it.

    Args:
        seller: may be not stored yet.
        key: unique to it.

    Raises:
        Invalid: a value can't be right; `field` says which.
    """
    if buyer.phone in {actor.phone, seller.phone}:
        raise Invalid(_l("That is your own number: write the other side's."), field="phone")
    dated_on = earlier_day(terms)
    deal = Deal(
        product_code=product.code,
        quantity=terms.quantity,
        unit=terms.unit,
        unit_price=terms.stored_price,
        amount_fen=agreed_amount(terms),
        amount_reason=terms.amount_reason,
        basis=terms.basis,
        note=terms.note,
        dated_on=dated_on,
        day_reason=terms.day_reason if dated_on else "",
        seller_region_code=seller.region_code,
        buyer_region_code=buyer.region_code,
        status=DealStatus.PROPOSED,
        status_reason="",
        proposed_by_id=actor.id,
        proposed_side=Side.SELL,
        reserved=False,
        key=bound_key(actor, Deal, key),
    )
    assign_fair(deal, dated_on or home_today())
    columns = {name: deal.__dict__[name] for name in COLUMNS if name in deal.__dict__}
    return PreparedProposal(columns, buyer)


def proposal_rows(
    prepared: Sequence[tuple[int, PreparedProposal]],
    party_ids: Sequence[int],
    ids: Sequence[int],
    now: datetime,
) -> dict[type[UnregisteredParty | Deal | DealEvent], list[dict[str, Any]]]:
    """What proposes (seller's id, deal): the rows of each table, in the order they are written.

    That the actor still represents the sellers, and may propose so many today, is the caller's to
    look at when they are written.
    """
    parties = [
        {"id": id_, "name": proposal.buyer.name, "phone": proposal.buyer.phone}
        for id_, (_seller, proposal) in zip(party_ids, prepared, strict=True)
    ]
    deals = [
        {
            **proposal.columns,
            "id": id_,
            "seller_id": seller_id,
            "unregistered_id": party_id,
            "created_at": now,
            "updated_at": now,
        }
        for id_, party_id, (seller_id, proposal) in zip(ids, party_ids, prepared, strict=True)
    ]
    by = deals[0]["proposed_by_id"] if deals else 0
    events = event_rows(ids, DealStatus.PROPOSED, by, now)
    return {UnregisteredParty: parties, Deal: deals, DealEvent: events}


def withdrawn_columns(now: datetime) -> dict[str, Any]:
    """What a proposal that was withdrawn, and that nobody had answered, has in its columns."""
    unchecked = ("county_verified_by_id", "county_verified_at", "called_back_by_id")
    return {
        **dict.fromkeys((*unchecked, "called_back_at")),
        "status": DealStatus.CANCELLED,
        "status_reason": "",
        "updated_at": now,
    }


def event_rows(
    deal_ids: Collection[int], status: DealStatus, by_id: int, now: datetime
) -> list[dict[str, Any]]:
    """The step of each of these deals."""
    return [
        {"deal_id": id_, "status": status, "by_id": by_id, "reason": "", "flags": "", "at": now}
        for id_ in deal_ids
    ]
