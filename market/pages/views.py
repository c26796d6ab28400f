"""The front page, the switches of language and text size; in development the component gallery."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Row
from werkzeug.wrappers import Response

from market.database import utcnow
from market.fairs.queries import fair_day, running_fair
from market.offers.card_cache import cached_cards
from market.offers.models import Side
from market.offers.queries import newest_ids, newest_publication
from market.offers.search.filters import Filters
from market.offers.search.finder import find
from market.offers.shortlist import stars
from market.pages import bp
from market.pages.texts import NAMES, text_page
from market.permissions import requires
from market.products.drawings import drawing_codes
from market.products.queries import main_categories
from market.regions.queries import home_path
from market.tallies.queries import totals, version_key
from market.web import form_recovery
from market.web import text_size as sizes
from market.web.filters import trimmed
from market.web.fragments import page_body
from market.web.language import COOKIE
from market.web.language import gettext as _
from market.web.network import local_path
from market.web.page_cache import depends_on
from market.web.page_meta import PageMeta
from market.web.preferences import choose

# How many cards the front page shows of what is for sale, and of what is wanted.
SALES, PURCHASES = 8, 6


@bp.get("/")
@requires("anyone")
def home() -> str:
    now = utcnow()
    fair = running_fair(now)
    near = current_user.region.parent if current_user.is_authenticated else None
    path = near.path if near else home_path()
    body = page_body(path, fair and (fair.id, version_key(fair.id)), stars())
    counts = cache(_counts)
    return render_template(
        "pages/home.html",
        meta=body.get_or_make("meta", lambda: _meta(counts())),
        hero=body.render("pages/_hero.html", lambda: _fair_shown(fair, now)),
        market=body.render(
            "pages/_market.html", lambda: {**_newest(path), "near": near, "counts": counts()}
        ),
    )


def _counts() -> dict[str, int]:
    """How many offers of each side are on the market."""
    return dict(find(Filters(per_page=1)).facets.get("side", []))


def _meta(counts: dict[str, int]) -> PageMeta:
    text = _(
        "%(sell)s offers for sale and %(buy)s wanted: agricultural goods, prices and fairs, each "
        "deal verified by the county.",
        sell=trimmed(counts.get("sell", 0)),
        buy=trimmed(counts.get("buy", 0)),
    )
    return PageMeta(text)


def _fair_shown(fair: Row[Any] | None, now: datetime) -> dict[str, Any]:
    if fair is None:
        return {"fair": None}
    return {"fair": fair, "totals": totals(fair), "day": fair_day(fair, now)}


def _newest(path: str) -> dict[str, Any]:
    """What was posted last in a region."""
    # Changes of others than the newest are known by the index, on which the counts depend.
    depends_on(newest_publication)
    ids = [*newest_ids(SALES, path, Side.SELL), *newest_ids(PURCHASES, path, Side.BUY)]
    cards = cached_cards(ids)
    return {
        "kinds": main_categories(),
        "sales": [card for card in cards if card.side is Side.SELL],
        "purchases": [card for card in cards if card.side is Side.BUY],
    }


@bp.get(f"/<any({','.join(NAMES)}):name>")
@requires("anyone")
def text(name: str) -> str:
    return render_template("pages/text.html", page=text_page(name))


@bp.get("/language/<code>")
@requires("anyone")
def language(code: str) -> Response:
    """Remember the language and go back to the page the switch stood on."""
    if code not in current_app.config["LANGUAGES"]:
        abort(404)
    return _back_with(COOKIE, code)


@bp.get(f"/text-size/<any({','.join(sizes.SIZES)}):size>")
@requires("anyone")
def text_size(size: str) -> Response:
    """Remember the size of the text and go back to the page the switch stood on."""
    return _back_with(sizes.COOKIE, size)


def _back_with(cookie: str, value: str) -> Response:
    response = redirect(local_path(request.args.get("next")) or url_for("pages.home"), 303)
    choose(response, cookie, value)
    return response


@bp.get("/pending-form")
@requires("member")
def pending_form() -> ResponseReturnValue:
    """What was typed before logging in, where its form is on no page of its own."""
    pending = form_recovery.pending_form()
    if pending is None:
        return redirect(url_for("pages.home"))
    address, fields, message = pending
    texts = form_recovery.written_texts(fields)
    return form_recovery.text_page(fields, texts, message, address, None)


@bp.get("/dev/components")
@requires("anyone")
def components() -> str:
    """Every component with sample data; in development only."""
    if current_app.config["ENV_NAME"] == "production":
        abort(404)
    return render_template("dev/components.html", now=utcnow(), drawing_codes=drawing_codes)
