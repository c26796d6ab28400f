"""Pages of a returned deal: writing a revision, and answering the other side's."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import transaction
from market.deals import bp, revisions
from market.deals.forms import RevisionForm
from market.deals.models import Deal, DealStatus
from market.deals.views import load_deal, take_step
from market.permissions import requires
from market.web.errors import DomainError, InvalidTransition, add_form_error
from market.web.form_recovery import flash_refusal


@bp.route("/deals/<int:deal_id>/mend", methods=["GET", "POST"])
@requires("deal.act", load=load_deal)
def mend(deal: Deal) -> ResponseReturnValue:
    if deal.status is not DealStatus.RETURNED:
        flash_refusal(InvalidTransition(_("Only a returned deal is mended.")))
        return redirect(url_for("deals.show", deal_id=deal.id), 303)
    form = RevisionForm(deal)
    if form.validate_on_submit():
        terms = form.terms()
        try:
            with transaction():
                needs_answer = revisions.revise_deal(current_user, deal, terms)
        except DomainError as error:
            add_form_error(error, form)
        else:
            sent = _("Sent. The other side now agrees or declines.")
            flash(sent if needs_answer else _("Sent to the county again."), "success")
            return redirect(url_for("deals.show", deal_id=deal.id), 303)
    return render_template("deals/mend.html", deal=deal, form=form)


@bp.post("/deals/<int:deal_id>/revision/agree")
@requires("deal.act", load=load_deal)
def agree_revision(deal: Deal) -> Response:
    done = _("Agreed. The county now verifies it.")
    return take_step(deal, done, lambda: revisions.agree_revision(current_user, deal))


@bp.post("/deals/<int:deal_id>/revision/decline")
@requires("deal.act", load=load_deal)
def decline_revision(deal: Deal) -> Response:
    done = _("Declined: the deal stays as it was.")
    return take_step(deal, done, lambda: revisions.decline_revision(current_user, deal))
