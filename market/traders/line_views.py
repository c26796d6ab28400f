"""Rating, answering a rating, and disputing a line of a trader's page."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from market.accounts.login import actor
from market.database import transaction
from market.deals.models import Deal
from market.deals.views import load_deal
from market.permissions import requires
from market.traders import bp, disputes, ratings
from market.traders.forms import AnswerRatingForm, DisputeForm, RateForm
from market.traders.line_queries import DisputedLine, get_line, get_rating
from market.traders.models import TraderRating
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.language import lazy_gettext as _l


@bp.route("/deals/<int:deal_id>/rate", methods=["GET", "POST"])
@requires("deal.act", load=load_deal)
def rate(deal: Deal) -> ResponseReturnValue:
    form, back = RateForm(), url_for("deals.show", deal_id=deal.id)
    if form.validate_on_submit():
        stars, text = int(form.stars.data), form.text.data or ""
        try:
            with transaction():
                ratings.rate(actor(), deal, stars, text, form.key.data)
        except Repeated:
            return redirect(back, 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Thank you: your rating is on their page."), "success")
            return redirect(back, 303)
    obstacle = None if form.is_submitted() else ratings.rating_obstacle(actor(), deal)
    return render_template("traders/rate.html", deal=deal, form=form, obstacle=obstacle)


@bp.route("/ratings/<int:rating_id>/answer", methods=["GET", "POST"])
@requires("rating.answer", load=get_rating)
def answer_rating(rating: TraderRating) -> ResponseReturnValue:
    form = AnswerRatingForm()
    back = url_for("traders.show", account_id=rating.rated_id) + "#ratings"
    if form.validate_on_submit():
        try:
            with transaction():
                ratings.answer_rating(actor(), rating, form.text.data or "")
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Your answer stands below the rating."), "success")
            return redirect(back, 303)
    return render_template("traders/answer.html", rating=rating, form=form, back=back)


@bp.route("/traders/<int:account_id>/dispute", methods=["GET", "POST"], endpoint="dispute_deals")
@bp.route("/traders/<int:account_id>/dispute/<int:rating_id>", methods=["GET", "POST"])
@bp.route(
    "/traders/<int:account_id>/dispute-certificate/<int:certificate_id>",
    methods=["GET", "POST"],
    endpoint="dispute_certificate",
)
@requires("member", load=get_line, purpose=_l("Log in to say what is wrong."))
def dispute(line: DisputedLine) -> ResponseReturnValue:
    form, back = DisputeForm(), url_for("traders.show", account_id=line.trader.id)
    if form.validate_on_submit():
        reason, key = form.reason.data or "", form.key.data
        try:
            with transaction():
                disputes.dispute(actor(), line.trader, line.rating or line.certificate, reason, key)
        except Repeated:
            return redirect(back, 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Sent to the county office: it looks at the line and decides."), "success")
            return redirect(back, 303)
    return render_template("traders/dispute.html", line=line, form=form, back=back)
