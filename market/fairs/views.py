"""Creating and editing a fair. Its public pages show figures and are in market.tallies."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.database import transaction
from market.fairs import bp, services
from market.fairs.checks import check_action
from market.fairs.forms import FairForm, TotalsForm
from market.fairs.lifecycle_views import redirect_to_desk
from market.fairs.models import Fair, FairAction
from market.fairs.queries import load_fair
from market.fairs.suggestions import fair_season
from market.fairs.timeline import put_on_fair_form
from market.permissions import requires
from market.regions.queries import home_region
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.home_time import home_today


@bp.route("/fairs/new", methods=["GET", "POST"])
@requires("fair.create")
def new() -> ResponseReturnValue:
    form = FairForm(**_suggested())
    if form.validate_on_submit():
        values = form.values()
        try:
            with transaction():
                fair = services.create_fair(current_user, values)
            return redirect_to_desk(fair, _("The fair is announced."))
        except Repeated as error:
            return redirect(url_for("fairs.manage", slug=error.existing.slug), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("fairs/form.html", form=form, fair=None)


@bp.route("/fairs/<slug>/edit", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def edit(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.EDIT)
    form = FairForm(fair)
    if form.validate_on_submit():
        values = form.values()
        try:
            with transaction():
                services.edit_fair(current_user, fair, values, form.seen.data)
            return redirect_to_desk(fair, _("The fair is changed."))
        except DomainError as error:
            put_on_fair_form(error, form, FairForm(fair, formdata=None))
    return render_template("fairs/form.html", form=form, fair=fair)


@bp.route("/fairs/totals/new", methods=["GET", "POST"])
@requires("fair.create")
def new_totals() -> ResponseReturnValue:
    form = TotalsForm(region=home_region())
    if form.validate_on_submit():
        values = form.values()
        try:
            with transaction():
                fair = services.enter_totals(current_user, values)
            flash(_("The totals are entered."), "success")
            return redirect(url_for("fairs.show", slug=fair.slug), 303)
        except Repeated as error:
            return redirect(url_for("fairs.show", slug=error.existing.slug), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("fairs/totals.html", form=form)


def _suggested() -> dict[str, Any]:
    today = home_today()
    season = fair_season(today)
    return {
        "season": season.value,
        "year": today.year,
        "slug": f"{today.year}-{season.value}",
        "region": home_region(),
    }
