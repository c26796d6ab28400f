"""Reading fairs: by slug, in the order people look for them, by what they overlap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, current_app
from sqlalchemy import CompoundSelect, Row, bindparam, case, or_, select, union_all
from sqlalchemy.orm import joinedload

from market.database import read
from market.extensions import db
from market.fairs import rules
from market.fairs.models import Fair, FairStatus, FairTheme
from market.products.models import Category, Product
from market.regions.models import Region, is_within

# Running first, then what is coming, then what has been.
ORDER = case((Fair.status == FairStatus.OPEN, 0), (Fair.status == FairStatus.ANNOUNCED, 1), else_=2)


def home_zone() -> ZoneInfo:
    """The time zone in which a fair's dates are whole days."""
    return ZoneInfo(current_app.config["HOME_TIME_ZONE"])


def load_fair(slug: str) -> Fair:
    """The fair of that slug with its region, or 404."""
    return db.session.scalar(_BY_SLUG, {"slug": slug}) or abort(404)


def all_fairs() -> Sequence[Fair]:
    """Every fair with its region: open, then announced, then earlier, the latest first."""
    return db.session.scalars(
        select(Fair)
        .options(joinedload(Fair.region, innerjoin=True))
        .order_by(ORDER, Fair.ends_on.desc(), Fair.id.desc())
    ).all()


def running_fair(at: datetime) -> Row[Any] | None:
    """The columns of the fair open at `at` over the widest region, the oldest of several;
    None without one."""
    return read(_RUNNING, today=rules.local_day(at, home_zone())).first()


def themes_of(fair_ids: Sequence[int]) -> dict[int, set[str]]:
    """The theme codes of each fair; a fair without any is about everything."""
    themes: dict[int, set[str]] = {fair_id: set() for fair_id in fair_ids}
    rows = db.session.execute(
        select(FairTheme.fair_id, FairTheme.product_prefix).where(FairTheme.fair_id.in_(fair_ids))
    )
    for fair_id, prefix in rows:
        themes[fair_id].add(prefix)
    return themes


def theme_names(fair: Fair) -> Sequence[Row]:
    """(code, name, name_en) of what the fair is about, categories first."""
    found = read(_THEME, fair=fair.id).all()
    return sorted(found, key=lambda row: (len(row.code), row.code))


def overlapping(fair: Fair) -> Sequence[Fair]:
    """Other fairs not yet over that share days and region with this one."""
    others = db.session.scalars(
        select(Fair)
        .options(joinedload(Fair.region, innerjoin=True))
        .where(
            Fair.id != fair.id,
            Fair.status.in_((FairStatus.ANNOUNCED, FairStatus.OPEN)),
            Fair.starts_on <= fair.ends_on,
            Fair.ends_on >= fair.starts_on,
        )
    )
    mine = fair.region.path
    return [o for o in others if is_within(o.region.path, mine) or is_within(mine, o.region.path)]


def comparable(fair: Fair | None) -> Sequence[Row]:
    """(id, name, name_en) of the fairs another may be compared with, the latest first."""
    query = select(Fair.id, Fair.name, Fair.name_en).order_by(Fair.starts_on.desc())
    if fair is not None:
        query = query.where(
            Fair.id != fair.id, or_(Fair.starts_on < fair.starts_on, Fair.totals_only)
        )
    return db.session.execute(query).all()


def _theme() -> CompoundSelect[Any]:
    prefixes = select(FairTheme.product_prefix).where(FairTheme.fair_id == bindparam("fair"))
    return union_all(
        *(
            select(of.code, of.name, of.name_en).where(of.code.in_(prefixes))
            for of in (Category, Product)
        )
    )


# Made once: putting these together takes longer than running them.
_WITH_REGION = select(Fair).options(joinedload(Fair.region, innerjoin=True))
_BY_SLUG = _WITH_REGION.where(Fair.slug == bindparam("slug"))
_RUNNING = (
    select(*Fair.__table__.columns)
    .join(Region, Region.code == Fair.region_code)
    .where(
        Fair.status == FairStatus.OPEN,
        Fair.starts_on <= bindparam("today"),
        Fair.ends_on >= bindparam("today"),
    )
    .order_by(Region.path, Fair.id)
    .limit(1)
)
_THEME = _theme()
