"""The administrator's screens: who is here, and which roles they hold where."""

from __future__ import annotations

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts import bp, labels, services
from market.accounts.forms import (
    AccountFilter,
    CloseAccountForm,
    GrantForm,
    NewAccountForm,
    OfficeForm,
)
from market.accounts.login import actor
from market.accounts.login_history import logins_of
from market.accounts.models import Account, Grant
from market.accounts.one_time import new_digits
from market.accounts.passwords import hash_password
from market.accounts.queries import colleagues, find_accounts, get_account, get_grant
from market.accounts.recovery import issue_one_time_password
from market.accounts.rules import device_name, masked_network
from market.accounts.second_factor import has_second_factor
from market.database import transaction
from market.permissions import requires
from market.web.actions import perform
from market.web.converters import page_number
from market.web.errors import DomainError, add_form_error


@bp.get("/admin/accounts")
@requires("administrator")
def admin() -> str:
    form = AccountFilter(request.args)
    found = find_accounts(form.search(), request.args.get("page", 1, page_number))
    return render_template("accounts/admin.html", form=form, found=found, labels=labels)


@bp.route("/admin/accounts/new", methods=["GET", "POST"])
@requires("administrator")
def create() -> ResponseReturnValue:
    """An account for somebody of an office, with a one-time password shown for minutes."""
    form = NewAccountForm()
    if form.validate_on_submit():
        given = form.chosen_role, form.chosen_region, form.township.data, form.office.data or ""
        nobody_knows = hash_password(secrets.token_urlsafe(32))
        try:
            with transaction():
                account = services.create_office_account(
                    actor(), form.name.data or "", form.phone.data or "", nobody_knows, *given
                )
            once = hash_password(new_digits(actor(), account))
            with transaction():
                issue_one_time_password(actor(), account, once)
            flash(_("Account made. Give them the one-time password."), "success")
            return redirect(url_for("accounts.help_page", account_id=account.id), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("accounts/admin_new.html", form=form)


def _account_page(
    account: Account,
    form: GrantForm | None = None,
    closing: CloseAccountForm | None = None,
    office: OfficeForm | None = None,
    phone: str | None = None,
) -> ResponseReturnValue:
    """The account's page; the form that was sent stands there with what is wrong, the others as
    they begin."""
    return render_template(
        "accounts/admin_account.html",
        account=account,
        form=form or GrantForm(formdata=None),
        closing=closing or CloseAccountForm(formdata=None),
        office=office or OfficeForm(formdata=None, obj=account),
        phone=phone,
        labels=labels,
        second_factor=has_second_factor(account),
        is_me=account.id == actor().id,
        colleagues=colleagues(account),
        logins=logins_of(account),
        device_name=device_name,
        masked_network=masked_network,
    )


def _back(account_id: int) -> Response:
    return redirect(url_for("accounts.admin_account", account_id=account_id), 303)


@bp.get("/admin/accounts/<int:account_id>")
@requires("administrator", load=get_account)
def admin_account(account: Account) -> ResponseReturnValue:
    return _account_page(account)


@bp.post("/admin/accounts/<int:account_id>/phone")
@requires("administrator", load=get_account)
def admin_phone(account: Account) -> ResponseReturnValue:
    with transaction():
        phone = services.reveal_phone(actor(), account, "accounts.admin_account")
    return _account_page(account, phone=phone)


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


@bp.post("/admin/accounts/<int:account_id>/office")
@requires("administrator", load=get_account)
def office(account: Account) -> ResponseReturnValue:
    form = OfficeForm()
    if not form.validate_on_submit():
        return _account_page(account, office=form)
    with transaction():
        services.change_office(actor(), account, form.office.data or "")
    flash(_("Office changed."), "success")
    return _back(account.id)


@bp.post("/admin/accounts/<int:account_id>/disable")
@requires("administrator", load=get_account)
def disable(account: Account) -> ResponseReturnValue:
    form = CloseAccountForm()
    if not form.validate_on_submit():
        return _account_page(account, closing=form)
    done = _("Account closed. What it had on the site is no longer seen.")
    return perform(
        lambda: services.disable(actor(), account, form.reason.data or ""),
        url_for("accounts.admin_account", account_id=account.id),
        done,
    )


@bp.post("/admin/accounts/<int:account_id>/enable")
@requires("administrator", load=get_account)
def enable(account: Account) -> Response:
    back = url_for("accounts.admin_account", account_id=account.id)
    return perform(lambda: services.enable(actor(), account), back, _("Account opened again."))
