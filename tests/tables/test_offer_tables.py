"""The result of a search as a file: own numbers alone, and nothing a spreadsheet would run."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from limits import parse

from market.accounts.models import Account
from market.tables import offer_tables, offer_views
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.tables.conftest import named_rows

Make = Callable[..., Account]
OWN, OTHER = "+8613900001111", "+8613900002222"


@pytest.fixture
def me(make_account: Make) -> Account:
    return make_account("采购小周", phone=OWN)


def in_csv(client: Client, query: str = "") -> list[list[str]]:
    data = client.get(f"/offers/found.csv{query}").data
    assert data.startswith(b"\xef\xbb\xbf")
    return named_rows(data.decode("utf-8-sig"))


def in_excel(client: Client, query: str = "") -> list[tuple[Any, ...]]:
    data = client.get(f"/offers/found.xlsx{query}").data
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return list(book.active.iter_rows(min_row=5, values_only=True))


def test_both_files_hold_what_the_list_of_the_same_query_finds_in_its_order(
    make_account: Make, client: Client
) -> None:
    seller = make_account()
    cheap, dear = (make_offer(seller, price_low=p, price_high=p) for p in (2, 3))
    make_offer(seller, "buy")
    query = "?side=sell&sort=price"
    assert [row[0] for row in in_csv(client, query)] == [str(cheap.id), str(dear.id)]
    assert [row[0] for row in in_excel(client, query)] == [cheap.id, dear.id]
    assert in_excel(client, query)[1][7] == 3


def test_numbers_of_others_are_masked_in_their_column_and_in_every_text(
    me: Account, make_account: Make, log_in: Callable[[Account], Client], client: Client
) -> None:
    make_offer(me, title="自家梨")
    make_offer(make_account("打我13900002222", phone=OTHER), title="电话13900002222")
    for browser, shown in ((log_in(me), "139 0000 1111"), (client, "139****1111")):
        for file in ("csv", "xlsx"):
            rows = (in_csv if file == "csv" else in_excel)(browser)
            text = str(rows)
            assert "13900002222" not in text
            assert "139 0000 2222" not in text
            assert "139****2222" in text
            assert shown in text


def test_a_title_that_is_a_formula_is_disarmed(make_account: Make, client: Client) -> None:
    make_offer(make_account(), title="=cmd|' /C calc'!A0")
    assert in_csv(client)[0][3] == "'=cmd|' /C calc'!A0"
    assert in_excel(client)[0][3] == "'=cmd|' /C calc'!A0"


def test_a_file_holds_so_many_at_most_and_says_so(
    make_account: Make, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offer_tables, "MAX_ROWS", 2)
    seller = make_account()
    for _ in range(3):
        make_offer(seller)
    assert len(in_csv(client)) == 2
    data = client.get("/offers/found.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert "3" in str([cell.value for row in sheet.iter_rows(max_row=4) for cell in row])


def test_who_takes_one_file_after_the_other_is_told_to_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch, make_account: Make
) -> None:
    monkeypatch.setattr(offer_views, "FILES", parse("2/hour"))
    statuses = [client.get("/offers/found.csv").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_in_english_a_file_says_the_goods_and_kilograms(make_account: Make, client: Client) -> None:
    make_offer(make_account(), title="又脆又甜", grade="一级", min_lot=100)
    client.set_cookie("language", "en")
    row = in_csv(client)[0]
    assert row[2:13] == [
        *("Cuiguan pear", "Cuiguan pear from Shimen County", "又脆又甜", "grade 1"),
        *("1000", "kg", "4.7", "5.2", "kg", "At the farm, the buyer collects", "50"),
    ]
