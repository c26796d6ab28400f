"""What the heads of a fair's pages say to search engines and to who gets their link."""

from __future__ import annotations

from market.fairs.models import Fair
from market.tallies.figures import BY_NAME
from market.tallies.queries import Totals
from market.web.filters import day, local_name
from market.web.page_meta import PageMeta

SHOWN = ("amount_fen", "deals", "listings", "merchants")


def count_meta(fair: Fair, place: str, totals: Totals, picture: str) -> PageMeta:
    """The days of a fair and what it has in a place, as its page tells it, with its picture."""
    days = [] if fair.totals_only else [f"{day(fair.starts_on)} – {day(fair.ends_on)}"]
    text = " · ".join([f"{local_name(fair)}, {place}", *days, *shown_figures(totals)])
    return PageMeta(text, image=picture)


def shown_figures(totals: Totals) -> list[str]:
    """The main figures that are known, each with its label and unit."""
    figures = [(f.label, *f.alone(f.of(totals))) for f in (BY_NAME[name] for name in SHOWN)]
    return [f"{label} {number} {unit}".strip() for label, number, unit in figures if number]
