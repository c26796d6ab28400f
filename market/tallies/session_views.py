"""The public page of a fair's session 专场."""

from __future__ import annotations

from flask import render_template, request

from market.fairs.models import FairSession
from market.fairs.queries import load_session
from market.permissions import requires
from market.products.queries import named_products
from market.products.units import UNITS
from market.tallies import bp, queries, session_queries
from market.web.converters import page_number


@bp.get("/fairs/<slug>/sessions/<session_slug>")
@requires("anyone", load=load_session)
def session(session: FairSession) -> str:
    counted_at = queries.counted_at(session.fair)
    asked = request.args.get("page", 1, type=page_number)
    deals, pagination = session_queries.session_deals(session, asked)
    return render_template(
        "tallies/session.html",
        fair=session.fair,
        session=session,
        products=list(named_products(session.prefixes).values()),
        totals=session_queries.session_totals(session, counted_at),
        deals=deals,
        pagination=pagination,
        units=UNITS,
        counted_at=counted_at,
    )
