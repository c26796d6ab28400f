"""How long each county has been idle, and what it lacks."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from market.accounts.models import Account, Grant, Role
from market.database import UTCDateTime, read, utcnow
from market.deals.models import AGREED_OR_LATER, Deal
from market.fairs.queries import running_fair
from market.fairs.rules import listing_window
from market.monitoring.queries import limits, places_in
from market.monitoring.rules import AlertLevel, idle_level
from market.monitoring.snapshot_cache import time_limited
from market.offers.models import Offer, Side, Verification
from market.offers.queries import public
from market.regions.lexicon import Place
from market.regions.models import Region, is_within
from market.regions.queries import region_lexicon
from market.text.days import local_day
from market.web.home_time import home_zone


class MissingItem(enum.StrEnum):
    """What a county can lack altogether."""

    SUPPLY = "supply"
    DEMAND = "demand"
    ASSISTANT = "assistant"
    VERIFIED = "verified"
    DEALS = "deals"


@dataclass(frozen=True)
class ActivityColumn:
    """A column that a room above adds: when each county last did something.

    Attributes:
        name: short, for addresses; label: its head in the table.
        last: from the codes of counties to when each of them did it; those that never did
            are left out. One statement.
    """

    name: str
    label: Any
    last: Callable[[Collection[str]], Mapping[str, datetime]]


# The rooms above add theirs while the app is made: the last report, the last answer.
columns: list[ActivityColumn] = []


def add_column(column: ActivityColumn) -> None:
    """Show `column` in the table; again under a name replaces it."""
    columns[:] = [known for known in columns if known.name != column.name] + [column]


@dataclass(frozen=True)
class ActivityRow:
    """A county's last activity and what it lacks.

    Attributes:
        last_offer, last_verification, last_deal: local days; None: never.
        extra: the same of the columns added, by name. They don't make a county active: it may
            report every day that nothing goes on.
        idle: days since the latest of the others; None: never anything.
        counts: offers that stand, for sale and wanted; assistants who may post there for
            farmers; offers verified and deals agreed in the fair now open, while there is one.
    """

    place: Place
    prefecture: Place | None
    last_offer: date | None
    last_verification: date | None
    last_deal: date | None
    extra: Mapping[str, date]
    idle: int | None
    level: AlertLevel | None
    counts: Mapping[MissingItem, int]

    @property
    def missing(self) -> list[MissingItem]:
        """What there is none of, in the order of MissingItem."""
        return [item for item, number in self.counts.items() if not number]


def activity_rows(
    paths: Collection[str], is_announced: bool = False
) -> tuple[list[ActivityRow], datetime]:
    """Every reporting county of the subtrees, the longest idle first, and when it was read.

    Four statements and one for each added column; reused for MONITORING_SECONDS, or ten times
    that where `is_announced`.
    """
    rows, at = time_limited("activity", _activity, is_announced)
    return [r for r in rows if any(is_within(r.place.path, path) for path in paths)], at


def sort_rows(rows: Sequence[ActivityRow], sort: str) -> list[ActivityRow]:
    """By idle days, by the last offer, verification or deal, what is longest ago or never
    was first; or by place."""
    keys: dict[str, Callable[[ActivityRow], Any]] = {
        "offer": lambda row: row.last_offer or date.min,
        "verification": lambda row: row.last_verification or date.min,
        "deal": lambda row: row.last_deal or date.min,
        "place": lambda row: row.place.path,
    }
    return sorted(rows, key=keys[sort]) if sort in keys else sorted(rows, key=_idlest)


def _activity() -> tuple[list[ActivityRow], datetime]:
    now, zone = utcnow(), home_zone()
    fair = running_fair(now)
    begin = listing_window(fair.starts_on, fair.ends_on, zone)[0] if fair else now
    places = [place for place in places_in([region_lexicon().home]) if place.is_leaf]
    facts = _Facts(
        today=local_day(now, zone),
        zone=zone,
        offers={row.region_code: row for row in read(_OFFERS, now=now, begin=begin)},
        deals={row.region_code: row for row in read(_DEALS, fair=fair.id if fair else 0)},
        assistants=[path for (path,) in read(_ASSISTANTS)],
        extra={column.name: column.last([p.code for p in places]) for column in columns},
        fair=fair is not None,
    )
    return sorted((_row(place, facts) for place in places), key=_idlest), now


@dataclass(frozen=True)
class _Facts:
    """What was read, by the code of the county."""

    today: date
    zone: tzinfo
    offers: Mapping[str, Any]
    deals: Mapping[str, Any]
    assistants: Sequence[str]
    extra: Mapping[str, Mapping[str, datetime]]
    fair: bool

    def day(self, at: datetime | None) -> date | None:
        return local_day(at, self.zone) if at else None


def _row(place: Place, facts: _Facts) -> ActivityRow:
    posted, dealt = facts.offers.get(place.code), facts.deals.get(place.code)
    offer = facts.day(posted.published_at) if posted else None
    verifications = [facts.day(row.verified_at) for row in (posted, dealt) if row]
    verification = max((d for d in verifications if d), default=None)
    deal = dealt.agreed_on if dealt else None
    extra = {
        name: local_day(last[place.code], facts.zone)
        for name, last in facts.extra.items()
        if place.code in last
    }
    known = [d for d in (offer, verification, deal) if d]
    idle = (facts.today - max(known)).days if known else None
    counts: dict[MissingItem, int] = {
        MissingItem.SUPPLY: posted.sell if posted else 0,
        MissingItem.DEMAND: posted.buy if posted else 0,
        MissingItem.ASSISTANT: sum(is_within(place.path, path) for path in facts.assistants),
    }
    if facts.fair:
        counts[MissingItem.VERIFIED] = posted.verified if posted else 0
        counts[MissingItem.DEALS] = dealt.deals if dealt else 0
    return ActivityRow(
        *(place, region_lexicon().above(place), offer, verification, deal, extra),
        *(idle, idle_level(idle, limits())),
        counts={item: int(number) for item, number in counts.items()},
    )


def _idlest(row: ActivityRow) -> tuple[bool, int, int, str]:
    return row.idle is not None, -(row.idle or 0), -len(row.missing), row.place.path


def _counted(*conditions: Any) -> ColumnElement[int]:
    return func.count().filter(*conditions)


# Made once.
_NOW, _BEGIN = (bindparam(name, type_=UTCDateTime) for name in ("now", "begin"))
_OFFERS = select(
    Offer.region_code,
    func.max(Offer.published_at).label("published_at"),
    func.max(Offer.verified_at).label("verified_at"),
    _counted(public(_NOW), Offer.side == Side.SELL).label("sell"),
    _counted(public(_NOW), Offer.side == Side.BUY).label("buy"),
    _counted(Offer.verification == Verification.VERIFIED, Offer.verified_at >= _BEGIN).label(
        "verified"
    ),
).group_by(Offer.region_code)
_DEALS = (
    select(
        Deal.home_region_code.label("region_code"),
        func.max(Deal.agreed_on).label("agreed_on"),
        func.max(Deal.verified_at).label("verified_at"),
        _counted(Deal.fair_id == bindparam("fair")).label("deals"),
    )
    .where(Deal.status.in_(AGREED_OR_LATER))
    .group_by(Deal.home_region_code)
)
_ASSISTANTS = (
    select(Region.path)
    .join(Grant, Grant.region_code == Region.code)
    .join(Account, Account.id == Grant.account_id)
    .where(Grant.role == Role.ASSISTANT, Account.disabled_at.is_(None))
)
