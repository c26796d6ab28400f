"""The page of a trader."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from market.accounts.labels import TRADER_TYPES
from market.accounts.models import Account
from market.offers.models import Side
from market.permissions import may, requires
from market.tallies.region_queries import masked_name
from market.traders import bp, queries
from market.traders.certificates import checked_certificates
from market.traders.complaint_queries import count_upheld
from market.traders.labels import (
    CERTIFICATE_KINDS,
    DISPUTE_DECISIONS,
    format_answer_time,
    format_deal_record,
    format_month,
)
from market.traders.line_queries import are_deals_hidden, disputes_seen_by, ratings_of
from market.web.converters import page_number
from market.web.pagination import Pagination

WORDS = {
    "DISPUTE_DECISIONS": DISPUTE_DECISIONS,
    "KINDS": CERTIFICATE_KINDS,
    "masked_name": masked_name,
    "format_month": format_month,
    "format_answer_time": format_answer_time,
    "format_deal_record": format_deal_record,
}


@bp.get("/traders/<int:account_id>")
@requires("anyone", load=queries.get_trader)
def show(account: Account) -> str:
    counts = queries.count_offers(account)
    sides = [side for side in Side if counts.get(side)]
    asked = request.args.get("side", "")
    side = next((s for s in sides if s == asked), sides[0] if sides else Side.SELL)
    page = request.args.get("page", 1, type=page_number)
    ratings = ratings_of(account, request.args.get("ratings", 1, type=page_number))
    pagination = Pagination(page, queries.OFFERS_PER_PAGE, counts.get(side, 0))
    return render_template(
        "traders/show.html",
        trader=account,
        kind=TRADER_TYPES[account.trader_type],
        counts=counts,
        sides=sides,
        side=side,
        cards=queries.offers_of(account, side, pagination),
        pagination=pagination,
        deals=queries.deal_record([account.id]),
        represented=queries.deal_record(queries.represented_by(account)),
        answers=queries.answer_record(account),
        disputes=disputes_seen_by(current_user, account) if current_user.is_authenticated else [],
        deals_hidden=are_deals_hidden(account),
        ratings=ratings,
        upheld=count_upheld(account),
        certificates=checked_certificates(account),
        is_own=may(current_user, "party.represent", account),
        **WORDS,
    )
