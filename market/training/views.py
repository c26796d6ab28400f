"""The register of trainings at the desk: sessions, who came, certificates."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from limits import parse
from werkzeug.wrappers import Response as Answer

from market.accounts.login import actor
from market.accounts.models import Role
from market.database import db, transaction
from market.desk.queries import scope
from market.permissions import may, requires
from market.regions.models import Region
from market.regions.queries import leaves
from market.training import bp, labels, queries, services
from market.training.forms import ParticipantForm, TrainingFilter, TrainingForm
from market.training.models import Trainee, TrainingParticipant, TrainingSession
from market.training.printing import certificates_pdf
from market.training.queries import get_participant, get_session
from market.web.actions import perform
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.home_time import home_today
from market.web.limits import spend

SESSIONS_PER_PAGE = 30
# Setting a hall's certificates takes a second or two.
PDF_LIMIT = parse("30 per 10 minutes")


@bp.context_processor
def _template_labels() -> dict[str, Any]:
    return {"labels": labels}


@bp.get("/desk/training")
@requires("official")
def index() -> str:
    paths, form = scope(actor()), TrainingFilter(request.args)
    asked = form.chosen()
    year = asked.get("year", home_today().year)
    rows, pagination = queries.find_sessions(paths, year, asked.get("page", 1), SESSIONS_PER_PAGE)
    by_county = queries.figures_by_county(paths, year)
    counties = db.session.query(Region).where(Region.code.in_(by_county)).order_by(Region.path)
    return render_template(
        "training/index.html",
        year=year,
        years=sorted({home_today().year, year, *queries.years_held(paths)}, reverse=True),
        rows=rows,
        pagination=pagination,
        total=queries.total_figures(paths, year),
        counties=[(place, by_county[place.code]) for place in counties],
        enters=may(actor(), "training.enter"),
    )


@bp.route("/desk/training/new", methods=["GET", "POST"])
@requires("training.enter")
def new() -> ResponseReturnValue:
    form = TrainingForm(_counties())
    if form.validate_on_submit():
        try:
            with transaction():
                made = services.enter_session(actor(), form.values(), form.key.data or "")
            flash(_("Entered. Now write down who came."), "success")
            return _to(made)
        except Repeated as error:
            return _to(error.existing)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("training/edit.html", form=form, training=None)


@bp.get("/desk/training/<int:session_id>")
@requires("training.read", load=get_session)
def show(session: TrainingSession) -> str:
    return _page(session, ParticipantForm(formdata=None))


@bp.route("/desk/training/<int:session_id>/edit", methods=["GET", "POST"])
@requires("training.manage", load=get_session)
def edit(session: TrainingSession) -> ResponseReturnValue:
    form = TrainingForm(_counties(), session)
    if form.validate_on_submit():
        try:
            with transaction():
                services.change_session(actor(), session, form.values())
            flash(_("Saved."), "success")
            return _to(session)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("training/edit.html", form=form, training=session)


@bp.post("/desk/training/<int:session_id>/participants")
@requires("training.manage", load=get_session)
def add(session: TrainingSession) -> ResponseReturnValue:
    form = ParticipantForm()
    if form.validate_on_submit():
        values = form.phone.data, form.name.data or "", form.village.data or ""
        try:
            with transaction():
                trainee = Trainee(form.trainee.data)
                one = services.add_participant(actor(), session, trainee, *values)
            flash(_("%(name)s came.", name=one.full_name), "success")
            return redirect(url_for("training.show", session_id=session.id) + "#who", 303)
        except DomainError as error:
            add_form_error(error, form)
    return _page(session, form)


@bp.post("/desk/training/participants/<int:participant_id>/remove")
@requires("training.manage", load=lambda participant_id: get_participant(participant_id).session)
def remove(session: TrainingSession) -> Answer:
    participant = get_participant((request.view_args or {})["participant_id"])
    page = url_for("training.show", session_id=session.id) + "#who"
    done = _("Taken off the list.")
    return perform(lambda: services.remove_participant(actor(), participant), page, done)


@bp.post("/desk/training/<int:session_id>/certificates")
@requires("training.manage", load=get_session)
def issue(session: TrainingSession) -> Answer:
    def step() -> str:
        issued = services.issue_certificates(actor(), session)
        return _n("%(num)s certificate issued.", "%(num)s certificates issued.", issued)

    return perform(step, url_for("training.show", session_id=session.id) + "#who")


@bp.get("/desk/training/<int:session_id>/certificates.pdf")
@requires("training.read", load=get_session)
def certificates(session: TrainingSession) -> ResponseReturnValue:
    return _pdf(session.participants, f"training-{session.id}.pdf")


@bp.get("/desk/training/participants/<int:participant_id>/certificate.pdf")
@requires("training.read", load=lambda participant_id: get_participant(participant_id).session)
def certificate(session: TrainingSession) -> ResponseReturnValue:
    participant = get_participant((request.view_args or {})["participant_id"])
    return _pdf([participant], f"training-{session.id}-{participant.id}.pdf")


def _pdf(participants: list[TrainingParticipant], name: str) -> ResponseReturnValue:
    if not any(one.certificate for one in participants):
        raise DomainError(_("No certificate has been issued yet."))
    spend(PDF_LIMIT, "certificates", str(actor().id))
    response = Response(certificates_pdf(participants), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _page(session: TrainingSession, form: ParticipantForm) -> str:
    return render_template(
        "training/show.html",
        training=session,
        form=form,
        manages=may(actor(), "training.manage", session),
        certified=sum(one.certificate is not None for one in session.participants),
    )


def _to(session: TrainingSession) -> Answer:
    return redirect(url_for("training.show", session_id=session.id), 303)


def _counties() -> list[Region]:
    """The counties whose trainings the official enters."""
    grants = [g for g in actor().grants if g.role == Role.COUNTY_OFFICIAL]
    return [place for grant in grants for place in leaves(grant.region.path)]
