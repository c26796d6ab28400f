"""Pages that many visitors ask for, kept for a second or two in each web process.

Only what looks the same to everyone: a page asked for without any cookie but the
language's, that set none either. Whoever is logged in, or has a form or a message waiting,
has a session cookie and gets a page of their own.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags

from market.language import COOKIE

# Pages and their bytes at most, in each process.
MOST, LARGEST = 128, 256 * 1024
# What a 304 still says (RFC 9110, 15.4.5), and what says for whom it is.
OF_UNCHANGED = {"cache-control", "content-location", "date", "etag", "expires", "vary"}

Start = Callable[..., Any]


@dataclass(frozen=True)
class Kept:
    """A whole answer and the monotonic second until which it may be given again."""

    until: float
    headers: list[tuple[str, str]]
    etag: str
    body: bytes


class KeptPages:
    """WSGI: answers `seconds` long from memory, by the beginning of the path; the longest
    beginning that fits counts, "/" only for itself."""

    def __init__(self, app: Callable[..., Any], seconds: dict[str, float], languages: Any) -> None:
        self.app = app
        self.seconds = sorted(seconds.items(), key=lambda one: -len(one[0]))
        self.cookies = {"", *(f"{COOKIE}={language}" for language in languages)}
        self._pages: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        seconds = self._kept_for(environ)
        if not seconds:
            return self.app(environ, start)
        key = _key(environ)
        now = time.monotonic()
        with self._lock:
            page = self._pages.get(key)
        if page and page.until > now:
            return _answered(page, environ, start)
        made = self._made(environ, start, key, now + seconds)
        return _answered(made, environ, start) if isinstance(made, Kept) else made

    def _kept_for(self, environ: dict[str, Any]) -> float:
        """Seconds; 0 for what is not kept."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_COOKIE", "") not in self.cookies:
            return 0
        path = environ["PATH_INFO"]
        for beginning, seconds in self.seconds:
            if path == beginning or (beginning != "/" and path.startswith(f"{beginning}/")):
                return seconds
        return 0

    def _made(
        self, environ: dict[str, Any], start: Start, key: tuple[str, ...], until: float
    ) -> Kept | Iterable[bytes]:
        """The page, made and kept; or the answer as it is where it can't be kept."""
        told: list[Any] = []
        # Asked for whole, so that there is something to keep; 304 is answered from it.
        asked = {k: v for k, v in environ.items() if k != "HTTP_IF_NONE_MATCH"}
        answer = self.app(asked, lambda *status: told.extend(status))
        status, headers = told[0], Headers(told[1])
        if (
            not status.startswith("200")
            or "Set-Cookie" in headers
            or "ETag" not in headers
            or int(headers.get("Content-Length", LARGEST + 1)) > LARGEST
        ):
            start(*told)
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        page = Kept(until, told[1], headers["ETag"], body)
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)
        return page


def _key(environ: dict[str, Any]) -> tuple[str, ...]:
    """All that a page for everyone depends on."""
    names = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    return tuple(environ.get(name, "") for name in (*names, "HTTP_COOKIE", "HTTP_ACCEPT_ENCODING"))


def _answered(page: Kept, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and parse_etags(known).contains_raw(page.etag):
        start("304 NOT MODIFIED", [h for h in page.headers if h[0].lower() in OF_UNCHANGED])
        return []
    start("200 OK", page.headers)
    return [page.body]


def init_app(app: Flask) -> None:
    """Keep the pages of KEPT_SECONDS, where there are any."""
    if seconds := app.config["KEPT_SECONDS"]:
        app.wsgi_app = KeptPages(app.wsgi_app, seconds, app.config["LANGUAGES"])  # type: ignore[assignment, method-assign]
