"""Enquiries: asking about an offer, and the thread where both sides write and bargain."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts import blocks
from market.accounts.contact import numbers_of, reveal_phone
from market.accounts.login import actor
from market.accounts.models import Account
from market.accounts.quotas import REVEALS, flash_warning
from market.database import db, transaction
from market.deals.parties import asked_party, represented_parties
from market.messages import bp, enquiries, reports
from market.messages.enquiry_forms import (
    AnswerQuotationForm,
    EnquireForm,
    MessageForm,
    QuoteForm,
    ReportForm,
)
from market.messages.enquiry_queries import get_thread
from market.messages.labels import QUOTATION_STATES, REPORT_DECISIONS
from market.messages.models import EnquiryThread, Quotation
from market.messages.next_steps import compare_terms, format_terms, next_step
from market.offers.labels import BASES
from market.offers.models import Offer, Side
from market.offers.queries import first_photos, get_offer
from market.offers.reveals import reveal_page
from market.permissions import requires
from market.products.units import UNITS
from market.text.phones import mask_phones
from market.web.actions import perform
from market.web.errors import DomainError, Refused, Repeated, add_form_error
from market.web.form_recovery import refill
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l


@bp.context_processor
def enquiry_words() -> dict[str, Any]:
    return {
        "BASES": BASES,
        "QUOTATION_STATES": QUOTATION_STATES,
        "REPORT_DECISIONS": REPORT_DECISIONS,
        "UNITS": UNITS,
        "compare_terms": compare_terms,
        "format_terms": format_terms,
        "masked": mask_phones,
        "today": home_today,
    }


@bp.route("/offers/<int:offer_id>/enquire", methods=["GET", "POST"])
@requires("enquiry.open", load=get_offer, purpose=_l("Log in to write to the other side."))
def enquire(offer: Offer) -> ResponseReturnValue:
    if request.method == "GET" and (why := blocks.write_obstacle(actor(), offer.owner)):
        flash(why, "error")
        return redirect(url_for("offers.show", offer_id=offer.id))
    parties = represented_parties(actor())
    party = asked_party(parties)
    quotes = offer.side is Side.BUY
    form = QuoteForm(offer, parties, party) if quotes else EnquireForm(offer, parties, party)
    if form.validate_on_submit():
        try:
            thread = _enquire(offer, form)
        except Repeated as error:
            return redirect(_url(error.existing.thread_id), 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Sent. The answer comes here."), "success")
            flash_warning(enquiries.ENQUIRIES, actor())
            return redirect(_url(thread.id), 303)
    earlier = enquiries.find_thread(offer, actor())
    if earlier and len(parties) == 1 and request.method == "GET" and refill() is None:
        return redirect(_url(earlier.id))
    return render_template("messages/enquire.html", offer=offer, form=form, earlier=earlier)


def _enquire(offer: Offer, form: EnquireForm | QuoteForm) -> EnquiryThread:
    text, key = form.text.data or "", form.key.data
    with transaction():
        party = db.session.get_one(Account, form.party.data)
        if isinstance(form, QuoteForm):
            return enquiries.start_quoting(actor(), party, offer, form.terms(), text, key)
        return enquiries.enquire(actor(), party, offer, form.wish(), text, key)


def _url(thread_id: int) -> str:
    return url_for("messages.thread", thread_id=thread_id)


@bp.route("/messages/<int:thread_id>", methods=["GET", "POST"])
@requires("enquiry.act", load=get_thread, purpose=_l("Log in to read it."))
def thread(thread: EnquiryThread) -> ResponseReturnValue:
    form = MessageForm()
    if form.validate_on_submit():
        text, key = form.text.data or "", form.key.data
        try:
            with transaction():
                enquiries.write(actor(), thread, text, key)
        except Repeated:
            return redirect(_url(thread.id), 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            return redirect(_url(thread.id) + "#newest", 303)
    return _page(thread, form)


def _page(thread: EnquiryThread, form: MessageForm) -> str:
    is_asker = enquiries.side_of(actor(), thread)
    unread = thread.unread(is_asker)
    if unread:
        with transaction():
            enquiries.mark_read(actor(), thread)
    other = thread.party(not is_asker)
    numbers = numbers_of(actor(), [other])
    return render_template(
        "messages/thread.html",
        thread=thread,
        is_asker=is_asker,
        other=other,
        unread=unread,
        step=next_step(thread, is_asker),
        form=form,
        answer=AnswerQuotationForm(formdata=None),
        closed=_why_closed(thread, is_asker),
        has_blocked=blocks.is_blocked(other, thread.party(is_asker)),
        report=reports.latest_report(thread, is_asker),
        number=numbers[0] if numbers else None,
        photo=first_photos([thread.offer_id]).get(thread.offer_id),
    )


def _why_closed(thread: EnquiryThread, is_asker: bool) -> Any:
    """Why nothing can be written; empty where it can."""
    try:
        enquiries.check_may_write(thread, is_asker)
    except Refused as error:
        return error.message
    return ""


@bp.route("/messages/<int:thread_id>/quote", methods=["GET", "POST"])
@requires("enquiry.act", load=get_thread, purpose=_l("Log in to quote."))
def quote(thread: EnquiryThread) -> ResponseReturnValue:
    is_asker = enquiries.side_of(actor(), thread)
    party = thread.party(is_asker)
    form = QuoteForm(thread.offer, [(party.id, party.name)], thread=thread)
    if form.validate_on_submit():
        terms, text, key = form.terms(), form.text.data or "", form.key.data
        try:
            with transaction():
                enquiries.quote(actor(), thread, terms, text, key)
        except Repeated:
            return redirect(_url(thread.id), 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Sent. The other side accepts, answers or declines."), "success")
            return redirect(_url(thread.id), 303)
    waiting = thread.open_quotation
    against = waiting if waiting and waiting.from_asker != is_asker else None
    return render_template("messages/quote.html", thread=thread, form=form, against=against)


def _chosen(thread: EnquiryThread, form: AnswerQuotationForm) -> Quotation:
    """The quotation of the thread that the form names, or 404."""
    number = form.quotation.data or ""
    return next((q for q in thread.quotations if str(q.id) == number), None) or abort(404)


@bp.post("/messages/<int:thread_id>/accept")
@requires("enquiry.act", load=get_thread)
def accept(thread: EnquiryThread) -> Response:
    form = AnswerQuotationForm()
    quotation = _chosen(thread, form)
    key = form.key.data

    def step() -> str:
        try:
            deal = enquiries.accept_quotation(actor(), quotation, key)
        except Repeated:
            return _("Terms accepted")
        return _("Accepted: deal %(id)s is proposed with these terms.", id=deal.id)

    return perform(step, _url(thread.id))


@bp.post("/messages/<int:thread_id>/decline")
@requires("enquiry.act", load=get_thread)
def decline(thread: EnquiryThread) -> Response:
    form = AnswerQuotationForm()
    quotation, text, key = _chosen(thread, form), form.reason.data or "", form.key.data
    return _step(
        thread, _("Declined."), lambda: enquiries.decline_quotation(actor(), quotation, text, key)
    )


def _step(thread: EnquiryThread, done: str, step: Callable[[], object]) -> Response:
    """Take one step of the thread and show it again; a form sent twice is done once."""

    def once() -> None:
        with suppress(Repeated):
            step()

    return perform(once, _url(thread.id), done)


@bp.post("/messages/<int:thread_id>/phone")
@requires("enquiry.act", load=get_thread)
def phone(thread: EnquiryThread) -> Response:
    is_asker = enquiries.side_of(actor(), thread)
    # Where it belongs to the offer's owner, they are told on which offer it was.
    page = reveal_page(thread.offer_id) if is_asker else f"messages/{thread.id}"
    with transaction():
        reveal_phone(actor(), thread.party(not is_asker), page)
    flash_warning(REVEALS, actor())
    return redirect(_url(thread.id) + "#phone", 303)


@bp.post("/messages/<int:thread_id>/report")
@requires("enquiry.act", load=get_thread)
def report(thread: EnquiryThread) -> Response:
    reason = ReportForm().reason.data or ""
    done = _("Reported: the county office reads it and decides.")
    return _step(thread, done, lambda: reports.report_thread(actor(), thread, reason))


@bp.post("/messages/<int:thread_id>/block")
@requires("enquiry.act", load=get_thread)
def block(thread: EnquiryThread) -> Response:
    me, other = _sides(thread)
    done = _("Blocked: they can neither write to you, nor propose a deal, nor see your number.")
    return _step(thread, done, lambda: blocks.block(actor(), me, other))


@bp.post("/messages/<int:thread_id>/unblock")
@requires("enquiry.act", load=get_thread)
def unblock(thread: EnquiryThread) -> Response:
    me, other = _sides(thread)
    return _step(thread, _("Unblocked."), lambda: blocks.unblock(actor(), me, other))


def _sides(thread: EnquiryThread) -> tuple[Account, Account]:
    is_asker = enquiries.side_of(actor(), thread)
    return thread.party(is_asker), thread.party(not is_asker)
