"""The two queues there are: deals that a county verifies, and offers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from market.accounts.models import Account, Role
from market.database import db, utcnow
from market.deals.checks import check_awaiting as check_deal
from market.deals.flags import Flag, deal_flags, offer_flags, offer_value_fen
from market.deals.models import Deal, DealEvent, DealProof, DealStatus, LedgerEntry
from market.deals.queries import select_deal_rows
from market.deals.rules import LATE_AFTER
from market.deals.verification import (
    check_call_back,
    check_level,
    check_proof,
    return_deal,
    verify_deal,
)
from market.desk.queues import (
    Lack,
    Queue,
    QueueItem,
    QueueQuery,
    QueueState,
    WaitingCount,
)
from market.offers.models import Offer, OfferStatus, Side, Verification
from market.offers.services import check_awaiting as check_offer
from market.offers.services import return_offer, verify_offer
from market.permissions.trade import second_official_of
from market.products.models import Product
from market.products.quantities import format_price
from market.products.units import UNITS
from market.regions.models import Region
from market.web.filters import local_name, trimmed

# Returned after the ledger had counted it: a verification taken back.
UNDONE = exists().where(LedgerEntry.deal_id == Deal.id, LedgerEntry.deals < 0)
DEAL_STATES = {
    QueueState.WAITING: and_(
        Deal.status == DealStatus.AGREED, Deal.county_verified_by_id.is_(None)
    ),
    QueueState.SECOND: and_(
        Deal.status == DealStatus.AGREED, Deal.county_verified_by_id.is_not(None)
    ),
    QueueState.RETURNED: and_(Deal.status == DealStatus.RETURNED, ~UNDONE),
    QueueState.UNDONE: and_(Deal.status == DealStatus.RETURNED, UNDONE),
    QueueState.DISPUTED: Deal.status == DealStatus.DISPUTED,
    QueueState.VERIFIED: Deal.status == DealStatus.VERIFIED,
}
OFFER_STATES = {
    QueueState.WAITING: Verification.UNVERIFIED,
    QueueState.RETURNED: Verification.RETURNED,
}
LACKS = {
    Lack.PROOF: ~exists().where(DealProof.deal_id == Deal.id),
    Lack.CALL: Deal.called_back_by_id.is_(None),
}


class DealQueue(Queue):
    """Deals by the county they are counted in, since their last step."""

    kind = "deals"
    permission = "deal.verify"
    model = Deal
    states = tuple(state for state in DEAL_STATES if state is not QueueState.VERIFIED)
    send_back = staticmethod(return_deal)

    def __init__(self) -> None:
        self.county = Deal.home_region_code
        self.amount = Deal.amount_fen

    def in_state(self, state: QueueState) -> ColumnElement[bool]:
        return DEAL_STATES[state]

    def check(self, thing: Deal, official: Account) -> None:
        check_deal(thing)
        check_level(official, thing)

    def check_verifiable(self, thing: Deal) -> None:
        check_proof(thing)
        check_call_back(thing)

    def verify(self, official: Account, thing: Deal, reason: str) -> None:
        verify_deal(official, thing, reason)

    def since(self, state: QueueState) -> InstrumentedAttribute[Any]:
        return Deal.verified_at if state is QueueState.VERIFIED else Deal.updated_at

    def verified_by(self, official_id: int) -> ColumnElement[bool]:
        return or_(Deal.verified_by_id == official_id, Deal.county_verified_by_id == official_id)

    def conditions(self, query: QueueQuery) -> list[ColumnElement[bool]]:
        found = super().conditions(query)
        if query.lack is not None:
            found.append(LACKS[query.lack])
        if query.fair_id is not None:
            found.append(Deal.fair_id == query.fair_id)
        return found

    def waiting(self, counties: Collection[str]) -> list[WaitingCount]:
        """All states in one statement: of deals the open ones are few, and an index has them."""
        late, open_ones = utcnow() - LATE_AFTER, {DealStatus.AGREED, DealStatus.RETURNED}
        state = case(*((DEAL_STATES[each], literal(each.value)) for each in self.states))
        since = Deal.updated_at
        statement = (
            select(
                *(self.county, state.label("state"), func.count(), func.min(since)),
                *(func.count().filter(since < late), func.sum(Deal.amount_fen)),
            )
            .where(self.county.in_(counties), Deal.status.in_(open_ones | {DealStatus.DISPUTED}))
            .group_by(self.county, "state")
        )
        return [
            WaitingCount(county, QueueState(of), count, oldest, late, int(fen))
            for county, of, count, oldest, late, fen in db.session.execute(statement)
        ]

    def on_side(self, side: Side) -> ColumnElement[bool]:
        sells = Deal.seller_region_code == Deal.home_region_code
        return sells if side is Side.SELL else ~sells

    def columns(self) -> Select[*tuple[Any, ...]]:
        return select_deal_rows()

    def things(self, ids: Collection[int]) -> dict[int, Any]:
        parties = (joinedload(each) for each in (Deal.seller, Deal.buyer))
        statement = select(Deal).where(Deal.id.in_(ids)).options(*parties)
        statement = statement.options(
            joinedload(Deal.home_region, innerjoin=True),
            selectinload(Deal.events).joinedload(DealEvent.by, innerjoin=True),
            selectinload(Deal.proofs),
        )
        return {deal.id: deal for deal in db.session.scalars(statement).unique()}

    def flags(self, rows: Collection[Any]) -> dict[int, list[Flag]]:
        return deal_flags(rows)

    def item(self, row: Any, flags: Sequence[Flag], since: datetime) -> QueueItem:
        stations = {row.seller_station_id, row.buyer_station_id} - {None}
        hands = {row.seller_id, row.buyer_id, row.proposed_by_id, row.agreed_by_id}
        hands |= {row.county_verified_by_id} - {None}
        return QueueItem(
            id=row.id,
            title=local_name(row),
            side=None,
            amount_fen=row.amount_fen,
            quantity=row.quantity,
            unit=row.unit,
            unit_price=trimmed(row.unit_price),
            who=(row.seller_name, row.buyer_name),
            county=row.home_region_code,
            path=row.home_path,
            since=since,
            barred=frozenset(hands | stations),
            flags=flags,
            is_second=row.county_verified_by_id is not None,
        )


class OfferQueue(Queue):
    """Public offers by their county, since they were published."""

    kind = "offers"
    permission = "offer.verify"
    model = Offer
    states = tuple(OFFER_STATES)
    send_back = staticmethod(return_offer)

    def __init__(self) -> None:
        factors = {code: float(unit.factor) for code, unit in UNITS.items()}
        self.county = Offer.region_code
        # Rounded: to filter and sort by, never to show.
        self.amount = (
            cast(Offer.price_per_base, Float)
            * cast(Offer.quantity, Float)
            * case(factors, value=Offer.unit)
            / 100_000.0
        )

    def in_state(self, state: QueueState) -> ColumnElement[bool]:
        if state is QueueState.VERIFIED:
            return Offer.verification == Verification.VERIFIED
        return and_(
            Offer.status == OfferStatus.PUBLISHED,
            Offer.verification == OFFER_STATES[state],
            Offer.valid_until > utcnow(),
        )

    def check(self, thing: Offer, official: Account) -> None:
        check_offer(thing)

    def check_verifiable(self, thing: Offer) -> None:
        """Nothing is needed."""

    def verify(self, official: Account, thing: Offer, reason: str) -> None:
        verify_offer(official, thing)

    def since(self, state: QueueState) -> InstrumentedAttribute[Any]:
        return Offer.verified_at if state is QueueState.VERIFIED else Offer.published_at

    def verified_by(self, official_id: int) -> ColumnElement[bool]:
        return Offer.verified_by_id == official_id

    def on_side(self, side: Side) -> ColumnElement[bool]:
        return Offer.side == side

    def things(self, ids: Collection[int]) -> dict[int, Any]:
        loaded = (joinedload(each, innerjoin=True) for each in (Offer.owner, Offer.region))
        statement = select(Offer).where(Offer.id.in_(ids)).options(*loaded)
        return {offer.id: offer for offer in db.session.scalars(statement).unique()}

    def columns(self) -> Select[*tuple[Any, ...]]:
        return (
            select(
                *(Offer.id, Offer.side, Offer.title, Offer.description),
                *(Offer.quantity, Offer.unit),
                *(Offer.price_low, Offer.price_high, Offer.price_unit, Offer.published_at),
                *(Offer.owner_id, Offer.posted_by_id, Offer.region_code, Offer.product_code),
                Account.name.label("owner_name"),
                Account.represented_by_id,
                Product.name,
                Product.name_en,
                Region.path.label("home_path"),
            )
            .join(Region, Region.code == Offer.region_code)
            .join(Product, Product.code == Offer.product_code)
            .join(Account, Account.id == Offer.owner_id)
        )

    def flags(self, rows: Collection[Any]) -> dict[int, list[Flag]]:
        return offer_flags(rows)

    def item(self, row: Any, flags: Sequence[Flag], since: datetime) -> QueueItem:
        return QueueItem(
            id=row.id,
            title=row.title,
            side=row.side,
            amount_fen=offer_value_fen(row),
            quantity=row.quantity,
            unit=row.unit,
            unit_price=format_price(row.price_low, row.price_high, row.price_unit),
            who=(row.owner_name,),
            county=row.region_code,
            path=row.home_path,
            since=since,
            barred=frozenset({row.owner_id, row.represented_by_id} - {None}),
            flags=flags,
        )


QUEUES: dict[str, DealQueue | OfferQueue] = {
    queue.kind: queue for queue in (DealQueue(), OfferQueue())
}


def may_decide(official: Account, item: QueueItem) -> bool:
    """Whether the official is of the region that decides, and had no hand in it."""
    if official.id in item.barred:
        return False
    if item.is_second:
        return second_official_of(official, item.path)
    return official.has_role(Role.COUNTY_OFFICIAL, within=item.path)
