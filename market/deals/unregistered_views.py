"""Steps of a deal with somebody without an account: their code, the signed paper, the county's call
and their erasure."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import transaction
from market.deals import bp, unregistered
from market.deals.models import Deal
from market.deals.step_forms import CodeForm, PaperForm
from market.deals.views import load_deal, show_page, take_step
from market.permissions import requires
from market.web.errors import DomainError, add_form_error
from market.web.form_recovery import flash_refusal


@bp.post("/deals/<int:deal_id>/code/send")
@requires("deal.act", load=load_deal)
def send_code(deal: Deal) -> Response:
    done = _("A code is on its way to the other side. Ask them for it.")
    return take_step(deal, done, lambda: unregistered.send_code(current_user, deal))


@bp.post("/deals/<int:deal_id>/code")
@requires("deal.act", load=load_deal)
def confirm_code(deal: Deal) -> ResponseReturnValue:
    form = CodeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                unregistered.confirm_with_code(current_user, deal, form.digits())
        except DomainError as error:
            if not unregistered.awaits_confirmation(deal):
                flash_refusal(error)
                return redirect(url_for("deals.show", deal_id=deal.id), 303)
            add_form_error(error, form)
        else:
            flash(_("Confirmed. The county rings the other side and verifies it."), "success")
            return redirect(url_for("deals.show", deal_id=deal.id), 303)
    return show_page(deal, code_form=form)


@bp.post("/deals/<int:deal_id>/paper")
@requires("deal.act", load=load_deal)
def confirm_paper(deal: Deal) -> Response:
    form = PaperForm()
    if not form.validate():
        flash(str(next(iter(form.errors.values()))[0]), "error")
        return redirect(url_for("deals.show", deal_id=deal.id), 303)
    paper = next(iter(form.paper.data), None)
    done = _("The signed paper is kept. The county rings the other side and verifies it.")
    return take_step(deal, done, lambda: unregistered.confirm_with_paper(current_user, deal, paper))
