"""Commendations 表彰: the counties that the province names for their work in a fair."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.fairs.models import HELD, Fair
from market.permissions import may
from market.regions.models import Region
from market.supervision.assessment import CountyAssessment, assess
from market.supervision.models import CountyCommendation
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason


def load_commendation(id_: int) -> CountyCommendation:
    """The commendation with its fair and county, or 404."""
    whole = (joinedload(CountyCommendation.fair), joinedload(CountyCommendation.region))
    return db.session.get(CountyCommendation, id_, options=whole) or abort(404)


def commendations_of(fair: Fair) -> Sequence[CountyCommendation]:
    """Those of the fair that stand, by the rank they were named with."""
    return db.session.scalars(
        select(CountyCommendation)
        .where(CountyCommendation.fair_id == fair.id, CountyCommendation.withdrawn_at.is_(None))
        .options(
            joinedload(CountyCommendation.region).joinedload(Region.parent),
            joinedload(CountyCommendation.commended_by),
        )
        .order_by(CountyCommendation.rank, CountyCommendation.region_code)
    ).all()


def withdrawn_commendations(fair: Fair) -> Sequence[CountyCommendation]:
    """Those of the fair that were withdrawn, the latest first."""
    return db.session.scalars(
        select(CountyCommendation)
        .where(CountyCommendation.fair_id == fair.id, CountyCommendation.withdrawn_at.is_not(None))
        .options(joinedload(CountyCommendation.region))
        .order_by(CountyCommendation.withdrawn_at.desc(), CountyCommendation.id.desc())
    ).all()


def commendations_of_county(code: str, fair: Fair | None = None) -> Sequence[CountyCommendation]:
    """Those of the county that stand, the latest first; of one fair, if given."""
    of_fair = (CountyCommendation.fair_id == fair.id,) if fair else ()
    return db.session.scalars(
        select(CountyCommendation)
        .where(CountyCommendation.region_code == code, CountyCommendation.withdrawn_at.is_(None))
        .where(*of_fair)
        .options(joinedload(CountyCommendation.fair))
        .order_by(CountyCommendation.id.desc())
    ).all()


def commended_codes(fair: Fair) -> set[str]:
    """The codes of the counties that are commended in the fair."""
    return set(
        db.session.scalars(
            select(CountyCommendation.region_code).where(
                CountyCommendation.fair_id == fair.id, CountyCommendation.withdrawn_at.is_(None)
            )
        )
    )


def commendable(fair: Fair, assessed: Sequence[CountyAssessment]) -> list[CountyAssessment]:
    """Those of the composite table that can be commended in the fair: they have a total, and are
    not commended yet."""
    known = commended_codes(fair)
    return [row for row in assessed if row.total is not None and row.unit.code not in known]


def commend(official: Account, fair: Fair, codes: Collection[str], reason: str) -> None:
    """Commend counties for their work in the fair so far, with the total and the rank they have
    now. Inside transaction().

    Raises:
        Refused: the official is not of the fair's province.
        InvalidTransition: the fair has not opened, or was cancelled.
        Invalid: no county or no reason is given (field `reason`), or one has no total or is
            commended already (field `counties`).
    """
    lock(fair)
    if not may(official, "county.commend", fair):
        raise Refused()
    if fair.status not in HELD:
        raise InvalidTransition(_l("There is nothing to commend in a fair that was not held."))
    if not codes:
        raise Invalid(_l("Choose at least one county."), "counties")
    require_reason(reason)
    assessed = assess(fair, utcnow())
    rows = {row.unit.code: row for row in commendable(fair, assessed)}
    if not rows.keys() >= set(codes):
        raise Invalid(_l("One of them is commended already: look at the list again."), "counties")
    db.session.add_all(
        CountyCommendation(
            fair_id=fair.id,
            region_code=code,
            reason=reason,
            score=rows[code].total,
            rank=rows[code].rank,
            among=len(assessed),
            commended_by_id=official.id,
        )
        for code in rows
        if code in codes
    )
    db.session.flush()


def withdraw_commendation(official: Account, commendation: CountyCommendation, reason: str) -> None:
    """Withdraw a commendation; it stays as history. Inside transaction().

    Raises:
        Refused: the official is not of the fair's province.
        InvalidTransition: it is withdrawn already.
        Invalid: no reason is given (field `reason`).
    """
    lock(commendation)
    if not may(official, "commendation.withdraw", commendation):
        raise Refused()
    if commendation.withdrawn_at is not None:
        raise InvalidTransition(_l("This commendation is withdrawn already."))
    require_reason(reason)
    commendation.withdrawn_at, commendation.withdrawn_by_id = utcnow(), official.id
    commendation.withdrawal_reason = reason
    db.session.flush()
