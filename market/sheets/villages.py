"""The villages of a place: those its station keeps a list of, and those people and offers name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, delete, select, union

from market.accounts.models import Account
from market.database import db, read
from market.offers.models import Offer
from market.permissions import may
from market.sheets.models import MAX_VILLAGE_LENGTH, SheetVillage
from market.sheets.places import SheetPlace, village_places
from market.text.characters import tidy
from market.web.errors import Invalid, Refused

# Of one township or county: what a stack may hold.
MAX_VILLAGES = 600


def villages_of(office: SheetPlace) -> list[SheetPlace]:
    """The villages of a township or county, by township and name."""
    return village_places(office, sorted(set(_known(office)), key=_order)[:MAX_VILLAGES])


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
    for row in read(_NAMED, region=office.county.code):
        township, village = row.township_code or "", row.village
        if code in (None, township) and "/" not in village:
            yield township, village


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
    wanted = list(dict.fromkeys(filter(None, (tidy(name) for name in names))))
    if len(wanted) > MAX_VILLAGES:
        raise Invalid(_("At most %(most)s villages.", most=MAX_VILLAGES), "villages")
    for name in wanted:
        if len(name) > MAX_VILLAGE_LENGTH or "/" in name:
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
def _named_by(model: type[Account] | type[Offer]) -> Select[*tuple[Any, ...]]:
    """The villages that the rows of a county name."""
    named = select(model.township_code, model.village).distinct()
    return named.where(model.region_code == bindparam("region"), model.village != "")


_NAMED: CompoundSelect[*tuple[Any, ...]] = union(
    select(SheetVillage.township_code, SheetVillage.village).where(
        SheetVillage.region_code == bindparam("region")
    ),
    _named_by(Account),
    _named_by(Offer),
)
