"""Targets at the desk: how far everybody is, and setting those of the level below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.database import transaction, utcnow
from market.desk.queries import scope
from market.permissions import may, requires
from market.supervision import bp, labels, supervisors, targets
from market.supervision.forms import ProgressFilter, field_name, target_form
from market.supervision.models import TargetMeasure
from market.supervision.targets import TargetSheet, UnitProgress, load_target_sheet
from market.web.errors import DomainError, add_form_error
from market.web.home_time import home_today


@dataclass(frozen=True)
class ProgressGroup:
    """A prefecture with its counties, or counties that report straight to the province."""

    parent: UnitProgress | None
    counties: Sequence[UnitProgress]

    @property
    def size(self) -> int:
        return len(self.counties)


@bp.context_processor
def _template_labels() -> dict[str, Any]:
    return {"labels": labels, "MEASURES": list(TargetMeasure), "field_name": field_name}


@bp.get("/desk/supervision")
@requires("official")
def index() -> str:
    paths = scope(current_user)
    fairs = targets.targeted_fairs(paths)
    form = ProgressFilter(request.args, fairs)
    chosen = form.chosen()
    fair = next((f for f in fairs if f.slug == chosen.get("fair")), targets.first_fair(fairs))
    progress = targets.fair_progress(fair) if fair else {}
    form.fair.data = fair.slug if fair else None
    mine = supervisors.supervised_by(current_user)
    return render_template(
        "supervision/index.html",
        form=form,
        fair=fair,
        elapsed=targets.elapsed_of(fair, home_today()) if fair else None,
        groups=_groups(progress, chosen.get("sort", "")),
        mine=supervisors.county_states(mine, fair, progress, utcnow()),
        sheets=_sheets(fair) if fair else [],
        assigns=_assigns(),
    )


def _groups(progress: dict[str, UnitProgress], sort: str) -> list[ProgressGroup]:
    """The units the official acts over, by prefecture."""
    key = _order(sort)
    seen = [one for one in progress.values() if current_user.is_official_over(one.unit.path)]
    counties = [one for one in seen if one.unit.is_leaf]
    parents = {one.unit.parent.code if one.unit.parent else "" for one in counties}
    groups = [
        ProgressGroup(
            progress.get(code),
            sorted((c for c in counties if _parent(c) == code), key=key),
        )
        for code in sorted(parents)
    ]
    whole = [group for group in groups if group.parent]
    rest = [group for group in groups if not group.parent]
    return sorted(whole, key=lambda group: key(group.parent)) + rest


def _parent(one: UnitProgress) -> str:
    return one.unit.parent.code if one.unit.parent else ""


def _order(sort: str) -> Callable[[Any], Any]:
    if not sort:
        return lambda one: one.unit.path
    measure = TargetMeasure(sort)

    def share(one: UnitProgress) -> tuple[bool, Decimal, str]:
        found = one.of(measure)
        return found is None, found.share if found else Decimal(0), one.unit.path

    return share


def _sheets(fair: Any) -> list[TargetSheet]:
    """Those whose targets the official sets."""
    known = targets.target_sheets(fair)
    return [sheet for sheet in known if sheet.is_open and may(current_user, "target.set", sheet)]


def _assigns() -> bool:
    return any(current_user.has_role(role) for role in ("prefecture_official", "province_official"))


@bp.route("/desk/supervision/targets/<slug>", methods=["GET", "POST"], defaults={"code": ""})
@bp.route("/desk/supervision/targets/<slug>/<code>", methods=["GET", "POST"])
@requires("target.set", load=load_target_sheet)
def set_targets(sheet: TargetSheet) -> ResponseReturnValue:
    progress = targets.fair_progress(sheet.fair)
    known = {code: one.targets for code, one in progress.items()}
    form = target_form(sheet.children, known)
    if form.validate_on_submit():
        try:
            with transaction():
                targets.set_targets(current_user, sheet, form.values(sheet.children))
            flash(_("The targets are set."), "success")
            return redirect(request.path, 303)
        except DomainError as error:
            add_form_error(error, form)
    parent = progress.get(sheet.parent.code) if sheet.parent else None
    return render_template(
        "supervision/targets.html",
        sheet=sheet,
        form=form,
        given=parent.targets if parent else {},
        divided=targets.divided(sheet.children, progress),
        back=url_for("supervision.index", fair=sheet.fair.slug),
    )
