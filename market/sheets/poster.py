"""The poster of a fair: what, when, how to join, and whom to ring in a county."""

from __future__ import annotations

from typing import Any

from market.fairs.models import Fair
from market.fairs.queries import theme_names
from market.regions.lexicon import Place
from market.sheets.content import stations_of
from market.sheets.models import PaperSize, StationCard
from market.web.filters import local_name, readable_phone
from market.web.language import gettext as _
from market.web.language import is_english

# How much larger than A4.
SCALES = {PaperSize.A4: 1.0, PaperSize.A3: 2**0.5, PaperSize.A2: 2.0}
# Stations and themes that a poster has room for.
MAX_STATIONS, MAX_THEMES = 6, 8


def poster_data(fair: Fair, county: Place | None, paper: PaperSize, address: str) -> dict[str, Any]:
    """What the template reads.

    Args:
        county: whose stations are named; None: none.
        address: of the fair's page, as the QR code has it.
    """
    stations = stations_of(county)[:MAX_STATIONS] if county else []
    return {
        "lang": "en" if is_english() else "zh",
        "scale": SCALES[paper],
        "site": _("Harvest Market"),
        "name": local_name(fair),
        "days": format_days(fair),
        "region": local_name(county or fair.region),
        "theme": format_theme(fair),
        "steps_head": _("To join in takes three steps"),
        "steps": [
            _("Say what you have or want: scan the code, or tell the assistant of your station."),
            _("Buyers and sellers find you; the county checks that it is real."),
            _("Agree on the phone, write the deal down, and it counts for your county."),
        ],
        "cost": _("Taking part costs nothing. Nobody of the fair asks for money or passwords."),
        "stations_head": _("Whom to ring in %(county)s", county=local_name(county))
        if county
        else "",
        "stations": [_station(card) for card in stations],
        "no_station": _("Ask at the information station of your township or village."),
        "organiser": format_organiser(fair),
        "scan": _("Scan to see the fair"),
        "addresses": [address],
    }


def format_organiser(fair: Fair) -> str:
    """Who arranges it and whom to ring, as far as it says so."""
    rows = ((_("Organiser"), fair.organiser), (_("Phone for questions"), fair.contact))
    return "　".join(
        _("%(name)s: %(reason)s", name=name, reason=value) for name, value in rows if value
    )


def format_theme(fair: Fair) -> str:
    """What the fair is about."""
    names = [local_name(row) for row in theme_names(fair)]
    if not names:
        return _("All farm products")
    shown = (", " if is_english() else "、").join(names[:MAX_THEMES])
    return _("%(names)s and more", names=shown) if len(names) > MAX_THEMES else shown


def format_days(fair: Fair) -> str:
    """Its first and its last day, both with the year only where they differ."""
    first, last = fair.starts_on, fair.ends_on
    if is_english():
        end = f"{last.day} {last:%B %Y}"
        return (
            f"{first.day} {first:%B}{f' {first.year}' if first.year != last.year else ''} – {end}"
        )
    end = f"{last.year}年" if last.year != first.year else ""
    return f"{first.year}年{first.month}月{first.day}日—{end}{last.month}月{last.day}日"


def _station(card: StationCard) -> list[str]:
    return [card.station, readable_phone(card.phone), card.assistant.name]
