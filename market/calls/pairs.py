"""Pairs of offers that are worth a call, and one pair with all that is known of it."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import abort
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from market.accounts.contact import numbers_of
from market.accounts.models import Account, AccountBlock
from market.calls.models import CallWithdrawal, MatchCall
from market.database import db, utcnow
from market.deals.models import Deal
from market.matching.labels import match_reasons, part_formatter
from market.matching.models import MatchNotice
from market.matching.queries import SHOWN, facts_of_row, read_offers
from market.matching.rules import Match, score
from market.offers.cards import Card
from market.offers.models import Offer, OfferStatus, Side
from market.offers.queries import cards_of, public
from market.offers.reveals import reveal_page
from market.permissions import may
from market.permissions.stations import CALLING_ROLES
from market.regions.models import Region, within
from market.stations.queries import ACTIVE_STATUSES
from market.web.filters import days_left
from market.web.home_time import home_now, home_today
from market.web.pagination import Pagination


class Whose(enum.StrEnum):
    """Of whom pairs are listed."""

    FARMERS = "farmers"
    REGION = "region"


@dataclass(frozen=True)
class Pair:
    """A sale and a purchase."""

    sale: Offer
    purchase: Offer

    def offer(self, side: Side) -> Offer:
        return self.sale if side is Side.SELL else self.purchase


@dataclass(frozen=True)
class PairComparison:
    """How well two offers fit now, with the cards of both.

    Attributes:
        words: of each part of the score, by its name.
    """

    sale: Card
    purchase: Card
    match: Match
    words: dict[str, str]

    @property
    def days_left(self) -> int:
        """For how many days both are still open."""
        return days_left(min(self.sale.valid_until, self.purchase.valid_until))

    @property
    def reasons(self) -> list[str]:
        return match_reasons(self.match, self.words)


@dataclass(frozen=True)
class PairRow(PairComparison):
    """A pair of the list.

    Attributes:
        seller, buyer: their names.
        last_call: after which it was to come back today; None: nobody has rung yet.
    """

    seller: str
    buyer: str
    last_call: MatchCall | None


@dataclass(frozen=True)
class SideNumber:
    """Whom to ring about one side of a pair.

    Attributes:
        is_own: a farmer whom the caller represents.
        reached: who answers: the party, or the assistant who represents it; None: there is no
            number.
        phone: E.164; None until the caller has asked for it.
    """

    party: Account
    is_own: bool
    reached: Account | None
    phone: str | None


def load_pair(sale_id: int, purchase_id: int) -> Pair:
    """The pair, or 404 where the two were never a match."""
    sale, purchase = (db.session.get(Offer, id_) for id_ in (sale_id, purchase_id))
    if sale is None or purchase is None or OfferStatus.DRAFT in (sale.status, purchase.status):
        abort(404)
    if sale.side is not Side.SELL or purchase.side is not Side.BUY:
        abort(404)
    pair = Pair(sale, purchase)
    if compare(pair) is None and not calls_of_pair(pair):
        abort(404)
    return pair


def compare(pair: Pair) -> PairComparison | None:
    """How well they fit now; None where one is closed or they are no match."""
    found = _compare([(pair.sale.id, pair.purchase.id)])
    return found.get((pair.sale.id, pair.purchase.id))


def calls_of_pair(pair: Pair) -> Sequence[MatchCall]:
    """All calls about the pair, the newest first, those taken back too."""
    query = select(MatchCall).where(
        MatchCall.sale_id == pair.sale.id, MatchCall.purchase_id == pair.purchase.id
    )
    return db.session.scalars(query.order_by(MatchCall.id.desc())).all()


def calls_of_party(account_id: int, limit: int) -> Sequence[MatchCall]:
    """The newest calls about offers of the account that were not taken back."""
    theirs = select(Offer.id).where(Offer.owner_id == account_id)
    of_either = or_(MatchCall.sale_id.in_(theirs), MatchCall.purchase_id.in_(theirs))
    query = select(MatchCall).where(of_either, is_live()).order_by(MatchCall.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def numbers_of_pair(caller: Account, pair: Pair) -> list[SideNumber]:
    """Whom to ring: the seller's side, then the buyer's. Who asks has asked on the offer itself."""
    found = []
    for offer in (pair.sale, pair.purchase):
        party = offer.owner
        if may(caller, "party.represent", party):
            phone = offer.contact_phone or party.phone
            found.append(SideNumber(party, True, party if phone else None, phone))
            continue
        numbers = numbers_of(caller, [party], offer.contact_phone, reveal_page(offer.id))
        one = numbers[0] if numbers else None
        found.append(
            SideNumber(party, False, one.reached if one else None, one.phone if one else None)
        )
    return found


def calling_paths(caller: Account) -> list[str]:
    """The region paths in which the account rings traders."""
    return [grant.region.path for grant in caller.grants if grant.role in CALLING_ROLES]


def _is_rung_about(caller: Account, offer: Any, region: Any) -> ColumnElement[bool]:
    """SQL: the same as `rings_about` of the permissions."""
    places = []
    for grant in caller.grants:
        if grant.role in CALLING_ROLES:
            inside = within(region.path, grant.region.path)
            town = grant.township_code
            places.append(and_(inside, offer.township_code == town) if town else inside)
    return or_(false(), *places)


def is_live() -> ColumnElement[bool]:
    """SQL: the call was not taken back."""
    return ~exists().where(CallWithdrawal.call_id == MatchCall.id)


def is_last() -> ColumnElement[bool]:
    """SQL: the call is the last about its pair that was not taken back."""
    later = aliased(MatchCall)
    withdrawn = exists().where(CallWithdrawal.call_id == later.id)
    follows = exists().where(
        later.sale_id == MatchCall.sale_id,
        later.purchase_id == MatchCall.purchase_id,
        later.id > MatchCall.id,
        ~withdrawn,
    )
    return and_(is_live(), ~follows)


def find_pairs(
    caller: Account, whose: Whose, quiet_days: int, page: int, per_page: int
) -> tuple[list[PairRow], Pagination]:
    """A page of the pairs worth a call: those to ring again today, then the best first.

    Args:
        quiet_days: leave out those whose other side was rung on any pair in so many days, today
            among them; 0: none.
    """
    query = _pairs(caller, whose, quiet_days)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pagination = Pagination(page, per_page, total)
    order = (query.selected_columns.call_id.is_(None), MatchNotice.score.desc(), MatchNotice.id)
    rows = db.session.execute(pagination.limit(query.order_by(*order))).all()
    found = _compare([(row.sale_id, row.purchase_id) for row in rows])
    calls = {row.call_id for row in rows} - {None}
    last = {c.id: c for c in db.session.scalars(select(MatchCall).where(MatchCall.id.in_(calls)))}
    owners = {card.owner_id for one in found.values() for card in (one.sale, one.purchase)}
    names: dict[int, str] = dict(
        db.session.execute(select(Account.id, Account.name).where(Account.id.in_(owners))).all()
    )
    listed = []
    for row in rows:
        one = found.get((row.sale_id, row.purchase_id))
        if one is not None:
            sellers = names[one.sale.owner_id], names[one.purchase.owner_id]
            parts = (one.sale, one.purchase, one.match, one.words)
            listed.append(PairRow(*parts, *sellers, last.get(row.call_id)))
    return listed, pagination


def count_pairs(caller: Account, whose: Whose, quiet_days: int) -> int:
    """How many pairs find_pairs() lists on all its pages."""
    query = _pairs(caller, whose, quiet_days)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _pairs(caller: Account, whose: Whose, quiet_days: int) -> Select[*tuple[Any, ...]]:
    """A statement of the pairs: sale_id, purchase_id, call_id."""
    ours, theirs = Offer, aliased(Offer, name="theirs")
    owner, other = aliased(Account, name="owner"), aliased(Account, name="other_owner")
    place, other_place = Region, aliased(Region, name="other_place")
    now, today = utcnow(), home_today()
    sale = case((ours.side == Side.SELL, ours.id), else_=theirs.id)
    purchase = case((ours.side == Side.SELL, theirs.id), else_=ours.id)
    last_id = (
        select(func.max(MatchCall.id))
        .where(MatchCall.sale_id == sale, MatchCall.purchase_id == purchase, is_live())
        .correlate(ours, theirs)
        .scalar_subquery()
    )
    last = aliased(MatchCall, name="last_call")

    def in_reach(party: Any, offer: Any, region: Any) -> ColumnElement[bool]:
        own = party.represented_by_id == caller.id
        return or_(own, _is_rung_about(caller, offer, region)) if whose is Whose.REGION else own

    def speaks_for(party: Any) -> ColumnElement[bool]:
        return or_(party.id == caller.id, party.represented_by_id == caller.id)

    def is_of(party: Any) -> ColumnElement[bool]:
        # NULL where nobody represents them.
        return func.coalesce(speaks_for(party), false())

    sides = (owner.id, other.id)
    blocked = exists().where(
        or_(
            and_(AccountBlock.blocker_id.in_(sides), AccountBlock.blocked_id.in_(sides)),
            and_(AccountBlock.blocker_id.in_(sides), AccountBlock.blocked_id == caller.id),
        )
    )
    dealt = exists().where(
        Deal.seller_offer_id == sale,
        Deal.buyer_offer_id == purchase,
        Deal.status.in_(ACTIVE_STATUSES),
    )
    query = (
        select(sale.label("sale_id"), purchase.label("purchase_id"), last.id.label("call_id"))
        .select_from(MatchNotice)
        .join(ours, ours.id == MatchNotice.offer_id)
        .join(theirs, theirs.id == MatchNotice.counterpart_id)
        .join(owner, owner.id == ours.owner_id)
        .join(other, other.id == theirs.owner_id)
        .join(place, place.code == ours.region_code)
        .join(other_place, other_place.code == theirs.region_code)
        .outerjoin(last, last.id == last_id)
        .where(
            in_reach(owner, ours, place),
            # Each pair has a notice at either end: one of them is enough.
            or_(
                ours.side == Side.SELL,
                ~func.coalesce(in_reach(other, theirs, other_place), false()),
            ),
            ~and_(is_of(owner), is_of(other)),
            *(public(now), ours.remaining > 0),
            *(theirs.status == OfferStatus.PUBLISHED, theirs.valid_until > now),
            theirs.remaining > 0,
            *(~blocked, ~dealt),
            or_(last.id.is_(None), last.back_on <= today),
        )
    )
    if quiet_days:
        rung = _rung_since(today - timedelta(days=quiet_days - 1))
        query = query.where(or_(last.id.is_not(None), other.id.not_in(rung)))
    return query


def _rung_since(first: date) -> Select[*tuple[Any, ...]]:
    """Who was rung about any of their offers on that day or later."""
    sides = (
        select(Offer.owner_id)
        .join(MatchCall, column == Offer.id)
        .where(MatchCall.called_on >= first, is_live())
        for column in (MatchCall.sale_id, MatchCall.purchase_id)
    )
    both = union_all(*sides).subquery()
    return select(both.c.owner_id)


def _compare(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], PairComparison]:
    """Those of the pairs that are still public and a match."""
    now, tell = home_now(), part_formatter()
    rows = {row.id: row for row in read_offers(SHOWN, {id for pair in pairs for id in pair}, now)}
    facts = {id: facts_of_row(row) for id, row in rows.items()}
    cards = {card.id: card for card in cards_of(rows.values())}
    found = {}
    for sale, purchase in pairs:
        if sale not in facts or purchase not in facts:
            continue
        if match := score(facts[sale], facts[purchase], now):
            words = {name: tell(part) for name, part in match.parts.items()}
            found[sale, purchase] = PairComparison(cards[sale], cards[purchase], match, words)
    return found
