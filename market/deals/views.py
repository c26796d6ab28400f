"""Pages of deals: my list, one deal with its steps, and proposing one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from market.accounts.contact import reveal_phone
from market.accounts.login import actor
from market.database import db, transaction
from market.deals import bp, queries, services, verification
from market.deals.actions import available_actions
from market.deals.flags import Flag, deal_flags
from market.deals.labels import (
    ANSWER_LABELS,
    CHANNELS,
    EVIDENCE_LABELS,
    STATUSES,
    TABS,
    format_verification,
)
from market.deals.models import Deal, DealEvent, DealRevision, DealStatus
from market.deals.next_step import format_sum, next_step
from market.deals.parties import represented_parties
from market.deals.revisions import may_answer, waiting_revision
from market.deals.signals import deal_opened
from market.deals.step_forms import CodeForm, DealFilter, PaperForm, ProofForm, ReasonForm
from market.deals.timeline import timeline
from market.deals.unregistered import has_live_code
from market.deals.verification import needs_second_official
from market.offers.labels import BASES
from market.offers.photos import photo_url, send_photo
from market.outgoing.services import can_send_sms
from market.permissions import may, requires
from market.products.units import UNITS
from market.web.actions import perform
from market.web.errors import DomainError
from market.web.form_recovery import flash_refusal
from market.web.pagination import Pagination

PER_PAGE = 25
DEAL_OPTIONS = (
    joinedload(Deal.seller),
    joinedload(Deal.buyer),
    joinedload(Deal.product, innerjoin=True),
    joinedload(Deal.fair),
    joinedload(Deal.seller_region, innerjoin=True),
    joinedload(Deal.buyer_region, innerjoin=True),
    joinedload(Deal.home_region, innerjoin=True),
    selectinload(Deal.proofs),
    selectinload(Deal.events).joinedload(DealEvent.by, innerjoin=True),
    selectinload(Deal.revisions).joinedload(DealRevision.by, innerjoin=True),
)


def load_deal(deal_id: int, **_: Any) -> Deal:
    return db.session.get(Deal, deal_id, options=DEAL_OPTIONS) or abort(404)


@bp.context_processor
def template_labels() -> dict[str, Any]:
    return {
        "STATUSES": STATUSES,
        "CHANNELS": CHANNELS,
        "ANSWERS": ANSWER_LABELS,
        "BASES": BASES,
        "EVIDENCE": EVIDENCE_LABELS,
        "UNITS": UNITS,
        "format_sum": format_sum,
        "photo_url": photo_url,
    }


@bp.get("/deals")
@requires("member")
def index() -> str:
    form = DealFilter(request.args)
    parties = [id_ for id_, _ in represented_parties(current_user)]
    counts = queries.count_by_tab(parties)
    tab = form.chosen_tab(counts[queries.DealTab.WAITING])
    pagination = Pagination(form.chosen().get("page", 1), PER_PAGE, counts[tab])
    rows = queries.find_deals(parties, tab, pagination)
    return render_template(
        "deals/index.html",
        rows=rows,
        tab=tab,
        tabs=[(TABS[t], url_for("deals.index", tab=t.value), t is tab, counts[t]) for t in TABS],
        mine=set(parties),
        pagination=pagination,
    )


@bp.get("/deals/<int:deal_id>")
@requires("deal.read", load=load_deal)
def show(deal: Deal) -> str:
    deal_opened.send(deal=deal, by=actor())
    return show_page(deal)


def show_page(deal: Deal, reason: str = "", code_form: CodeForm | None = None) -> str:
    """The deal's page; `reason` and `code_form` as typed in a form that was refused."""
    waiting = waiting_revision(deal)
    return render_template(
        "deals/show.html",
        deal=deal,
        steps=timeline(deal),
        actions=available_actions(current_user, deal),
        phones=queries.contact_phones(current_user, deal),
        flags=_flags(deal),
        reason=reason,
        waiting=waiting,
        answers=waiting is not None and may_answer(current_user, deal, waiting),
        needs_proof=needs_second_official(deal) and not deal.proofs,
        step_text=next_step(current_user, deal, waiting),
        code_form=code_form or CodeForm(),
        paper_form=PaperForm(),
        proof_form=ProofForm(),
        sends_codes=can_send_sms(),
        has_live_code=has_live_code(deal),
    )


def _flags(deal: Deal) -> list[Flag]:
    """The flags, for an official who may decide; the parties don't see them."""
    if deal.status is not DealStatus.AGREED or not may(current_user, "deal.verify", deal):
        return []
    return deal_flags([deal])[deal.id]


def take_step(deal: Deal, done: str, step: Callable[[], Any]) -> Response:
    """Take one step, say `done`, and show the deal again."""
    return perform(step, url_for("deals.show", deal_id=deal.id), done)


def _reason() -> str:
    return ReasonForm().reason.data or ""


@bp.post("/deals/<int:deal_id>/agree")
@requires("deal.act", load=load_deal)
def agree(deal: Deal) -> Response:
    done = _("Agreed. The county now verifies it.")
    return take_step(deal, done, lambda: services.agree_deal(current_user, deal))


@bp.post("/deals/<int:deal_id>/decline")
@requires("deal.act", load=load_deal)
def decline(deal: Deal) -> Response:
    reason = _reason()
    return take_step(
        deal, _("Declined."), lambda: services.decline_deal(current_user, deal, reason)
    )


@bp.post("/deals/<int:deal_id>/cancel")
@requires("deal.act", load=load_deal)
def cancel(deal: Deal) -> Response:
    reason = _reason()
    return take_step(
        deal, _("Cancelled."), lambda: services.cancel_deal(current_user, deal, reason)
    )


@bp.post("/deals/<int:deal_id>/dispute")
@requires("deal.act", load=load_deal)
def dispute(deal: Deal) -> Response:
    reason = _reason()
    done = _("Disputed. The county can't verify it until this is settled.")
    return take_step(deal, done, lambda: services.dispute_deal(current_user, deal, reason))


@bp.post("/deals/<int:deal_id>/settle")
@requires("deal.act", load=load_deal)
def settle(deal: Deal) -> Response:
    return take_step(deal, _("Settled."), lambda: services.settle_deal(current_user, deal))


@bp.post("/deals/<int:deal_id>/verify")
@requires("deal.verify", load=load_deal)
def verify(deal: Deal) -> ResponseReturnValue:
    reason = _reason()
    try:
        with transaction():
            verification.verify_deal(current_user, deal, reason)
    except DomainError as error:
        if error.field == "reason":
            flash(str(error.message), "error")
            return show_page(deal, reason)
        flash_refusal(error)
    else:
        flash(format_verification(deal), "success")
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


@bp.post("/deals/<int:deal_id>/return")
@requires("deal.verify", load=load_deal)
def send_back(deal: Deal) -> Response:
    reason = _reason()
    done = _("Returned with the reason.")
    seen = DealStatus.AGREED if request.form.get("seen") == DealStatus.AGREED else None
    return take_step(deal, done, lambda: verification.return_deal(current_user, deal, reason, seen))


@bp.post("/deals/<int:deal_id>/proof")
@requires("deal.act", load=load_deal)
def proof(deal: Deal) -> Response:
    form = ProofForm()
    if not form.validate():
        flash(str(next(iter(form.errors.values()))[0]), "error")
        return redirect(url_for("deals.show", deal_id=deal.id), 303)
    photo = next(iter(form.proof.data), None)
    done = _("The picture is kept with the deal.")
    return take_step(deal, done, lambda: services.add_proof(current_user, deal, photo))


@bp.get("/deals/<int:deal_id>/proofs/<sha256>")
@requires("deal.read", load=load_deal)
def proof_picture(deal: Deal) -> Response:
    sha256 = (request.view_args or {})["sha256"]
    if sha256 not in {proof.sha256 for proof in deal.proofs}:
        abort(404)
    return send_photo("proofs", sha256, thumb="thumb" in request.args)


@bp.post("/deals/<int:deal_id>/phone")
@requires("deal.act", load=load_deal)
def phone(deal: Deal) -> Response:
    page = url_for("deals.show", deal_id=deal.id)
    with transaction():
        for party in queries.contacts(current_user, deal):
            reveal_phone(current_user, party, page)
    return redirect(page + "#phones", 303)
