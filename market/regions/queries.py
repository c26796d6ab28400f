"""Reading the tree: by code, by what people type, and its reporting leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flask import abort, current_app
from sqlalchemy import bindparam, case, func, or_, select

from market.database import read
from market.extensions import db
from market.regions.models import Level, Region, within
from market.regions.rules import kilometres


def get_region(code: str) -> Region:
    """The region of that code, or 404."""
    return db.session.get(Region, code) or abort(404)


def home_path() -> str:
    """The path of the home region."""
    return read(_PATH, code=current_app.config["HOME_REGION"]).scalar_one()


def home_region() -> Region:
    """The region whose fairs and totals this site is for."""
    return get_region(current_app.config["HOME_REGION"])


def leaves(path: str) -> Sequence[Region]:
    """The regions that report inside the subtree of `path`, by code."""
    return db.session.scalars(
        select(Region).where(Region.is_leaf, within(Region.path, path)).order_by(Region.path)
    ).all()


def children(code: str | None) -> Sequence[Region]:
    """Regions directly under `code` (the provinces for None) that are or hold leaves."""
    return db.session.scalars(
        select(Region)
        .where(
            Region.parent_code == code if code else Region.level == Level.PROVINCE,
            or_(Region.host_code.is_(None), Region.is_leaf),
        )
        .order_by(Region.code)
    ).all()


def near_by(path: str, km: float, outside: str) -> list[str]:
    """Paths of the reporting regions at most `km` kilometres from the one at `path`, the
    nearest first, but for those inside `outside`."""
    here = db.session.scalar(select(Region).where(Region.path == path))
    if here is None or here.latitude is None or here.longitude is None:
        return []
    # A degree of latitude is 111 km; of longitude less, by more than half nowhere at home.
    reach = km / 111
    rows = db.session.execute(
        select(Region.path, Region.latitude, Region.longitude).where(
            Region.is_leaf,
            ~within(Region.path, outside),
            Region.latitude.between(here.latitude - reach, here.latitude + reach),
            Region.longitude.between(here.longitude - 2 * reach, here.longitude + 2 * reach),
        )
    ).all()
    far = kilometres(
        *(here.latitude, here.longitude),
        *(np.array([row[place] for row in rows], float) for place in (1, 2)),
    )
    order = np.argsort(far, kind="stable").tolist()
    return [rows[n].path for n in order if far[n] <= km]


def full_name(region: Region) -> str:
    """Prefecture and county in one word, as a farmer would write it: 常德市·石门县."""
    parent = region.parent
    if parent is None or parent.parent_code is None:
        return region.name
    return f"{parent.name}·{region.name}"


def resolve_region(text: str, leaves_only: bool = True) -> list[Region]:
    """What `text` may mean: a code, a name (county or prefecture and county), pinyin, initials.

    Home regions win over others of the same name. One element: it is sure; none: unknown.
    """
    text = "".join(text.split()).replace("·", "").replace("-", "")
    if not text:
        return []
    for condition in _readings(text):
        found = db.session.scalars(
            select(Region)
            .where(
                condition,
                Region.is_leaf if leaves_only else or_(Region.host_code.is_(None), Region.is_leaf),
            )
            .order_by(Region.path)
            .limit(30)
        ).all()
        home = [r for r in found if r.path.startswith(home_region().path)]
        if found:
            return list(home or found)
    return []


def _readings(text: str) -> list:
    parent = select(Region.name, Region.short_name, Region.code).subquery("above")
    compound = (
        select(parent.c.code)
        .where(
            parent.c.code == Region.parent_code,
            or_(
                parent.c.name + Region.name == text,
                parent.c.short_name + Region.name == text,
                parent.c.short_name + Region.short_name == text,
                parent.c.name + Region.short_name == text,
            ),
        )
        .exists()
    )
    readings = [Region.code == text] if text.isdigit() else []
    readings += [Region.name == text, compound, Region.short_name == text]
    if text.isascii():
        lower = text.lower()
        readings += [
            func.lower(func.replace(Region.name_en, " ", "")) == lower,
            or_(Region.pinyin == lower, Region.pinyin.in_([lower + s for s in SUFFIXES])),
            Region.initials == lower,
        ]
    return readings


SUFFIXES = ("xian", "shi", "qu", "zizhixian")


def suggest_regions(text: str, limit: int = 8) -> Sequence[Region]:
    """Leaves whose name, pinyin or initials begin with `text`, those at home first."""
    text = "".join(text.split()).lower()
    if not text:
        return []
    starts = or_(
        Region.name.startswith(text, autoescape=True),
        Region.pinyin.startswith(text, autoescape=True),
        Region.initials.startswith(text, autoescape=True),
    )
    at_home = case((within(Region.path, home_region().path), 0), else_=1)
    return db.session.scalars(
        select(Region).where(starts, Region.is_leaf).order_by(at_home, Region.path).limit(limit)
    ).all()


_PATH = select(Region.path).where(Region.code == bindparam("code"))
