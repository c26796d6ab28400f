"""The page of all one's conversations, and the pages of who asks the county's office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from limits import parse
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.models import Account
from market.accounts.today import today_count
from market.database import db, transaction
from market.deals.models import Deal
from market.messages import bp, queries, services
from market.messages.enquiry_queries import ThreadRow, threads_of
from market.messages.forms import AskForm, TextForm
from market.messages.labels import STATUSES
from market.messages.models import Question, QuestionText
from market.messages.queries import get_question, is_late
from market.offers.models import Offer
from market.offers.queries import first_photos
from market.permissions import may, requires
from market.regions.models import is_within
from market.regions.queries import home_region
from market.text.phones import mask_phones
from market.web.converters import asked_row, page_number
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.language import lazy_gettext as _l
from market.web.limits import spend

TEXTS_PER_ACCOUNT = parse("20/hour")


@bp.context_processor
def words() -> dict[str, Any]:
    return {"STATUSES": STATUSES, "is_late": is_late, "read_by_me": _read_by_me}


def _read_by_me(text: QuestionText) -> str:
    """The text as who is here may read it: what somebody else asks, without phone numbers."""
    plain = text.from_office or text.by_id == current_user.id
    return text.text if plain else mask_phones(text.text)


Subject = TypeVar("Subject", Offer, Deal)


def load_party() -> Account | None:
    """For whom it is asked: `for` in the query string, or who is here."""
    number = asked_row("for")
    if number is None:
        return actor() if current_user.is_authenticated else None
    return db.session.get(Account, number) or abort(404)


def _about(name: str, model: type[Subject]) -> Subject | None:
    number = asked_row(name)
    return None if number is None else db.session.get(model, number) or abort(404)


@bp.route("/questions/new", methods=["GET", "POST"])
@requires("party.represent", load=load_party, purpose=_l("Log in to ask the county office."))
def new(party: Account) -> ResponseReturnValue:
    offer, deal = _about("offer", Offer), _about("deal", Deal)
    if (offer and not may(actor(), "offer.read", offer)) or (
        deal and not may(actor(), "deal.act", deal)
    ):
        abort(403)
    home = party.region if is_within(party.region.path, home_region().path) else None
    form = TextForm() if offer or deal else AskForm(region=home)
    if form.validate_on_submit():
        spend(TEXTS_PER_ACCOUNT, "question", str(actor().id))
        place = None if offer or deal else form.region.data
        given = (form.text.data or "", form.key.data, place, offer, deal)
        return _asked(
            form, lambda: services.ask_question(actor(), party, *given), party, offer, deal
        )
    return _ask_page(form, party, offer, deal)


def _ask_page(form: TextForm, party: Account, offer: Offer | None, deal: Deal | None) -> str:
    return render_template("messages/new.html", form=form, party=party, offer=offer, deal=deal)


def _asked(form: TextForm, ask: Callable[[], Question], *shown: Any) -> ResponseReturnValue:
    try:
        with transaction():
            question = ask()
    except Repeated as error:
        question = error.existing
    except DomainError as error:
        add_form_error(error, form)
        return _ask_page(form, *shown)
    flash(_("Sent to the county office. The answer comes here."), "success")
    return _to(question)


@bp.get("/messages")
@requires("member")
def index() -> str:
    page = request.args.get("page", 1, type=page_number)
    enquiries = today_count("messages") + today_count("quotations")
    news = {"enquiries": enquiries, "questions": today_count("answers")}
    asks = request.args.get("tab") == "questions"
    rows, pagination = (queries.questions_of if asks else threads_of)(actor(), page)
    return render_template(
        "messages/questions.html" if asks else "messages/index.html",
        rows=rows,
        pagination=pagination,
        me=actor(),
        news=news,
        photos=first_photos(row.thread.offer_id for row in rows if isinstance(row, ThreadRow)),
    )


@bp.get("/questions/<int:question_id>")
@requires("question.read", load=get_question)
def show(question: Question) -> str:
    return _show(question, TextForm(formdata=None))


def _show(question: Question, form: TextForm) -> str:
    return render_template(
        "messages/show.html",
        question=question,
        form=form,
        owns=may(current_user, "question.own", question),
    )


@bp.post("/questions/<int:question_id>/more")
@requires("question.own", load=get_question)
def more(question: Question) -> ResponseReturnValue:
    form = TextForm()
    if form.validate_on_submit():
        spend(TEXTS_PER_ACCOUNT, "question", str(actor().id))
        text, key = form.text.data or "", form.key.data
        return _step(
            form, question, lambda: services.continue_question(actor(), question, text, key)
        )
    return _show(question, form)


def _step(form: TextForm, question: Question, step: Callable[[], None]) -> ResponseReturnValue:
    try:
        with transaction():
            step()
    except Repeated:
        return _to(question)
    except DomainError as error:
        add_form_error(error, form)
        return _show(question, form)
    flash(_("Sent to the county office. The answer comes here."), "success")
    return _to(question)


@bp.post("/questions/<int:question_id>/close")
@requires("question.own", load=get_question)
def close(question: Question) -> Response:
    with transaction():
        services.close_question(actor(), question)
    flash(_("Closed."), "success")
    return redirect(url_for("messages.index", tab="questions"), 303)


@bp.post("/questions/<int:question_id>/seen")
@requires("question.own", load=get_question)
def seen(question: Question) -> Response:
    with transaction():
        services.mark_seen(actor(), question)
    return _to(question)


def _to(question: Question) -> Response:
    return redirect(url_for("messages.show", question_id=question.id), 303)
