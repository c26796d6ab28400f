"""Whole responses reused for visitors, in the memory of each web process.

Only pages that are the same for everyone: asked for without any cookie but those of the language
and the size of the text, and setting none. Whoever is logged in, or has a form or a message
waiting, has a session cookie and gets a page of their own.

A page of PAGE_CACHE_SECONDS is reused for so many seconds without asking. A view marked
`reuse_while_unchanged` is reused for longer, until one of the versions that were named with
`depends_on` while it was made has changed; tests/conventions/test_page_dependencies.py changes
everything such a page shows, and fails where the page shown again is not the new one.

Saves nearly all of the page: see the table of `make bench`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial, wraps
from itertools import permutations, product
from typing import Any, TypeVar

import brotli
from flask import Flask, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags
from werkzeug.wsgi import ClosingIterator

from market.cache.stores import SizeLimitedStore
from market.cache.versions import current_versions, versions_before
from market.web import language, text_size

# Bytes of all pages of a process, and of one.
MAX_CACHE_BYTES, MAX_PAGE_BYTES = 24 * 1024 * 1024, 256 * 1024
# A stored page of more compressed bytes is compressed again: slower, once for all who get it, and a
# fair's table of figures is a quarter smaller.
LONG_PAGE_BYTES = 5 * 1024
# Memory of a page besides its body: the key, the headers, the versions.
OVERHEAD_BYTES = 3 * 1024
# Pages are made again at this age though nothing has changed: they say "3 minutes ago".
MAX_AGE_SECONDS = 60.0
# Headers of a 304 (RFC 9110, 15.4.5), and those that say for whom it is.
NOT_MODIFIED_HEADERS = {"cache-control", "content-location", "date", "etag", "expires", "vary"}
# Keys of the WSGI environment: the versions named so far, and whether the view is marked.
VERSIONS, REUSABLE = "market.page_versions", "market.page_is_reusable"

StartResponse = Callable[..., Any]
VersionKey = Callable[[], object]
Versions = dict[VersionKey, object]
# Called with the app and the WSGI environment of each request that is answered from the cache.
on_reuse: list[Callable[[Flask, dict[str, Any]], None]] = []
View = TypeVar("View", bound=Callable[..., Any])


def depends_on(version_key: VersionKey, version: object = None) -> None:
    """The page being made may be reused only while `version_key()` stays equal to what it is now,
    or to `version`, which was read before what the page shows."""
    versions = _versions_named()
    if versions is not None and version_key not in versions:
        versions[version_key] = version_key() if version is None else version


def _versions_named() -> Versions | None:
    found: Versions | None = request.environ.get(VERSIONS) if request else None
    return found


def depends_on_all(versions: Versions) -> None:
    """As `depends_on`, of each."""
    named = _versions_named()
    if named is not None:
        named.update((key, version) for key, version in versions.items() if key not in named)


@contextmanager
def versions_named() -> Iterator[Versions]:
    """All that is named with `depends_on` meanwhile; the page depends on it, too."""
    outer = _versions_named()
    found: Versions = {}
    request.environ[VERSIONS] = found
    try:
        yield found
    finally:
        if outer is None:
            del request.environ[VERSIONS]
        else:
            request.environ[VERSIONS] = outer
            depends_on_all(found)


def are_current(versions: Versions) -> bool:
    """Whether each is as it was; in the app's context."""
    return all(key() == version for key, version in versions.items())


def never_cache() -> None:
    """The page being made may differ the next time, whatever its versions are."""
    depends_on(object)


def reuse_while_unchanged(view: View) -> View:
    """Mark a view that names with `depends_on` all that its page shows."""

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> Any:
        request.environ[REUSABLE] = True
        if VERSIONS not in request.environ:
            return view(*args, **kwargs)
        response = view(*args, **kwargs)
        # Names of products and regions are on every page; some were read first for this one.
        versions = {**current_versions(), **versions_before()}
        depends_on(partial(current_versions, tuple(versions)), versions)
        return response

    marked.is_reusable = True  # type: ignore[attr-defined]
    return marked  # type: ignore[return-value]


@dataclass(frozen=True)
class CachedPage:
    """A whole response.

    Attributes:
        reused_until: the monotonic second until which its versions aren't looked at.
        expires_at: the one after which it isn't reused any more.
        versions: empty for a page that is made again after `reused_until`.
    """

    reused_until: float
    expires_at: float
    versions: Versions
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def size_bytes(self) -> int:
        """About."""
        return len(self.body) + OVERHEAD_BYTES


class PageCache:
    """WSGI middleware that responds from memory.

    Args:
        seconds: for how long a page is reused without a look at its versions, by the beginning
            of its path; the longest beginning that fits counts, "/" only for itself. Pages of
            other paths are not cached.
    """

    def __init__(self, app: Flask, seconds: dict[str, float], languages: Iterable[str]) -> None:
        self.app = app
        self.wsgi_app: Callable[..., Iterable[bytes]] = app.wsgi_app
        self.seconds = sorted(seconds.items(), key=lambda one: -len(one[0]))
        self.cookies = _preferences(languages)
        self.pages: SizeLimitedStore[CachedPage] = SizeLimitedStore(
            MAX_CACHE_BYTES, lambda page: page.size_bytes
        )

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        seconds = self._seconds_of(environ)
        if seconds is None:
            return self.wsgi_app(environ, start)
        key, now = _key(environ), time.monotonic()
        page = self.pages.get(key)
        if page and page.reused_until > now:
            return self._reuse(page, environ, start)
        if page and page.expires_at > now and self._is_unchanged(page):
            self.pages.put(key, replace(page, reused_until=now + seconds))
            return self._reuse(page, environ, start)
        return self._make(environ, start, key, now + seconds)

    def _reuse(
        self, page: CachedPage, environ: dict[str, Any], start: StartResponse
    ) -> Iterable[bytes]:
        for hear in on_reuse:
            hear(self.app, environ)
        return _respond(page.headers, [page.body], environ, start)

    def _seconds_of(self, environ: dict[str, Any]) -> float | None:
        if environ["REQUEST_METHOD"] != "GET" or environ.get("HTTP_COOKIE", "") not in self.cookies:
            return None
        path = environ["PATH_INFO"]
        for beginning, seconds in self.seconds:
            if path == beginning or (beginning != "/" and path.startswith(f"{beginning}/")):
                return seconds
        return None

    def _is_unchanged(self, page: CachedPage) -> bool:
        if not page.versions:
            return False
        with self.app.app_context():
            return are_current(page.versions)

    def _make(
        self,
        environ: dict[str, Any],
        start: StartResponse,
        key: tuple[str, ...],
        reused_until: float,
    ) -> Iterable[bytes]:
        """The response made anew, and stored where it may be reused."""
        started: list[Any] = []
        versions: Versions = {}
        expires_at = time.monotonic() + MAX_AGE_SECONDS
        # Made whole even for a conditional request, so that there is a body to store.
        whole = {k: v for k, v in environ.items() if k != "HTTP_IF_NONE_MATCH"}
        whole[VERSIONS] = versions
        body = self.wsgi_app(whole, lambda *status: started.extend(status))
        status, headers = started[0], Headers(started[1])
        if not status.startswith("200") or "ETag" not in headers:
            start(*started)
            return body
        if REUSABLE not in whole:
            versions = {}
        if (
            "Set-Cookie" in headers
            or int(headers.get("Content-Length", MAX_PAGE_BYTES + 1)) > MAX_PAGE_BYTES
            or (reused_until <= time.monotonic() and not versions)
        ):
            return _respond(started[1], body, environ, start)
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        if versions and len(content) > LONG_PAGE_BYTES and headers.get("Content-Encoding") == "br":
            content = _compress_again(content)
            headers["Content-Length"] = str(len(content))
        page = CachedPage(reused_until, expires_at, versions, list(headers), content)
        self.pages.put(key, page)
        return _respond(page.headers, [content], environ, start)


def _compress_again(content: bytes) -> bytes:
    """A page that is Brotli's already, as small as it gets in some 10 ms."""
    return brotli.compress(brotli.decompress(content), mode=brotli.MODE_TEXT, quality=10)


def _preferences(languages: Iterable[str]) -> set[str]:
    """Every Cookie header that holds nothing but a language, a size of the text, or both."""
    spoken = {f"{language.COOKIE}={code}" for code in languages}
    sized = {f"{text_size.COOKIE}={size}" for size in text_size.SIZES}
    both = {"; ".join(pair) for one in product(spoken, sized) for pair in permutations(one)}
    return {"", *spoken, *sized, *both}


def _key(environ: dict[str, Any]) -> tuple[str, ...]:
    """All that a page for everyone depends on."""
    names = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    return tuple(environ.get(name, "") for name in (*names, "HTTP_COOKIE", "HTTP_ACCEPT_ENCODING"))


def _respond(
    headers: list[tuple[str, str]],
    body: Iterable[bytes],
    environ: dict[str, Any],
    start: StartResponse,
) -> Iterable[bytes]:
    """The whole page; 304 to a browser that has it."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and parse_etags(known).contains_raw(Headers(headers)["ETag"]):
        start("304 NOT MODIFIED", [h for h in headers if h[0].lower() in NOT_MODIFIED_HEADERS])
        return ClosingIterator([], getattr(body, "close", None))
    start("200 OK", headers)
    return body


def init_app(app: Flask) -> None:
    """Cache the pages of PAGE_CACHE_SECONDS, where there are any; none while developing, when
    templates change under the running site."""
    seconds = app.config["PAGE_CACHE_SECONDS"]
    if seconds and not app.debug:
        cache = PageCache(app, seconds, app.config["LANGUAGES"])
        app.extensions["page_cache"] = cache
        app.wsgi_app = cache  # type: ignore[assignment, method-assign]
