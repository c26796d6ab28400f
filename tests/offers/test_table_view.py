"""The list as a table, its stars, and what a card says of a purchase request."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from market.accounts.models import Account
from market.database import transaction
from market.offers.models import Offer
from market.offers.search.query import parse_query
from market.offers.shortlist import add_to_shortlist
from tests.conftest import Client
from tests.html import squeezed
from tests.offers.factories import make_offer
from tests.offers.test_views import text

Make = Callable[..., Account]


@pytest.fixture
def offers(make_account: Make) -> list[Offer]:
    seller = make_account()
    prices = (Decimal(3), Decimal(2))
    return [make_offer(seller, price_low=p, price_high=p) for p in prices]


def test_the_table_has_the_lists_rows_in_its_order_and_says_which(
    client: Client, offers: list[Offer]
) -> None:
    page = squeezed(text(client.get("/offers?view=table&sort=price")))
    rows = re.findall(r'name="id" value="(\d+)"', page)
    assert rows == [str(offers[1].id), str(offers[0].id)]
    assert re.search(r'aria-sort="ascending"\s*>\s*价格', page)
    assert 'action="/offers/compare"' in page
    assert "/offers/found.xlsx?sort=price&amp;view=table" in page


def test_heads_pages_and_filters_keep_the_table_and_one_link_leaves_it(
    client: Client, offers: list[Offer]
) -> None:
    page = text(client.get("/offers?view=table"))
    assert 'href="/offers?view=table&amp;sort=price"' in page
    assert re.search(r'href="/offers"[^>]*>用卡片看', squeezed(page))
    assert re.search(
        r'href="/offers\?view=table"[^>]*>用表格看', squeezed(text(client.get("/offers")))
    )


def test_a_saved_search_keeps_no_view(app: object, offers: list[Offer]) -> None:
    with app.test_request_context():  # type: ignore[attr-defined]
        assert "view" not in parse_query({"q": "翠冠梨", "view": "table"}).lasting


def test_an_unknown_view_is_the_list(client: Client, offers: list[Offer]) -> None:
    answer = client.get("/offers?view=nonsense")
    assert answer.status_code == 200
    assert "用表格看" in text(answer)


def test_a_reader_sees_their_stars_on_the_cards_and_a_visitor_none(
    client: Client, offers: list[Offer], make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    buyer = make_account()
    with transaction():
        add_to_shortlist(buyer, offers[0])
    page = squeezed(text(log_in(buyer).get("/offers?side=all")))
    assert f'formaction="/offers/{offers[0].id}/unstar"' in page
    assert f'formaction="/offers/{offers[1].id}/star"' in page
    assert page.count('id="stars"') == 1
    assert "star" not in re.sub(r"start", "", text(client.get("/offers")))


def test_a_card_of_a_purchase_says_until_when_and_how_many_quoted(
    client: Client, make_account: Make
) -> None:
    request = make_offer(make_account(), "buy", quotation_deadline=date(2098, 12, 10))
    with transaction():
        request.quotations = 3
    page = squeezed(text(client.get("/offers?side=buy")))
    assert "报价截止2098年12月10日" in page
    assert "已有 3 家报价" in page
