"""Recording where sheets hang, and the pictures of them there."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import transaction
from market.offers.photos import send_photo
from market.permissions import requires
from market.sheets import bp, postings
from market.sheets.forms import PostingForm
from market.sheets.models import SheetPosting
from market.sheets.places import SheetPlace
from market.sheets.villages import villages_of
from market.sheets.work_views import load_office, work_address
from market.web.actions import perform
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.home_time import home_today


@bp.route("/sheets/<county>/post", methods=["GET", "POST"])
@bp.route("/sheets/<county>/<township>/post", methods=["GET", "POST"])
@requires("sheet.manage", load=load_office)
def post(office: SheetPlace) -> ResponseReturnValue:
    form = PostingForm(posted_on=home_today())
    if form.validate_on_submit():
        names = ("village", "spot", "posted_on", "copies", "note", "key")
        values = {name: form[name].data for name in names}
        try:
            with transaction():
                postings.record_posting(actor(), office, photo=form.photo.data[0], **values)
        except Repeated:
            return redirect(work_address(office, _anchor="postings"), 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Recorded: the county sees it."), "success")
            return redirect(work_address(office, _anchor="postings"), 303)
    return render_template(
        "sheets/post.html", office=office, form=form, villages=villages_of(office)
    )


@bp.get("/sheet-postings/<int:posting_id>/picture")
@requires("sheet.manage", load=postings.get_posting)
def posting_picture(posting: SheetPosting) -> Response:
    if posting.sha256 is None:
        abort(404)
    return send_photo(postings.FOLDER, posting.sha256)


@bp.post("/sheet-postings/<int:posting_id>/withdraw")
@requires("sheet.manage", load=postings.get_posting)
def withdraw_posting(posting: SheetPosting) -> Response:
    office = load_office(posting.region_code, posting.township_code)
    back = url_for("sheets.work", **office.address, week=posting.week, _anchor="postings")
    step = lambda: postings.withdraw_posting(actor(), posting)  # noqa: E731
    return perform(step, back, _("Taken back: it counts no more."))
