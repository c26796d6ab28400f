"""Deals made the way the site makes them, up to any state."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import transaction, utcnow
from market.deals import services, verification
from market.deals.checks import DealTerms
from market.deals.models import Deal, DealProof
from market.deals.revisions import revise_deal
from market.offers.models import Offer
from market.web.errors import DomainError
from tests.offers.factories import make_offer

# Deals of tests are alike: what looks like a duplicate wants a word.
LOOKED = "合同和过磅单都看过，双方都打过电话"


@dataclass
class Trade:
    """Two parties, the county's official, and the sale they trade on."""

    seller: Account
    buyer: Account
    official: Account
    offer: Offer


def make_trade(make_account: Callable[..., Account], **offer: Any) -> Trade:
    """A farmer of Shimen sells pears to a buyer in Changsha; Shimen's official looks on."""
    since = {"created_at": utcnow() - timedelta(days=90)}  # a new account is looked at twice
    seller = make_account("王大伯", **since)
    buyer = make_account("长沙鲜果", region="430111", **since)
    official = make_account("石门县商务局", role="county_official")
    return Trade(seller, buyer, official, make_offer(seller, **offer))


def terms(
    quantity: Any = 100, unit_price: Any = "2.35", unit: str = "jin", **more: Any
) -> DealTerms:
    return DealTerms(Decimal(quantity), unit, Decimal(unit_price), **more)


def propose(trade: Trade, key: str | None = None, **values: Any) -> Deal:
    """The buyer proposes."""
    with transaction():
        return services.propose_deal(
            trade.buyer, trade.offer, trade.buyer, terms(**values), key or uuid.uuid4().hex
        )


def agree(trade: Trade, **values: Any) -> Deal:
    """A deal both sides have agreed."""
    deal = propose(trade, **values)
    with transaction():
        services.agree_deal(trade.seller, deal)
    return deal


def verify(trade: Trade, **values: Any) -> Deal:
    """A deal the county has verified and the ledger counts."""
    deal = agree(trade, **values)
    with transaction():
        verification.verify_deal(trade.official, deal, LOOKED)
    return deal


def resubmit(actor: Account, deal: Deal, note: str = "") -> None:
    """Send a returned deal to the county again with its own figures. Inside transaction()."""
    unchanged = DealTerms(
        quantity=deal.quantity,
        unit=deal.unit,
        unit_price=deal.unit_price,
        amount_fen=deal.amount_fen,
        amount_reason=deal.amount_reason,
        note=note,
    )
    assert revise_deal(actor, deal, unchanged) is False


def prove(deal: Deal) -> Deal:
    """A deal with a picture that proves it."""
    with transaction():
        deal.proofs.append(
            DealProof(sha256=f"{deal.id:064x}", width=1, height=1, uploaded_by_id=deal.seller_id)
        )
    return deal


def do(step: Callable[..., Any], *arguments: Any) -> Any:
    """What `step` returns, in a transaction of its own."""
    with transaction():
        return step(*arguments)


def refused(error: type[DomainError], step: Callable[..., Any], *arguments: Any) -> DomainError:
    """The error with which `step` is refused."""
    with pytest.raises(error) as caught, transaction():
        step(*arguments)
    return caught.value
