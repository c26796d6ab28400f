"""The addresses of an official's own tables to take away."""

from __future__ import annotations

from flask import Response, abort
from flask_login import current_user

from market.fairs.models import Fair
from market.permissions import requires
from market.statements.views import load_reported
from market.tables import bp
from market.tables.desk_tables import DESK_TABLES
from market.tables.desk_tables import punctuality as punctuality_table
from market.tables.views import table_response


@bp.get("/desk/tables/<name>.<any(xlsx,csv):form>")
@requires("official")
def desk_table(name: str, form: str) -> Response:
    make = DESK_TABLES.get(name) or abort(404)
    return table_response(make(current_user), form, f"{name}.{form}")


@bp.get("/desk/tables/punctuality/<slug>.<any(xlsx,csv):form>")
@requires("official", load=lambda slug, form: (load_reported(slug), form))
def punctuality(asked: tuple[Fair, str]) -> Response:
    fair, form = asked
    made = punctuality_table(current_user, fair)
    return table_response(made, form, f"{fair.slug}-punctuality.{form}")
