"""The composite table 考核 of a fair's counties, read from what the other rooms count."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account, Grant, Role
from market.database import db, lock
from market.deals.models import Deal, DealStatus
from market.desk.queues import LATE_AFTER
from market.fairs.models import Fair, FairStatus
from market.permissions import may
from market.statements.models import Statement, StatementAct, StatementEvent
from market.statements.queries import rates_of
from market.statements.units import ReportingUnit
from market.supervision.assessment_rules import (
    DEFAULT_WEIGHTS,
    FULL,
    PartScore,
    ranks,
    ratio,
    target_score,
    total,
)
from market.supervision.models import AssessmentPart, AssessmentWeights
from market.supervision.targets import UnitProgress, elapsed_of, fair_progress
from market.tables.figures import last_entry_of
from market.tallies.evidence import county_evidence
from market.tallies.queries import StoredCount, stored_count
from market.text.days import local_day
from market.training.models import TrainingParticipant, TrainingSession
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l

# Before the fair's last day, or today while it runs: so long a training counts.
TRAINED_WITHIN = timedelta(days=365)

Scores = Mapping[str, PartScore]


@dataclass(frozen=True)
class CountyAssessment:
    """A county in the composite table.

    Attributes:
        total: None where no part can be scored; rank: among all counties of the fair.
    """

    progress: UnitProgress
    scores: Mapping[AssessmentPart, PartScore]
    total: Decimal | None
    rank: int | None

    @property
    def unit(self) -> ReportingUnit:
        return self.progress.unit

    @property
    def path(self) -> str:
        """As permissions ask it of a region."""
        return self.unit.path


def assess(fair: Fair, now: datetime) -> list[CountyAssessment]:
    """Every reporting county of the fair, the best first. A fixed number of statements."""
    count = stored_count(fair)
    progress = {code: one for code, one in fair_progress(fair, count).items() if one.unit.is_leaf}
    day, weights = local_day(now, home_zone()), weights_of(fair)
    parts: dict[AssessmentPart, Scores] = {
        **_reporting(fair, progress, now),
        AssessmentPart.TARGETS: {
            code: target_score(one.lines, elapsed_of(fair, day)) for code, one in progress.items()
        },
        AssessmentPart.VERIFICATION: _verified_in_time(fair, now),
        AssessmentPart.EVIDENCE: _with_evidence(fair, progress, count),
        AssessmentPart.TRAINING: _trained(min(day, fair.ends_on)),
        AssessmentPart.QUALITY: _without_fault(fair),
    }
    nothing = ratio(0, 0)
    scores = {
        code: {part: parts[part].get(code, nothing) for part in AssessmentPart} for code in progress
    }
    totals = {code: total(own, weights) for code, own in scores.items()}
    places = ranks(totals)
    found = [
        CountyAssessment(one, scores[code], totals[code], places.get(code))
        for code, one in progress.items()
    ]
    return sorted(found, key=lambda each: (each.rank or len(found) + 1, each.path))


def _reporting(
    fair: Fair, progress: Mapping[str, UnitProgress], now: datetime
) -> dict[AssessmentPart, Scores]:
    """上报率 and 及时率 over what is due so far."""
    rates = rates_of(fair, now, [one.unit for one in progress.values()])
    return {
        AssessmentPart.COMPLETENESS: {c: ratio(r.submitted, r.due) for c, r in rates.items()},
        AssessmentPart.PUNCTUALITY: {c: ratio(r.on_time, r.due) for c, r in rates.items()},
    }


def _verified_in_time(fair: Fair, now: datetime) -> Scores:
    """Of the fair's deals that were to be verified, those that are, or don't wait too long."""
    waits = Deal.status == DealStatus.AGREED
    late = and_(waits, Deal.updated_at < now - LATE_AFTER)
    rows = db.session.execute(
        select(Deal.home_region_code, func.count(), func.count().filter(late))
        .where(Deal.fair_id == fair.id, Deal.status.in_((DealStatus.VERIFIED, DealStatus.AGREED)))
        .group_by(Deal.home_region_code)
    )
    return {code: ratio(number - too_late, number) for code, number, too_late in rows}


def _with_evidence(fair: Fair, codes: Collection[str], count: StoredCount) -> Scores:
    """Of the fair's counted deals, those with a proof or a call back."""
    found = county_evidence(fair, codes, last_entry_of(count))
    return {code: ratio(e.deals - e.neither, e.deals) for code, e in found.items()}


def _trained(day: date) -> Scores:
    """Of the county's station assistants, those who came to a training lately."""
    came = exists().where(
        TrainingParticipant.account_id == Grant.account_id,
        TrainingSession.id == TrainingParticipant.training_id,
        TrainingSession.held_on.between(day - TRAINED_WITHIN, day),
    )
    person = Grant.account_id.distinct()
    rows = db.session.execute(
        select(Grant.region_code, func.count(person), func.count(person).filter(came))
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role == Role.ASSISTANT, Account.disabled_at.is_(None))
        .group_by(Grant.region_code)
    )
    return {code: ratio(some, number) for code, number, some in rows}


def _without_fault(fair: Fair) -> Scores:
    """Of the statements handed in, those neither returned nor corrected; each counts once."""
    faults = (StatementAct.RETURNED, StatementAct.CONFIRMED)
    fault = exists().where(
        StatementEvent.statement_id == Statement.id, StatementEvent.act.in_(faults)
    )
    rows = db.session.execute(
        select(Statement.region_code, func.count(), func.count().filter(fault))
        .where(Statement.fair_id == fair.id, Statement.version > 0)
        .group_by(Statement.region_code)
    )
    return {code: ratio(number - faulty, number) for code, number, faulty in rows}


def weight_history(fair: Fair) -> Sequence[AssessmentWeights]:
    """The weights that were set for the fair, the latest first."""
    return db.session.scalars(
        select(AssessmentWeights)
        .where(AssessmentWeights.fair_id == fair.id)
        .options(joinedload(AssessmentWeights.set_by))
        .order_by(AssessmentWeights.id.desc())
    ).all()


def weights_of(fair: Fair) -> Mapping[AssessmentPart, int]:
    """What each part counts in the fair, in percent."""
    last = next(iter(weight_history(fair)), None)
    return last.weights if last else DEFAULT_WEIGHTS


def set_weights(official: Account, fair: Fair, weights: Mapping[AssessmentPart, int]) -> None:
    """Set what each part counts, in percent. Inside transaction().

    Raises:
        Refused: the official is not of the fair's province.
        InvalidTransition: the fair is certified.
        Invalid: they don't come to 100.
    """
    lock(fair)
    if not may(official, "assessment.weigh", fair):
        raise Refused()
    if fair.status is FairStatus.CERTIFIED:
        raise InvalidTransition(_l("The fair is certified: its weights stay as they are."))
    whole = sum(weights.values())
    if whole != FULL or min(weights.values()) < 0:
        raise Invalid(
            _l("Together they must come to %(full)s, not %(whole)s.", full=FULL, whole=whole)
        )
    if weights == weights_of(fair):
        return
    values = {part.value: weights[part] for part in AssessmentPart}
    db.session.add(AssessmentWeights(fair_id=fair.id, set_by_id=official.id, **values))
    db.session.flush()
