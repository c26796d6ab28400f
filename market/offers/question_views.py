"""Public questions about a purchase: asking, answering, withdrawing, reporting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import parse
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from market.accounts.login import actor
from market.database import transaction
from market.offers import bp
from market.offers import public_questions as services
from market.offers.forms import Required
from market.offers.models import MAX_QUESTION_LENGTH, Offer, PublicQuestion
from market.offers.public_questions import get_public_question, public_questions, takes_questions
from market.offers.views import load_readable
from market.permissions import requires
from market.text.phones import mask_phones
from market.web.actions import perform
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.forms import Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l
from market.web.limits import spend

TEXTS_PER_ACCOUNT = parse("30/hour")

bp.add_app_template_global(public_questions)
bp.add_app_template_global(takes_questions)
# For everybody, whoever is here: what is public is read by whoever harvests numbers.
bp.add_app_template_filter(mask_phones, "without_phones")


class PublicQuestionForm(Form):
    """A question or an answer that everybody reads."""

    key = IdempotencyKey()
    text = TextAreaField(validators=[Required(), Length(max=MAX_QUESTION_LENGTH)])


@bp.route("/offers/<int:offer_id>/questions/new", methods=["GET", "POST"])
@requires("offer.ask", load=load_readable, purpose=_l("Log in to ask about this purchase."))
def ask(offer: Offer) -> ResponseReturnValue:
    form = PublicQuestionForm()
    form.text.label.text = _("Your question")
    return _written(form, offer, None, lambda: services.ask(actor(), offer, *_given(form)))


@bp.route("/public-questions/<int:question_id>/answer", methods=["GET", "POST"])
@requires("public_question.answer", load=get_public_question)
def answer(question: PublicQuestion) -> ResponseReturnValue:
    form = PublicQuestionForm(data={"text": question.answer})
    form.text.label.text = _("Your answer")
    act = lambda: services.answer(actor(), question, form.text.data or "")  # noqa: E731
    return _written(form, question.offer, question, act)


@bp.post("/public-questions/<int:question_id>/withdraw")
@requires("public_question.withdraw", load=get_public_question)
def withdraw_question(question: PublicQuestion) -> Response:
    return perform(
        lambda: services.withdraw(actor(), question), _place(question.offer_id), _("Withdrawn.")
    )


@bp.post("/public-questions/<int:question_id>/report")
@requires("public_question.read", load=get_public_question)
def report_question(question: PublicQuestion) -> Response:
    done = _("Reported: the county office looks at it.")
    return perform(lambda: services.report(actor(), question), _place(question.offer_id), done)


@bp.post("/public-questions/<int:question_id>/keep")
@requires("public_question.moderate", load=get_public_question)
def keep_question(question: PublicQuestion) -> Response:
    done = _("It stays as it is.")
    return perform(lambda: services.keep(actor(), question), _place(question.offer_id), done)


def _given(form: PublicQuestionForm) -> tuple[str, str]:
    return form.text.data or "", form.key.data


def _written(
    form: PublicQuestionForm, offer: Offer, question: PublicQuestion | None, act: Callable[[], Any]
) -> ResponseReturnValue:
    """The form's page, or the purchase's once `act` has written what was typed."""
    if form.validate_on_submit():
        spend(TEXTS_PER_ACCOUNT, "public_question", str(actor().id))
        try:
            with transaction():
                act()
        except Repeated:
            return redirect(_place(offer.id), 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Published: everybody reads it now."), "success")
            return redirect(_place(offer.id), 303)
    return render_template("offers/question.html", form=form, offer=offer, question=question)


def _place(offer_id: int) -> str:
    return url_for("offers.show", offer_id=offer_id) + "#questions"
