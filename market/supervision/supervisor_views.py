"""Supervising counties at the desk: who does it, and what they find."""

from __future__ import annotations

from itertools import groupby

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from market.database import db, transaction, utcnow
from market.desk.queries import inside, scope
from market.permissions import may, requires
from market.regions.models import Region, is_current
from market.supervision import bp, supervisors, targets
from market.supervision.commendations import commendations_of_county
from market.supervision.forms import NoteForm, SupervisorForm
from market.supervision.models import ContactKind
from market.supervision.supervisors import SupervisedCounty, load_county
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.home_time import home_today


@bp.get("/desk/supervision/counties")
@requires("official")
def counties() -> str:
    found = db.session.scalars(
        select(Region)
        .where(Region.is_leaf, is_current(), inside(scope(current_user)))
        .order_by(Region.path)
    ).all()
    current = supervisors.current_supervisors([county.code for county in found])
    rows = [SupervisedCounty(county, current.get(county.code)) for county in found]
    return render_template(
        "supervision/counties.html",
        groups=[(key, list(some)) for key, some in groupby(rows, key=lambda r: r.region.parent)],
        vacant=sum(row.is_vacant for row in rows),
        total=len(rows),
        assigns={row.region.code for row in rows if may(current_user, "supervisor.assign", row)},
    )


@bp.get("/desk/supervision/counties/<code>")
@requires("region.watch", load=load_county)
def county(county: SupervisedCounty) -> str:
    form = NoteForm(formdata=None)
    form.day.data = home_today()
    return _page(county, form)


@bp.post("/desk/supervision/counties/<code>/notes")
@requires("county.note", load=load_county)
def note(county: SupervisedCounty) -> ResponseReturnValue:
    form, page = NoteForm(), url_for("supervision.county", code=county.region.code)
    if form.validate_on_submit():
        values = ContactKind(form.kind.data), form.day.data, form.finding.data or ""
        try:
            with transaction():
                supervisors.add_note(current_user, county, *values, form.key.data or "")
            flash(_("Written down."), "success")
            return redirect(page + "#notes", 303)
        except Repeated:
            return redirect(page + "#notes", 303)
        except DomainError as error:
            add_form_error(error, form)
    return _page(county, form)


def _page(county: SupervisedCounty, form: NoteForm) -> str:
    fair = targets.first_fair(targets.targeted_fairs([county.path]))
    progress = targets.fair_progress(fair) if fair else {}
    return render_template(
        "supervision/county.html",
        county=county,
        fair=fair,
        elapsed=targets.elapsed_of(fair, home_today()) if fair else None,
        state=supervisors.county_states([county.region], fair, progress, utcnow())[0],
        commendations=commendations_of_county(county.region.code),
        notes=supervisors.notes_of(county.region.code),
        form=form,
        may_note=may(current_user, "county.note", county),
        assigns=may(current_user, "supervisor.assign", county),
    )


@bp.route("/desk/supervision/counties/<code>/supervisor", methods=["GET", "POST"])
@requires("supervisor.assign", load=load_county)
def assign(county: SupervisedCounty) -> ResponseReturnValue:
    people = supervisors.candidates(current_user, county.region)
    current = county.supervisor.account_id if county.supervisor else None
    form = SupervisorForm(people, current)
    if form.validate_on_submit():
        try:
            with transaction():
                supervisors.assign(current_user, county, form.account_id)
            flash(_("Saved."), "success")
            return redirect(url_for("supervision.counties"), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("supervision/assign.html", county=county, form=form)
