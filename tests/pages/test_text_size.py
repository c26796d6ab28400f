"""Large text: for everybody, remembered, and never anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db
from tests.conftest import Client
from tests.pages.test_form_recovery import WRITTEN

LARGE = 'data-text="large"'


def text(answer: Any) -> str:
    return answer.get_data(as_text=True)


def is_large(answer: Any) -> bool:
    """Whether the page says so, with its stylesheet."""
    page = text(answer)
    says, has_style = LARGE in page[:200], "/static/large-" in page
    assert says == has_style
    return says


def test_a_visitor_switches_and_comes_back_to_the_same_page(client: Client) -> None:
    page = client.get("/offers?side=buy")
    assert not is_large(page)
    assert text(page).count('/text-size/large?next=/offers%3Fside%3Dbuy"') == 2
    answer = client.get("/text-size/large?next=/offers?side=buy")
    assert (answer.status_code, answer.location) == (303, "/offers?side=buy")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert is_large(client.get("/offers?side=buy"))
    assert "/text-size/normal?" in text(client.get("/"))
    client.get("/text-size/normal")
    assert not is_large(client.get("/"))


def test_the_switch_sends_nobody_elsewhere_and_knows_two_sizes(client: Client) -> None:
    assert client.get("/text-size/large?next=//evil.example/").location == "/"
    assert client.get("/text-size/huge").status_code == 404


def test_visitors_of_either_size_and_language_get_their_own_page_from_the_cache(app: Flask) -> None:
    app.test_client_class = Client
    visitor = app.test_client(use_cookies=False)
    headers = [
        "; ".join(part for part in (language, size) if part)
        for language, size in product(
            ("", "language=en", "language=zh_CN"), ("", "text=large", "text=normal")
        )
    ] + ["text=large; language=en"]
    tags: dict[tuple[bool, bool], set[str]] = {}
    for _ in range(2):
        for header in headers:
            answer = visitor.get("/offers", headers={"Cookie": header} if header else {})
            assert is_large(answer) == ("large" in header), header
            assert (' lang="en"' in text(answer)[:60]) == ("en" in header), header
            assert {"Cookie", "Accept-Encoding"} <= {v.strip() for v in answer.vary}
            key = ("en" in header, "large" in header)
            tags.setdefault(key, set()).add(answer.headers["ETag"])
    assert len(set.union(*tags.values())) == len(tags) == 4
    # Who has the page in one size is not told that it is unchanged in the other.
    (normal,), (large,) = tags[False, False], tags[False, True]
    for header, known, status in (
        ("", large, 200),
        ("text=large", normal, 200),
        ("", normal, 304),
        ("text=large", large, 304),
    ):
        sent = {"If-None-Match": known, **({"Cookie": header} if header else {})}
        assert visitor.get("/offers", headers=sent).status_code == status, header
    assert len(app.extensions["page_cache"].pages) >= len(headers)


def test_an_unknown_size_is_the_normal_one(client: Client) -> None:
    client.set_cookie("text", "<script>")
    assert not is_large(client.get("/"))


def test_what_is_typed_stays_when_the_size_is_changed(
    make_account: Callable[..., Account], log_in: Callable[[Account], Client]
) -> None:
    client = log_in(make_account())
    answer = client.send("/offers/new?side=sell", {**WRITTEN, "switch": "large"})
    assert answer.status_code == 200
    assert is_large(answer)
    assert "自家的翠冠梨" in text(answer)
    assert is_large(client.get("/me"))
    assert not is_large(client.send("/offers/new?side=sell", {**WRITTEN, "switch": "normal"}))
    assert not is_large(client.get("/me"))


@pytest.mark.parametrize("cookie", ["", "normal"])
def test_an_account_can_have_large_text_wherever_it_logs_in(
    make_account: Callable[..., Account], log_in: Callable[[Account], Client], cookie: str
) -> None:
    account = make_account()
    client = log_in(account)
    if cookie:
        client.set_cookie("text", cookie)
    sent = {"name": "王五", "trader_type": "broker", "region": "桃源县", "language": "zh_CN"}
    client.send("/me/edit", {**sent, "has_large_text": "y"})
    db.session.expire_all()
    assert account.has_large_text
    # The account's holds from then on, not what the visitor chose before.
    assert is_large(client.get("/me"))
    assert is_large(log_in(account).get("/me"))
    client.get("/text-size/normal")
    assert not is_large(client.get("/me"))
