"""Who of a station or an office printed which sheet: for the record of acts."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.database import db, violated
from market.permissions import may
from market.sheets.models import PaperSize, SheetPrint
from market.sheets.places import SheetPlace
from market.sheets.weeks import SheetWeek
from market.web.errors import Refused


def record_print(actor: Account, place: SheetPlace, week: SheetWeek, paper: PaperSize) -> None:
    """Record that a sheet is printed; once, however often it is. Call it inside transaction().

    Raises:
        Refused: the actor is of no station or office.
    """
    if not may(actor, "sheet.print", place):
        raise Refused(_("Your station doesn't serve that place."))
    if is_recorded(actor, place, week, paper):
        return
    try:
        with db.session.begin_nested():
            db.session.add(SheetPrint(printed_by=actor, **_columns(place, week, paper)))
    except IntegrityError as error:
        # The same button was pressed twice at once.
        if not violated(error, "sheet_prints"):
            raise


def is_recorded(actor: Account, place: SheetPlace, week: SheetWeek, paper: PaperSize) -> bool:
    """Whether it is recorded that they printed it."""
    theirs = select(SheetPrint.id).filter_by(printed_by_id=actor.id, **_columns(place, week, paper))
    return db.session.scalar(select(theirs.exists())) is True


def _columns(place: SheetPlace, week: SheetWeek, paper: PaperSize) -> dict[str, str]:
    return {
        "region_code": place.county.code,
        "township_code": place.township_code or "",
        "village": place.village,
        "week": str(week),
        "paper": paper,
    }
