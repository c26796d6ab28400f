"""Figures of stations by county: those of this room, and what rooms above add."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, literal, select, union
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
from market.tables.table import Column, ColumnKind, Table, TableRow
from market.web.language import lazy_gettext as _l

# Of the figures of what was done lately, and of who is active.
RECENT = timedelta(days=30)


# Of one row: the code of a county, the id of the assistant who did it (None where it is nobody's),
# and how much. A county may have several rows of one assistant.
Counted = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class StationFigure:
    """A figure of the stations.

    Attributes:
        place: columns stand in this order.
        select: rows (county, assistant or None, number) in the subtrees of the paths; of what is
            done, since an instant.
    """

    place: int
    name: str
    label: Any
    select: Callable[[Sequence[str], datetime], Counted]


station_figures: list[StationFigure] = []


def add_station_figure(figure: StationFigure) -> None:
    """Show a figure of a higher room too."""
    station_figures.append(figure)
    station_figures.sort(key=lambda each: each.place)


@dataclass(frozen=True)
class AssistantRow:
    """What one assistant of a county did, in the order of station_figures."""

    account_id: int
    name: str
    figures: Sequence[int]


@dataclass(frozen=True)
class StationRow:
    """The figures of a county, in the order of station_figures.

    Attributes:
        assistants: whose they are, in the order of their names.
    """

    county: Region
    figures: Sequence[int]
    assistants: Sequence[AssistantRow]

    @property
    def office(self) -> list[int]:
        """What is no assistant's, as a training that the county's office holds."""
        of_people = [row.figures for row in self.assistants]
        columns = zip(self.figures, *of_people, strict=True)
        return [whole - sum(parts) for whole, *parts in columns]


def station_rows(paths: Sequence[str]) -> list[StationRow]:
    """A row for each county with a figure above nothing, in the order of the regions."""
    since = utcnow() - RECENT
    found: defaultdict[str, defaultdict[int | None, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0] * len(station_figures))
    )
    for number, figure in enumerate(station_figures):
        for code, account_id, count in db.session.execute(figure.select(paths, since)):
            found[code][account_id][number] += count
    ids = {id_ for people in found.values() for id_ in people} - {None}
    names: dict[Any, str] = dict(
        db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids))).all()
    )
    places = db.session.scalars(select(Region).where(Region.code.in_(found)).order_by(Region.path))
    return [_station_row(place, found[place.code], names) for place in places]


def _station_row(
    county: Region, found: Mapping[int | None, Sequence[int]], names: Mapping[int, str]
) -> StationRow:
    people = [
        AssistantRow(id_, names[id_], figures)
        for id_, figures in found.items()
        if id_ is not None and any(figures)
    ]
    sums = [sum(column) for column in zip(*found.values(), strict=True)]
    return StationRow(county, sums, sorted(people, key=lambda row: (row.name, row.account_id)))


def station_table(account: Account) -> Table:
    """The rows of the account's regions, with their sum."""
    rows = [(region_name(row.county), *row.figures) for row in station_rows(scope(account))]
    return _table("stations", account, (), rows)


def assistant_table(account: Account) -> Table:
    """A row for each assistant of the account's regions."""
    rows = [
        (region_name(row.county), one.name, *one.figures)
        for row in station_rows(scope(account))
        for one in row.assistants
    ]
    return _table("assistants", account, (Column(_("Assistant"), width=16),), rows)


def _table(name: str, account: Account, more: Sequence[Column], rows: Sequence[TableRow]) -> Table:
    columns = (
        Column(_("County"), width=16, is_region=True),
        *more,
        *(Column(str(each.label), ColumnKind.COUNT, adds=True) for each in station_figures),
    )
    note = _("Offers, deals and the like: of the last %(days)s days.", days=RECENT.days)
    return make_desk_table(name, scope(account), utcnow(), columns, rows, note)


def _assistants(paths: Sequence[str], since: datetime) -> Counted:
    return _select_assistants(paths)


def _active_assistants(paths: Sequence[str], since: datetime) -> Counted:
    """Who posted an offer, proposed a deal or took on a farmer."""
    active = union(
        select(Offer.posted_by_id).where(Offer.published_at >= since),
        select(Deal.proposed_by_id).where(Deal.created_at >= since),
        select(Consent.assistant_id).where(Consent.given_at >= since),
    )
    return _select_assistants(paths).where(Grant.account_id.in_(active))


def _select_assistants(paths: Sequence[str]) -> Counted:
    """Each once, whatever number of townships they serve."""
    return (
        select(Grant.region_code, Grant.account_id, literal(1))
        .distinct()
        .join(Region, Region.code == Grant.region_code)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role == Role.ASSISTANT, Account.disabled_at.is_(None), inside(paths))
    )


def _farmers(paths: Sequence[str], since: datetime) -> Counted:
    return (
        select(Account.region_code, Account.represented_by_id, func.count())
        .join(Region, Region.code == Account.region_code)
        .where(Account.represented_by_id.is_not(None), inside(paths))
        .group_by(Account.region_code, Account.represented_by_id)
    )


def _offers(paths: Sequence[str], since: datetime) -> Counted:
    """Published by an assistant in a farmer's name."""
    return (
        select(Offer.region_code, Offer.posted_by_id, func.count())
        .join(Region, Region.code == Offer.region_code)
        .where(
            Offer.posted_by_id != Offer.owner_id,
            Offer.posted_by_id.in_(_holders()),
            Offer.published_at >= since,
            Offer.status != OfferStatus.DRAFT,
            inside(paths),
        )
        .group_by(Offer.region_code, Offer.posted_by_id)
    )


def _deals(paths: Sequence[str], since: datetime) -> Counted:
    """That stand or were verified, and that an assistant proposed in a farmer's name."""
    seller, buyer = aliased(Account), aliased(Account)
    own: ColumnElement[bool] = (seller.represented_by_id == Deal.proposed_by_id) | (
        buyer.represented_by_id == Deal.proposed_by_id
    )
    return (
        select(Deal.home_region_code, Deal.proposed_by_id, func.count())
        .join(Region, Region.code == Deal.home_region_code)
        .outerjoin(seller, seller.id == Deal.seller_id)
        .outerjoin(buyer, buyer.id == Deal.buyer_id)
        .where(
            Deal.status.in_(ACTIVE_STATUSES),
            Deal.created_at >= since,
            own,
            inside(paths),
        )
        .group_by(Deal.home_region_code, Deal.proposed_by_id)
    )


def _holders() -> Select[*tuple[Any, ...]]:
    return select(Grant.account_id).where(Grant.role == Role.ASSISTANT)


add_station_figure(StationFigure(10, "assistants", _l("Assistants"), _assistants))
add_station_figure(StationFigure(20, "active", _l("Active assistants"), _active_assistants))
add_station_figure(StationFigure(30, "farmers", _l("Farmers represented"), _farmers))
add_station_figure(StationFigure(40, "offers", _l("Offers posted"), _offers))
add_station_figure(StationFigure(50, "deals", _l("Deals recorded"), _deals))
add_desk_table("stations", _l("Stations"), station_table)
add_desk_table("assistants", _l("Assistants"), assistant_table)
