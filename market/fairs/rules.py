"""The rules of a fair: its days, its theme, what its listings copy from offers. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from market.fairs.models import FAIR_ACTIONS, FairAction, FairSeason, FairStatus
from market.offers.models import OfferStatus, Verification
from market.text.days import local_midnight


def listing_window(starts_on: date, ends_on: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The fair as instants in UTC: from its first local midnight up to, without, the last."""
    return local_midnight(starts_on, zone), local_midnight(ends_on + timedelta(days=1), zone)


def status_on(status: FairStatus, starts_on: date, ends_on: date, today: date) -> FairStatus:
    """The state a fair has on the local day `today`; what has closed stays as it is."""
    if status not in (FairStatus.ANNOUNCED, FairStatus.OPEN) or today < starts_on:
        return status
    return FairStatus.CLOSED if today > ends_on else FairStatus.OPEN


def fits_year(year: int, season: FairSeason, starts_on: date, ends_on: date) -> bool:
    """Whether a fair of these days is of that year: one of the years it is held in. A winter
    that begins in January may be called by the year before."""
    is_late_winter = season is FairSeason.WINTER and starts_on.month <= 2
    return starts_on.year - is_late_winter <= year <= ends_on.year


def allowed_actions(status: FairStatus, totals_only: bool = False) -> frozenset[FairAction]:
    """The actions that a fair in that state allows."""
    return frozenset() if totals_only else FAIR_ACTIONS[status]


def admits(themes: Iterable[str], product_path: str) -> bool:
    """Whether a fair of these themes (category or product codes) is about the product.

    No theme at all admits everything; a product admits what is below it.
    """
    themes = set(themes)
    return not themes or not themes.isdisjoint(product_path.split("/"))


@dataclass(frozen=True)
class ListingState:
    """What of a listing only a county may change after the fair has closed."""

    verified: bool
    counts: bool


def state_after_closing(
    before: ListingState, verification: Verification, status: OfferStatus
) -> ListingState:
    """The state of a closed fair's listing after its offer changed.

    A county that verifies, returns or rejects late still changes the fair. An owner who edits
    the offer for the next season does not: that only makes the offer unverified again.
    """
    verified = {Verification.VERIFIED: True, Verification.RETURNED: False}
    return ListingState(
        verified=verified.get(verification, before.verified),
        counts=before.counts and status is not OfferStatus.REJECTED,
    )


def themes_meet(one: Collection[str], other: Collection[str]) -> bool:
    """Whether some product may be of both themes, given as paths; none at all: everything."""
    if not one or not other:
        return True
    return any(
        f"{a}/".startswith(f"{b}/") or f"{b}/".startswith(f"{a}/") for a in one for b in other
    )


def add_years(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def shift_day(day: date, before: date, after: date) -> date:
    """`day` of a fair that began on `before`, for its next edition that begins on `after`.

    The same day of the year, and moved by as much as the first day was moved besides.
    """
    years = after.year - before.year
    return add_years(day, years) + (after - add_years(before, years))


def years_to_next_edition(ends_on: date, today: date) -> int:
    """In how many years a fair that ended on `ends_on` can next be held: the fewest, at least
    one, after which its last day is not over yet."""
    years = 1
    while add_years(ends_on, years) < today:
        years += 1
    return years


def next_edition_text(text: str, year: int, years: int) -> str:
    """A name or address of the edition of `year`, so many years later.

    The year itself and those beside it move (2025-2026 becomes 2026-2027); other numbers
    stay.
    """

    def later(found: re.Match[str]) -> str:
        number = int(found[0])
        return str(number + years) if abs(number - year) <= 1 else found[0]

    return re.sub(r"(?<!\d)\d{4}(?!\d)", later, text)


def make_slug(text: str, at_most: int = 40) -> str:
    """A page address from the Latin letters and digits of `text`; empty without any."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:at_most].strip("-")


def unused_slug(wanted: str, used: Collection[str]) -> str:
    """`wanted`, or with the first number from 2 that makes it unused."""
    number, found = 1, wanted
    while found in used:
        number += 1
        found = f"{wanted}-{number}"
    return found
