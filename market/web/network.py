"""Where requests come from, and where they may be sent on to."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from flask import request

from market.web.language import PARAMETER

# Addresses of IPv6 are handed out by whole networks of at least this length (RFC 6177).
IPV6_PREFIX = 64
MAX_PATH_LENGTH = 2_000
_LANGUAGE = re.compile(rf"(?<=[?&]){PARAMETER}=[^&]*(&|$)")


def network_of(address: str | None) -> str:
    """The network that counts as one sender: an IPv4 address, or the /64 of an IPv6 one.

    One subscriber has all addresses of a /64. What is no address stays as it is.
    """
    try:
        found: IPv4Address | IPv6Address = ip_address((address or "").partition("%")[0])
    except ValueError:
        return (address or "")[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(ip_network((found, IPV6_PREFIX), strict=False))
        found = found.ipv4_mapped
    return str(found)


def client_network() -> str:
    """The network that this request comes from."""
    return network_of(request.remote_addr)


def local_path(address: str | None) -> str | None:
    """`address` when it is a path of this site, else None: nobody is sent elsewhere.

    Browsers read a backslash as a slash, leave out tabs and line breaks, and take what
    follows two slashes for a host: none of these passes.
    """
    if not address or len(address) > MAX_PATH_LENGTH:
        return None
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return None
    # What isn't printable, and halves of characters, no browser sends by itself.
    if not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else address


def has_page() -> bool:
    """Whether the request's address can be read as well as sent to."""
    return request.url_rule is not None and "GET" in (request.url_rule.methods or ())


def page_before() -> str | None:
    """The page of this site that the request came from, as a path."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or not parts.path.startswith("/"):
        return None
    return _without_language(parts.path + (f"?{parts.query}" if parts.query else ""))


def return_address() -> str:
    """The path of this page, to come back to; of the answer to a form that has no page of its
    own, the path of the page that form was on."""
    if request.method == "POST" and not has_page():
        return page_before() or "/"
    return _without_language(request.full_path)


def _without_language(path: str) -> str:
    """The path without the language that a search engine's link names: who comes back may have
    chosen another."""
    return _LANGUAGE.sub("", path).rstrip("?&")
