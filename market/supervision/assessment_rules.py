"""How the work of a county is assessed 考核: parts from 0 to 100, their weights, the total, the
rank. Pure functions.

A part of which there is nothing to say (no target, no deal, no station) is left out, and its weight
is shared by the others: nobody gains or loses by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from market.supervision.models import AssessmentPart
from market.supervision.rules import Elapsed, Progress

# In percent: what a fair has for which the province has set nothing else.
DEFAULT_WEIGHTS: dict[AssessmentPart, int] = {
    AssessmentPart.COMPLETENESS: 15,
    AssessmentPart.PUNCTUALITY: 15,
    AssessmentPart.TARGETS: 30,
    AssessmentPart.VERIFICATION: 15,
    AssessmentPart.EVIDENCE: 10,
    AssessmentPart.TRAINING: 5,
    AssessmentPart.QUALITY: 10,
}
FULL = 100


@dataclass(frozen=True)
class PartScore:
    """A part of a county's assessment.

    Attributes:
        some, of: what it is worked out from: `some` of `of` are as they should be. Of targets
            both count targets: those reached for the time, and all.
        score: 0 to 100, to 0.1; None: there is nothing to say.
    """

    some: int
    of: int
    score: Decimal | None


def ratio(some: int, of: int) -> PartScore:
    """100 where all are as they should be, 0 where none is."""
    return PartScore(some, of, _tenths(Decimal(FULL * some) / of) if of else None)


def target_score(lines: Sequence[Progress], elapsed: Elapsed) -> PartScore:
    """The mean over the targets of what is done of what should be by now, each at most 100."""
    if not lines or not elapsed.day:
        return PartScore(0, len(lines), None)
    reached = [min(Decimal(1), _done(line, elapsed)) for line in lines]
    mean = sum(reached, Decimal(0)) / len(reached)
    return PartScore(sum(part == 1 for part in reached), len(lines), _tenths(mean * FULL))


def _done(line: Progress, elapsed: Elapsed) -> Decimal:
    return Decimal(line.done * elapsed.days) / (line.target * elapsed.day)


def total(
    scores: Mapping[AssessmentPart, PartScore], weights: Mapping[AssessmentPart, int]
) -> Decimal | None:
    """The weighted mean of the parts that have a score, to 0.1; None where none counts."""
    rows = [
        (weights[part], one.score)
        for part, one in scores.items()
        if one.score is not None and weights[part]
    ]
    whole = sum(weight for weight, _score in rows)
    if not whole:
        return None
    return _tenths(sum((weight * score for weight, score in rows), Decimal(0)) / whole)


def ranks(totals: Mapping[str, Decimal | None]) -> dict[str, int]:
    """The place of each, 1 for the best; equals share one, and who has no total has none."""
    ordered = sorted((each for each in totals.values() if each is not None), reverse=True)
    return {code: ordered.index(each) + 1 for code, each in totals.items() if each is not None}


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
