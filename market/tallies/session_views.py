"""The public page of a fair's session 专场."""

from __future__ import annotations

from flask import render_template, request

from market.fairs.models import FairSession
from market.fairs.queries import load_session
from market.permissions import requires
from market.products.queries import named_products
from market.products.units import UNITS
from market.tallies import bp, queries, session_queries
from market.tallies.addresses import load_held_fair
from market.web.converters import page_number


def load_public_session(slug: str, session_slug: str) -> FairSession:
    """The session of those addresses, or 404; redirects as load_held_fair."""
    load_held_fair(slug)
    return load_session(slug, session_slug)


@bp.get("/fairs/<slug>/sessions/<session_slug>")
@requires("anyone", load=load_public_session)
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
