"""The rules of a fair: its days, its theme, what it keeps of an offer. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from market.fairs.models import FairStatus
from market.offers.models import Status, Verification


def local_day(at: datetime, zone: tzinfo) -> date:
    """The day of `at` (aware) in the home time zone."""
    return at.astimezone(zone).date()


def listing_window(starts_on: date, ends_on: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The fair as instants in UTC: from its first local midnight up to, without, the last."""
    begin = datetime.combine(starts_on, time(), zone)
    end = datetime.combine(ends_on + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def status_on(status: FairStatus, starts_on: date, ends_on: date, today: date) -> FairStatus:
    """The state a fair has on the local day `today`; what has closed stays as it is."""
    if status not in (FairStatus.ANNOUNCED, FairStatus.OPEN) or today < starts_on:
        return status
    return FairStatus.CLOSED if today > ends_on else FairStatus.OPEN


def admits(themes: Iterable[str], product_path: str) -> bool:
    """Whether a fair of these themes (category or product codes) is about the product.

    No theme at all admits everything; a product admits what is below it.
    """
    themes = set(themes)
    return not themes or not themes.isdisjoint(product_path.split("/"))


@dataclass(frozen=True)
class Kept:
    """What a listing keeps of its offer that only a county's act may change."""

    verified: bool
    counts: bool


def kept_after_closing(before: Kept, verification: Verification, status: Status) -> Kept:
    """What a closed fair's listing says once its offer changed.

    A county that verifies, returns or rejects late still changes the fair. An owner who
    edits the offer for the next season does not: their edit only sets the verification
    back to unverified.
    """
    verified = {Verification.VERIFIED: True, Verification.RETURNED: False}
    return Kept(
        verified=verified.get(verification, before.verified),
        counts=before.counts and status is not Status.REJECTED,
    )
