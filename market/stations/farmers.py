"""The list of a station's farmers: found by name, number or place, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, or_, select

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal, DealStatus
from market.offers.models import Offer, Side
from market.offers.queries import public
from market.regions.models import Region, Township
from market.regions.townships import village_name
from market.stations.queries import ACTIVE_STATUSES
from market.web.filters import local_name
from market.web.pagination import Pagination

PER_PAGE = 30
# Fewer digits of a number than these find too many.
MIN_DIGITS = 3


@dataclass(frozen=True)
class FarmerSearch:
    """Which of an assistant's farmers are meant.

    Attributes:
        text: a part of a name or of a number.
        township: its code; village: its name.
    """

    text: str = ""
    township: str = ""
    village: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.township or self.village)

    def conditions(self, assistant_id: int) -> list[ColumnElement[bool]]:
        """SQL: the farmers of the assistant that are meant."""
        where = [Account.represented_by_id == assistant_id]
        if self.text:
            digits = "".join(filter(str.isdigit, self.text))
            named = Account.name.icontains(self.text, autoescape=True)
            rung = Account.phone.contains(digits) if len(digits) >= MIN_DIGITS else None
            where.append(named if rung is None else or_(named, rung))
        if self.township:
            where.append(Account.township_code == self.township)
        if self.village:
            where.append(Account.village.in_(_spellings(assistant_id, self.village)))
        return where


def farmer_ids(assistant_id: int, search: FarmerSearch) -> list[int]:
    """The ids of the farmers that are meant."""
    return list(db.session.scalars(select(Account.id).where(*search.conditions(assistant_id))))


def find_farmers(
    assistant_id: int, search: FarmerSearch, page: int
) -> tuple[Sequence[Row[Any]], Pagination]:
    """A page of the farmers that are meant, by name: id, name, phone, place, open offers, deals
    that stand, and deals that wait for an answer of theirs."""
    where = search.conditions(assistant_id)
    total = db.session.scalar(select(func.count(Account.id)).where(*where)) or 0
    pagination = Pagination(page, PER_PAGE, total)
    query = (
        select(
            *(Account.id, Account.name, Account.phone, Account.trader_type),
            *(Account.township_code, Account.village),
            *(Region.name.label("region_name"), Region.name_en.label("region_name_en")),
            *(count.label(name) for name, count in _counts().items()),
        )
        .join(Region, Region.code == Account.region_code)
        .where(*where)
        .order_by(Account.name, Account.id)
    )
    return db.session.execute(pagination.limit(query)).all(), pagination


def station_totals(assistant_id: int) -> Row[Any]:
    """Of all farmers of the assistant together: farmers, offers, deals, waiting."""
    counted = select(*(count.label(name) for name, count in _counts().items()))
    each = counted.where(Account.represented_by_id == assistant_id).subquery()
    sums = (func.coalesce(func.sum(column), 0).label(column.name) for column in each.c)
    return db.session.execute(select(func.count().label("farmers"), *sums).select_from(each)).one()


def names_of(ids: Collection[int]) -> dict[int, Any]:
    """Name and phone of each of these farmers."""
    rows = select(Account.id, Account.name, Account.phone).where(Account.id.in_(ids))
    return {row.id: row for row in db.session.execute(rows)}


def counts_of(ids: Collection[int]) -> dict[int, Any]:
    """Open offers, deals that stand and deals that wait, of each of these farmers."""
    counted = (count.label(name) for name, count in _counts().items())
    rows = db.session.execute(select(Account.id, *counted).where(Account.id.in_(ids)))
    return {row.id: row for row in rows}


def places_of(assistant_id: int) -> tuple[list[tuple[str, str]], list[str]]:
    """(code, name) of the townships and the names of the villages where the farmers live."""
    mine = Account.represented_by_id == assistant_id
    towns = db.session.execute(
        select(Township.code, Township.name, Township.name_en)
        .join(Account, Account.township_code == Township.code)
        .where(mine)
        .distinct()
        .order_by(Township.code)
    )
    villages = select(Account.village).where(mine, Account.village != "").distinct()
    return (
        [(town.code, local_name(town)) for town in towns],
        sorted({village_name(village) for village in db.session.scalars(villages)} - {""}),
    )


def _spellings(assistant_id: int, village: str) -> list[str]:
    """How the farmers' village of that name is stored: with groups of it too."""
    stored = select(Account.village).where(Account.represented_by_id == assistant_id).distinct()
    return [each for each in db.session.scalars(stored) if village_name(each) == village]


def _counts() -> dict[str, Any]:
    theirs = or_(Deal.seller_id == Account.id, Deal.buyer_id == Account.id)
    answering = case((Deal.proposed_side == Side.SELL, Deal.buyer_id), else_=Deal.seller_id)
    counted = {
        "offers": (Offer.owner_id == Account.id, public()),
        "deals": (theirs, Deal.status.in_(ACTIVE_STATUSES)),
        "waiting": (answering == Account.id, Deal.status == DealStatus.PROPOSED),
    }
    return {
        name: select(func.count()).where(*where).correlate(Account).scalar_subquery()
        for name, where in counted.items()
    }
