"""The front page and the language switch; in development the component gallery."""

from __future__ import annotations

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import utcnow
from market.fairs.queries import running_fair
from market.offers.queries import newest_cards
from market.pages import bp
from market.permissions import requires
from market.regions.queries import home_path
from market.tallies.queries import totals
from market.web import form_recovery
from market.web.language import remember
from market.web.network import local_path


@bp.get("/")
@requires("anyone")
def home() -> str:
    fair = running_fair(utcnow())
    near = current_user.region.parent if current_user.is_authenticated else None
    return render_template(
        "pages/home.html",
        fair=fair,
        totals=totals(fair) if fair else None,
        near=near,
        offers=newest_cards(9, near.path if near else home_path()),
    )


@bp.get("/language/<code>")
@requires("anyone")
def language(code: str) -> Response:
    """Remember the language and go back to the page the switch stood on."""
    if code not in current_app.config["LANGUAGES"]:
        abort(404)
    response = redirect(local_path(request.args.get("next")) or url_for("pages.home"), 303)
    remember(response, code)
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
    return render_template("dev/components.html", now=utcnow())
