"""The official's desk: its first page, the queues, and reviewing one thing after another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from market.accounts.contact import numbers_of, reveal_phone
from market.accounts.labels import TRADER_TYPES
from market.accounts.models import Account
from market.calendar.services import stopped_clock
from market.database import db, transaction, utcnow
from market.deals import verification
from market.deals.actions import available_actions, why_not_decide
from market.deals.call_backs import may_call, sees_number
from market.deals.labels import (
    ANSWER_LABELS,
    CALL_OUTCOMES,
    CHANNELS,
    EVIDENCE_LABELS,
    PARTY_LABELS,
    STATUSES,
    format_verification,
)
from market.deals.models import Deal, DealStatus
from market.deals.rules import LATE_AFTER
from market.deals.step_forms import CallForm
from market.deals.timeline import timeline
from market.deals.views import load_deal
from market.desk import bp, queries
from market.desk.comparison import compare
from market.desk.counties import CountyOrder, waiting_by_prefecture
from market.desk.decisions import AnyQueue, decide
from market.desk.fair_panel import fair_panels
from market.desk.forms import CountyFilter, DecideForm, QueueFilter
from market.desk.labels import QUEUE_TITLES, STATES
from market.desk.queue_types import QUEUES, may_decide
from market.desk.queues import DECIDABLE_STATES, MAX_FLAGS_CHECKED, QueueState
from market.desk.review_data import deal_review, offer_review
from market.desk.task_words import format_when, list_facts
from market.desk.verified import may_undo_offer, verified_items
from market.offers.labels import VERIFICATIONS
from market.offers.models import Offer
from market.permissions import may, requires
from market.products.units import UNITS
from market.statements.labels import DAY_STATES
from market.statements.week import last_week
from market.web.desk_registry import tasks_of
from market.web.errors import ConcurrentDecision, DomainError, add_form_error
from market.web.form_recovery import flash_refusal

OFFER_OPTIONS = (
    joinedload(Offer.owner, innerjoin=True),
    joinedload(Offer.posted_by, innerjoin=True),
    joinedload(Offer.product, innerjoin=True),
    joinedload(Offer.region, innerjoin=True),
    joinedload(Offer.photos),
)


def load_offer(offer_id: int) -> Offer:
    return db.session.get(Offer, offer_id, options=OFFER_OPTIONS) or abort(404)


def is_late(since: datetime) -> bool:
    return since < utcnow() - LATE_AFTER


@bp.context_processor
def words() -> dict[str, Any]:
    return {
        "UNITS": UNITS,
        "STATUSES": STATUSES,
        "CHANNELS": CHANNELS,
        "ANSWERS": ANSWER_LABELS,
        "EVIDENCE": EVIDENCE_LABELS,
        "CALL_OUTCOMES": CALL_OUTCOMES,
        "PARTIES": PARTY_LABELS,
        "VERIFICATIONS": VERIFICATIONS,
        "TRADER_TYPES": TRADER_TYPES,
        "is_late": is_late,
        "late_days": LATE_AFTER.days,
    }


@bp.get("/desk")
@requires("official")
def index() -> str:
    paths = queries.scope(current_user)
    counties = queries.counties(paths)
    tasks = tasks_of(current_user)
    return render_template(
        "desk/index.html",
        regions=[grant.region for grant in current_user.grants if grant.region.path in paths],
        tasks=[task for task in tasks if task.count and not task.is_watched],
        watched=[task for task in tasks if task.count and task.is_watched],
        nothing=[task for task in tasks if not task.count],
        clock=stopped_clock(),
        **_beside(counties),
        format_when=format_when,
        list_facts=list_facts,
    )


def _beside(counties: Sequence[Any]) -> dict[str, Any]:
    """What the first page shows beside the list: the fair, the own statements, the counties."""
    order = CountyOrder(CountyFilter(request.args).chosen().get("sort", CountyOrder.LATE))
    return {
        "panels": fair_panels(current_user),
        "week": last_week(current_user),
        "day_states": DAY_STATES,
        "order": order,
        "prefectures": waiting_by_prefecture(counties, order) if len(counties) > 1 else [],
    }


def filter_of(queue: AnyQueue) -> QueueFilter:
    """What of the queue the query string asks for, inside the official's regions."""
    counties = queries.counties(queries.scope(current_user))
    return QueueFilter(request.args, queue, counties)


@bp.get("/desk/<any(deals, offers):kind>")
@requires("official")
def queue(kind: str) -> str:
    queue_ = QUEUES[kind]
    form = filter_of(queue_)
    if form.is_verified:
        return _verified_list(kind, form)
    query, filters = form.query(), form.arguments()
    found = queries.waiting(kind, form.counties)
    counts = queries.counts(found, query.counties)
    total = queue_.count(query) if query.is_narrow else counts[query.state]
    page = queue_.page(query, total)
    return render_template(
        "desk/queue.html",
        kind=kind,
        form=form,
        query=query,
        filters=filters,
        page=page,
        states=_state_tabs(kind, query.state, filters, counts),
        decides={item.id for item in page.items if may_decide(current_user, item)},
        names=form.rows,
        max_flags_checked=MAX_FLAGS_CHECKED,
        decidable=query.state in DECIDABLE_STATES,
        title=QUEUE_TITLES[kind],
    )


def _verified_list(kind: str, form: QueueFilter) -> str:
    """What was verified, the newest first; the other states' counts beside it."""
    query, filters = form.query(current_user.id), form.arguments()
    items, pagination = verified_items(current_user, kind, query)
    counts = queries.counts(queries.waiting(kind, form.counties), query.counties)
    return render_template(
        "desk/verified.html",
        kind=kind,
        form=form,
        filters=filters,
        items=items,
        pagination=pagination,
        states=_state_tabs(kind, query.state, filters, counts),
        names=form.rows,
    )


def _state_tabs(kind: str, state: QueueState, filters: dict[str, Any], counts: Any) -> list[Any]:
    """Rows of the tabs component: the states of the queue, with the other filters unchanged, and
    what was verified, which is not counted."""
    return [
        (
            STATES[s],
            url_for("desk.queue", kind=kind, **{**filters, "state": s}),
            s is state,
            counts[s] if s in QUEUES[kind].states else None,
        )
        for s in (*QUEUES[kind].states, QueueState.VERIFIED)
    ]


@bp.get("/desk/deals/<int:deal_id>")
@requires("deal.review", load=load_deal)
def review_deal(deal: Deal) -> str:
    return deal_page(deal, DecideForm("deals"))


def deal_page(
    deal: Deal, form: DecideForm, undo_reason: str = "", call_form: CallForm | None = None
) -> str:
    review = deal_review(deal)
    decides, calls = _decides(deal), may_call(current_user, deal)
    return render_template(
        "desk/review_deal.html",
        deal=deal,
        review=review,
        steps=timeline(deal),
        compared=compare(deal, review.similar),
        decides=decides,
        undoes=deal.status is DealStatus.VERIFIED
        and "send_back" in available_actions(current_user, deal),
        undo_reason=undo_reason,
        why_not=why_not_decide(current_user, deal),
        second=verification.needs_second_official(deal),
        may_call=calls,
        numbers=numbers_of(current_user, deal.accounts) if calls else [],
        call_form=call_form or CallForm(deal),
        sees_number=sees_number(current_user, deal),
        may_erase=may(current_user, "deal.verify", deal),
        **_around("deals", deal.id, form),
    )


@bp.get("/desk/offers/<int:offer_id>")
@requires("offer.review", load=load_offer)
def review_offer(offer: Offer) -> str:
    return offer_page(offer, DecideForm("offers"))


def offer_page(offer: Offer, form: DecideForm, undo_reason: str = "") -> str:
    review = offer_review(offer)
    decides = _decides(offer)
    return render_template(
        "desk/review_offer.html",
        offer=offer,
        review=review,
        compared=compare(offer, review.similar),
        decides=decides,
        undoes=may_undo_offer(current_user, offer),
        undo_reason=undo_reason,
        numbers=numbers_of(current_user, [offer.owner]) if decides else [],
        **_around("offers", offer.id, form),
    )


def _decides(thing: Deal | Offer) -> bool:
    """Whether it waits for a decision that this official may take: then its page has the form."""
    if isinstance(thing, Deal):
        return thing.status is DealStatus.AGREED and "verify" in available_actions(
            current_user, thing
        )
    waits = thing.verification == "unverified" and thing.is_public
    return waits and may(current_user, "offer.verify", thing)


def _around(kind: str, id_: int, form: DecideForm) -> dict[str, Any]:
    """The form to decide in, the filters of the queue, and what comes next in the queue."""
    form_filter = filter_of(QUEUES[kind])
    return {
        "kind": kind,
        "filters": form_filter.arguments(),
        "after": QUEUES[kind].after(form_filter.query(current_user.id), id_),
        "form": form,
    }


def _decided(kind: str, thing: Any, act: Any) -> ResponseReturnValue:
    """Decide one thing in one transaction, say how it went, and go on to the next.

    What is refused for what was written is shown again with it; where the page has no form any
    more, `errors` gives the text back.
    """
    queue, form, decision = QUEUES[kind], filter_of(QUEUES[kind]), DecideForm(kind)
    id_, filters = thing.id, form.arguments()
    after = queue.after(form.query(), id_)
    reason = decision.why() if act == "return" else decision.looked.data or ""
    try:
        with transaction():
            decide(current_user, queue, thing, act, reason)
    except ConcurrentDecision as error:
        error.message = format_outcome(kind, id_, error.message)
        flash_refusal(error, "info")
    except DomainError as error:
        if not _decides(thing):
            raise
        error.field = "looked" if act == "verify" and error.field == "reason" else error.field
        add_form_error(error, decision)
        return (deal_page if kind == "deals" else offer_page)(thing, decision)
    else:
        flash(_done(thing, act), "success")
    if after is None:
        return redirect(url_for("desk.queue", kind=kind, **filters), 303)
    return redirect(review_url(kind, after, filters), 303)


def _done(thing: Deal | Offer, act: str) -> str:
    if isinstance(thing, Deal):
        words = _("Deal %(id)s is returned.", id=thing.id)
        return format_verification(thing) if act == "verify" else words
    if act == "verify":
        return _("Verified: %(title)s", title=thing.title)
    return _("Returned: %(title)s", title=thing.title)


def review_url(kind: str, id_: int, filters: dict[str, Any]) -> str:
    """The page at which one thing of a queue is reviewed, with the filters of the queue."""
    if kind == "deals":
        return url_for("desk.review_deal", deal_id=id_, **filters)
    return url_for("desk.review_offer", offer_id=id_, **filters)


def format_outcome(kind: str, id_: int, text: Any) -> str:
    """What became of one deal or offer, with its number."""
    if kind == "deals":
        return _("Deal %(id)s: %(said)s", id=id_, said=text)
    return _("Offer %(id)s: %(said)s", id=id_, said=text)


@bp.post("/desk/deals/<int:deal_id>/verify")
@requires("deal.verify", load=load_deal)
def verify_deal(deal: Deal) -> ResponseReturnValue:
    return _decided("deals", deal, "verify")


@bp.post("/desk/deals/<int:deal_id>/return")
@requires("deal.verify", load=load_deal)
def return_deal(deal: Deal) -> ResponseReturnValue:
    return _decided("deals", deal, "return")


@bp.post("/desk/offers/<int:offer_id>/verify")
@requires("offer.verify", load=load_offer)
def verify_offer(offer: Offer) -> ResponseReturnValue:
    return _decided("offers", offer, "verify")


@bp.post("/desk/offers/<int:offer_id>/return")
@requires("offer.verify", load=load_offer)
def return_offer(offer: Offer) -> ResponseReturnValue:
    return _decided("offers", offer, "return")


@bp.post("/desk/deals/<int:deal_id>/phones")
@requires("deal.verify", load=load_deal)
def reveal_deal_phones(deal: Deal) -> Response:
    return _reveal("deals", deal.id, deal.accounts)


@bp.post("/desk/offers/<int:offer_id>/phones")
@requires("offer.verify", load=load_offer)
def reveal_offer_phones(offer: Offer) -> Response:
    return _reveal("offers", offer.id, [offer.owner])


def _reveal(kind: str, id_: int, parties: list[Account]) -> Response:
    """Show the numbers to who is about to ring them; recorded like every look."""
    page = review_url(kind, id_, filter_of(QUEUES[kind]).arguments())
    reached = [number.reached for number in numbers_of(current_user, parties)]
    with transaction():
        for account in reached:
            reveal_phone(current_user, account, f"desk/{kind}/{id_}")
    return redirect(page + "#phones", 303)
