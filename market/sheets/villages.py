"""The villages of a place: those its station keeps a list of, and those people and offers name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    delete,
    or_,
    select,
    union,
)

from market.accounts.models import Account
from market.database import UTCDateTime, db, read, utcnow
from market.offers.models import Offer
from market.offers.queries import public
from market.permissions import may
from market.regions.townships import village_name
from market.sheets.models import MAX_VILLAGE_LENGTH, SheetVillage
from market.sheets.places import SheetPlace, load_sheet_place, village_places
from market.text.characters import tidy
from market.text.phones import mask_phones
from market.web.errors import Invalid, Refused

# Of one township or county: what a stack may hold.
MAX_VILLAGES = 600


def villages_of(office: SheetPlace) -> list[SheetPlace]:
    """The villages of a township or county, by township and name."""
    return village_places(office, sorted(set(_known(office)), key=_order)[:MAX_VILLAGES])


def load_known_place(county: str, township: str = "", village: str = "") -> SheetPlace:
    """The place of these codes, or 404: a village has a sheet once its station's list, a farmer
    or a public offer names it, so that nobody has an official sheet print what they like."""
    place = load_sheet_place(county, township, village)
    if not village:
        return place
    # Sheets that hang name groups of villages in their QR codes.
    place = replace(place, village=village_name(village))
    if not is_known(place):
        abort(404)
    return place


def is_known(place: SheetPlace) -> bool:
    """Whether a village is one of those of its township or county."""
    return (place.township_code or "", place.village) in _known(place.office)


def listed_villages(office: SheetPlace) -> list[str]:
    """Those that the station wrote down itself."""
    return list(
        db.session.scalars(
            select(SheetVillage.village).where(*_listed(office)).order_by(SheetVillage.id)
        )
    )


def _order(village: tuple[str, str]) -> tuple[bool, str, str]:
    township, name = village
    return not township, township, name


def _known(office: SheetPlace) -> Iterable[tuple[str, str]]:
    code = office.township_code
    for row in read(_NAMED, region=office.county.code, now=utcnow()):
        township, village = row.township_code or "", village_name(row.village)
        if code in (None, township) and _is_a_name(village):
            yield township, village


def _is_a_name(village: str) -> bool:
    """Whether it can be printed as one: no part of an address, and no telephone number."""
    return bool(village) and "/" not in village and mask_phones(village) == village


def _listed(office: SheetPlace) -> Sequence[ColumnElement[bool]]:
    return (
        SheetVillage.region_code == office.county.code,
        SheetVillage.township_code == (office.township_code or ""),
    )


def save_villages(actor: Account, office: SheetPlace, names: Iterable[str]) -> None:
    """Let the list of a station be these villages, each once.

    Raises:
        Refused: the place is not the actor's.
        Invalid: too many, or a name that is none.
    """
    if not may(actor, "sheet.manage", office):
        raise Refused()
    wanted = list(dict.fromkeys(filter(None, (village_name(tidy(name)) for name in names))))
    if len(wanted) > MAX_VILLAGES:
        raise Invalid(_("At most %(most)s villages.", most=MAX_VILLAGES), "villages")
    for name in wanted:
        if len(name) > MAX_VILLAGE_LENGTH or not _is_a_name(name):
            raise Invalid(_("“%(name)s” is no name of a village.", name=name[:60]), "villages")
    known = set(listed_villages(office))
    gone = known.difference(wanted)
    db.session.execute(delete(SheetVillage).where(*_listed(office), SheetVillage.village.in_(gone)))
    db.session.add_all(
        SheetVillage(
            region_code=office.county.code,
            township_code=office.township_code or "",
            village=name,
        )
        for name in wanted
        if name not in known
    )
    db.session.flush()


# Made once.
def _named_by(
    model: type[Account] | type[Offer], is_live: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """The villages that the rows of a county name which are there now."""
    named = select(model.township_code, model.village).distinct()
    return named.where(model.region_code == bindparam("region"), model.village != "", is_live)


# Of an account that nobody acts for any more nothing is read.
_ACTED_FOR = and_(
    Account.disabled_at.is_(None),
    or_(Account.password_hash.is_not(None), Account.represented_by_id.is_not(None)),
)


_NAMED: CompoundSelect[*tuple[Any, ...]] = union(
    select(SheetVillage.township_code, SheetVillage.village).where(
        SheetVillage.region_code == bindparam("region")
    ),
    _named_by(Account, _ACTED_FOR),
    _named_by(Offer, public(bindparam("now", type_=UTCDateTime))),
)
