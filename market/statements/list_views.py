"""Lists of statements: who has reported each day, and what a unit has submitted."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from market.database import utcnow
from market.fairs.models import Fair
from market.permissions import requires
from market.statements import bp, completeness, own_statements
from market.statements.labels import CELLS, STATEMENT_STATUSES
from market.statements.views import load_reported
from market.web.converters import page_number

PER_PAGE = 30


def completeness_url(fair: Fair, page: Any, unit: str = "") -> str:
    """A page of the fair's matrix; at the unit of that code, whose prefecture is unfolded."""
    given: dict[str, Any] = {"unit": unit, "_anchor": f"unit-{unit}"} if unit else {}
    return url_for("statements.completeness", slug=fair.slug, page=page, **given)


@bp.get("/desk/statements/completeness/<slug>", endpoint="completeness")
@requires("official", load=load_reported)
def show_completeness(fair: Fair) -> str:
    page = request.args.get("page", 1, page_number)
    return render_template(
        "statements/completeness.html",
        fair=fair,
        matrix=completeness.matrix(current_user, fair, page, utcnow()),
        unit=request.args.get("unit", ""),
        CELLS=CELLS,
    )


@bp.get("/desk/statements/own")
@requires("official")
def own() -> str:
    page = request.args.get("page", 1, page_number)
    rows, pagination = own_statements.own_statements(current_user, utcnow(), page, PER_PAGE)
    return render_template(
        "statements/own.html", rows=rows, pagination=pagination, STATUSES=STATEMENT_STATUSES
    )
