"""Suggested form values: the next edition of a fair, an emergency fair's name, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from market.database import utcnow
from market.fairs import rules
from market.fairs.forms import split_themes
from market.fairs.models import Fair, FairSeason
from market.fairs.queries import find_baselines, sessions_of, themes_of, used_slugs
from market.products.queries import named_products
from market.regions.models import Region
from market.text.days import local_day
from market.web.home_time import home_today, home_zone

# By the month a fair begins in.
SEASONS = (FairSeason.WINTER, FairSeason.SPRING, FairSeason.SUMMER, FairSeason.AUTUMN)
# A fair's name is Chinese and English on every page, so both are made at once.
EMERGENCY = "{place}{year}年{month}月{products}应急对接会"
EMERGENCY_EN = "{place}: emergency fair for {products}, {year}-{month:02d}"


@dataclass(frozen=True)
class PlannedSession:
    """A session of the last edition on the days it would have in the next."""

    id: int
    name: str
    name_en: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class NextEdition:
    """A next edition as suggested: the fields of the form by name, and its sessions."""

    values: dict[str, Any]
    sessions: Sequence[PlannedSession]


def fair_season(day: date) -> FairSeason:
    """The season a fair that begins on `day` is of."""
    return SEASONS[day.month % 12 // 3]


def suggest_next_edition(source: Fair, now: datetime | None = None) -> NextEdition:
    """The next edition of `source`: a year later, or as many years as it takes to lie ahead."""
    years = rules.years_to_next_edition(source.ends_on, local_day(now or utcnow(), home_zone()))
    themes = themes_of([source.id])[source.id]
    year = source.year + years
    starts_on = rules.add_years(source.starts_on, years)
    slug = rules.next_edition_text(source.slug, source.year, years)
    slug = f"{slug}-{year}" if slug == source.slug else slug
    before, last_year = find_baselines(source.region_code, themes, source.season, year, starts_on)
    values = {
        "name": rules.next_edition_text(source.name, source.year, years),
        "name_en": rules.next_edition_text(source.name_en, source.year, years),
        "slug": rules.unused_slug(slug, used_slugs(slug)),
        "season": source.season.value,
        "year": year,
        "region": source.region,
        "starts_on": starts_on,
        "ends_on": rules.add_years(source.ends_on, years),
        "previous_id": before,
        "same_season_id": last_year,
        **split_themes(themes),
    }
    sessions = [
        PlannedSession(
            session.id,
            session.name,
            session.name_en,
            rules.shift_day(session.starts_on, source.starts_on, starts_on),
            rules.shift_day(session.ends_on, source.starts_on, starts_on),
        )
        for session in sessions_of(source)
    ]
    return NextEdition(values, sessions)


def suggest_emergency_values(given: dict[str, Any]) -> dict[str, Any]:
    """`given` (region, themes, name, name_en, slug) with the season, the year and whatever
    is empty suggested for a fair that opens today."""
    today = home_today()
    region: Region = given["region"]
    named = list(named_products(given["themes"]).values())
    when = {"year": today.year, "month": today.month}
    name = EMERGENCY.format(
        place=region.short_name, products="、".join(n.name for n in named), **when
    )
    name_en = EMERGENCY_EN.format(
        place=region.name_en, products=", ".join(n.name_en for n in named), **when
    )
    slug = f"{today.isoformat()}-{rules.make_slug(named[0].name_en) if named else ''}".rstrip("-")
    return {
        **given,
        "season": fair_season(today),
        "year": today.year,
        "name": given["name"] or name[:80],
        "name_en": given["name_en"] or name_en[:120],
        "slug": given["slug"] or rules.unused_slug(slug, used_slugs(slug)),
    }


def suggest_session_slug(fair: Fair, themes: Sequence[str]) -> str:
    """An address for a session of these products that no other of the fair has."""
    named = list(named_products(themes).values())
    slug = (rules.make_slug(named[0].name_en) if named else "") or "session"
    return rules.unused_slug(slug, {session.slug for session in sessions_of(fair)})
