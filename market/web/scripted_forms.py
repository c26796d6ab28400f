"""The answer to a form that a script sends from the page it stands on (drafts.js).

The script only has to know whether the form was accepted, and where its page is: a redirect that it
followed would use up the messages of that page before anybody sees it. It is told the address, and
nothing of a refusal but its status.
"""

from __future__ import annotations

from flask import Flask, current_app, request
from werkzeug.wrappers import Response


def shorten_answer(response: Response) -> Response:
    """`response` as the script reads it: 204 and the Location of what was accepted, or the status
    of what was not, without the page."""
    if request.method != "POST" or request.headers.get("X-Requested-With") != "fetch":
        return response
    is_accepted = response.status_code in (302, 303)
    short = current_app.response_class(status=204 if is_accepted else response.status_code)
    for name in ("Location", "Set-Cookie", "Retry-After"):
        for value in response.headers.getlist(name):
            short.headers.add(name, value)
    short.headers["Cache-Control"] = "no-store"
    return short


def init_app(app: Flask) -> None:
    """Shorten answers after all else has looked at them: what is registered first comes last."""
    app.after_request(shorten_answer)
