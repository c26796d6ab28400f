"""The front page: the search first, the fair, the kinds of products, and both sides apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask

from market.accounts.models import Account
from market.fairs.queries import fair_day
from market.offers.models import Side
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.offers.test_views import text


def test_the_search_comes_before_everything_else(app: Flask, client: Client) -> None:
    page = text(client.get("/"))
    places = [page.index(part) for part in ('role="search"', "side=sell", 'class="kinds"')]
    assert places == sorted(places)


def test_each_kind_of_product_has_its_drawing_and_its_list(app: Flask, client: Client) -> None:
    page = text(client.get("/"))
    for number in range(1, 11):
        assert f'href="/offers?product={number:02d}"' in page
    assert page.count('class="drawing"') == 10


def test_what_is_for_sale_and_what_is_wanted_stand_apart(
    client: Client, make_account: Callable[..., Account]
) -> None:
    owner = make_account(name="王大伯", phone="+8613800001234")
    make_offer(owner, title="翠冠梨现摘")
    make_offer(owner, side=Side.BUY, title="长期收梨")
    page = text(client.get("/"))
    sales, wanted = page.index('id="sales-title"'), page.index('id="purchases-title"')
    assert sales < page.index("翠冠梨现摘") < wanted < page.index("长期收梨")
    assert 'href="/offers?side=buy&amp;sort=newest">全部 1 条' in page


@pytest.mark.parametrize(
    ("at", "number", "left"),
    [
        (datetime(2026, 11, 10, 16, tzinfo=UTC), 2, 41),  # after midnight at home
        (datetime(2026, 11, 10, 15, 59, tzinfo=UTC), 1, 42),
        (datetime(2026, 12, 22, 12, tzinfo=UTC), 43, 0),
        (datetime(2026, 12, 24, tzinfo=UTC), 43, 0),
        (datetime(2026, 11, 1, tzinfo=UTC), 1, 42),
    ],
)
def test_the_day_of_a_fair_is_a_local_day_within_it(
    app: Flask, at: datetime, number: int, left: int
) -> None:
    fair = SimpleNamespace(starts_on=date(2026, 11, 10), ends_on=date(2026, 12, 22))
    with app.app_context():
        day = fair_day(cast(Any, fair), at)
    assert (day.number, day.left) == (number, left)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_visitors_page_and_its_styles_arrive_in_the_first_round_trip(
    client: Client, make_account: Callable[..., Account], language: str
) -> None:
    owner = make_account(name="王大伯", phone="+8613800001234")
    for number in range(20):
        make_offer(
            owner, title=f"翠冠梨第{number}批，又脆又甜", side="buy" if number % 3 else "sell"
        )
    client.set_cookie("language", language)
    for address in (
        "/",
        "/offers",
        "/offers?q=翠冠梨",
        "/offers/1",
        "/offers/new",
        "/login",
        "/register",
    ):
        sent = 0
        page = text(client.get(address))
        for part in (address, *re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)):
            sent += len(client.get(part, headers={"Accept-Encoding": "br"}).data)
        assert sent <= 14_000, address
