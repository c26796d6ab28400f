"""Cases that wait at the desk and are each decided in a form of their own: reported conversations,
certificates, disputed lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from market.accounts.login import actor
from market.database import transaction
from market.permissions import may
from market.web.converters import page_number
from market.web.errors import DomainError, add_form_error
from market.web.pagination import Pagination

CASES_PER_PAGE = 20


def cases_page(
    template: str,
    permission: str,
    count: int,
    find: Callable[[Pagination], Sequence[Any]],
    make_form: Callable[..., FlaskForm],
    refused: tuple[Any, FlaskForm] | None,
    **words: Any,
) -> str:
    """A page of cases, the template of which extends desk/cases.html.

    Args:
        permission: to decide one; find: reads a page of them.
        refused: the case of which a decision was refused, with what was typed.
    """
    pagination = Pagination(request.args.get("page", 1, type=page_number), CASES_PER_PAGE, count)
    rows = list(find(pagination))
    forms = {row.id: make_form(formdata=None) for row in rows}
    if refused:
        case, form = refused
        if case.id not in forms:
            rows.insert(0, case)
        forms[case.id] = form
    return render_template(
        template,
        rows=rows,
        forms=forms,
        decides=lambda row: may(actor(), permission, row),
        pagination=pagination,
        **words,
    )


def decide_case(
    form: FlaskForm, decide: Callable[[], object], page: Callable[[], str], done: str, queue: str
) -> ResponseReturnValue:
    """Decide a case if the form is right, and go back to its queue; else show `page` again.

    Args:
        done: the message afterwards; queue: the endpoint of the page of cases.
    """
    if form.validate_on_submit():
        try:
            with transaction():
                decide()
        except DomainError as error:
            add_form_error(error, form)
            return page()
        flash(done, "success")
        return redirect(url_for(queue), 303)
    return page()
