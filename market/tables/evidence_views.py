"""The evidence rate of the counties 佐证率, as officials see it at the desk."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from market.accounts.models import OFFICIALS
from market.desk.queries import scope
from market.fairs.models import Fair
from market.permissions import requires
from market.statements.units import reported_fairs
from market.statements.views import load_reported
from market.tables import bp
from market.tables.evidence import EVIDENCE_DEFINITION
from market.tables.fair_tables import TableSource, evidence
from market.tables.table import format_row
from market.tallies.queries import stored_count


def _sources(fair: Fair) -> Sequence[TableSource]:
    """Of each region the official acts in, as far as it lies in the fair; the whole fair for who
    acts over more."""
    tree = stored_count(fair).tree
    codes = {grant.region_code for grant in current_user.grants if grant.role in OFFICIALS}
    if current_user.is_official_over(fair.region.path):
        codes = {fair.region_code}
    return [TableSource.now(fair, code) for code in sorted(codes) if tree.get(code)]


@bp.get("/desk/evidence")
@requires("official")
def evidence_of_first() -> Response | str:
    """That of the fair which is reported of now."""
    fairs = reported_fairs(scope(current_user))
    if fairs:
        return redirect(url_for("tables.evidence_of", slug=fairs[0].slug))
    return render_template("tables/evidence.html", fair=None, fairs=[], parts=[])


@bp.get("/desk/evidence/<slug>")
@requires("official", load=load_reported)
def evidence_of(fair: Fair) -> str:
    return render_template(
        "tables/evidence.html",
        fair=fair,
        fairs=reported_fairs(scope(current_user)),
        parts=[(source, evidence(source)) for source in _sources(fair)],
        format_row=format_row,
        definition=EVIDENCE_DEFINITION,
    )
