"""The composite table at the desk: all counties, one county's parts, and the weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.database import transaction, utcnow
from market.fairs.models import Fair, FairStatus
from market.permissions import may, requires
from market.supervision import assessment, bp, targets
from market.supervision.assessment import CountyAssessment
from market.supervision.commendations import commendations_of_county, commended_codes
from market.supervision.forms import AssessmentFilter, weight_form
from market.supervision.models import AssessmentPart
from market.supervision.part_labels import PART_FIGURES, PART_NAMES, PART_RULES, part_address
from market.supervision.tables import assessment_table
from market.supervision.targets import elapsed_of, load_targeted_fair
from market.tables.views import table_response
from market.web.errors import DomainError, add_form_error
from market.web.home_time import home_today

# The rest of the table is folded: on a phone it would go on for ever.
SHOWN_FIRST = 20


@bp.context_processor
def _part_labels() -> dict[str, Any]:
    return {"PARTS": list(AssessmentPart), "PART_NAMES": PART_NAMES, "PART_RULES": PART_RULES}


def load_assessed(slug: str, **_more: str) -> Fair:
    """The fair of that slug; 404 for one that has not opened: there is nothing to assess."""
    fair = load_targeted_fair(slug)
    return abort(404) if fair.status is FairStatus.ANNOUNCED else fair


class AssessedCounty:
    """A county of a fair; has what permissions ask of a region."""

    def __init__(self, slug: str, code: str) -> None:
        self.fair = load_assessed(slug)
        rows = assessment.assess(self.fair, utcnow())
        self.row = next((row for row in rows if row.unit.code == code), None) or abort(404)
        self.path, self.among = self.row.path, len(rows)


@bp.get("/desk/supervision/assessment/<slug>")
@requires("official", load=load_assessed)
def assessed(fair: Fair) -> str:
    rows = assessment.assess(fair, utcnow())
    form = AssessmentFilter(request.args)
    sort = form.chosen().get("sort", "")
    seen = [row for row in rows if current_user.is_official_over(row.path)]
    return render_template(
        "supervision/assessment.html",
        fair=fair,
        form=form,
        fairs=[f for f in _fairs() if f.id != fair.id],
        weights=assessment.weights_of(fair),
        commended=commended_codes(fair),
        groups=_by_prefecture(seen) if sort == "place" else [],
        rows=_ordered(seen, sort),
        shown=SHOWN_FIRST,
        among=len(rows),
        weighs=may(current_user, "assessment.weigh", fair),
    )


def _fairs() -> list[Fair]:
    paths = [grant.region.path for grant in current_user.grants]
    known = targets.targeted_fairs(paths)
    return [fair for fair in known if fair.status is not FairStatus.ANNOUNCED]


def _ordered(rows: Sequence[CountyAssessment], sort: str) -> Sequence[CountyAssessment]:
    """By rank as they are, or by a part, the lowest first and what has none last."""
    if sort in ("", "place"):
        return rows
    scores = {row.unit.code: row.scores[AssessmentPart(sort)].score for row in rows}
    return sorted(rows, key=lambda r: (scores[r.unit.code] is None, scores[r.unit.code] or 0))


def _by_prefecture(rows: Sequence[CountyAssessment]) -> list[tuple[Any, list[CountyAssessment]]]:
    in_order = sorted(rows, key=lambda row: row.path)
    grouped = groupby(in_order, key=lambda row: row.unit.parent)
    return [(p, sorted(g, key=lambda row: row.rank or len(rows))) for p, g in grouped]


@bp.get("/desk/supervision/assessment/<slug>.<any(xlsx,csv):form>")
@requires("official", load=lambda slug, form: (load_assessed(slug), form))
def assessment_file(asked: tuple[Fair, str]) -> Response:
    fair, form = asked
    made = assessment_table(current_user, fair, utcnow())
    return table_response(made, form, f"{fair.slug}-assessment.{form}")


@bp.get("/desk/supervision/assessment/<slug>/<code>")
@requires("region.watch", load=AssessedCounty)
def assessed_county(county: AssessedCounty) -> str:
    fair, row = county.fair, county.row
    return render_template(
        "supervision/assessed_county.html",
        fair=fair,
        row=row,
        among=county.among,
        commendations=commendations_of_county(row.unit.code, fair),
        weights=assessment.weights_of(fair),
        elapsed=elapsed_of(fair, home_today()),
        figures=PART_FIGURES,
        links={part: part_address(part, fair, row.unit.code) for part in AssessmentPart},
    )


@bp.route("/desk/supervision/assessment/<slug>/weights", methods=["GET", "POST"])
@requires("assessment.weigh", load=load_assessed)
def weights(fair: Fair) -> ResponseReturnValue:
    form = weight_form(assessment.weights_of(fair))
    if form.validate_on_submit():
        try:
            with transaction():
                assessment.set_weights(current_user, fair, form.values())
            flash(_("The weights are set."), "success")
            return redirect(url_for("supervision.assessed", slug=fair.slug), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template(
        "supervision/weights.html",
        fair=fair,
        form=form,
        history=assessment.weight_history(fair),
        is_open=fair.status is not FairStatus.CERTIFIED,
    )
