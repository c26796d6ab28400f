"""Over https a form is taken from this site alone, however the browser says where it was."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from market.accounts.models import Account
from tests.conftest import PASSWORD, Client

HERE, ELSEWHERE = "https://localhost", "https://evil.example"


def log_in_over_https(client: Client, account: Account, headers: dict[str, str]) -> str | None:
    """Where the log-in leads; None where it is refused, with the page in `client.page`."""
    html = client.get("/login", base_url=HERE).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert token
    data = {"csrf_token": token[1], "phone": account.phone, "password": PASSWORD}
    answer = client.post("/login", base_url=HERE, headers=headers, data=data)
    return answer.location or (answer.text if answer.status_code == 400 else None)


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": f"{HERE}/login"},
        {"Referer": f"{HERE}/login", "Origin": HERE, "Sec-Fetch-Site": "same-origin"},
        {"Origin": HERE},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_is_taken_from_a_browser_that_sends_no_referer(
    app: Flask, client: Client, make_account: Callable[..., Account], headers: dict[str, str]
) -> None:
    assert log_in_over_https(client, make_account(), headers) == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": f"{ELSEWHERE}/login"},
        {"Referer": f"{HERE}/login", "Origin": ELSEWHERE},
        {"Referer": "http://localhost/login"},
        {"Referer": f"{HERE}:444/login"},
        {"Origin": ELSEWHERE},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {},
    ],
)
def test_a_form_of_another_site_or_of_nowhere_is_refused(
    app: Flask, client: Client, make_account: Callable[..., Account], headers: dict[str, str]
) -> None:
    page = log_in_over_https(client, make_account(), headers)
    assert page
    assert "<h1" in page


def test_who_hides_where_the_form_was_is_told_so_and_not_that_it_is_old(
    app: Flask, client: Client, make_account: Callable[..., Account]
) -> None:
    page = log_in_over_https(client, make_account(), {})
    assert page
    assert "Referer" in page
    assert "开得太久" not in page
