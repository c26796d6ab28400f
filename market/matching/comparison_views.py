"""Up to five offers side by side."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from market.matching import bp
from market.matching.comparison import MAX_COMPARED, compare
from market.matching.forms import ComparisonForm
from market.permissions import requires
from market.products.units import UNITS
from market.web.converters import row_id


@bp.get("/offers/compare")
@requires("anyone")
def comparison() -> str:
    """The offers named by `id`, for the county `to`, else that of who is here."""
    ids = request.args.getlist("id", type=row_id)
    given = MultiDict(request.args)
    if current_user.is_authenticated:
        given.setdefault("to", current_user.region_code)
    form = ComparisonForm(given)
    form.validate()
    place = form.to.data if not form.to.errors else None
    unit = form.unit.data if not form.unit.errors else ""
    found = compare(ids, place, unit or "")
    return render_template(
        "matching/comparison.html",
        form=form,
        found=found,
        place=place,
        unit=UNITS.get(found.unit),
        most=MAX_COMPARED,
        left_out=max(0, len(set(ids)) - MAX_COMPARED),
        gone=len(set(ids[:MAX_COMPARED])) - len(found.offers),
    )
