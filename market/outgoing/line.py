"""Whether a request left, when the clients of the gateways fail: they only say that they did."""

from __future__ import annotations

from collections.abc import Iterator

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

from market.outgoing.gateways import NotSent, Uncertain

# No request leaves before there is a connection.
_NO_CONNECTION = (ConnectTimeoutError, NewConnectionError, SSLError)


def line_failure(error: BaseException) -> NotSent | Uncertain:
    """What a failure of the network means: whatever came before it is looked through."""
    if any(isinstance(each, _NO_CONNECTION) for each in _causes(error)):
        return NotSent("no_line")
    return Uncertain()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = getattr(error, "inner_exception", None) or getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        error = inner or error.__cause__ or error.__context__
