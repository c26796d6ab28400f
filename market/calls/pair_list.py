"""The list of the match desk: which pairs are worth a call, the likeliest to trade first.

Pairs come from the notices of matches, which are of the best alone, and for the newest offers in
reach from the index, so that what was never noticed is listed too. A fixed number of statements
and one question to the index serve any number of pairs.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

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
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from market.accounts.models import Account, AccountBlock
from market.calls.models import MatchCall
from market.calls.pairs import PairComparison, compare_pairs, is_live
from market.calls.rules import is_near
from market.database import db, utcnow
from market.deals.models import Deal
from market.matching.candidates import best_counterparts
from market.matching.models import MatchNotice
from market.matching.queries import facts_of
from market.matching.rules import Match, score
from market.offers.models import Offer, OfferStatus, Side
from market.offers.queries import public
from market.permissions.stations import CALLING_ROLES
from market.regions.models import Region, within
from market.search.engine import ask_index
from market.search.view import View
from market.stations.queries import ACTIVE_STATUSES
from market.web.home_time import home_now, home_today
from market.web.pagination import Pagination

# So many pairs of notices are looked at, the best; more nobody rings in a week.
MAX_NOTICED = 500
# For so many offers, the newest, the index is asked for so many counterparts of each.
MAX_ASKED, COUNTERPARTS = 60, 5
# Below it hardly anything of the two fits.
MIN_SCORE = 0.6

# Sale and purchase.
PairKey = tuple[int, int]


class Whose(enum.StrEnum):
    """Of whom pairs are listed."""

    FARMERS = "farmers"
    REGION = "region"


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
class _Ranked:
    """A pair of the list as it is ordered."""

    key: PairKey
    call_id: int | None
    match: Match

    @property
    def place(self) -> tuple[Any, ...]:
        """Those to ring again today first, then those whose prices may meet, the best first."""
        return self.call_id is None, not is_near(self.match), -self.match.total, *self.key


def find_pairs(
    caller: Account, whose: Whose, quiet_days: int, page: int, per_page: int
) -> tuple[list[PairRow], Pagination]:
    """A page of the pairs worth a call: those to ring again today, then those whose prices meet
    or nearly do, then those further apart; of each the best first.

    Args:
        quiet_days: leave out those whose other side was rung on any pair in so many days, today
            among them; 0: none.
    """
    ranked = _ranked(caller, whose, quiet_days)
    pagination = Pagination(page, per_page, len(ranked))
    shown = pagination.rows_of(ranked)
    found = compare_pairs([each.key for each in shown])
    calls = {each.call_id for each in shown} - {None}
    last = {c.id: c for c in db.session.scalars(select(MatchCall).where(MatchCall.id.in_(calls)))}
    owners = {card.owner_id for one in found.values() for card in (one.sale, one.purchase)}
    names: dict[int, str] = dict(
        db.session.execute(select(Account.id, Account.name).where(Account.id.in_(owners))).all()
    )
    listed = []
    for each in shown:
        one = found.get(each.key)
        if one is not None:
            parties = names[one.sale.owner_id], names[one.purchase.owner_id]
            parts = (one.sale, one.purchase, one.match, one.words)
            listed.append(PairRow(*parts, *parties, last.get(each.call_id or 0)))
    return listed, pagination


def _ranked(caller: Account, whose: Whose, quiet_days: int) -> list[_Ranked]:
    noticed = _worth_a_call(caller, whose, quiet_days)
    last_call = noticed.selected_columns.call_id
    best = noticed.order_by(last_call.is_(None), MatchNotice.score.desc(), MatchNotice.id)
    rows = [*db.session.execute(best.limit(MAX_NOTICED))]
    if found := _counterparts(caller, whose):
        rows += db.session.execute(_worth_a_call(caller, whose, quiet_days, found))
    calls: dict[PairKey, int | None] = {(r.sale_id, r.purchase_id): r.call_id for r in rows}
    now = home_now()
    facts = facts_of({id for key in calls for id in key}, now)
    ranked = [
        _Ranked(key, call_id, match)
        for key, call_id in calls.items()
        if key[0] in facts
        and key[1] in facts
        and (match := score(facts[key[0]], facts[key[1]], now))
    ]
    return sorted(ranked, key=lambda each: each.place)


def _counterparts(caller: Account, whose: Whose) -> Sequence[tuple[int, int]]:
    """(offer, counterpart) of the newest offers in reach and the best that the index knows for
    each; none where there is no index."""
    now, owner = home_now(), aliased(Account, name="owner")
    ids = (
        select(Offer.id)
        .join(owner, owner.id == Offer.owner_id)
        .join(Region, Region.code == Offer.region_code)
        .where(_in_reach(caller, whose, owner, Offer, Region), public(now), Offer.remaining > 0)
        .order_by(Offer.published_at.desc(), Offer.id.desc())
        .limit(MAX_ASKED)
    )
    own = facts_of(db.session.scalars(ids), now)

    def question(view: View) -> list[tuple[int, int]]:
        return [
            (id, other)
            for id, facts in own.items()
            for other, total in best_counterparts(view, facts, now, COUNTERPARTS)
            if total >= MIN_SCORE
        ]

    return (ask_index(question) or []) if own else []


def _in_reach(
    caller: Account, whose: Whose, party: Any, offer: Any, region: Any
) -> ColumnElement[bool]:
    """SQL: the offer is of whom the caller rings for."""
    own: ColumnElement[bool] = party.represented_by_id == caller.id
    return or_(own, _is_rung_about(caller, offer, region)) if whose is Whose.REGION else own


def _is_rung_about(caller: Account, offer: Any, region: Any) -> ColumnElement[bool]:
    """SQL: the same as `rings_about` of the permissions."""
    places = []
    for grant in caller.grants:
        if grant.role in CALLING_ROLES:
            inside = within(region.path, grant.region.path)
            town = grant.township_code
            places.append(and_(inside, offer.township_code == town) if town else inside)
    return or_(false(), *places)


def _worth_a_call(
    caller: Account,
    whose: Whose,
    quiet_days: int,
    pairs: Sequence[tuple[int, int]] | None = None,
) -> Select[*tuple[Any, ...]]:
    """A statement of the pairs that nothing speaks against: sale_id, purchase_id, call_id.

    Args:
        pairs: (offer, counterpart), which are looked at; None: those of the notices.
    """
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
    query = select(sale.label("sale_id"), purchase.label("purchase_id"), last.id.label("call_id"))
    if pairs is None:
        query = query.select_from(MatchNotice).join(ours, ours.id == MatchNotice.offer_id)
        query = query.join(theirs, theirs.id == MatchNotice.counterpart_id)
        # Each pair has a notice at either end: one of them is enough.
        reached_too = _in_reach(caller, whose, other, theirs, other_place)
        query = query.where(or_(ours.side == Side.SELL, ~func.coalesce(reached_too, false())))
    else:
        # SQLite would join a list of pairs last, with every offer that stands.
        mine, others = (sorted({pair[n] for pair in pairs}) for n in (0, 1))
        both = and_(theirs.id.in_(others), tuple_(ours.id, theirs.id).in_(pairs))
        query = query.select_from(ours).join(theirs, both).where(ours.id.in_(mine))
    query = (
        query.join(owner, owner.id == ours.owner_id)
        .join(other, other.id == theirs.owner_id)
        .join(place, place.code == ours.region_code)
        .join(other_place, other_place.code == theirs.region_code)
        .outerjoin(last, last.id == last_id)
        .where(
            _in_reach(caller, whose, owner, ours, place),
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
        .join(MatchCall, offer_id == Offer.id)
        .where(MatchCall.called_on >= first, is_live())
        for offer_id in (MatchCall.sale_id, MatchCall.purchase_id)
    )
    both = union_all(*sides).subquery()
    return select(both.c.owner_id)
