"""Recording where sheets were posted, and how many villages of a place have one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.offers.photos import StoredPhoto, keep_photo
from market.permissions import may
from market.regions.queries import region_lexicon
from market.regions.townships import NamedTownship, village_name
from market.sheets.models import SheetPosting
from market.sheets.places import SheetPlace, village_places
from market.sheets.villages import is_known, villages_of
from market.sheets.weeks import SheetWeek, week_of
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated

FOLDER = "postings"
# A sheet may be put up a little before its week; older ones are nobody's news any more.
MAX_DAYS_AGO = 31


@dataclass(frozen=True)
class Coverage:
    """How far the sheets of a week got in a township.

    Attributes:
        township: None: villages and postings that name none.
        villages: that are known; covered: those of them and others with a posting.
        copies, postings: in all.
        missing: the names of known villages without one.
    """

    township: NamedTownship | None
    villages: int
    covered: int
    copies: int
    postings: int
    missing: Sequence[str]


def get_posting(posting_id: int) -> SheetPosting:
    """The posting of that number, or 404."""
    return db.session.get(SheetPosting, posting_id) or abort(404)


def record_posting(
    actor: Account,
    office: SheetPlace,
    village: str,
    spot: str,
    posted_on: date,
    copies: int,
    photo: StoredPhoto,
    note: str = "",
    key: str | None = None,
) -> SheetPosting:
    """Record that sheets hang somewhere.

    Args:
        spot: where in the village.

    Raises:
        Repeated: the form was sent before.
        Refused: the place is not the actor's.
        Invalid: a day to come or long past; a village that nobody knows; no room for the
            picture.
    """
    key = bound_key(actor, SheetPosting, key)
    refuse_repeated(SheetPosting, key)
    if not may(actor, "sheet.manage", office):
        raise Refused(_("Your station doesn't serve that place."))
    if not 0 <= (home_today() - posted_on).days <= MAX_DAYS_AGO:
        raise Invalid(
            _("A day of the last %(days)s, today at the latest.", days=MAX_DAYS_AGO), "posted_on"
        )
    township, village = _read_village(office, village_name(village))
    (place,) = village_places(office, [(township, village)])
    if not is_known(place):
        raise Invalid(_("No such village is known here: add it to the list first."), "village")
    keep_photo(photo, FOLDER)
    posting = SheetPosting(
        region_code=office.county.code,
        township_code=township,
        village=village,
        spot=spot,
        week=str(week_of(posted_on)),
        posted_on=posted_on,
        copies=copies,
        note=note,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        recorded_by_id=actor.id,
        key=key,
    )
    add_once(posting)
    return posting


def _read_village(office: SheetPlace, text: str) -> tuple[str, str]:
    """(township code, village) of what was typed in a place: the township that it begins with, or
    that of the one known village of that name."""
    if office.township_code:
        return office.township_code, text
    named, rest = region_lexicon().townships.split(text, office.county.code)
    if named and rest:
        return named.code, rest
    codes = {place.township_code or "" for place in villages_of(office) if place.village == text}
    return (codes.pop() if len(codes) == 1 else ""), text


def withdraw_posting(actor: Account, posting: SheetPosting) -> None:
    """Take a record back: it counts no more, and stays for the record.

    Raises:
        Refused: the place is not the actor's.
        InvalidTransition: it was taken back before.
    """
    lock(posting)
    if not may(actor, "sheet.manage", posting):
        raise Refused()
    if posting.withdrawn_at is not None:
        raise InvalidTransition
    posting.withdrawn_at = utcnow()


def postings_of(office: SheetPlace, week: SheetWeek) -> Sequence[SheetPosting]:
    """The postings of a week in a place, the latest first."""
    found = select(SheetPosting).options(joinedload(SheetPosting.recorded_by))
    return db.session.scalars(
        found.where(*_posted(office, week)).order_by(
            SheetPosting.posted_on.desc(), SheetPosting.id.desc()
        )
    ).all()


def coverage_of(office: SheetPlace, week: SheetWeek) -> list[Coverage]:
    """How far the sheets of a week got, by township; of townships without villages and postings
    nothing."""
    townships = {each.code: each for each in region_lexicon().townships.of(office.county.code)}
    known: dict[str, set[str]] = {code: set() for code in (*townships, "")}
    for place in villages_of(office):
        known[place.township_code or ""].add(place.village)
    posted: dict[str, list[SheetPosting]] = {code: [] for code in known}
    for row in postings_of(office, week):
        if row.withdrawn_at is None:
            posted.setdefault(row.township_code, []).append(row)
    found = []
    for code, rows in posted.items():
        villages = {village_name(row.village) or row.village for row in rows}
        if known.get(code) or rows:
            every = known.get(code, set()) | villages
            found.append(
                Coverage(
                    townships.get(code),
                    len(every),
                    len(villages),
                    sum(row.copies for row in rows),
                    len(rows),
                    sorted(every - villages),
                )
            )
    return found


def _posted(office: SheetPlace, week: SheetWeek) -> list[ColumnElement[bool]]:
    conditions = [
        SheetPosting.region_code == office.county.code,
        SheetPosting.week == str(week),
    ]
    if office.township_code:
        conditions.append(SheetPosting.township_code == office.township_code)
    return conditions
