"""Saving a search, the list of one's own, opening one and deleting it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import db, transaction
from market.offers.search.query import parse_query
from market.permissions import requires
from market.search import bp, saved_searches
from market.search.forms import SaveForm
from market.search.models import MAX_SAVED_SEARCHES, SavedSearch
from market.search.queries import saved_searches_of
from market.search.trending import trending_products
from market.web.errors import DomainError, add_form_error
from market.web.language import lazy_gettext as _l

bp.add_app_template_global(trending_products)


def get_search(search_id: int) -> SavedSearch:
    """The search, or 404."""
    return db.session.get(SavedSearch, search_id) or abort(404)


@bp.get("/searches")
@requires("member")
def index() -> str:
    return render_template(
        "search/index.html", searches=saved_searches_of(actor()), most=MAX_SAVED_SEARCHES
    )


@bp.route("/searches/new", methods=["GET", "POST"])
@requires("member", purpose=_l("Log in to save this search."))
def save() -> ResponseReturnValue:
    """Keep the search of this address: asked about first, or at once from a button."""
    question, form = parse_query(request.args), SaveForm()
    if form.validate_on_submit():
        try:
            with transaction():
                saved_searches.save_search(actor(), urlencode(question.lasting))
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Saved: %(what)s.", what=question.title), "success")
            return redirect(url_for("search.index"), 303)
    return render_template("search/new.html", question=question, form=form)


@bp.post("/searches/<int:search_id>/open")
@requires("search.own", load=get_search)
def look(search: SavedSearch) -> Response:
    """Look at what it finds now; from here on that is no longer new."""
    with transaction():
        saved_searches.look_again(search)
    return redirect(f"{url_for('offers.index')}?{search.query}", 303)


@bp.post("/searches/<int:search_id>/delete")
@requires("search.own", load=get_search)
def delete(search: SavedSearch) -> Response:
    with transaction():
        saved_searches.delete_search(search)
    flash(_("Deleted."), "success")
    return redirect(url_for("search.index"), 303)
