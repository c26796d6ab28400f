"""Reading fairs: by slug, in the order people look for them, by what they overlap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload

from market.accounts.models import Account
from market.database import db, read
from market.fairs import rules
from market.fairs.models import (
    WITHDRAWN,
    Fair,
    FairEvent,
    FairEventKind,
    FairSeason,
    FairSession,
    FairStatus,
    FairTheme,
)
from market.products.models import Category, Product
from market.products.queries import named_products
from market.regions.models import Region, is_within
from market.text.days import local_day
from market.web.home_time import home_zone

# Running first, then what is coming, then what has been.
STATES = (
    FairStatus.OPEN,
    FairStatus.ANNOUNCED,
    FairStatus.CLOSED,
    FairStatus.CERTIFIED,
    FairStatus.CANCELLED,
    FairStatus.MERGED,
    "totals",
)
STATE_ORDER = case(
    (Fair.status == FairStatus.OPEN, 0), (Fair.status == FairStatus.ANNOUNCED, 1), else_=2
)


def load_fair(slug: str) -> Fair:
    """The fair of that slug with its region, or 404."""
    return db.session.scalar(_BY_SLUG, {"slug": slug}) or abort(404)


def all_fairs() -> Sequence[Fair]:
    """Every fair with its region: open, then announced, then earlier, the latest first."""
    return db.session.scalars(
        select(Fair)
        .options(joinedload(Fair.region, innerjoin=True))
        .order_by(STATE_ORDER, Fair.ends_on.desc(), Fair.id.desc())
    ).all()


def running_fair(at: datetime) -> Row[Any] | None:
    """The columns of the fair open at `at` over the widest region, the oldest of several;
    None without one."""
    return read(_RUNNING, today=local_day(at, home_zone())).first()


@dataclass(frozen=True)
class DayOfFair:
    """The day of a running fair: its `number` of `total` days, and how many come after it."""

    number: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.number


def fair_day(fair: Fair | Row[Any], at: datetime) -> DayOfFair:
    """Which day of the fair it is at the instant `at`, within its first and last."""
    total = (fair.ends_on - fair.starts_on).days + 1
    number = (local_day(at, home_zone()) - fair.starts_on).days + 1
    return DayOfFair(min(max(number, 1), total), total)


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


def admits_product(themes: Iterable[str]) -> ColumnElement[bool]:
    """SQL for rules.admits over Product.path."""
    path = literal("/") + Product.path + "/"
    conditions = [path.contains(f"/{theme}/") for theme in themes]
    return or_(*conditions) if conditions else literal(True)


def theme_paths(codes: Iterable[str]) -> list[str]:
    """The paths of these categories and products, from memory."""
    return [named.path for named in named_products(codes).values()]


def sessions_of(fair: Fair) -> Sequence[FairSession]:
    """The sessions 专场 of the fair with their themes, in the order of their days."""
    return db.session.scalars(
        select(FairSession)
        .options(selectinload(FairSession.themes))
        .where(FairSession.fair_id == fair.id)
        .order_by(FairSession.starts_on, FairSession.id)
    ).all()


def session_lines(fair: Fair) -> Sequence[Row[Any]]:
    """(slug, name, name_en, starts_on, ends_on) of the fair's sessions, by their days."""
    return read(_SESSION_LINES, fair=fair.id).all()


def load_session(slug: str, session_slug: str) -> FairSession:
    """The session of those slugs, its fair beside it, or 404."""
    fair = load_fair(slug)
    found = select(FairSession).where(FairSession.fair_id == fair.id)
    return db.session.scalar(found.where(FairSession.slug == session_slug)) or abort(404)


def events_of(fair: Fair) -> Sequence[FairEvent]:
    """What was done with the fair, the latest first, with who did it."""
    return db.session.scalars(
        select(FairEvent)
        .options(joinedload(FairEvent.by), joinedload(FairEvent.source))
        .where(FairEvent.fair_id == fair.id)
        .order_by(FairEvent.id.desc())
    ).all()


def cancellation_reason(fair: Fair) -> str:
    """Why the fair was cancelled."""
    cancelled = FairEvent.kind == FairEventKind.CANCELLED
    found = select(FairEvent.reason).where(FairEvent.fair_id == fair.id, cancelled)
    return db.session.scalar(found) or ""


def last_event(fair: Fair) -> int:
    """The number of the last thing done with the fair; 0 before the first."""
    return db.session.scalar(_LAST_EVENT, {"fair": fair.id}) or 0


def first_reported_day(fair: Fair) -> date:
    """The first local day a daily statement is owed for: the fair's first, or the day it was
    announced when that came later (domain: Report)."""
    announced = read(_ANNOUNCED, fair=fair.id).scalar()
    if announced is None:
        return fair.starts_on
    return max(fair.starts_on, local_day(announced, home_zone()))


def session_counts() -> dict[int, int]:
    """How many sessions each fair has, by its id; fairs without any are left out."""
    counted = select(FairSession.fair_id, func.count()).group_by(FairSession.fair_id)
    return dict(db.session.execute(counted).all())


def fairs_under(path: str) -> list[Fair]:
    """The open fairs of the region of that path and of those inside it, as all_fairs."""
    return [
        fair
        for fair in all_fairs()
        if fair.status is FairStatus.OPEN and is_within(fair.region.path, path)
    ]


def fairs_near(official: Account) -> list[Fair]:
    """The fairs whose region is inside the official's or around it, as all_fairs."""
    return [fair for fair in all_fairs() if official.is_official_near(fair.region.path)]


def group_by_state(fairs: Iterable[Fair]) -> dict[str, list[Fair]]:
    """The fairs by their state, in the order of a fair's life from open on; those known by
    their totals alone as `totals`. States without any are left out."""
    groups: dict[str, list[Fair]] = {state: [] for state in STATES}
    for fair in fairs:
        groups["totals" if fair.totals_only else fair.status].append(fair)
    return {state: group for state, group in groups.items() if group}


def overlapping(fair: Fair) -> Sequence[Fair]:
    """Other fairs not yet over that share days, region and products with this one."""
    return fairs_beside(fair, (FairStatus.ANNOUNCED, FairStatus.OPEN))


def fairs_beside(fair: Fair, states: Collection[FairStatus]) -> Sequence[Fair]:
    """Other fairs in these states that share days, region and products with this one."""
    others = db.session.scalars(
        select(Fair)
        .options(joinedload(Fair.region, innerjoin=True))
        .where(
            Fair.id != fair.id,
            Fair.status.in_(states),
            ~Fair.totals_only,
            Fair.is_replay == fair.is_replay,
            Fair.starts_on <= fair.ends_on,
            Fair.ends_on >= fair.starts_on,
        )
    )
    mine = fair.region.path
    near = [o for o in others if is_within(o.region.path, mine) or is_within(mine, o.region.path)]
    if not near:
        return []
    paths = {id_: theme_paths(codes) for id_, codes in themes_of([fair.id, *_ids(near)]).items()}
    return [o for o in near if rules.themes_meet(paths[fair.id], paths[o.id])]


def _ids(fairs: Iterable[Fair]) -> list[int]:
    return [fair.id for fair in fairs]


def find_baselines(
    region_code: str, themes: Collection[str], season: FairSeason, year: int, starts_on: date
) -> tuple[int | None, int | None]:
    """(the fair before, the same season last year) by id, for a fair yet to be held.

    Both of the same region and theme: the latest that begins before it, and the latest of
    its season in the year before.
    """
    earlier = db.session.execute(
        select(Fair.id, Fair.season, Fair.year)
        .where(Fair.region_code == region_code, Fair.starts_on < starts_on)
        .where(Fair.status.not_in(WITHDRAWN))
        .order_by(Fair.starts_on.desc(), Fair.id.desc())
    ).all()
    known = themes_of([row.id for row in earlier])
    alike = [row for row in earlier if known[row.id] == set(themes)]
    last_year = (row.id for row in alike if (row.season, row.year) == (season, year - 1))
    return (alike[0].id if alike else None), next(last_year, None)


def used_slugs(beginning: str) -> set[str]:
    """The addresses of fairs that begin with `beginning`."""
    found = select(Fair.slug).where(Fair.slug.startswith(beginning, autoescape=True))
    return set(db.session.scalars(found))


def comparable(fair: Fair | None) -> Sequence[Row]:
    """(id, name, name_en) of the fairs another may be compared with, the latest first."""
    held = Fair.status.not_in(WITHDRAWN)
    query = select(Fair.id, Fair.name, Fair.name_en).where(held).order_by(Fair.starts_on.desc())
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
_SESSION_LINES = (
    select(
        *(FairSession.slug, FairSession.name, FairSession.name_en),
        *(FairSession.starts_on, FairSession.ends_on),
    )
    .where(FairSession.fair_id == bindparam("fair"))
    .order_by(FairSession.starts_on, FairSession.id)
)
_LAST_EVENT = select(func.max(FairEvent.id)).where(FairEvent.fair_id == bindparam("fair"))
_ANNOUNCED = select(func.min(FairEvent.at)).where(
    FairEvent.fair_id == bindparam("fair"),
    FairEvent.kind.in_((FairEventKind.ANNOUNCED, FairEventKind.CLONED)),
)
