"""Nobody is sent to another site, and a network counts as one sender."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from market.web.network import local_path, network_of

ELSEWHERE = [
    *("//evil.example", "///evil.example", "////evil.example", "//[", "/\\evil.example"),
    *("\\\\evil", "/\tevil", "/\t/evil.example", "/\n/evil.example", "\x01//evil.example"),
    *("https://evil.example", "javascript:alert(1)", "http:/evil.example", "evil", "", " /", "/ /"),
    *("/\u2028/evil.example", "/\ud800", "/" + "x" * 3000),
]


@pytest.mark.parametrize("address", [None, *ELSEWHERE])
def test_only_a_path_of_this_site_is_gone_on_to(address: str | None) -> None:
    assert local_path(address) is None


@pytest.mark.parametrize("address", ["/", "/offers?side=sell&q=橙", "/a//b", "/login?next=//x"])
def test_a_path_with_its_query_is_kept(address: str) -> None:
    assert local_path(address) == address


def as_a_browser_reads(address: str) -> str:
    """The host an address leads to from ours (WHATWG URL: slashes either way, tabs left out)."""
    plain = address.strip("".join(map(chr, range(33))))
    plain = "".join(c for c in plain if c not in "\t\r\n").replace("\\", "/")
    slashes = len(plain) - len(plain.lstrip("/"))
    plain = "/" * min(slashes, 2) + plain.lstrip("/")
    return urlsplit(urljoin("https://here.example/page", plain)).netloc


pieces = st.lists(
    st.sampled_from(
        ["/", "\\", "//", ":", "@", "[", "]", "?", "#", ".", "evil.example", "\t", "\n"]
    )
    | st.sampled_from(
        [" ", "%2f", "%5c", "https:", "javascript:", "\x00", "\u3000", "／", "橙", "a"]
    ),
    max_size=8,
).map("".join)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(pieces)
@example("////evil.example")
def test_whatever_passes_leads_to_this_host(address: str) -> None:
    if (path := local_path(address)) is not None:
        assert as_a_browser_reads(path) == "here.example"
        assert unquote(path, errors="replace") is not None


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_language_switch_leads_nowhere_else(app: Flask, address: str) -> None:
    try:
        asked = {"next": address.encode()}
    except UnicodeEncodeError:
        return
    answer = app.test_client().get("/language/en", query_string=asked)
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        (None, ""),
    ],
)
def test_an_ipv6_subscriber_is_one_sender(address: str | None, network: str) -> None:
    assert network_of(address) == network
