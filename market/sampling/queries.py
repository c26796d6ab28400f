"""Reading the sample: what waits for whom, and how far each county's is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal
from market.desk.queries import inside
from market.products.models import Product
from market.regions.models import Region
from market.sampling.models import TO_CHECK, DealSample, SampleDraw, SampleState
from market.web.pagination import Pagination

PER_PAGE = 10


def load_sample(sample_id: int) -> DealSample:
    """The drawn deal of that number, with its draw and its steps; or 404."""
    whole = (
        joinedload(DealSample.draw).joinedload(SampleDraw.region),
        joinedload(DealSample.deal).joinedload(Deal.home_region),
        selectinload(DealSample.events),
    )
    found = select(DealSample).where(DealSample.id == sample_id).options(*whole)
    return db.session.scalar(found) or abort(404)


def samples(
    paths: Collection[str], states: Collection[SampleState], page: int
) -> tuple[Sequence[Any], Pagination]:
    """The drawn deals in the region paths in one of the states, the longest waiting first."""
    where = (DealSample.state.in_(states), inside(paths))
    number = (
        select(func.count())
        .select_from(DealSample)
        .join(Deal, Deal.id == DealSample.deal_id)
        .join(Region, Region.code == Deal.home_region_code)
    )
    pagination = Pagination(page, PER_PAGE, db.session.scalar(number.where(*where)) or 0)
    rows = (
        select(
            *(DealSample.id, DealSample.state, DealSample.reason, DealSample.deal_id),
            *(SampleDraw.day, Deal.amount_fen, Deal.quantity, Deal.unit, Product.name),
            *(Product.name_en, Region.name.label("county"), Region.name_en.label("county_en")),
        )
        .join(SampleDraw, SampleDraw.id == DealSample.draw_id)
        .join(Deal, Deal.id == DealSample.deal_id)
        .join(Product, Product.code == Deal.product_code)
        .join(Region, Region.code == Deal.home_region_code)
        .where(*where)
        .order_by(SampleDraw.day, DealSample.id)
    )
    return db.session.execute(pagination.limit(rows)).all(), pagination


@dataclass
class SampleProgress:
    """How far the sample of a county, or of several, is.

    Attributes:
        states: how many drawn deals are in each.
    """

    states: dict[SampleState, int] = field(default_factory=lambda: dict.fromkeys(SampleState, 0))

    @property
    def drawn(self) -> int:
        return sum(self.states.values())

    @property
    def to_check(self) -> int:
        return sum(self.states[state] for state in TO_CHECK)

    @property
    def checked(self) -> int:
        """Looked at by the level above at least once, or taken back."""
        return self.drawn - self.states[SampleState.WAITING]

    def add(self, other: SampleProgress) -> None:
        for state, count in other.states.items():
            self.states[state] += count


@dataclass
class SampledPrefecture:
    """A prefecture and the counties of it where anything was drawn."""

    region: Any
    counties: list[tuple[Any, SampleProgress]]

    @property
    def total(self) -> SampleProgress:
        whole = SampleProgress()
        for _county, progress in self.counties:
            whole.add(progress)
        return whole


def progress(paths: Collection[str]) -> list[SampledPrefecture]:
    """The counties in the region paths where anything was drawn, by prefecture."""
    rows = db.session.execute(
        select(Deal.home_region_code, DealSample.state, func.count())
        .join(Deal, Deal.id == DealSample.deal_id)
        .join(Region, Region.code == Deal.home_region_code)
        .where(inside(paths))
        .group_by(Deal.home_region_code, DealSample.state)
    ).all()
    found: dict[str, SampleProgress] = {}
    for code, state, count in rows:
        found.setdefault(code, SampleProgress()).states[state] = count
    counties = db.session.scalars(
        select(Region)
        .where(Region.code.in_(found))
        .options(joinedload(Region.parent))
        .order_by(Region.path)
    ).all()
    return [
        SampledPrefecture(parent, [(county, found[county.code]) for county in some])
        for parent, some in groupby(counties, key=lambda county: county.parent)
    ]


def count_open(
    paths: Collection[str], states: Collection[SampleState], not_verified_by: Account | None = None
) -> tuple[int, date | None]:
    """How many drawn deals in one of the states there are in the region paths, and since which day.

    Args:
        not_verified_by: without those that this official verified, and so can't look at again.
    """
    where: list[ColumnElement[bool]] = [DealSample.state.in_(states), inside(paths)]
    if not_verified_by is not None:
        hands = (Deal.verified_by_id, Deal.county_verified_by_id)
        where += [hand.is_distinct_from(not_verified_by.id) for hand in hands]
    number, first = db.session.execute(
        select(func.count(), func.min(SampleDraw.day))
        .select_from(DealSample)
        .join(SampleDraw, SampleDraw.id == DealSample.draw_id)
        .join(Deal, Deal.id == DealSample.deal_id)
        .join(Region, Region.code == Deal.home_region_code)
        .where(*where)
    ).one()
    return number, first
