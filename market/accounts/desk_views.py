"""The county's desk for those who can't log in any more: a forgotten password, a new number."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts import bp, labels, recovery
from market.accounts.forms import PhoneForm, SearchForm
from market.accounts.login import actor
from market.accounts.models import Account, Role
from market.accounts.one_time import issued_password, new_digits
from market.accounts.passwords import hash_password
from market.accounts.queries import AccountSearch, find_accounts, get_account
from market.database import transaction
from market.permissions import requires
from market.web.desk_registry import DeskTab, tabs
from market.web.errors import DomainError, add_form_error
from market.web.language import lazy_gettext as _l

tabs.append(
    DeskTab(
        55,
        _l("Help with logging in"),
        "accounts.desk",
        shown=lambda account: account.has_role(Role.COUNTY_OFFICIAL),
        also=["accounts.help_page", "accounts.one_time_password", "accounts.change_phone"],
    )
)


@bp.get("/desk/accounts")
@requires("official")
def desk() -> str:
    form = SearchForm(request.args)
    counties = [g.region_code for g in actor().grants if g.role == Role.COUNTY_OFFICIAL]
    page = request.args.get("page", 1, int)
    search = AccountSearch(form.chosen().get("q", ""), helped_in=counties)
    found = find_accounts(search, page)
    return render_template("accounts/desk.html", form=form, found=found, labels=labels)


def _help_page(account: Account, form: PhoneForm) -> Response:
    """What can be done for the account."""
    page = render_template(
        "accounts/help.html",
        account=account,
        form=form,
        once=issued_password(actor(), account),
        minutes=int(recovery.ONE_TIME_LIFETIME.total_seconds() // 60),
        labels=labels,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/desk/accounts/<int:account_id>")
@requires("account.help", load=get_account)
def help_page(account: Account) -> Response:
    return _help_page(account, PhoneForm())


@bp.post("/desk/accounts/<int:account_id>/one-time-password")
@requires("account.help", load=get_account)
def one_time_password(account: Account) -> Response:
    password_hash = hash_password(new_digits(actor(), account))
    with transaction():
        recovery.issue_one_time_password(actor(), account, password_hash)
    return redirect(url_for("accounts.help_page", account_id=account.id), 303)


@bp.post("/desk/accounts/<int:account_id>/phone")
@requires("account.help", load=get_account)
def change_phone(account: Account) -> Response:
    form = PhoneForm()
    if form.validate_on_submit():
        try:
            with transaction():
                recovery.change_phone(actor(), account, form.phone.data or "")
            flash(_("Number changed. They log in with it from now on."), "success")
            return redirect(url_for("accounts.help_page", account_id=account.id), 303)
        except DomainError as error:
            add_form_error(error, form)
    return _help_page(account, form)
