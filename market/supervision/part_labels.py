"""Words of the parts of the composite table, and the page with the figures of each."""

from __future__ import annotations

from typing import Any

from flask import url_for

from market.desk.queues import LATE_AFTER
from market.fairs.models import Fair, FairStatus
from market.supervision.models import AssessmentPart
from market.tallies.end_of_day import is_reported_daily
from market.web.language import lazy_gettext as _l

PART_NAMES = {
    AssessmentPart.COMPLETENESS: _l("Reporting rate"),
    AssessmentPart.PUNCTUALITY: _l("Punctuality rate"),
    AssessmentPart.TARGETS: _l("Targets reached"),
    AssessmentPart.VERIFICATION: _l("Verified in time"),
    AssessmentPart.EVIDENCE: _l("Deals with evidence"),
    AssessmentPart.TRAINING: _l("Stations trained"),
    AssessmentPart.QUALITY: _l("Statements without fault"),
}
PART_RULES = {
    AssessmentPart.COMPLETENESS: _l(
        "Of the statements due so far, those handed in and not sent back."
    ),
    AssessmentPart.PUNCTUALITY: _l("Of the statements due so far, those first handed in in time."),
    AssessmentPart.TARGETS: _l(
        "For each target, what is done of what should be by now: the target times the part of the"
        " fair's days that is over, at most 100; the mean of them."
    ),
    AssessmentPart.VERIFICATION: _l(
        "Of the fair's deals that were to be verified, those that are, or have waited no more than"
        " %(days)s days.",
        days=LATE_AFTER.days,
    ),
    AssessmentPart.EVIDENCE: _l(
        "Of the fair's counted deals, those with a picture that proves them or a call back."
    ),
    AssessmentPart.TRAINING: _l(
        "Of the county's station assistants, those who came to a training within a year."
    ),
    AssessmentPart.QUALITY: _l(
        "Of the statements handed in, those that were neither sent back nor corrected."
    ),
}
# What `some` of `of` are.
PART_FIGURES = {
    AssessmentPart.COMPLETENESS: _l("statements handed in"),
    AssessmentPart.PUNCTUALITY: _l("statements in time"),
    AssessmentPart.TARGETS: _l("targets reached for the time"),
    AssessmentPart.VERIFICATION: _l("deals in time"),
    AssessmentPart.EVIDENCE: _l("deals with evidence"),
    AssessmentPart.TRAINING: _l("assistants trained"),
    AssessmentPart.QUALITY: _l("statements without fault"),
}


def part_address(part: AssessmentPart, fair: Fair, code: str) -> str:
    """The page with the part's figures; "" where there is none of this fair."""
    match part:
        case AssessmentPart.COMPLETENESS | AssessmentPart.PUNCTUALITY:
            known = is_reported_daily(fair)
            return url_for("statements.punctuality", slug=fair.slug) if known else ""
        case AssessmentPart.QUALITY:
            known = is_reported_daily(fair) and fair.status is not FairStatus.CERTIFIED
            return url_for("statements.index", fair=fair.slug) if known else ""
        case AssessmentPart.TARGETS:
            return url_for("supervision.county", code=code)
        case AssessmentPart.VERIFICATION:
            return url_for("desk.queue", kind="deals", region=code)
        case AssessmentPart.EVIDENCE:
            if is_reported_daily(fair):
                return url_for("tables.evidence_of", slug=fair.slug)
            return url_for("tallies.deals", slug=fair.slug, code=code)
        case AssessmentPart.TRAINING:
            return url_for("training.index", year=fair.ends_on.year)


def part_choices() -> list[tuple[str, Any]]:
    """(value, words) of ordering by each part."""
    return [
        (part.value, _l("%(figure)s, lowest first", figure=name))
        for part, name in PART_NAMES.items()
    ]
