"""What an official needs to judge one deal or offer, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db
from market.deals.baselines import deal_baselines, deal_price_day, offer_baselines, offer_price_day
from market.deals.flag_rules import FlagCode, product_season
from market.deals.flags import Flag, deal_flags, format_season, offer_flags, offer_value_fen
from market.deals.models import Deal, DealEvent, DealStatus
from market.deals.queries import select_deal_rows
from market.deals.unregistered_models import UnregisteredParty
from market.desk.scale import Scale, scale_of
from market.offers.models import Offer, OfferStatus
from market.products.units import UNITS
from market.regions.models import Region
from market.regions.rules import great_circle_km
from market.web.filters import trimmed, yuan

# Likely duplicates set beside the deal, and earlier deals of the two.
MAX_DUPLICATES = 2
MAX_EARLIER_DEALS = 5


@dataclass
class PartyRecord:
    """What is known of a party.

    Attributes:
        station: name of who represents it, if anybody does.
        deals: how many of its deals are in each state; worth_fen: of the verified ones.
        returned: how many of its deals a county ever sent back.
        offers: how many of its offers are public.
    """

    account: Account
    station: str | None = None
    deals: dict[DealStatus, int] = field(default_factory=dict)
    worth_fen: int = 0
    returned: int = 0
    offers: int = 0

    @property
    def finished(self) -> int:
        return self.deals.get(DealStatus.VERIFIED, 0)


@dataclass(frozen=True)
class DealReview:
    """A deal before its judge; of the side without an account there is no record."""

    flags: list[Flag]
    seller: PartyRecord | None
    buyer: PartyRecord | None
    earlier: Sequence[Any]
    scales: list[Scale]
    kilometres: float | None
    similar: list[Deal]
    first_official: Account | None

    @property
    def stops(self) -> bool:
        """Whether a flag says to stop, so that verifying it needs a written reason."""
        return any(flag.is_blocking for flag in self.flags)


@dataclass(frozen=True)
class OfferReview:
    """An offer before its judge."""

    flags: list[Flag]
    owner: PartyRecord
    scales: list[Scale]
    worth_fen: int | None
    similar: list[Offer]


def deal_review(deal: Deal) -> DealReview:
    """What there is to know about a deal that was loaded with its parties and regions."""
    usual = deal_baselines([deal])
    flags = deal_flags([deal], usual)[deal.id]
    records = party_records(deal.accounts)
    day, unit = deal_price_day(deal), UNITS[deal.unit].name
    price = usual.price(deal.product_code, deal.unit, day)
    quantity = usual.quantity(deal.home_region_code, deal.product_code, deal.unit)
    amount, yuan_a = usual.amounts.get(deal.home_region_code), _("CNY/%(unit)s", unit=unit)
    scales = [
        _price_scale(deal.unit_price, price, yuan_a, day),
        scale_of(_("Quantity in this county"), deal.quantity, quantity, unit, _figure),
        scale_of(
            _("Amount of a deal in this county"),
            Decimal(deal.amount_fen),
            amount,
            _("yuan"),
            lambda fen: yuan(int(fen)),
        ),
    ]
    return DealReview(
        flags=flags,
        seller=records.get(deal.seller_id or 0),
        buyer=records.get(deal.buyer_id or 0),
        earlier=_earlier(deal),
        scales=[scale for scale in scales if scale],
        kilometres=distance(deal.seller_region, deal.buyer_region),
        similar=_deals(_others(flags, FlagCode.DUPLICATE)),
        first_official=db.session.get(Account, deal.county_verified_by_id)
        if deal.county_verified_by_id
        else None,
    )


def offer_review(offer: Offer) -> OfferReview:
    """What there is to know about an offer that was loaded with its owner and region."""
    usual = offer_baselines([offer])
    flags = offer_flags([offer], usual)[offer.id]
    day = offer_price_day(offer)
    quantity = usual.quantity(offer.region_code, offer.product_code, offer.unit)
    unit = UNITS[offer.unit].name
    scales = [scale_of(_("Quantity in this county"), offer.quantity, quantity, unit, _figure)]
    if offer.price_low:
        band = usual.price(offer.product_code, offer.price_unit, day)
        each = _("CNY/%(unit)s", unit=UNITS[offer.price_unit].name)
        scales.insert(0, _price_scale(offer.price_low, band, each, day))
    similar = select(Offer).where(Offer.id.in_(_others(flags, FlagCode.NEAR_IDENTICAL)))
    similar = similar.options(joinedload(Offer.owner, innerjoin=True), joinedload(Offer.product))
    return OfferReview(
        flags=flags,
        owner=party_records([offer.owner])[offer.owner_id],
        scales=[scale for scale in scales if scale],
        worth_fen=offer_value_fen(offer),
        similar=list(db.session.scalars(similar.order_by(Offer.id))),
    )


def party_records(parties: Collection[Account]) -> dict[int, PartyRecord]:
    """The record of each party by its id, in four statements."""
    found = {party.id: PartyRecord(party) for party in parties}
    sides = [
        select(side.label("party"), Deal.id, Deal.status, Deal.amount_fen).where(side.in_(found))
        for side in (Deal.seller_id, Deal.buyer_id)
    ]
    deals = union_all(*sides).subquery()
    totals = select(deals.c.party, deals.c.status, func.count(), func.sum(deals.c.amount_fen))
    for id_, status, count, fen in db.session.execute(
        totals.group_by(deals.c.party, deals.c.status)
    ):
        found[id_].deals[status] = count
        if status is DealStatus.VERIFIED:
            found[id_].worth_fen = int(fen)
    sent_back = select(deals.c.party, func.count(DealEvent.deal_id.distinct()))
    sent_back = sent_back.join(DealEvent, DealEvent.deal_id == deals.c.id)
    sent_back = sent_back.where(DealEvent.status == DealStatus.RETURNED)
    for id_, count in db.session.execute(sent_back.group_by(deals.c.party)):
        found[id_].returned = count
    offers = select(Offer.owner_id, func.count()).where(
        Offer.owner_id.in_(found), Offer.status == OfferStatus.PUBLISHED
    )
    for id_, count in db.session.execute(offers.group_by(Offer.owner_id)):
        found[id_].offers = count
    stations = {party.represented_by_id: party.id for party in parties if party.represented_by_id}
    names = dict(
        db.session.execute(select(Account.id, Account.name).where(Account.id.in_(stations))).all()
    )
    for party in parties:
        found[party.id].station = names.get(party.represented_by_id or 0)
    return found


def distance(one: Region, other: Region) -> float | None:
    """Kilometres between the middles of two regions; None where one isn't known."""
    places = (one.latitude, one.longitude, other.latitude, other.longitude)
    return None if None in places else float(great_circle_km(*places))


def _price_scale(price: Decimal, usual: Any, unit: str, day: Any) -> Scale | None:
    months = format_season(product_season(day))
    return scale_of(_("Price"), price, usual, unit, _figure, months, both_ways=True)


def _figure(value: Decimal) -> str:
    return trimmed(round(value, 2))


def _others(flags: Sequence[Flag], code: FlagCode) -> list[int]:
    return [id_ for flag in flags if flag.code is code for id_ in flag.others][:MAX_DUPLICATES]


def _deals(ids: Sequence[int]) -> list[Deal]:
    query = select(Deal).where(Deal.id.in_(ids)).order_by(Deal.id)
    people = (Deal.seller, Deal.buyer, Deal.product, Deal.seller_region, Deal.buyer_region)
    loaded = [joinedload(each) for each in people]
    return list(db.session.scalars(query.options(*loaded)).unique())


def _earlier(deal: Deal) -> Sequence[Any]:
    """The latest other deals between the two, whoever sold."""
    if deal.unregistered is None:
        pairs = ((deal.seller_id, deal.buyer_id), (deal.buyer_id, deal.seller_id))
        between = or_(*(and_(Deal.seller_id == s, Deal.buyer_id == b) for s, b in pairs))
    else:
        own = deal.accounts[0].id
        between = and_(
            or_(Deal.seller_id == own, Deal.buyer_id == own),
            UnregisteredParty.phone == deal.unregistered.phone,
        )
    query = select_deal_rows().where(between, Deal.id != deal.id)
    return db.session.execute(query.order_by(Deal.id.desc()).limit(MAX_EARLIER_DEALS)).all()
