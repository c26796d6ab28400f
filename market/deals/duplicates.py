"""Deals that may be one deal entered twice, and offers that may be one offer posted twice."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from market.accounts.models import Account
from market.database import db
from market.deals.models import AGREED_OR_LATER, Deal
from market.deals.unregistered_models import UnregisteredParty
from market.offers.models import Offer, OfferStatus

# The columns in which offers must be equal to be one offer posted twice.
SHARED_COLUMNS = ("region_code", "product_code", "side", "unit")


def likely_duplicates(deal_ids: Collection[int]) -> dict[int, list[int]]:
    """For each of the deals that has any, the others it may be the same as.

    The same product, day and home county, the amount within 1%, and each side the same
    account; or, where one has none, the same phone; or, where two stations entered one deal or
    one side has no account, the same name and county.
    """
    found: dict[int, list[int]] = {}
    if deal_ids:
        for id_, same in db.session.execute(_duplicates(deal_ids).order_by("id", "other")):
            found.setdefault(id_, []).append(same)
    return found


def _duplicates(deal_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    this, other = aliased(Deal), aliased(Deal)
    gap = func.abs(this.amount_fen - other.amount_fen) * 100
    query = select(this.id, other.id.label("other")).join_from(
        this,
        other,
        and_(other.product_code == this.product_code, other.agreed_on == this.agreed_on),
    )
    query = query.where(
        this.id.in_(deal_ids),
        other.status.in_(AGREED_OR_LATER),
        other.id != this.id,
        other.home_region_code == this.home_region_code,
        or_(gap <= this.amount_fen, gap <= other.amount_fen),
    )
    nobody, other_nobody = aliased(UnregisteredParty), aliased(UnregisteredParty)
    query = query.outerjoin(nobody, nobody.id == this.unregistered_id)
    query = query.outerjoin(other_nobody, other_nobody.id == other.unregistered_id)
    for side in ("seller", "buyer"):
        one, two = aliased(Account), aliased(Account)
        query = query.outerjoin(one, one.id == getattr(this, f"{side}_id"))
        query = query.outerjoin(two, two.id == getattr(other, f"{side}_id"))
        query = query.where(
            _is_same_party(_Party(one, nobody, this, side), _Party(two, other_nobody, other, side))
        )
    return query


class _Party:
    """SQL of what is known of one side of a deal, whether it has an account or not."""

    def __init__(self, account: Any, unregistered: Any, deal: Any, side: str) -> None:
        self.account, self.has_none = account, account.id.is_(None)
        self.name = func.coalesce(account.name, unregistered.name)
        region_code = getattr(deal, f"{side}_region_code")
        self.region_code = func.coalesce(account.region_code, region_code)
        self.phone = case((self.has_none, unregistered.phone), else_=account.phone)
        # A name and a county are all that tells who logs in with no phone of their own.
        self.is_known_by_name = or_(self.has_none, account.represented_by_id.is_not(None))


def _is_same_party(one: _Party, two: _Party) -> ColumnElement[bool]:
    return or_(
        one.account.id == two.account.id,
        and_(or_(one.has_none, two.has_none), one.phone == two.phone),
        and_(
            one.name == two.name,
            one.region_code == two.region_code,
            or_(one.is_known_by_name, two.is_known_by_name),
        ),
    )


def related_deals(deal_ids: Collection[int]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """(likely_duplicates(), the others between the same two, whoever sold, that were agreed on
    the same day), in one statement."""
    if not deal_ids:
        return {}, {}
    queries = {
        _duplicates(deal_ids): "same",
        _same_day(deal_ids): "day",
        _same_day_by_phone(deal_ids): "day",
    }
    pairs = union_all(
        *(query.add_columns(literal(kind).label("kind")) for query, kind in queries.items())
    ).subquery()
    found: dict[str, dict[int, list[int]]] = {"same": {}, "day": {}}
    for id_, other, kind in db.session.execute(select(pairs).order_by(pairs.c.id, pairs.c.other)):
        found[kind].setdefault(id_, []).append(other)
    return found["same"], found["day"]


def _same_day(deal_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    this, other = aliased(Deal), aliased(Deal)
    sides = (
        and_(other.seller_id == this.seller_id, other.buyer_id == this.buyer_id),
        and_(other.seller_id == this.buyer_id, other.buyer_id == this.seller_id),
    )
    return (
        select(this.id, other.id.label("other"))
        .join_from(this, other, and_(or_(*sides), other.agreed_on == this.agreed_on))
        .where(this.id.in_(deal_ids), other.status.in_(AGREED_OR_LATER), other.id != this.id)
    )


def _same_day_by_phone(deal_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """The same of a party and somebody without an account, who is known by the phone."""
    this, other = aliased(Deal), aliased(Deal)
    nobody, other_nobody = aliased(UnregisteredParty), aliased(UnregisteredParty)
    accounts = or_(this.seller_id == other.seller_id, this.buyer_id == other.buyer_id)
    return (
        select(this.id, other.id.label("other"))
        .join(nobody, nobody.id == this.unregistered_id)
        .join(other_nobody, other_nobody.phone == nobody.phone)
        .join(other, other.unregistered_id == other_nobody.id)
        .where(
            this.id.in_(deal_ids),
            other.status.in_(AGREED_OR_LATER),
            other.id != this.id,
            other.agreed_on == this.agreed_on,
            accounts,
        )
    )


def near_identical_offers(offers: Collection[Any]) -> dict[int, list[int]]:
    """For each of the offers that has any, the public ones that are nearly the same.

    The same side, product, county and unit, the quantity within 1%; and the same owner,
    or word for word the same title and description.

    Compared here and not by the database: all of a county's offers of a product are few.
    """
    columns = [getattr(Offer, name) for name in (*SHARED_COLUMNS, "id", "owner_id", "quantity")]
    rows = db.session.execute(
        select(*columns, Offer.title, Offer.description)
        .where(
            tuple_(Offer.product_code, Offer.region_code).in_(
                sorted({(offer.product_code, offer.region_code) for offer in offers})
            ),
            Offer.status == OfferStatus.PUBLISHED,
        )
        .order_by(Offer.id)
    )
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault(_shared_values(row), []).append(row)
    found = {
        offer.id: [
            other.id
            for other in groups.get(_shared_values(offer), ())
            if _is_near_identical(offer, other)
        ]
        for offer in offers
    }
    return {id_: others for id_, others in found.items() if others}


def _shared_values(offer: Any) -> tuple[Any, ...]:
    return tuple(getattr(offer, name) for name in SHARED_COLUMNS)


def _is_near_identical(one: Any, other: Any) -> bool:
    if one.id == other.id:
        return False
    if abs(one.quantity - other.quantity) * 100 > max(one.quantity, other.quantity):
        return False
    words = (one.title, one.description) == (other.title, other.description)
    return one.owner_id == other.owner_id or (words and bool(one.description))
