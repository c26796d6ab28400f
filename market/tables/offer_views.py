"""What a search found, as a file; open to everyone, like the list."""

from __future__ import annotations

from flask import Response, request
from flask_login import current_user
from limits import parse

from market.offers import rules
from market.offers.search.query import parse_query
from market.permissions import requires
from market.tables import bp
from market.tables.offer_tables import found_offers
from market.tables.views import table_response
from market.web.limits import spend
from market.web.network import client_network

# Of an account, or of a network where nobody is logged in: a file may hold 2,000 offers.
FILES = parse("20/hour")


@bp.get("/offers/found.<any(xlsx,csv):form>")
@requires("anyone")
def offers(form: str) -> Response:
    """The offers that the list of the same query string finds."""
    home = side = None
    who = client_network()
    if current_user.is_authenticated:
        home, side = current_user.region, rules.usual_side(current_user.trader_type)
        who = f"account {current_user.id}"
    spend(FILES, "found offers", who)
    return table_response(
        found_offers(parse_query(request.args, home, side)), form, f"offers.{form}"
    )
