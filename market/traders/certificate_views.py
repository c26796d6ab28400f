"""A trader's own certificates, and checking them at the desk."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.models import Account
from market.accounts.queries import get_account
from market.database import transaction
from market.desk.cases import cases_page, decide_case
from market.desk.queries import scope
from market.offers.photos import send_photo
from market.permissions import requires
from market.traders import bp, certificates
from market.traders.certificates import FOLDER, get_certificate
from market.traders.forms import CertificateForm, DecideCertificateForm
from market.traders.labels import CERTIFICATE_DECISIONS, CERTIFICATE_KINDS
from market.traders.models import CertificateDecision, TraderCertificate
from market.traders.queries import is_trader
from market.web.actions import perform
from market.web.errors import DomainError, Repeated, add_form_error


@bp.get("/me/certificates")
@requires("member")
def my_certificates() -> Response:
    return redirect(url_for("traders.own_certificates", account_id=actor().id))


@bp.route("/traders/<int:account_id>/certificates", methods=["GET", "POST"])
@requires("party.represent", load=get_account)
def own_certificates(account: Account) -> ResponseReturnValue:
    form = CertificateForm()
    if form.validate_on_submit():
        photo = next(iter(form.photo.data), None)
        try:
            with transaction():
                certificates.enter(actor(), account, form.values(), photo, form.key.data)
        except Repeated:
            return redirect(request.url, 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Sent to the county office: it is shown once it is checked."), "success")
            return redirect(request.url, 303)
    return render_template(
        "traders/certificates.html",
        trader=account,
        has_page=is_trader(account),
        rows=certificates.certificates_of(account),
        form=form,
        KINDS=CERTIFICATE_KINDS,
        DECISIONS=CERTIFICATE_DECISIONS,
    )


@bp.post("/certificates/<int:certificate_id>/remove")
@requires("certificate.manage", load=get_certificate)
def remove_certificate(row: TraderCertificate) -> Response:
    back = url_for("traders.own_certificates", account_id=row.account_id)
    return perform(lambda: certificates.remove(actor(), row), back, _("Removed."))


@bp.get("/certificates/<int:certificate_id>/picture")
@requires("certificate.read", load=get_certificate)
def certificate_picture(row: TraderCertificate) -> Response:
    return send_photo(FOLDER, row.sha256) if row.sha256 else abort(404)


@bp.get("/desk/certificates")
@requires("official")
def certificate_queue() -> str:
    return _queue()


def _queue(refused: tuple[TraderCertificate, DecideCertificateForm] | None = None) -> str:
    paths = scope(actor())
    return cases_page(
        "traders/desk_certificates.html",
        "trader_case.decide",
        certificates.count_certificates(paths),
        lambda pagination: certificates.certificates_page(paths, pagination),
        DecideCertificateForm,
        refused,
        KINDS=CERTIFICATE_KINDS,
    )


@bp.post("/desk/certificates/<int:certificate_id>")
@requires("trader_case.decide", load=get_certificate)
def decide_certificate(row: TraderCertificate) -> ResponseReturnValue:
    form = DecideCertificateForm()
    return decide_case(
        form,
        lambda: certificates.decide_certificate(
            actor(),
            row,
            CertificateDecision(form.decision.data),
            form.source.data or "",
            form.reason.data or "",
        ),
        lambda: _queue((row, form)),
        _("Decided: the trader is told."),
        "traders.certificate_queue",
    )
