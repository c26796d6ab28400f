"""Reading the tree: by code, by what people type, and its reporting leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, current_app
from sqlalchemy import bindparam, case, func, or_, select

from market.cache.versions import versioned
from market.database import db, load_in_order, read
from market.regions.lexicon import Place, RegionLexicon
from market.regions.models import FormerRegion, Level, Region, Township, is_current, within
from market.regions.rules import name_in_english
from market.regions.townships import NamedTownship
from market.web.language import is_english

# The name of the versioned value.
REGION_LEXICON = "region_lexicon"


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
        select(Region)
        .where(Region.is_leaf, is_current(), within(Region.path, path))
        .order_by(Region.path)
    ).all()


def regions_of(codes: Sequence[str]) -> Sequence[Region]:
    """The regions of these codes, in the order of their codes."""
    return db.session.scalars(
        select(Region).where(Region.code.in_(codes)).order_by(Region.code)
    ).all()


def children(code: str | None) -> Sequence[Region]:
    """Regions directly under `code` (the provinces for None) that are or hold leaves."""
    return db.session.scalars(
        select(Region)
        .where(
            Region.parent_code == code if code else Region.level == Level.PROVINCE,
            or_(Region.host_code.is_(None), Region.is_leaf),
            is_current(),
        )
        .order_by(Region.code)
    ).all()


def full_name(region: Region) -> str:
    """The place as it would be typed on this page: 常德市·石门县; Shimen County, Changde."""
    if is_english() and region.name_en:
        return name_in_english(region.name_en, region.parent.name_en if region.parent else "")
    return name_in_chinese(region)


def name_in_chinese(region: Region) -> str:
    """Prefecture and county in one word, as a farmer would write it: 常德市·石门县; where no
    prefecture is between, the province: 北京市·朝阳区."""
    parent = region.parent
    if parent is None or (parent.parent_code is None and not region.is_leaf):
        return region.name
    return f"{parent.name}·{region.name}"


def place_below(township_code: str | None, village: str) -> str:
    """Town and village as one writes them below the county: 皂市镇阳泉村; "" for neither."""
    named = region_lexicon().townships.get(township_code)
    if named is None:
        return village
    if is_english() and named.name_en:
        return f"{named.name_en} {village}".strip()
    return named.name + village


def region_lexicon() -> RegionLexicon:
    """The words that name places, in memory; versioned like the products'."""
    return versioned(REGION_LEXICON, names_version, _lexicon)


# All that names regions, as one row.
_WORDS = select(
    select(
        func.aggregate_strings(
            Region.path
            + case((Region.is_leaf, "1"), else_="0")
            + (Region.name + Region.short_name + Region.name_en)
            + func.coalesce(Region.successor_code, ""),
            ";",
        )
    ).scalar_subquery(),
    select(func.count()).select_from(FormerRegion).scalar_subquery(),
    select(
        func.aggregate_strings(
            Township.code + Township.region_code + (Township.name + Township.name_en), ";"
        )
    ).scalar_subquery(),
)


def names_version() -> tuple[Any, ...]:
    """What differs when anything does of the tree or of what its places are called."""
    return current_app.config["HOME_REGION"], *db.session.execute(_WORDS).one()


def _lexicon() -> RegionLexicon:
    columns = (Region.code, Region.name, Region.short_name, Region.name_en, Region.level)
    more = (Region.path, Region.is_leaf, Region.host_code, Region.pinyin, Region.initials)
    dates = (Region.latitude, Region.longitude, Region.valid_to, Region.successor_code)
    rows = db.session.execute(select(*columns, *more, *dates)).all()
    home = current_app.config["HOME_REGION"]
    places = [
        Place(
            r.code,
            r.name,
            r.short_name,
            r.name_en,
            list(Level).index(r.level),
            r.path,
            r.is_leaf and r.valid_to is None,
            (r.is_leaf or r.host_code is None) and r.valid_to is None,
            r.pinyin,
            r.initials,
            r.latitude,
            r.longitude,
            r.successor_code or r.host_code,
            r.valid_to is not None,
        )
        for r in rows
    ]
    former = select(FormerRegion.code, FormerRegion.name, FormerRegion.successor_code.label("now"))
    named = select(Township.code, Township.name, Township.name_en, Township.region_code)
    paths = {place.code: place.path for place in places}
    return RegionLexicon(
        places,
        next((r.path for r in rows if r.code == home), ""),
        [(r.code, r.name, r.now) for r in db.session.execute(former) if r.now],
        [
            NamedTownship(*row, f"{paths[row.region_code]}/{row.code}")
            for row in db.session.execute(named.order_by(Township.code))
        ],
    )


def resolve_region(text: str, leaves_only: bool = True) -> list[Region]:
    """What `text` may mean: a code, a name (county or prefecture and county), pinyin, initials.

    Home regions win over others of the same name. One element: it is sure; none: unknown.
    """
    return load_in_order(Region.code, region_lexicon().resolve(text, leaves_only))


def read_address(text: str) -> tuple[list[Region], str]:
    """(regions, rest) of an address: what its places mean, and what follows them."""
    codes, rest = region_lexicon().read_address(text)
    return load_in_order(Region.code, codes), rest


def regions_inside(region: Region) -> list[Region]:
    """The leaves inside `region`, by path."""
    return load_in_order(Region.code, region_lexicon().leaves_of(region.code))


def suggest_regions(text: str, limit: int = 8) -> Sequence[Region]:
    """Leaves whose name, pinyin or initials begin with `text`, those at home first."""
    return load_in_order(Region.code, region_lexicon().suggest(text, limit))


_PATH = select(Region.path).where(Region.code == bindparam("code"))
