"""How many pairs were rung, reached, agreed and dealt: counted from the calls, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from market.accounts.models import Account
from market.calls.labels import FIGURES
from market.calls.models import CallDeal, MatchCall, MatchCallOutcome
from market.calls.pairs import Pair, is_live
from market.calls.periods import CallPeriod
from market.database import db
from market.deals.models import Deal, DealStatus
from market.desk.queries import scope
from market.offers.models import Offer
from market.regions.models import Region, within
from market.stations.queries import ACTIVE_STATUSES
from market.web.pagination import Pagination

FIGURE_NAMES = tuple(FIGURES)


@dataclass(frozen=True)
class CallScope:
    """Which calls are counted.

    Attributes:
        paths, caller_id: of these regions, and of this account: whoever reads sees either.
        first, last: local days, both included.
        county, by_id: only those of one county, of one caller.
    """

    paths: Sequence[str]
    caller_id: int
    first: date
    last: date
    county: str | None = None
    by_id: int | None = None

    @classmethod
    def of(cls, reader: Account, first: date, last: date) -> CallScope:
        """What the account may read: an official's regions, and their own calls."""
        return cls(scope(reader), reader.id, first, last)

    def narrowed(self, county: str | None, by_id: int | None) -> CallScope:
        return replace(self, county=county, by_id=by_id)


@dataclass(frozen=True)
class Conversion:
    """Distinct pairs: each figure is of the pairs that the one before counts.

    Attributes:
        deals: pairs with a deal that stands; verified: with one that the county verified.
    """

    rung: int = 0
    reached: int = 0
    agreed: int = 0
    deals: int = 0
    verified: int = 0

    def items(self) -> list[tuple[str, int]]:
        return [(name, getattr(self, name)) for name in FIGURE_NAMES]


@dataclass(frozen=True)
class CallerRow:
    """The figures of one caller in one county."""

    county: Region
    caller: Account
    figures: Conversion


@dataclass(frozen=True)
class RungPair:
    """A pair with its calls of a period, the newest first, and the deals that came of them."""

    pair: Pair
    calls: Sequence[MatchCall]
    deals: Sequence[Deal]


def whole(asked: CallScope) -> Conversion:
    """The figures of all calls in the scope; a pair that two rang counts once."""
    return _read(asked).get((), Conversion())


def by_period(asked: CallScope, periods: Sequence[CallPeriod]) -> list[Conversion]:
    """The figures of each of the periods, which lie in the scope."""
    number = case(
        *((MatchCall.called_on.between(p.first, p.last), n) for n, p in enumerate(periods)),
        else_=len(periods),
    )
    found = _read(asked, number.label("period"))
    return [found.get((n,), Conversion()) for n in range(len(periods))]


def by_county(asked: CallScope) -> dict[str, Conversion]:
    """The figures by the code of the county."""
    return {code: figures for (code,), figures in _read(asked, MatchCall.region_code).items()}


def by_caller(asked: CallScope) -> list[CallerRow]:
    """The figures of each caller in each county, in the order of counties and names."""
    found = _read(asked, MatchCall.region_code, MatchCall.by_id)
    codes, ids = ({key[n] for key in found} for n in (0, 1))
    places = {r.code: r for r in db.session.scalars(select(Region).where(Region.code.in_(codes)))}
    people = {a.id: a for a in db.session.scalars(select(Account).where(Account.id.in_(ids)))}
    rows = [CallerRow(places[code], people[id_], each) for (code, id_), each in found.items()]
    return sorted(rows, key=lambda row: (row.county.path, row.caller.name, row.caller.id))


def pairs_of_figure(
    asked: CallScope, figure: str, page: int, per_page: int
) -> tuple[list[RungPair], Pagination]:
    """A page of the pairs that a figure counts, the last rung first."""
    grouped = _per_pair(asked).subquery()
    query = select(grouped.c.sale_id, grouped.c.purchase_id)
    if figure != "rung":
        query = query.where(grouped.c[figure] == 1)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pagination = Pagination(page, per_page, total)
    rows = db.session.execute(pagination.limit(query.order_by(grouped.c.last_id.desc()))).all()
    keys = [(row.sale_id, row.purchase_id) for row in rows]
    wanted = or_(
        false(), *(and_(MatchCall.sale_id == s, MatchCall.purchase_id == p) for s, p in keys)
    )
    calls: dict[tuple[int, int], list[MatchCall]] = {key: [] for key in keys}
    query_calls = select(MatchCall).where(_in(asked), wanted).order_by(MatchCall.id.desc())
    for call in db.session.scalars(query_calls):
        calls[call.sale_id, call.purchase_id].append(call)
    deals = _deals_of([call.id for each in calls.values() for call in each])
    return [
        RungPair(
            Pair(*(db.session.get_one(Offer, id_) for id_ in key)),
            each,
            [deal for call in each for deal in deals.get(call.id, ())],
        )
        for key, each in calls.items()
    ], pagination


def _deals_of(call_ids: Sequence[int]) -> dict[int, list[Deal]]:
    rows = db.session.execute(
        select(CallDeal.call_id, Deal)
        .join(Deal, Deal.id == CallDeal.deal_id)
        .where(CallDeal.call_id.in_(call_ids), Deal.status.in_(ACTIVE_STATUSES))
        .order_by(Deal.id)
    )
    found: dict[int, list[Deal]] = {}
    for call_id, deal in rows:
        found.setdefault(call_id, []).append(deal)
    return found


def _in(asked: CallScope) -> ColumnElement[bool]:
    inside = select(Region.code).where(
        or_(false(), *(within(Region.path, path) for path in asked.paths))
    )
    conditions = [
        is_live(),
        MatchCall.called_on.between(asked.first, asked.last),
        or_(MatchCall.by_id == asked.caller_id, MatchCall.region_code.in_(inside)),
    ]
    if asked.county:
        conditions.append(MatchCall.region_code == asked.county)
    if asked.by_id:
        conditions.append(MatchCall.by_id == asked.by_id)
    return and_(*conditions)


def _per_pair(asked: CallScope, *keys: Any) -> Select[*tuple[Any, ...]]:
    """A row for each pair (within the keys), with 1 or 0 for each figure but `rung`."""
    agreed = MatchCall.outcome == MatchCallOutcome.AGREED
    tests = {
        "reached": MatchCall.outcome != MatchCallOutcome.NO_ANSWER,
        "agreed": agreed,
        "deals": and_(agreed, Deal.status.in_(ACTIVE_STATUSES)),
        "verified": and_(agreed, Deal.status == DealStatus.VERIFIED),
    }
    flags = (func.max(case((test, 1), else_=0)).label(name) for name, test in tests.items())
    pair = (MatchCall.sale_id, MatchCall.purchase_id)
    return (
        select(*keys, *pair, func.max(MatchCall.id).label("last_id"), *flags)
        .outerjoin(CallDeal, CallDeal.call_id == MatchCall.id)
        .outerjoin(Deal, Deal.id == CallDeal.deal_id)
        .where(_in(asked))
        .group_by(*keys, *pair)
    )


def _read(asked: CallScope, *keys: Any) -> dict[tuple[Any, ...], Conversion]:
    """The figures by the values of the keys."""
    pairs = _per_pair(asked, *keys).subquery()
    names = [pairs.c[key.name] for key in keys]
    sums = (func.coalesce(func.sum(pairs.c[name]), 0) for name in FIGURE_NAMES[1:])
    rows = db.session.execute(select(*names, func.count(), *sums).group_by(*names))
    return {tuple(row[: len(keys)]): Conversion(*row[len(keys) :]) for row in rows}
