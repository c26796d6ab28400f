"""The deals of a session to take away: all of them, of the session alone, the names masked."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from market.accounts.models import Account
from market.tallies.session_queries import SESSION_DEALS_PER_PAGE, session_totals
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair
from tests.tables.conftest import named_rows
from tests.tallies.test_sessions import make_session

ADDRESS = "/fairs/2026-autumn/sessions/citrus"


def test_every_deal_of_the_session_is_there_masked_in_both_formats(
    make_account: Callable[..., Account], client: Any
) -> None:
    fair, seller, buyer = (
        make_fair(),
        make_account("李四光"),
        make_account("=王五", region="430102"),
    )
    for n in range(SESSION_DEALS_PER_PAGE + 2):
        count_deal(fair, seller, buyer, 100_01 + n, agreed_on=date(2026, 9, 16 + n % 5))
    count_deal(fair, seller, buyer, 999_00, product_code=TEA, agreed_on=date(2026, 9, 18))
    count_deal(fair, seller, buyer, 999_00, agreed_on=date(2026, 9, 25))
    session = make_session(fair, ORANGE)
    amount = Decimal(session_totals(session).amount_fen) / 100
    text = client.get(f"{ADDRESS}/deals.csv").data.decode("utf-8-sig")
    rows = named_rows(text)
    assert len(rows) == SESSION_DEALS_PER_PAGE + 2
    assert sum(Decimal(row[5]) for row in rows) == amount
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    assert "李四光" not in text
    assert all(row[8].startswith("'=") for row in rows)
    sheet = client.get(f"{ADDRESS}/deals.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(sheet), data_only=True)
    found = list(book.active.iter_rows(min_row=5, values_only=True))
    assert [str(row[0]) for row in found[:-1]] == [row[0] for row in rows]
    page = client.get(ADDRESS).get_data(as_text=True)
    assert all(f'href="{ADDRESS}/deals.{form}"' in page for form in ("xlsx", "csv"))
    assert client.get(f"{ADDRESS}/deals.pdf").status_code == 404
    assert client.get(f"{ADDRESS}x/deals.csv").status_code == 404


def test_a_long_one_is_not_made_for_the_same_visitor_over_and_over(
    make_account: Callable[..., Account], client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fair = make_fair()
    count_deal(fair, make_account(), make_account(), 100_00, agreed_on=date(2026, 9, 18))
    make_session(fair, ORANGE)
    for many, last in ((5000, 200), (0, 429)):
        monkeypatch.setattr("market.tables.views.MIN_LONG_ROWS", many)
        answers = [client.get(f"{ADDRESS}/deals.csv").status_code for _ in range(21)]
        assert answers == [200] * 20 + [last]
