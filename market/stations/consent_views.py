"""Consents: of one farmer, of the station, of a county; the picture of the form, and the form."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.models import Account, Consent
from market.accounts.services import ERASED_NAME
from market.database import db, transaction, utcnow
from market.desk.queries import scope as official_scope
from market.offers.photos import send_photo
from market.permissions import require, requires
from market.stations import bp, consents
from market.stations.forms import ConsentFields, ConsentPaperForm
from market.stations.labels import format_consent
from market.stations.queries import get_farmer
from market.stations.rules import consent_ends, has_lapsed, renewable_before
from market.stations.scope import station_name, stations_of
from market.web.converters import asked_row, page_number
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.form_recovery import flash_refusal
from market.web.network import local_path


@bp.record_once
def _for_other_rooms(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(consent_lapsed_on=consents.lapsed_on)


@bp.context_processor
def for_templates() -> dict[str, object]:
    return {
        "format_consent": format_consent,
        "station_names": lambda: ", ".join(map(station_name, stations_of(actor()))),
        "consent_ends": consent_ends,
        "shown_name": _shown_name,
        "has_lapsed": lambda given_at: has_lapsed(given_at, utcnow()),
        "renewable_before": renewable_before(utcnow()),
    }


def _shown_name(name: str) -> str:
    """A name as the page's language writes it: in its own, where the account was erased."""
    return _("erased account") if name == ERASED_NAME else name


@bp.route("/station/farmers/<int:account_id>/consent", methods=["GET", "POST"])
@requires("party.represent", load=get_farmer)
def consent(account: Account) -> ResponseReturnValue:
    form = ConsentFields()
    here = url_for("stations.consent", account_id=account.id)
    then = local_path(request.args.get("then")) or here
    if form.validate_on_submit():
        chosen = {name: form[name].data for name in ("way", "note", "key")}
        try:
            with transaction():
                consents.renew_consent(actor(), account, paper=form.picture, **chosen)
            flash(_("The consent of %(name)s is renewed.", name=account.name), "success")
            return redirect(then, 303)
        except Repeated:
            return redirect(then, 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template(
        "stations/consent.html",
        farmer=account,
        form=form,
        present=consents.consent_of(account),
        signed=consents.signed_consent_of(account),
        consents=consents.consents_of(account),
    )


@bp.post("/station/consents/<int:consent_id>/paper")
@requires("consent.read", load=consents.get_consent)
def add_paper(consent: Consent) -> Response:
    form = ConsentPaperForm()
    problem = None if form.validate_on_submit() else next(iter(form.paper.errors), None)
    if problem:
        flash(str(problem), "error")
    else:
        try:
            with transaction():
                consents.add_paper(actor(), consent, form.picture)
            flash(_("The signed form is kept."), "success")
        except DomainError as error:
            flash_refusal(error)
    return redirect(url_for("stations.farmer", account_id=consent.farmer_id), 303)


@bp.get("/station/consents/<int:consent_id>/paper.webp")
@requires("consent.read", load=consents.get_consent)
def consent_paper(consent: Consent) -> Response:
    return send_photo(consents.FOLDER, consent.sha256 or "", thumb="thumb" in request.args)


@bp.get("/station/consents")
@requires("assistant")
def station_consents() -> str:
    rows, pagination = consents.station_consents(
        actor().id, request.args.get("page", 1, page_number)
    )
    return render_template("stations/consents.html", rows=rows, pagination=pagination)


@bp.get("/desk/consents")
@requires("official")
def county_consents() -> str:
    rows, pagination = consents.county_consents(
        official_scope(actor()), request.args.get("page", 1, page_number)
    )
    return render_template("stations/county_consents.html", rows=rows, pagination=pagination)


@bp.get("/station/consent-form")
@requires("assistant")
def consent_form() -> str:
    """The form to print, for the farmer named by `for` or an empty one."""
    number = asked_row("for")
    farmer = db.get_or_404(Account, number) if number else None
    if farmer is not None:
        require("party.represent", farmer)
    return render_template("stations/consent_form.html", farmer=farmer)
