"""Fairs of the demonstration that have not begun: one that was postponed, with sessions, into which
a smaller one was merged, and one that was cancelled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from market.accounts.models import Account
from market.fairs.cancellation import cancel_fair
from market.fairs.merging import merge_fair
from market.fairs.models import Fair
from market.fairs.postponing import postpone_fair
from market.fairs.services import create_fair
from market.fairs.session_services import add_session
from market.regions.models import Region

ANNOUNCED_BEFORE = timedelta(days=12)
POSTPONED_BY = timedelta(days=7)
WHOM_TO_ASK = {
    "organiser": "省商务厅市场体系建设处（示范）",
    "contact": "138 0000 0004，工作日 9:00—17:00",
}
# (name, name in English, address, category, first and last day counted from the fair's first)
SESSIONS = (
    ("蔬菜专场", "Vegetable session", "vegetables", "02", 3, 9),
    ("水果专场", "Fruit session", "fruit", "03", 12, 20),
)
POSTPONED, MERGED, CANCELLED = (
    "与春耕备耕错开，各县要求推迟一周。",
    "两场相隔三天，客商难以兼顾，合为一场办。",
    "场地改作他用，本场不再举办。",
)


def announce_fairs(
    official: Account, values: dict[str, Any], prefecture: Region, now: datetime
) -> Fair:
    """The fair of `values`, announced for a week earlier at first, and those beside it."""
    at = now - ANNOUNCED_BEFORE
    days = {name: values[name] - POSTPONED_BY for name in ("starts_on", "ends_on")}
    fair = create_fair(official, {**values, **days, **WHOM_TO_ASK}, at=at)
    for name, name_en, slug, category, first, last in SESSIONS:
        session = {
            "name": name,
            "name_en": name_en,
            "slug": slug,
            "note": "",
            "themes": [category],
            "starts_on": _day(fair, first),
            "ends_on": _day(fair, last),
        }
        add_session(official, fair, session, at=at)
    small = create_fair(official, _small(values, "city", "专场对接会", prefecture), at=at)
    called_off = create_fair(official, _small(values, "spot", "现场对接会", prefecture), at=at)
    postpone_fair(official, fair, values["starts_on"], POSTPONED, at=now)
    merge_fair(official, small, fair, MERGED, at=now)
    cancel_fair(official, called_off, CANCELLED, at=now)
    return fair


def _small(values: dict[str, Any], word: str, kind: str, place: Region) -> dict[str, Any]:
    return {
        **values,
        "slug": f"{values['slug']}-{word}",
        "name": f"{place.short_name}{values['year']}年{kind}（示范）",
        "name_en": f"{place.name_en} fair {values['year']}, {word} (demonstration)",
        "region": place,
        "ends_on": values["starts_on"] + timedelta(days=5),
    }


def _day(fair: Fair, number: int) -> date:
    return fair.starts_on + timedelta(days=number)
