"""Deals as lists show them, and what a proposal needs to know."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    Label,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from market.accounts.contact import numbers_of
from market.accounts.models import Account, TraderType
from market.accounts.today import PARTIES
from market.database import db, utcnow
from market.deals.models import (
    Deal,
    DealEvent,
    DealRevision,
    DealStatus,
    LedgerEntry,
    RevisionAnswer,
)
from market.deals.rules import OpenFair
from market.deals.unregistered_models import UnregisteredParty
from market.fairs.models import ENDED, Fair, FairTheme
from market.offers.models import Offer, OfferPhoto, OfferStatus, Side
from market.permissions import may
from market.products.models import Product
from market.regions.models import Region, within
from market.web.pagination import Pagination

ONGOING_STATUSES = (
    DealStatus.PROPOSED,
    DealStatus.AGREED,
    DealStatus.RETURNED,
    DealStatus.DISPUTED,
)
# What another proposal can follow: one with other terms, or the same again.
FOLLOWED_STATUSES = (DealStatus.REPLACED, DealStatus.DECLINED, DealStatus.CANCELLED)


class DealTab(enum.StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    VERIFIED = "verified"
    ALL = "all"


def home_path() -> str:
    """The path of the home region."""
    code = current_app.config["HOME_REGION"]
    return db.session.scalars(select(Region.path).where(Region.code == code)).one()


def reversal_reason() -> Label[str]:
    """The column `reason` for a select from LedgerEntry: why a reversal was made, as the county
    wrote it in the deal's history; empty for entries that count a deal."""
    why = (
        select(DealEvent.reason)
        .where(
            DealEvent.deal_id == LedgerEntry.deal_id,
            DealEvent.status == DealStatus.RETURNED,
            DealEvent.at <= LedgerEntry.at,
        )
        .order_by(DealEvent.id.desc())
        .limit(1)
        .correlate(LedgerEntry)
        .scalar_subquery()
    )
    return case((LedgerEntry.deals < 0, func.coalesce(why, "")), else_="").label("reason")


def open_fairs(day: date) -> list[OpenFair]:
    """The fairs that take deals agreed on the local `day`: those it lies in, until certified.

    Inside transaction(): none of them is cancelled or certified before it ends.
    """
    fairs = db.session.execute(
        select(Fair.id, Region.path)
        .join(Region, Region.code == Fair.region_code)
        .where(
            Fair.status.not_in(ENDED),
            Fair.starts_on <= day,
            Fair.ends_on >= day,
            Fair.totals_only.is_(False),
        )
        .order_by(Fair.id)
        .with_for_update(read=True, of=Fair)
    ).all()
    themes: dict[int, set[str]] = {id_: set() for id_, _ in fairs}
    if themes:
        for fair_id, prefix in db.session.execute(
            select(FairTheme.fair_id, FairTheme.product_prefix).where(FairTheme.fair_id.in_(themes))
        ):
            themes[fair_id].add(prefix)
    return [OpenFair(id_, path, themes[id_]) for id_, path in fairs]


def answering_offers(parties: Collection[int], offer: Offer) -> Sequence[Row[*tuple[Any, ...]]]:
    """The parties' own open offers of the other side and the same product family."""
    family = "/".join(offer.product.path.split("/")[:2])
    return db.session.execute(
        select(Offer.id, Offer.owner_id, Offer.title, Offer.remaining, Offer.unit)
        .join(Product, Product.code == Offer.product_code)
        .where(
            Offer.owner_id.in_(parties),
            Offer.side == offer.side.other,
            Offer.status == OfferStatus.PUBLISHED,
            Offer.valid_until > utcnow(),
            within(Product.path, family),
        )
        .order_by(Offer.id.desc())
        .limit(50)
    ).all()


def contacts(viewer: Account, deal: Deal) -> list[Account]:
    """The accounts the viewer may telephone about a deal: the other side, or its assistant;
    nobody once the deal was declined."""
    is_open = deal.status is DealStatus.PROPOSED or deal.agreed_on is not None
    if not is_open or not may(viewer, "deal.act", deal):
        return []
    others = [each for each in deal.accounts if not may(viewer, "party.represent", each)]
    return [number.reached for number in numbers_of(viewer, others)]


def contact_phones(viewer: Account, deal: Deal) -> list[tuple[Account, str | None]]:
    """Each contact with its number, None until the viewer has asked for it (recorded)."""
    people = numbers_of(viewer, contacts(viewer, deal))
    return [(number.reached, number.phone) for number in people]


def _tab_filter(tab: DealTab, parties: Any) -> ColumnElement[bool]:
    answering = case((Deal.proposed_side == Side.SELL, Deal.buyer_id), else_=Deal.seller_id).in_(
        parties
    )
    return {
        DealTab.WAITING: or_(
            and_(
                Deal.status == DealStatus.PROPOSED,
                or_(answering, Deal.unregistered_id.is_not(None)),
            ),
            and_(Deal.status == DealStatus.RETURNED, ~_awaits_answer_to(parties)),
        ),
        DealTab.OPEN: Deal.status.in_(ONGOING_STATUSES),
        DealTab.VERIFIED: Deal.status == DealStatus.VERIFIED,
        DealTab.ALL: literal(True),
    }[tab]


def _awaits_answer_to(parties: Any) -> ColumnElement[bool]:
    """SQL condition: a revision written by one of the parties waits for the other side."""
    writer = case((DealRevision.by_side == Side.SELL, Deal.seller_id), else_=Deal.buyer_id)
    return exists().where(
        DealRevision.deal_id == Deal.id,
        DealRevision.answer == RevisionAnswer.WAITING,
        writer.in_(parties),
    )


def waiting_deals() -> Select[*tuple[Any, ...]]:
    """For the list of what waits today: how many deals of the parties wait for an answer or a
    revision, and since when."""
    query = select(func.count(), func.min(Deal.updated_at)).select_from(Deal)
    return query.where(_is_party(PARTIES), _tab_filter(DealTab.WAITING, PARTIES))


def count_by_tab(parties: Collection[int]) -> dict[DealTab, int]:
    """How many deals each tab holds."""
    row = db.session.execute(
        select(*(func.count(case((_tab_filter(tab, parties), 1))) for tab in DealTab)).where(
            _is_party(parties)
        )
    ).one()
    return dict(zip(DealTab, row, strict=True))


def _is_party(parties: Any) -> ColumnElement[bool]:
    return or_(Deal.seller_id.in_(parties), Deal.buyer_id.in_(parties))


def select_deal_rows() -> Select[*tuple[Any, ...]]:
    """The columns a list of deals shows."""
    seller, buyer = aliased(Account), aliased(Account)
    return (
        select(
            Deal.id,
            Deal.status,
            Deal.status_reason,
            Deal.quantity,
            Deal.unit,
            Deal.unit_price,
            Deal.amount_fen,
            Deal.amount_reason,
            Deal.day_reason,
            Deal.seller_offer_id,
            Deal.buyer_offer_id,
            Deal.proposed_side,
            Deal.county_verified_by_id,
            Deal.agreed_on,
            Deal.created_at,
            Deal.updated_at,
            Deal.channel,
            Deal.home_region_code,
            Deal.seller_region_code,
            Deal.buyer_region_code,
            Deal.seller_id,
            Deal.buyer_id,
            Deal.unregistered_id,
            Deal.evidence,
            Deal.product_code,
            Deal.proposed_by_id,
            Deal.agreed_by_id,
            func.coalesce(seller.name, UnregisteredParty.name).label("seller_name"),
            func.coalesce(buyer.name, UnregisteredParty.name).label("buyer_name"),
            seller.represented_by_id.label("seller_station_id"),
            buyer.represented_by_id.label("buyer_station_id"),
            Product.name,
            Product.name_en,
            Region.name.label("home_name"),
            Region.name_en.label("home_name_en"),
            Region.path.label("home_path"),
        )
        .outerjoin(seller, seller.id == Deal.seller_id)
        .outerjoin(buyer, buyer.id == Deal.buyer_id)
        .outerjoin(UnregisteredParty, UnregisteredParty.id == Deal.unregistered_id)
        .join(Product, Product.code == Deal.product_code)
        .join(Region, Region.code == Deal.home_region_code)
    )


def party_columns(account: Any, name: str) -> tuple[Label[Any], Label[Any]]:
    """Name and kind of a side, of select from Deal outer joined with its account and
    UnregisteredParty; whoever has no account is masked like a person."""
    kind = func.coalesce(account.trader_type, literal(TraderType.FARMER, account.trader_type.type))
    return (
        func.coalesce(account.name, UnregisteredParty.name).label(name),
        kind.label(f"{name}_type"),
    )


def find_deals(
    parties: Collection[int], tab: DealTab, pagination: Pagination
) -> Sequence[Row[*tuple[Any, ...]]]:
    """A page of the parties' deals, the newest first, each with the first photo of its offer."""
    offer_id = func.coalesce(Deal.seller_offer_id, Deal.buyer_offer_id)
    query = select_deal_rows().add_columns(OfferPhoto.sha256.label("photo"))
    query = query.outerjoin(
        OfferPhoto, and_(OfferPhoto.offer_id == offer_id, OfferPhoto.position == 0)
    ).where(_is_party(parties), _tab_filter(tab, parties))
    return db.session.execute(pagination.limit(query.order_by(Deal.id.desc()))).all()


def first_proposal(deal: Deal) -> Deal:
    """The proposal that this one goes back to, by other terms or by being proposed again."""
    while deal.follows is not None:
        deal = deal.follows
    return deal


def last_proposal(deal: Deal) -> Deal:
    """What a proposal led to: the latest that answers or repeats it."""
    while deal.status in FOLLOWED_STATUSES and deal.followed_by is not None:
        deal = deal.followed_by
    return deal
