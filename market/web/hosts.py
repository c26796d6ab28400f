"""The Host header: a request for what can't be the name of any host is refused at the door.

Further in, the name is decoded and put into addresses: by then every page would break.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

# RFC 1035, 2.3.4: octets of a name and of a label. Underscores stand in names of containers.
MAX_NAME = 253
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(
    rf"(?P<name>({_LABEL}\.)*{_LABEL}\.?|\[[0-9a-f:.]+\])(:[0-9]{{1,5}})?", re.IGNORECASE
)


def is_host(text: str) -> bool:
    """Whether `text` can be a Host header: a name or an address, and perhaps a port."""
    found = _HOST.fullmatch(text)
    if found is None or len(found["name"]) > MAX_NAME:
        return False
    try:
        found["name"].encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True


class HostCheck:
    """WSGI: answers 400 to a Host header that is none."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self.inner = inner

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if is_host(environ.get("HTTP_HOST") or environ["SERVER_NAME"]):
            return self.inner(environ, start)
        start("400 BAD REQUEST", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Bad request: no such host.\n"]


def init_app(app: Flask) -> None:
    """Put the check around all that was put around the app so far."""
    app.wsgi_app = HostCheck(app.wsgi_app)  # type: ignore[assignment, method-assign]
