"""Errors of the domain, and the pages a person sees for every refusal."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from market.language import lazy_gettext as _l


class DomainError(Exception):
    """A rule of the trade said no.

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


class Overtaken(InvalidTransition):
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


def put_on_form(error: DomainError, form: Any) -> None:
    """Show `error` at its field of `form`, or above the form."""
    field = getattr(form, error.field, None) if error.field else None
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [*field.errors, error.message]


def _page(status: int, title: Any, text: Any) -> tuple[str, int]:
    return render_template("errors/error.html", status=status, title=title, text=text), status


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
    }
    return known.get(
        status,
        (_("Something broke on our side"), _("Nothing you sent was half stored. Try again soon.")),
    )


def init_app(app: Flask) -> None:
    """Every error gets a page in the site's own look that says what to do next."""

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> Any:
        page, status = _page(error.status, _("That can't be done"), error.message)
        wait = getattr(error, "retry_after", None)
        return page, status, {"Retry-After": str(wait)} if wait else {}

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> Any:
        return _page(
            400,
            _("This form has expired"),
            _("Go back, reload the page and send it again: nothing was changed."),
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        if error.response is not None or (error.code or 500) < 400:
            return error
        if request.accept_mimetypes.best == "application/json":
            return {"error": error.name}, error.code
        return _page(error.code or 500, *_words(error.code or 500))
