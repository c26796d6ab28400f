"""What officials write beside frozen figures: who leaves is starred in it, the figures stay.

A correction's reason may name the party of a deal, so it is about everybody whose deals its
county or prefecture counted, as about whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.deals.models import Deal
from market.regions.models import Region
from market.statements.models import (
    Correction,
    CorrectionDecision,
    Publication,
    Statement,
    StatementEvent,
    StatementVersion,
)
from market.statements.validation_models import (
    OverrideDecision,
    OverrideRequest,
    StatementFinding,
)


def _statements(person: Person) -> Select[Any]:
    """The statements of the counties that counted the person's deals, and of those above."""
    parties = or_(Deal.seller_id == person.id, Deal.buyer_id == person.id)
    county, above = aliased(Region), aliased(Region)
    counties = (
        select(county.code, county.parent_code, above.parent_code)
        .join(Deal, Deal.home_region_code == county.code)
        .outerjoin(above, above.code == county.parent_code)
        .where(parties)
        .subquery()
    )
    return select(Statement.id).where(
        or_(*(Statement.region_code.in_(select(column)) for column in counties.c))
    )


def _beside(model: Any) -> Callable[[Person], Any]:
    return lambda person: or_(model.by_id == person.id, model.statement_id.in_(_statements(person)))


def _decided(person: Person) -> ColumnElement[bool]:
    corrections = select(Correction.id).where(Correction.statement_id.in_(_statements(person)))
    return or_(
        CorrectionDecision.by_id == person.id, CorrectionDecision.correction_id.in_(corrections)
    )


def _asked(person: Person) -> ColumnElement[bool]:
    return or_(
        OverrideRequest.by_id == person.id, OverrideRequest.statement_id.in_(_statements(person))
    )


def _about_requests(person: Person) -> ColumnElement[bool]:
    requests = select(OverrideRequest.id).where(_asked(person))
    return or_(OverrideDecision.by_id == person.id, OverrideDecision.request_id.in_(requests))


def _explained(person: Person) -> ColumnElement[bool]:
    versions = select(StatementVersion.id).where(_beside(StatementVersion)(person))
    return StatementFinding.version_id.in_(versions)


personal_texts += [
    PersonalTexts(StatementVersion, ("remark",), _beside(StatementVersion)),
    PersonalTexts(StatementEvent, ("reason",), _beside(StatementEvent)),
    PersonalTexts(Correction, ("reason",), _beside(Correction)),
    PersonalTexts(CorrectionDecision, ("reason",), _decided),
    PersonalTexts(OverrideRequest, ("explanation",), _asked),
    PersonalTexts(OverrideDecision, ("reason",), _about_requests),
    PersonalTexts(StatementFinding, ("explanation",), _explained),
    PersonalTexts(Publication, ("reason",), lambda person: Publication.by_id == person.id),
]
