"""Commendations at the desk: the list of a fair, naming counties from the composite table, and
withdrawing."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.database import transaction, utcnow
from market.fairs.models import Fair
from market.permissions import may, requires
from market.supervision import bp, commendations
from market.supervision.assessment import assess
from market.supervision.assessment_views import SHOWN_FIRST, load_assessed
from market.supervision.commendations import load_commendation
from market.supervision.forms import CommendForm, WithdrawForm
from market.supervision.models import CountyCommendation
from market.web.errors import DomainError, add_form_error


@bp.get("/desk/supervision/assessment/<slug>/commendations")
@requires("official", load=load_assessed)
def commended(fair: Fair) -> str:
    commends = may(current_user, "county.commend", fair)
    return render_template(
        "supervision/commendations.html",
        fair=fair,
        rows=commendations.commendations_of(fair),
        withdrawn=commendations.withdrawn_commendations(fair) if commends else [],
        commends=commends,
    )


@bp.route("/desk/supervision/assessment/<slug>/commendations/new", methods=["GET", "POST"])
@requires("county.commend", load=load_assessed)
def commend(fair: Fair) -> ResponseReturnValue:
    rows = commendations.commendable(fair, assess(fair, utcnow()))
    form = CommendForm(rows)
    if form.validate_on_submit():
        chosen = form.counties.data or []
        try:
            with transaction():
                commendations.commend(current_user, fair, chosen, form.reason.data or "")
            flash(_("Commended."), "success")
            return redirect(url_for("supervision.commended", slug=fair.slug), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template(
        "supervision/commend.html", fair=fair, form=form, rows=rows, shown=SHOWN_FIRST
    )


@bp.route("/desk/supervision/commendations/<int:id_>/withdraw", methods=["GET", "POST"])
@requires("commendation.withdraw", load=load_commendation)
def withdraw_commendation(commendation: CountyCommendation) -> ResponseReturnValue:
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            with transaction():
                commendations.withdraw_commendation(
                    current_user, commendation, form.reason.data or ""
                )
            flash(_("Withdrawn."), "success")
            page = url_for("supervision.commended", slug=commendation.fair.slug)
            return redirect(page, 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("supervision/withdraw.html", commendation=commendation, form=form)
