"""What a unit writes to what validation found, stored with the version that it submits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from market.database import db
from market.statements.models import MAX_REMARK_LENGTH, StatementVersion
from market.statements.validation import ValidationFinding, ValidationSeverity
from market.statements.validation_models import OverrideRequest, StatementFinding
from market.statements.validation_queries import stops_of
from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length

STOPPED = _l("Something in the figures stops it: the next level must let it pass.")
EXPLAIN = _l("Explain it: the explanation goes up with the statement.")


class Unexplained(Invalid):
    """Something was found that needs an explanation, or the next level's consent, first."""


def check_explained(
    findings: Sequence[ValidationFinding],
    explanations: Mapping[str, str],
    request: OverrideRequest | None,
) -> None:
    """Whether a statement with these findings may be submitted.

    Args:
        explanations: what the unit wrote, by ValidationFinding.key.
        request: its last request to let what stops it pass.

    Raises:
        Unexplained: something stops it, or a warning has no explanation (field: its key).
        Invalid: an explanation is too long.
    """
    if stops_of(findings, request):
        raise Unexplained(STOPPED)
    for finding in findings:
        text = explanations.get(finding.key, "")
        if finding.severity is ValidationSeverity.WARNING and not text.strip():
            raise Unexplained(EXPLAIN, finding.key)
        check_length(text, finding.key, MAX_REMARK_LENGTH)


def store_findings(
    version: StatementVersion,
    findings: Sequence[ValidationFinding],
    explanations: Mapping[str, str],
    request: OverrideRequest | None,
) -> None:
    """Store what was found with its explanations; after check_explained(). A stop goes up with
    what the request for its override said."""
    db.session.flush()
    for finding in findings:
        stops = finding.severity is ValidationSeverity.STOP
        by_request = request if stops else None
        db.session.add(
            StatementFinding(
                version_id=version.id,
                rule=finding.rule,
                subject=finding.subject,
                severity=finding.severity,
                numbers=json.dumps(dict(finding.numbers), ensure_ascii=False, sort_keys=True),
                explanation=by_request.explanation if by_request else explanations[finding.key],
                request_id=by_request.id if by_request else None,
            )
        )
