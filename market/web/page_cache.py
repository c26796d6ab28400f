"""Pages that visitors ask for again, kept in the memory of each web process.

Only what looks the same to everyone: a page asked for without any cookie but the
language's, that set none either. Whoever is logged in, or has a form or a message waiting,
has a session cookie and gets a page of their own.

Some are given again for a second or two whatever happens (KEPT_SECONDS). Others say what
they are made of (`depends_on`), and are given again while that stays as it was.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags
from werkzeug.wsgi import ClosingIterator

from market.web.language import COOKIE

# Bytes at most, of all pages in each process and of one.
ROOM, LARGEST = 24 * 1024 * 1024, 256 * 1024
# What is kept takes so much more than its body: the key, the headers, what it is made of.
BESIDES = 3 * 1024
# Nothing is older, though all it is made of stays the same: a page says "3 minutes ago".
OLDEST = 60.0
# Seconds that a page waits for another to be made before it; some take far longer than that.
PATIENCE = 0.05
# What a 304 still says (RFC 9110, 15.4.5), and what says for whom it is.
OF_UNCHANGED = {"cache-control", "content-location", "date", "etag", "expires", "vary"}
PARTS = "market.depends_on"

Start = Callable[..., Any]
Part = Callable[[], object]
# What each part said before it was read.
Parts = dict[Part, object]


def depends_on(part: Part, said: object = None) -> None:
    """The page being made may be kept for as long as `part()` stays equal to what it says now,
    or to `said`, which it said before what the page shows was read. All parts count."""
    parts: Parts | None = request.environ.get(PARTS) if request else None
    if parts is not None and part not in parts:
        parts[part] = part() if said is None else said


def never_cache() -> None:
    """The page being made may be another the next time, whatever its parts say."""
    depends_on(object)


@dataclass(frozen=True)
class CachedPage:
    """A whole answer.

    Attributes:
        until: the monotonic second until which it is given again without a question.
        oldest: the one after which it isn't given any more.
        parts: empty for a page that must be made anew after `until`.
    """

    until: float
    oldest: float
    parts: Parts
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.body) + BESIDES


class PageCache:
    """WSGI: answers from memory.

    Args:
        seconds: for how long a page is given again without a question, by the beginning of
            its path; the longest beginning that fits counts, "/" only for itself. Pages of
            other paths are not kept.
    """

    def __init__(self, app: Flask, seconds: dict[str, float], languages: Iterable[str]) -> None:
        self.app = app
        self.made_by: Callable[..., Iterable[bytes]] = app.wsgi_app
        self.seconds = sorted(seconds.items(), key=lambda one: -len(one[0]))
        self.cookies = {"", *(f"{COOKIE}={language}" for language in languages)}
        self._pages: OrderedDict[tuple[str, ...], CachedPage] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        # Two pages made at once would take turns at the interpreter, and both come late.
        self._turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        seconds = self._kept_for(environ)
        if seconds is None:
            return self.made_by(environ, start)
        key, now = _key(environ), time.monotonic()
        with self._lock:
            page = self._pages.get(key)
            if page:
                self._pages.move_to_end(key)
        if page and page.until > now:
            return _answered(page.headers, [page.body], environ, start)
        if page and page.oldest > now and self._is_unchanged(page):
            self._keep(key, replace(page, until=now + seconds))
            return _answered(page.headers, [page.body], environ, start)
        in_turn = self._turn.acquire(timeout=PATIENCE)
        try:
            return self._made(environ, start, key, now + seconds)
        finally:
            if in_turn:
                self._turn.release()

    def _kept_for(self, environ: dict[str, Any]) -> float | None:
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_COOKIE", "") not in self.cookies:
            return None
        path = environ["PATH_INFO"]
        for beginning, seconds in self.seconds:
            if path == beginning or (beginning != "/" and path.startswith(f"{beginning}/")):
                return seconds
        return None

    def _is_unchanged(self, page: CachedPage) -> bool:
        if not page.parts:
            return False
        with self.app.app_context():
            return all(part() == said for part, said in page.parts.items())

    def _made(
        self, environ: dict[str, Any], start: Start, key: tuple[str, ...], until: float
    ) -> Iterable[bytes]:
        """The answer made anew, and kept where it can be."""
        told: list[Any] = []
        parts: Parts = {}
        oldest = time.monotonic() + OLDEST
        # Asked for whole, so that there is something to keep; 304 is answered from it.
        asked = {k: v for k, v in environ.items() if k != "HTTP_IF_NONE_MATCH"} | {PARTS: parts}
        answer = self.made_by(asked, lambda *status: told.extend(status))
        status, headers = told[0], Headers(told[1])
        if not status.startswith("200") or "ETag" not in headers:
            start(*told)
            return answer
        if (
            "Set-Cookie" in headers
            or int(headers.get("Content-Length", LARGEST + 1)) > LARGEST
            or (until <= time.monotonic() and not parts)
        ):
            return _answered(told[1], answer, environ, start)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        self._keep(key, CachedPage(until, oldest, parts, told[1], body))
        return _answered(told[1], [body], environ, start)

    def _keep(self, key: tuple[str, ...], page: CachedPage) -> None:
        with self._lock:
            before = self._pages.pop(key, None)
            self._pages[key] = page
            self._size += page.size - (before.size if before else 0)
            while self._size > ROOM:
                self._size -= self._pages.popitem(last=False)[1].size


def _key(environ: dict[str, Any]) -> tuple[str, ...]:
    """All that a page for everyone depends on."""
    names = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    return tuple(environ.get(name, "") for name in (*names, "HTTP_COOKIE", "HTTP_ACCEPT_ENCODING"))


def _answered(
    headers: list[tuple[str, str]], body: Iterable[bytes], environ: dict[str, Any], start: Start
) -> Iterable[bytes]:
    """The whole answer; 304 to whoever has it."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and parse_etags(known).contains_raw(Headers(headers)["ETag"]):
        start("304 NOT MODIFIED", [h for h in headers if h[0].lower() in OF_UNCHANGED])
        return ClosingIterator([], getattr(body, "close", None))
    start("200 OK", headers)
    return body


def init_app(app: Flask) -> None:
    """Keep the pages of KEPT_SECONDS, where there are any."""
    if seconds := app.config["KEPT_SECONDS"]:
        app.wsgi_app = PageCache(app, seconds, app.config["LANGUAGES"])  # type: ignore[assignment, method-assign]
