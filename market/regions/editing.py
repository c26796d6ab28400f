"""Regions and townships as administrators change them, effective at once and kept when the
reference data is loaded again. A code never changes and nothing is deleted: deals, offers and fairs
that name a region can be read for ever."""

from __future__ import annotations

from datetime import date

from flask import current_app
from pypinyin import lazy_pinyin
from sqlalchemy import or_, select

from market.database import db
from market.regions.models import FormerRegion, Region, Township, is_current
from market.regions.reference_edits import edit_reference
from market.regions.signals import region_ended
from market.web.errors import Invalid
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l


def rename_region(region: Region, name: str, short_name: str, name_en: str) -> bool:
    """Give a region other names; whether anything differs. What it was called still finds it.

    Raises:
        Invalid: the short name is no beginning of the name, or the same place above has another
            region of this name.
    """
    before = region.name
    if not name.startswith(short_name):
        raise Invalid(_l("The name begins with the short name."), "short_name")
    values = {"name": name, "short_name": short_name, "name_en": name_en}
    if name != before:
        _check_sibling(region, name)
        syllables = lazy_pinyin(name)
        values["pinyin"] = "".join(syllables)
        values["initials"] = "".join(syllable[0] for syllable in syllables)
    changed = edit_reference(region, values)
    if name != before and not db.session.get(FormerRegion, (region.code, before)):
        former = {"last_year": home_today().year, "successor_code": region.code}
        db.session.add(FormerRegion(code=region.code, name=before, **former))
    return changed


def rename_township(township: Township, name: str, name_en: str) -> bool:
    """Give a township other names; whether anything differs.

    Raises:
        Invalid: its county has another of this name.
    """
    same = (Township.region_code == township.region_code, Township.name == name)
    others = select(Township.code).where(*same, Township.code != township.code)
    if db.session.scalar(others.limit(1)):
        raise Invalid(_l("The county has another of this name."), "name")
    return edit_reference(township, {"name": name, "name_en": name_en})


def end_region(region: Region, last_day: date, successor: Region) -> None:
    """Have a region end: what is live in it moves to its successor, what was done stays where it
    is, and its name is read as the successor's.

    Args:
        last_day: a local day, today at the latest.

    Raises:
        Invalid: it has ended, regions are inside it, it is the home region, the successor is
            itself, of another level or has ended, or the day is none of its days.
    """
    if region.valid_to or region.code == current_app.config["HOME_REGION"]:
        raise Invalid(_l("This region can't be ended."))
    inside = or_(Region.parent_code == region.code, Region.host_code == region.code)
    if db.session.scalar(select(Region.code).where(inside, is_current()).limit(1)):
        raise Invalid(_l("Regions are inside it: those end first."))
    if successor.code == region.code or successor.level != region.level or successor.valid_to:
        raise Invalid(_l("Choose another region of the same level that is there today."), "became")
    if last_day > home_today():
        raise Invalid(_l("Its last day is today at the latest."), "last_day")
    if region.valid_from and last_day < region.valid_from:
        raise Invalid(_l("It began later than that."), "last_day")
    edit_reference(region, {"valid_to": last_day, "successor_code": successor.code})
    for town in db.session.scalars(select(Township).where(Township.region_code == region.code)):
        edit_reference(town, {"region_code": successor.code})
    db.session.flush()
    region_ended.send(code=region.code, successor=successor.code)


def _check_sibling(region: Region, name: str) -> None:
    of = (Region.parent_code == region.parent_code, Region.name == name, is_current())
    if db.session.scalar(select(Region.code).where(*of, Region.code != region.code).limit(1)):
        raise Invalid(_l("Another region there has this name."), "name")
