"""What was typed comes back: the form of a refused request, filled again.

One way for every form. Where the form's address can be read too, its own page is made again
with what was sent, as a reading request, so that nothing can be changed by it. Where it can't
(a reason beside a button), a page of its own shows the texts, to be sent again from there.
Who has to log in first finds them afterwards: they are saved for an hour in a file whose name
only that browser's session tells. So do the buttons that change language or size of the text.

Never given back: passwords, files (but photos at a change of language), and anything that
another site had the browser send.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import (
    Flask,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Response

from market.web import language, text_size
from market.web.csrf import FIELD, made_for
from market.web.language import in_language
from market.web.language import lazy_gettext as _l
from market.web.network import has_page, page_before, return_address
from market.web.preferences import choose
from market.web.slots import link

# The name of the button that sends a form to have it in another language or size.
SWITCH = "switch"
# Fields of passwords, by name; a test holds the forms to it.
SECRET_FIELDS = frozenset({"password", "current", "again"})
# Fields that people write where the form has no page of its own, by name (before any hyphen).
WRITTEN_FIELDS = {
    "reason": _l("Reason"),
    "office": _l("Office"),
    "looked": _l("What did you look at, and whom did you ask?"),
    "note": _l("Note"),
    "answer": _l("What was said"),
    "text": _l("Text"),
    "phone": _l("Phone"),
    "region": _l("Region"),
    "township": _l("Town or township"),
}
# Of what is saved: bytes of one form, seconds, and how many forms of all browsers together.
MAX_BYTES, MAX_AGE_SECONDS, MAX_FILES = 64 * 1024, 3600, 1000
DRAFT_SECONDS = 7 * 24 * 3600  # of what a browser has in its own storage (drafts.js)
# Bytes of a request that is too large which are still read for the texts in it.
MAX_READ_BYTES, MAX_TEXT_BYTES = 128 * 1024 * 1024, 256 * 1024

Fields = MultiDict[str, str]


def typed_fields() -> Fields:
    """What the request carries, without its token, passwords and files; read once."""
    if "posted_fields" not in g:
        g.posted_fields = _without_secrets(_posted())
    fields: Fields = g.posted_fields
    return fields


def _posted() -> Fields:
    try:
        return request.form
    except RequestEntityTooLarge:
        length = request.content_length or 0
        limit = current_app.config["MAX_CONTENT_LENGTH"]
        if not limit < length <= MAX_READ_BYTES:
            return MultiDict()
    # Not a byte of it was read yet. The files go nowhere, the texts are few.
    parser = FormDataParser(lambda *_a, **_k: _Nowhere(), MAX_TEXT_BYTES, max_form_parts=500)
    try:
        fields: Fields = parser.parse_from_environ(request.environ)[1]
    except RequestEntityTooLarge:
        return MultiDict()
    # A repeated request gets the same answer.
    request.__dict__.update(form=fields, files=MultiDict())
    return fields


class _Nowhere(io.BytesIO):
    """A file that is not saved."""

    def write(self, data: Any) -> int:
        return len(data)


def _without_secrets(form: Fields) -> Fields:
    left_out = {*SECRET_FIELDS, FIELD, SWITCH}
    return MultiDict((name, v) for name, v in form.items(multi=True) if name not in left_out)


def written_texts(fields: Fields) -> list[tuple[Any, str, str]]:
    """(label, name, text) of what somebody wrote into a form without a page of its own."""
    return [
        (label, name, text)
        for name, text in fields.items(multi=True)
        if text.strip() and (label := WRITTEN_FIELDS.get(name.partition("-")[0]))
    ]


def is_from_elsewhere() -> bool:
    """Whether another site had the browser send this: then nobody typed it here."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if site in ("cross-site", "same-site"):
        return True
    if origin == "null" and site == "same-origin":  # it sends no Referer, nor says its origin
        return False
    return origin is not None and urlsplit(origin).netloc != request.host


def address() -> str:
    """The path and query of this request, as a browser writes them."""
    query = request.query_string.decode("latin-1")
    return quote(request.path, safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")


def form_again(message: Any, status: int) -> Response | None:
    """The form that was sent, filled as it was, above it `message`; None where nothing can
    be given back."""
    if request.method != "POST" or request.url_rule is None or is_from_elsewhere():
        return None
    fields = typed_fields()
    if lost_files():
        again = _("Choose the photos again: they could not be kept.")
        message = f"{message} {again}"
    if has_page():
        return _own_page(fields, message, status) or _text_page(fields, message, status, False)
    return _text_page(fields, message, status, True)


def lost_files() -> bool:
    """Whether files came that are not with what is given back."""
    saved = typed_fields()
    return any(file.filename and name not in saved for name, file in request.files.items())


def is_switching() -> bool:
    """Whether the form is only shown in another way: what came with it may be saved."""
    return "switching" in g


def _switch_preference() -> Response | None:
    """The form of this page in the language or size that its button asks for, as it is filled."""
    chosen = request.form.get(SWITCH, "") if request.method == "POST" else ""
    is_language = chosen in current_app.config["LANGUAGES"]
    if not (is_language or chosen in text_size.SIZES) or is_from_elsewhere():
        return None
    if not is_language:
        g.text_size = chosen
    response = None
    if has_page():
        g.switching = True
        with in_language(chosen) if is_language else nullcontext():
            response = _own_page(typed_fields(), None, 200)
    response = response or redirect(page_before() or "/", 303)
    choose(response, language.COOKIE if is_language else text_size.COOKIE, chosen)
    return response


def _own_page(fields: Fields, message: Any, status: int) -> Response | None:
    """The page of the form made anew, as if it were only read; None where that fails."""
    g.refill, g.form_notice = fields, message
    request.method = "GET"
    try:
        view = current_app.view_functions[request.endpoint or ""]
        response = make_response(view(**(request.view_args or {})))
    except Exception as error:
        current_app.logger.info("the form of %s can't be shown again: %r", request.path, error)
        response = None
    finally:
        request.method = "POST"
        g.pop("refill"), g.pop("form_notice")
    if response is None or response.status_code != 200:
        return None
    response.status_code = status
    return response


def _text_page(fields: Fields, message: Any, status: int, sendable: bool) -> Response | None:
    texts = written_texts(fields) if sendable else _all_texts(fields)
    if not texts:
        return None
    page = text_page(fields, texts, message, address() if sendable else None, page_before())
    return make_response(page, status)


def _all_texts(fields: Fields) -> list[tuple[Any, str, str]]:
    """Every text of a form whose own page can't be shown, to be copied from here."""
    texts = [(_("What you wrote"), name, v) for name, v in fields.items(multi=True)]
    return [row for row in texts if row[2].strip() and row[1] != "key"]


def text_page(
    fields: Fields,
    texts: list[tuple[Any, str, str]],
    message: Any,
    action: str | None,
    back: str | None,
) -> str:
    """A page with `texts`; with `action`, a form that sends all the fields there again."""
    shown = {name for _label, name, _text in texts}
    others = [(name, v) for name, v in fields.items(multi=True) if name not in shown]
    return render_template(
        "errors/typed.html", texts=texts, others=others, text=message, action=action, back=back
    )


def log_in_first(why: str = "") -> Response:
    """To the log-in page, and back to this one afterwards; what was typed is saved.

    Args:
        why: the endpoint that asks for it: the page says what it is for.
    """
    if request.method != "POST":
        back: str | None = request.full_path.rstrip("?")
    else:
        back = page_before()
        if not is_from_elsewhere() and _store_fields(typed_fields()):
            back = address() if has_page() else link("pending_form")
    return redirect(link("log_in", next=back, why=why or None), 303)


def _folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / "pending_forms"


def _file(number: str) -> Path:
    return _folder() / hashlib.sha256(number.encode()).hexdigest()


def _store_fields(fields: Fields) -> bool:
    """Keep the fields for this browser, in the place of what it had; whether that was done."""
    text = json.dumps(
        {
            "address": address(),
            "for": made_for(request.form.get(FIELD)),
            "fields": list(fields.items(multi=True)),
            "lost_files": lost_files(),
        }
    )
    if not any(value.strip() for value in fields.values()) or len(text) > MAX_BYTES:
        return False
    delete_pending_form()
    number = secrets.token_urlsafe(24)
    try:
        _folder().mkdir(mode=0o700, exist_ok=True)
        purge_pending_forms(room_for=1)
        _file(number).write_text(text, "utf-8")
        _file(number).chmod(0o600)
        # By the clock that its age is measured by, which is not always the file server's.
        os.utime(_file(number), (time.time(), time.time()))
    except OSError:
        current_app.logger.exception("a form could not be kept")
        return False
    session["pending_form"] = number
    return True


def purge_pending_forms(room_for: int = 0) -> None:
    """Delete what was saved too long ago, and the oldest where there is too much."""
    files = [(file.stat().st_mtime, file) for file in _folder().glob("*")]
    files.sort(reverse=True)
    for i, (at, file) in enumerate(files):
        if i >= MAX_FILES - room_for or at < time.time() - MAX_AGE_SECONDS:
            file.unlink(missing_ok=True)


def delete_forms_of(account_id: int, names_them: Callable[[str], bool]) -> None:
    """Delete the forms saved for an account, and those in which something names its owner."""
    for file in _folder().glob("*"):
        try:
            saved = json.loads(file.read_text("utf-8"))
            texts = [saved["address"], *(value for _name, value in saved["fields"])]
            forgotten = saved["for"] == account_id or any(map(names_them, texts))
        except (OSError, ValueError, TypeError, KeyError):
            forgotten = True
        if forgotten:
            file.unlink(missing_ok=True)


def pending_form() -> tuple[str, Fields, Any] | None:
    """(address, fields, what to say) of the form that this browser was to log in for first, if
    it is this account's."""
    number = session.get("pending_form")
    if not number or not current_user.is_authenticated:
        return None
    try:
        file = _file(str(number))
        if file.stat().st_mtime < time.time() - MAX_AGE_SECONDS:
            return None
        saved = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if saved["for"] not in (None, 0, current_user.id):
        return None
    message = _("What you typed before is here again: look it over and send it.")
    if saved.get("lost_files"):
        message = _(
            "What you typed before is here again, without the photos: choose them once more."
        )
    return saved["address"], MultiDict(map(tuple, saved["fields"])), message


def delete_pending_form() -> None:
    """Delete what was saved for this browser."""
    if number := session.pop("pending_form", None):
        _file(str(number)).unlink(missing_ok=True)


def refill() -> Fields | None:
    """What the forms of this page are to be filled with, though it is only read."""
    fields: Fields | None = g.get("refill")
    return fields


def _refill_after_log_in() -> None:
    cookie = current_app.config["SESSION_COOKIE_NAME"]
    if request.method != "GET" or cookie not in request.cookies or "pending_form" not in session:
        return
    methods = (request.url_rule and request.url_rule.methods) or ()
    if "POST" in methods:
        saved = pending_form()
        if saved and saved[0] == address():
            g.refill, g.form_notice = saved[1:]


def _note_sent(response: Response) -> Response:
    """Note for the next page which form was accepted: the browser deletes its draft of it."""
    is_accepted = request.method == "POST" and response.status_code in (302, 303)
    if not is_accepted or g.get("keeps_pending_form"):
        return response
    if "_login_user" in g and current_user.is_authenticated and any(typed_fields().values()):
        session["sent_forms"] = [*session.get("sent_forms", [])[-4:], address()]
        saved = pending_form()
        if saved and saved[0] == address():
            delete_pending_form()
    return response


def is_filled() -> bool:
    """Whether this page is an answer to a form, and gives it back."""
    return request.method == "POST" or refill() is not None


def sent_forms() -> str:
    """The addresses of the forms accepted since the last page, with spaces between."""
    return " ".join(session.pop("sent_forms", []))


def flash_refusal(error: Any, category: str = "error") -> None:
    """Flash why a step was refused.

    Raises:
        DomainError: `error` again, where something was written with the step or a whole form
            was sent: `errors` then gives that back with the reason.
    """
    fields = typed_fields()
    if any(fields.values()) if has_page() else written_texts(fields):
        raise error
    message = error.message
    flash(message if isinstance(message, Markup) else str(message), category)


def init_app(app: Flask) -> None:
    """Fill forms again after log-in, and tell browsers which were accepted."""
    app.before_request(_refill_after_log_in)
    app.before_request(_switch_preference)
    app.after_request(_note_sent)
    app.jinja_env.globals.update(
        sent_forms=sent_forms,
        is_filled=is_filled,
        return_address=return_address,
        draft_seconds=DRAFT_SECONDS,
    )
