"""The addresses of the tables to take away; open to everyone, like the pages they are of."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request, stream_with_context
from flask_login import current_user
from limits import parse

from market.fairs.models import Fair, FairSession
from market.fairs.queries import load_session
from market.permissions import requires
from market.tables import bp, session_tables
from market.tables.daily_tables import DAILY_TABLES
from market.tables.fair_tables import TABLE_LABELS, TABLES, TableSource, table_names
from market.tables.table import Table
from market.tables.workbooks import csv_chunks, workbook_bytes
from market.tallies.addresses import load_held_fair
from market.tallies.daily_matching import DailyCount, daily_count
from market.tallies.forms import DailyForm
from market.tallies.queries import counted_at, stored_count
from market.tallies.session_queries import session_totals
from market.tallies.trees import Node
from market.web.limits import spend
from market.web.network import client_network

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A table with a row for each of so many deals or listings takes seconds to make.
LONG_TABLES = {"deals": "deals", "listings": "listings"}
MIN_LONG_ROWS = 5000
LONG_TABLE_LIMIT = parse("20 per 10 minutes")


def load_part(slug: str, code: str) -> tuple[Fair, Node]:
    """The fair and a region inside its own, as it was at the fair; or 404."""
    fair = load_held_fair(slug)
    return fair, stored_count(fair).tree.get(code) or abort(404)


def load_table(slug: str, code: str, name: str, form: str) -> tuple[TableSource, str, str]:
    """The source of a table, its name and the format; 404 where there is no such table."""
    fair, region = load_part(slug, code)
    if name not in table_names(region):
        abort(404)
    official = current_user.is_authenticated and current_user.is_official_over(region.path)
    return TableSource.now(fair, code, full=official), name, form


@bp.get("/fairs/<slug>/regions/<code>/tables")
@requires("fair.read", load=load_part)
def index(part: tuple[Fair, Node]) -> str:
    fair, region = part
    return render_template(
        "tables/index.html",
        fair=fair,
        region=region,
        tables={name: TABLE_LABELS[name] for name in table_names(region)},
    )


@bp.get("/fairs/<slug>/regions/<code>/tables/<name>.<any(xlsx,csv):form>")
@requires("fair.read", load=load_table)
def table(asked: tuple[TableSource, str, str]) -> Response:
    source, name, form = asked
    if name in LONG_TABLES and (getattr(source.totals, LONG_TABLES[name]) or 0) > MIN_LONG_ROWS:
        spend(LONG_TABLE_LIMIT, "table", client_network())
    made = TABLES[name](source)
    file = f"{source.fair.slug}-{source.region.code}-{name}.{form}"
    return table_response(made, form, file)


@bp.get("/fairs/<slug>/sessions/<session_slug>/deals.<any(xlsx,csv):form>")
@requires("anyone", load=lambda slug, session_slug, form: (load_session(slug, session_slug), form))
def session_deals(asked: tuple[FairSession, str]) -> Response:
    session, form = asked
    if session_totals(session, counted_at(session.fair)).deals > MIN_LONG_ROWS:
        spend(LONG_TABLE_LIMIT, "table", client_network())
    file = f"{session.fair.slug}-{session.slug}-deals.{form}"
    return table_response(session_tables.session_deals(session), form, file)


def load_daily(name: str, form: str) -> tuple[DailyCount, str, str]:
    """What is chosen of daily matching, the name of a table of it and the format; or 404."""
    if name not in DAILY_TABLES:
        abort(404)
    return daily_count(DailyForm(request.args).deals()), name, form


@bp.get("/daily-matching/tables/<name>.<any(xlsx,csv):form>")
@requires("anyone", load=load_daily)
def daily(asked: tuple[DailyCount, str, str]) -> Response:
    count, name, form = asked
    if name in LONG_TABLES and count.total.deals > MIN_LONG_ROWS:
        spend(LONG_TABLE_LIMIT, "table", client_network())
    return table_response(DAILY_TABLES[name](count), form, f"daily-matching-{name}.{form}")


def table_response(made: Table, form: str, file: str) -> Response:
    """The table as a download of that name, in the format `form`: xlsx or csv."""
    if form == "csv":
        body: Any = stream_with_context(csv_chunks(made))
        return attachment(body, "text/csv; charset=utf-8", file)
    return attachment(workbook_bytes(made), XLSX, file)


def attachment(content: Any, kind: str, name: str) -> Response:
    """Content of that type as a download of that name."""
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
