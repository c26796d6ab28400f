"""The stylesheet bundles, addresses of static files, validators and security headers.

`init_app` comes after Flask-Compress's: handlers that run after a request run in the
reverse order of their registration, so the ETag is made from the plain page and an
unchanged page is never compressed only to be thrown away. The ETag is weak because the
same page leaves in several encodings; Flask-Compress leaves a weak one as it is.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, current_app, g, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import get_locale
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.security import safe_join

from market.permissions import requires
from market.web.addresses import cached_url_for, reused_addresses

FOREVER = "public, max-age=31536000, immutable"
# What all pages need; what the front page does besides, those of who is logged in, those of a fair,
# and those of the desk and the wall screen; what large text and paper change.
STYLES = {
    "site": ("tokens.css", "base.css", "components/*.css", "pages/*.css"),
    "home": ("home/*.css",),
    "members": ("members/*.css",),
    "fairs": ("fairs/*.css",),
    "desk": ("desk/*.css",),
    "texts": ("texts/*.css",),
    "prices": ("prices/*.css",),
    "large": ("large/*.css",),
    "print": ("print/*.css",),
}
# In the order of preference; COMPRESS_ALGORITHM.
ENCODINGS = ("br", "gzip")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}
# Where everybody comes by https: browsers then never ask by http again, for a year.
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


def digest(content: bytes) -> str:
    """The first 10 hex digits of the SHA-256 of `content`."""
    return hashlib.sha256(content).hexdigest()[:10]


def minified(css: str) -> str:
    """`css` without comments or needless white space; quoted strings stay as they are."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    parts = re.split(r"""("[^"]*"|'[^']*')""", css)
    for i in range(0, len(parts), 2):
        text = re.sub(r"\s+", " ", parts[i])
        parts[i] = re.sub(r" ?([{};,>]) ?|(?<=:) ", r"\1", text).replace(";}", "}")
    return "".join(parts).strip()


def bundle(folder: Path, name: str = "site") -> bytes:
    """Every stylesheet of a bundle (a key of STYLES) under `folder`, in order, as one."""
    files = [file for pattern in STYLES[name] for file in sorted(folder.glob(pattern))]
    return minified("\n".join(file.read_text("utf-8") for file in files)).encode()


@lru_cache(maxsize=8)
def compressed(css: bytes) -> bytes:
    """`css` as small as Brotli makes it: a sixth smaller than at the speed of pages, which are
    compressed each time."""
    return brotli.compress(css, mode=brotli.MODE_TEXT, quality=11)


@lru_cache(maxsize=256)
def _file_digest(path: str, modified: int) -> str:
    return digest(Path(path).read_bytes())


def _version(filename: str) -> str | None:
    """The digest of a static file, or None where there is no such file."""
    path = safe_join(current_app.static_folder or "", filename)
    try:
        return _file_digest(path, Path(path).stat().st_mtime_ns) if path else None
    except (OSError, ValueError):
        return None


def static_url(filename: str) -> str:
    """The address of a static file, which changes when its content does."""
    return url_for("static", filename=filename, v=_version(filename))


# For pages that show many: what a file holds is looked at once.
cached_static_url = reused_addresses(static_url)


def accepted_encoding(header: str) -> str:
    """The one of ENCODINGS that `Accept-Encoding` likes best; "" for none of them.

    What stands there with q=0 is refused, also by the name `*` (RFC 9110, 12.5.3).
    """
    accepted = parse_accept_header(header, Accept)
    named = {name.lower(): quality for name, quality in accepted}
    wanted = {name: named.get(name, named.get("*", 0)) for name in ENCODINGS}
    best = max(ENCODINGS, key=lambda name: wanted[name])
    return best if wanted[best] > 0 and wanted[best] >= named.get("identity", 0) else ""


class Sessions(SecureCookieSessionInterface):
    """Flask's, but for what is the same for everyone.

    Flask-Login looks into the session after each request, so that static files too varied with
    the cookie, which changes all the time: browsers asked for each again on every page, and on a
    slow line that is 0.4 s before a page has its style.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if response.headers.get("Cache-Control") != FOREVER or session.modified:
            super().save_session(app, session, response)


def narrow_encodings(response: Response) -> Response:
    """Leave Flask-Compress nothing to choose: it takes what stands alone in spite of q=0."""
    if header := request.headers.get("Accept-Encoding"):
        request.environ["HTTP_ACCEPT_ENCODING"] = accepted_encoding(header)
    return response


def add_validators(response: Response) -> Response:
    """An ETag for what was read, and 304 for one who has it already."""
    if request.endpoint == "static" and response.status_code in (200, 304):
        given = request.args.get("v")
        if given and given == _version((request.view_args or {}).get("filename", "")):
            response.headers["Cache-Control"] = FOREVER
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    if response.is_streamed or response.direct_passthrough or "ETag" in response.headers:
        return response
    content = hashlib.blake2b(response.get_data(), digest_size=12).hexdigest()
    response.set_etag(content, weak=True)
    if "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response


def keep_private(response: Response) -> Response:
    """Let no browser or proxy keep what was made for somebody who is logged in: after log-out
    the Back button must ask again. Static files and public photos are everyone's."""
    user = g.get("_login_user")
    if user is not None and user.is_authenticated and not response.cache_control.public:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def add_security_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config.get("ENV_NAME") == "production":
        for name, value in HTTPS_HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def init_app(app: Flask) -> None:
    """Serve the stylesheets; give templates their addresses and `get_locale`."""
    folder = Path(app.static_folder or "") / "css"
    built = {name: bundle(folder, name) for name in STYLES}
    digests = {name: digest(content) for name, content in built.items()}

    def stylesheet(name: str = "site") -> bytes:
        return bundle(folder, name) if app.debug else built[name]

    def stylesheet_url(name: str = "site") -> str:
        version = digest(stylesheet(name)) if app.debug else digests[name]
        return url_for("stylesheet", name=name, version=version)

    @app.get(f"/static/<any({','.join(STYLES)}):name>-<version>.css", endpoint="stylesheet")
    @requires("anyone")
    def stylesheet_view(name: str, version: str) -> Response:
        content = stylesheet(name)
        response = Response(content, mimetype="text/css")
        if accepted_encoding(request.headers.get("Accept-Encoding", "")) == "br":
            response = Response(compressed(content), mimetype="text/css")
            response.headers["Content-Encoding"] = "br"
        response.vary.add("Accept-Encoding")
        # A page from before a release may ask for the old name: it gets today's, for one use.
        current = version == digest(content)
        response.headers["Cache-Control"] = FOREVER if current else "no-cache"
        return response

    app.session_interface = Sessions()
    if "static" in app.view_functions:
        app.view_functions["static"] = requires("anyone")(app.view_functions["static"])
    app.jinja_env.globals.update(
        url_for=cached_url_for,
        # While developing, files change under the running site.
        static_url=static_url if app.debug else cached_static_url,
        stylesheet_url=stylesheet_url if app.debug else reused_addresses(stylesheet_url),
        get_locale=get_locale,
    )
    app.after_request(keep_private)
    app.after_request(narrow_encodings)
    app.after_request(add_validators)
    app.after_request(add_security_headers)
