"""The administrator's screens: who is here, and which roles they hold where."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts import bp, labels, services
from market.accounts.forms import GrantForm, SearchForm
from market.accounts.login import actor
from market.accounts.models import Account, Grant
from market.accounts.queries import find_accounts, get_account, get_grant
from market.accounts.second_factor import has_second_factor
from market.database import transaction
from market.permissions import requires
from market.web.converters import page_number
from market.web.errors import DomainError, add_form_error


@bp.get("/admin/accounts")
@requires("administrator")
def admin() -> str:
    form = SearchForm(request.args)
    found = find_accounts(form.chosen().get("q", ""), request.args.get("page", 1, page_number))
    return render_template("accounts/admin.html", form=form, found=found, labels=labels)


def _account_page(
    account: Account, form: GrantForm, phone: str | None = None
) -> ResponseReturnValue:
    return render_template(
        "accounts/admin_account.html",
        account=account,
        form=form,
        phone=phone,
        labels=labels,
        second_factor=has_second_factor(account),
        is_me=account.id == actor().id,
    )


def _back(account_id: int) -> Response:
    return redirect(url_for("accounts.admin_account", account_id=account_id), 303)


@bp.get("/admin/accounts/<int:account_id>")
@requires("administrator", load=get_account)
def admin_account(account: Account) -> ResponseReturnValue:
    return _account_page(account, GrantForm())


@bp.post("/admin/accounts/<int:account_id>/phone")
@requires("administrator", load=get_account)
def admin_phone(account: Account) -> ResponseReturnValue:
    with transaction():
        phone = services.reveal_phone(actor(), account, "accounts.admin_account")
    return _account_page(account, GrantForm(formdata=None), phone)


@bp.post("/admin/accounts/<int:account_id>/grants")
@requires("administrator", load=get_account)
def grant(account: Account) -> ResponseReturnValue:
    form = GrantForm()
    if form.validate_on_submit():
        given = form.chosen_role, form.chosen_region, form.township.data
        try:
            with transaction():
                services.grant_role(actor(), account, *given)
            flash(_("Role given."), "success")
            return _back(account.id)
        except DomainError as error:
            add_form_error(error, form)
    return _account_page(account, form)


@bp.post("/admin/grants/<int:grant_id>/revoke")
@requires("administrator", load=get_grant)
def revoke(held: Grant) -> Response:
    account_id, grant_id = held.account_id, held.id
    with transaction():
        services.revoke_role(actor(), grant_id)
    flash(_("Role taken back."), "success")
    return _back(account_id)


@bp.post("/admin/accounts/<int:account_id>/disable")
@requires("administrator", load=get_account)
def disable(account: Account) -> Response:
    with transaction():
        services.disable(actor(), account)
    flash(_("Account closed."), "success")
    return _back(account.id)


@bp.post("/admin/accounts/<int:account_id>/enable")
@requires("administrator", load=get_account)
def enable(account: Account) -> Response:
    with transaction():
        services.enable(actor(), account)
    flash(_("Account opened again."), "success")
    return _back(account.id)
