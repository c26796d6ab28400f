"""Errors of the domain, and the pages a person sees for every refusal."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from market.database import PATIENCE, db
from market.web.csrf import FIELD, NO_SOURCE, made_for
from market.web.form_recovery import form_again, is_from_elsewhere, log_in_first
from market.web.language import lazy_gettext as _l


class DomainError(Exception):
    """A rule of the trade refuses.

    Attributes:
        message: what to tell the person, translated.
        field: the form field it is about, or None for the whole form.
        status: the HTTP status when no form shows it.
    """

    status = 409
    message: Any = _l("That can't be done.")

    def __init__(self, message: Any = None, field: str | None = None) -> None:
        self.message = message if message is not None else self.message
        self.field = field
        # Not yet as text: the words depend on who reads them, and finding that out would
        # ask the database in the middle of what failed.
        super().__init__(self.message)


class InvalidTransition(DomainError):
    """The thing is no longer in a state from which this is possible."""

    message = _l("This has changed in the meantime: look at it again first.")


class ConcurrentDecision(InvalidTransition):
    """Somebody decided this first; the message says who, what and when.

    Attributes:
        by_id: the account that did.
    """

    def __init__(self, message: Any, by_id: int | None) -> None:
        super().__init__(message)
        self.by_id = by_id


class Refused(DomainError):
    """A rule forbids this person to do this here, though the page may be theirs."""

    status = 403


class Invalid(DomainError):
    """What was given can't be right."""

    status = 422


class Repeated(DomainError):
    """The same form was sent before; `existing` is what it made."""

    def __init__(self, existing: Any) -> None:
        super().__init__(_l("This was already sent."))
        self.existing = existing


def add_form_error(error: DomainError, form: Any) -> None:
    """Show `error` at its field of `form`, or above the form."""
    field = getattr(form, error.field, None) if error.field else None
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [*field.errors, error.message]


def _page(status: int, title: Any, text: Any, wait: int | None = None) -> Response:
    """A refusal: the form that was sent, given back where that can be, else a page."""
    try:
        response = form_again(text, status) or make_response(
            render_template("errors/error.html", status=status, title=title, text=text), status
        )
    except Exception:
        # The page's head asks who is logged in: without a database there is none.
        current_app.logger.exception("the page of a refusal could not be made")
        response = Response(f"{title}\n{text}\n", status=status, mimetype="text/plain")
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _words(status: int) -> tuple[str, str]:
    known = {
        400: (_("That request made no sense"), _("Go back and try again.")),
        403: (
            _("This is not yours to see"),
            _("Your account has no right to this page. Log in with another account, or go home."),
        ),
        404: (
            _("There is no such page"),
            _("It may have been closed or moved. Search for what you were looking for."),
        ),
        405: (_("That can't be done here"), _("Go back and use the buttons of the page.")),
        413: (_("That file is too large"), _("Choose smaller pictures, at most 8 MB each.")),
        429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
        503: (
            _("The market is very busy"),
            _("Nothing was saved yet. Wait half a minute, then send it again."),
        ),
    }
    return known.get(
        status,
        (_("Something broke on our side"), _("Nothing you sent was half stored. Try again soon.")),
    )


def init_app(app: Flask) -> None:
    """Every error gets a page in the site's own look that says what to do next."""

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> Response:
        wait = getattr(error, "retry_after", None)
        return _page(error.status, _("That can't be done"), error.message, wait=wait)

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> Response:
        if error.description == NO_SOURCE:
            text = _(
                "Your browser hides which page the form was on, so nobody can tell that it was "
                "this one. Let it send the page's address (Referer), or use another browser."
            )
            return _page(400, _("This form could not be taken"), text)
        view: Any = app.view_functions[request.endpoint or ""]
        sent = not is_from_elsewhere() and request.form.get(FIELD)
        whom = made_for(request.form.get(FIELD))
        # A visitor's own form is a visitor's still.
        if sent and current_user.is_anonymous and view.permission != "anyone" and whom != 0:
            return log_in_first(request.endpoint or "")
        if current_user.is_authenticated and whom not in (None, 0, current_user.id):
            text = _(
                "This form was opened by another account, and nothing was sent. You are logged in "
                "as %(name)s now: send it only if it is yours.",
                name=current_user.name,
            )
        else:
            text = _("The page had been open for too long: look it over and send it again.")
        return _page(400, _("This form has expired"), text)

    @app.errorhandler(OperationalError)
    def database_error(error: OperationalError) -> Response:
        app.logger.error("the database could not: %s", error.orig)
        db.session.rollback()
        return _page(503, *_words(503), wait=round(PATIENCE))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error
        if request.accept_mimetypes.best == "application/json":
            return {"error": error.name}, error.code or 500
        if isinstance(error, InternalServerError):
            db.session.rollback()
        wait = getattr(error, "retry_after", None)
        status = error.code or 500
        return _page(status, *_words(status), wait=wait if isinstance(wait, int) else None)
