"""The queue of questions at the desk: read and answered on one page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from market.accounts.login import actor
from market.database import db, transaction
from market.desk.queries import counties, scope
from market.messages import bp, queries, services
from market.messages.forms import AnswerForm, QuestionFilter
from market.messages.models import Question
from market.messages.queries import get_question
from market.permissions import may, requires
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.pagination import Pagination


@bp.get("/desk/questions")
@requires("official")
def desk() -> str:
    return _page()


def _page(refused: tuple[int, AnswerForm] | None = None) -> str:
    """The queue; `refused`: the number of a question and the answer that was refused."""
    paths = scope(actor())
    filters = QuestionFilter(request.args, counties(paths))
    chosen = filters.chosen()
    late = chosen.get("late", False)
    county = filters.paths.get(chosen.get("region", ""))
    within = [county] if county else paths
    waiting = queries.queue_of(within)
    total = waiting.late if late else waiting.count
    pagination = Pagination(chosen.get("page", 1), queries.PER_PAGE, total)
    rows = list(queries.questions_waiting(within, late, pagination))
    forms = {q.id: AnswerForm(formdata=None, latest=q.texts[-1].id) for q in rows}
    if refused:
        forms[refused[0]] = refused[1]
        if refused[0] not in {q.id for q in rows}:
            rows.insert(0, get_question(refused[0]))
    return render_template(
        "messages/desk.html",
        filters=filters,
        rows=rows,
        waiting=waiting,
        forms=forms,
        answers=lambda question: may(actor(), "question.answer", question),
        pagination=pagination,
        here=filters.arguments(),
    )


@bp.post("/desk/questions/<int:question_id>/answer")
@requires("question.answer", load=get_question)
def answer(question: Question) -> ResponseReturnValue:
    form = AnswerForm()
    if form.validate_on_submit():
        text, key, latest = form.text.data or "", form.key.data, form.read_up_to
        try:
            with transaction():
                services.answer_question(actor(), question, text, key, latest)
        except Repeated:
            pass
        except DomainError as error:
            add_form_error(error, form)
            db.session.expire(question)
            form.latest.data = str(get_question(question.id).texts[-1].id)
            return _page((question.id, form))
        flash(_("Answered: %(name)s reads it now.", name=question.asker.name), "success")
        given: dict[str, Any] = {
            name: value for name in ("region", "late", "page") if (value := request.args.get(name))
        }
        return redirect(url_for("messages.desk", **given), 303)
    return _page((question.id, form))
