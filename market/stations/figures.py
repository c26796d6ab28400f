"""Figures of stations by county: those of this room, and what rooms above add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, distinct, func, select, union
from sqlalchemy.orm import aliased

from market.accounts.models import Account, Consent, Grant, Role
from market.database import db, utcnow
from market.deals.models import Deal
from market.desk.queries import inside, scope
from market.offers.models import Offer, OfferStatus
from market.regions.models import Region
from market.stations.queries import ACTIVE_STATUSES
from market.tables.desk_tables import add_desk_table, make_desk_table
from market.tables.fair_tables import region_name
from market.tables.table import Column, ColumnKind, Table
from market.web.language import lazy_gettext as _l

# Of the figures of what was done lately, and of who is active.
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class StationFigure:
    """A figure of the stations.

    Attributes:
        place: columns stand in this order.
        count: by the code of the county, in the subtrees of the paths; of what is done, since
            an instant.
    """

    place: int
    name: str
    label: Any
    count: Callable[[Sequence[str], datetime], dict[str, int]]


station_figures: list[StationFigure] = []


def add_station_figure(figure: StationFigure) -> None:
    """Show a figure of a higher room too."""
    station_figures.append(figure)
    station_figures.sort(key=lambda each: each.place)


@dataclass(frozen=True)
class StationRow:
    """The figures of a county, in the order of station_figures."""

    county: Region
    figures: Sequence[int]


def station_rows(paths: Sequence[str]) -> list[StationRow]:
    """A row for each county with a figure above nothing, in the order of the regions."""
    since = utcnow() - RECENT
    found = [figure.count(paths, since) for figure in station_figures]
    codes = {code for counts in found for code in counts}
    places = db.session.scalars(select(Region).where(Region.code.in_(codes)).order_by(Region.path))
    return [StationRow(place, [counts.get(place.code, 0) for counts in found]) for place in places]


def station_table(account: Account) -> Table:
    """The rows of the account's regions, with their sum."""
    columns = (
        Column(_("County"), width=16, is_region=True),
        *(Column(str(each.label), ColumnKind.COUNT, adds=True) for each in station_figures),
    )
    rows = [(region_name(row.county), *row.figures) for row in station_rows(scope(account))]
    note = _("Offers, deals and the like: of the last %(days)s days.", days=RECENT.days)
    return make_desk_table("stations", scope(account), utcnow(), columns, rows, note)


def _by_county(query: Select[*tuple[Any, ...]]) -> dict[str, int]:
    return dict(db.session.execute(query).all())


def _assistants(paths: Sequence[str], since: datetime) -> dict[str, int]:
    return _by_county(_count_assistants(paths))


def _active_assistants(paths: Sequence[str], since: datetime) -> dict[str, int]:
    """Who posted an offer, proposed a deal or took on a farmer."""
    active = union(
        select(Offer.posted_by_id).where(Offer.published_at >= since),
        select(Deal.proposed_by_id).where(Deal.created_at >= since),
        select(Consent.assistant_id).where(Consent.given_at >= since),
    )
    return _by_county(_count_assistants(paths).where(Grant.account_id.in_(active)))


def _count_assistants(paths: Sequence[str]) -> Select[*tuple[Any, ...]]:
    return (
        select(Grant.region_code, func.count(distinct(Grant.account_id)))
        .join(Region, Region.code == Grant.region_code)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role == Role.ASSISTANT, Account.disabled_at.is_(None), inside(paths))
        .group_by(Grant.region_code)
    )


def _farmers(paths: Sequence[str], since: datetime) -> dict[str, int]:
    return _by_county(
        select(Account.region_code, func.count())
        .join(Region, Region.code == Account.region_code)
        .where(Account.represented_by_id.is_not(None), inside(paths))
        .group_by(Account.region_code)
    )


def _offers(paths: Sequence[str], since: datetime) -> dict[str, int]:
    """Published by an assistant in a farmer's name."""
    return _by_county(
        select(Offer.region_code, func.count())
        .join(Region, Region.code == Offer.region_code)
        .where(
            Offer.posted_by_id != Offer.owner_id,
            Offer.posted_by_id.in_(_holders()),
            Offer.published_at >= since,
            Offer.status != OfferStatus.DRAFT,
            inside(paths),
        )
        .group_by(Offer.region_code)
    )


def _deals(paths: Sequence[str], since: datetime) -> dict[str, int]:
    """That stand or were verified, and that an assistant proposed in a farmer's name."""
    seller, buyer = aliased(Account), aliased(Account)
    own: ColumnElement[bool] = (seller.represented_by_id == Deal.proposed_by_id) | (
        buyer.represented_by_id == Deal.proposed_by_id
    )
    return _by_county(
        select(Deal.home_region_code, func.count())
        .join(Region, Region.code == Deal.home_region_code)
        .outerjoin(seller, seller.id == Deal.seller_id)
        .outerjoin(buyer, buyer.id == Deal.buyer_id)
        .where(
            Deal.status.in_(ACTIVE_STATUSES),
            Deal.created_at >= since,
            own,
            inside(paths),
        )
        .group_by(Deal.home_region_code)
    )


def _holders() -> Select[*tuple[Any, ...]]:
    return select(Grant.account_id).where(Grant.role == Role.ASSISTANT)


add_station_figure(StationFigure(10, "assistants", _l("Assistants"), _assistants))
add_station_figure(StationFigure(20, "active", _l("Active assistants"), _active_assistants))
add_station_figure(StationFigure(30, "farmers", _l("Farmers represented"), _farmers))
add_station_figure(StationFigure(40, "offers", _l("Offers posted"), _offers))
add_station_figure(StationFigure(50, "deals", _l("Deals recorded"), _deals))
add_desk_table("stations", _l("Stations"), station_table)
