"""The addresses of the tables to take away; open to everyone, like the page they are of."""

from __future__ import annotations

from flask import Response, abort

from market.fairs.models import Fair
from market.fairs.queries import load_fair
from market.permissions import requires
from market.reports import bp, exports

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def load_counted_fair(slug: str) -> Fair:
    """The fair of that slug; 404 for one known by its totals alone, which has no table."""
    fair = load_fair(slug)
    return abort(404) if fair.totals_only else fair


@bp.get("/fairs/<slug>/export.xlsx")
@requires("fair.read", load=load_counted_fair)
def export_xlsx(fair: Fair) -> Response:
    return _attachment(exports.fair_workbook(fair), XLSX, f"{fair.slug}.xlsx")


@bp.get("/fairs/<slug>/export.csv")
@requires("fair.read", load=load_counted_fair)
def export_csv(fair: Fair) -> Response:
    return _attachment(exports.fair_csv(fair), "text/csv; charset=utf-8", f"{fair.slug}.csv")


def _attachment(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
