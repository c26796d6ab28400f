"""The sample at the desk: what is to be looked at again, and deciding about it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.accounts.models import Role
from market.database import transaction
from market.deals.actions import available_actions
from market.desk.queries import scope
from market.permissions import may, requires
from market.sampling import bp, labels, queries, services
from market.sampling.forms import DoubtAnswerForm, SampleCheckForm
from market.sampling.models import SAMPLE_TRANSITIONS, TO_CHECK, DealSample, SampleState
from market.sampling.queries import load_sample
from market.web.converters import page_number
from market.web.errors import DomainError, add_form_error

# The lists of the page, by the word in their address.
LISTS = {
    "check": TO_CHECK,
    "doubtful": (SampleState.DOUBTFUL,),
    "genuine": (SampleState.GENUINE,),
    "withdrawn": (SampleState.WITHDRAWN,),
}


@bp.context_processor
def _template_labels() -> dict[str, Any]:
    return {"labels": labels, "SampleState": SampleState}


@bp.get("/desk/sampling")
@requires("official")
def index() -> str:
    paths = scope(current_user)
    is_county = current_user.has_role(Role.COUNTY_OFFICIAL)
    name = request.args.get("list", "doubtful" if is_county else "check")
    name = name if name in LISTS else "check"
    page = request.args.get("page", 1, type=page_number)
    rows, pagination = queries.samples(paths, LISTS[name], page)
    groups = queries.progress(paths)
    counts = queries.SampleProgress()
    for group in groups:
        counts.add(group.total)
    return render_template(
        "sampling/index.html",
        name=name,
        lists=[(each, sum(counts.states[s] for s in LISTS[each])) for each in LISTS],
        rows=rows,
        pagination=pagination,
        groups=groups,
        whole=counts,
    )


@bp.get("/desk/sampling/<int:sample_id>")
@requires("sample.read", load=load_sample)
def show(sample: DealSample) -> str:
    return _page(sample)


@bp.post("/desk/sampling/<int:sample_id>/outcome")
@requires("sample.check", load=load_sample)
def check(sample: DealSample) -> ResponseReturnValue:
    form = SampleCheckForm()
    if form.validate_on_submit():
        outcome, note = SampleState(form.outcome.data), form.note.data or ""
        try:
            with transaction():
                services.check_sample(current_user, sample, outcome, note)
            flash(_("Written down."), "success")
            return redirect(url_for("sampling.index"), 303)
        except DomainError as error:
            add_form_error(error, form)
    return _page(sample, check_form=form)


@bp.post("/desk/sampling/<int:sample_id>/answer")
@requires("sample.answer", load=load_sample)
def answer(sample: DealSample) -> ResponseReturnValue:
    form = DoubtAnswerForm()
    if form.validate_on_submit():
        try:
            with transaction():
                services.answer_sample(current_user, sample, form.note.data or "")
            flash(_("Sent to the level above."), "success")
            return redirect(url_for("sampling.index"), 303)
        except DomainError as error:
            add_form_error(error, form)
    return _page(sample, answer_form=form)


def _page(
    sample: DealSample,
    check_form: SampleCheckForm | None = None,
    answer_form: DoubtAnswerForm | None = None,
) -> str:
    nexts = SAMPLE_TRANSITIONS[sample.state]
    is_to_check = SampleState.GENUINE in nexts and may(current_user, "sample.check", sample)
    is_to_answer = SampleState.ANSWERED in nexts and may(current_user, "sample.answer", sample)
    own = current_user.id in (sample.deal.verified_by_id, sample.deal.county_verified_by_id)
    return render_template(
        "sampling/show.html",
        sample=sample,
        deal=sample.deal,
        check_form=(check_form or SampleCheckForm(formdata=None))
        if is_to_check and not own
        else None,
        answer_form=(answer_form or DoubtAnswerForm(formdata=None)) if is_to_answer else None,
        is_own=is_to_check and own,
        undoes=is_to_answer and "send_back" in available_actions(current_user, sample.deal),
    )
