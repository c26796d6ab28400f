"""Every table, as a spreadsheet and as CSV, says what the ledger and the listings say."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.fairs.models import Fair, FairListing
from market.tables.fair_tables import TABLES, TableSource
from market.tables.table import ColumnKind
from market.tables.workbooks import csv_chunks, workbook_bytes
from market.tallies.services import recount
from tests.fairs.factories import count_deal, make_fair
from tests.tables.conftest import fill, named_rows

Make = Callable[..., Account]
HOSTILE = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", '#eval("1")', "*a_`\"'\\$\x01")


def source(fair: Fair, region: str = "430000", full: bool = False) -> TableSource:
    return TableSource.now(fair, region, full)


def in_csv(name: str, of: TableSource) -> list[list[str]]:
    """The rows of a table's CSV, without heads and codes."""
    return named_rows(b"".join(csv_chunks(TABLES[name](of))).decode("utf-8-sig"))


def in_excel(name: str, of: TableSource) -> list[tuple[Any, ...]]:
    """The rows of a table's sheet, without title, lines and heads, and the note below."""
    made = TABLES[name](of)
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(made)), data_only=True)
    rows = list(book.active.iter_rows(min_row=5, values_only=True))
    return rows[:-1] if made.note else rows


def ledger_of(fair: Fair) -> tuple[int, int]:
    """(deals, fen) that the ledger counts for the fair."""
    deals, fen = db.session.execute(
        select(func.sum(LedgerEntry.deals), func.sum(LedgerEntry.amount_fen)).where(
            LedgerEntry.fair_id == fair.id
        )
    ).one()
    return int(deals or 0), int(fen or 0)


def place(name: str, label: str, of: TableSource) -> int:
    labels = [column.label for column in TABLES[name](of).columns]
    return labels.index(label)


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", range(4))
def test_every_table_of_any_fair_adds_up_to_the_ledger(
    app: Any, make_account: Make, seed: int
) -> None:
    fair = make_fair()
    fill(fair, make_account, seed, deals=random.Random(seed).randint(0, 15))
    _take_some_back(fair, make_account(), seed)
    deals, fen = ledger_of(fair)
    of = source(fair)
    with app.test_request_context(headers={"Cookie": "language=en"}):
        for name in ("counties", "prefectures", "products", "days"):
            basis = (" (by day agreed)", ", by day agreed") if name == "days" else ("", "")
            d = place(name, f"Deals{basis[0]}", of)
            v = place(name, f"Deal value (CNY million{basis[1]})", of)
            rows = in_csv(name, of)
            assert sum(int(row[d]) for row in rows) == deals, name
            assert sum(Decimal(row[v]) for row in rows) * 100_000_000 == fen, name
            assert in_excel(name, of)[-1][v] == pytest.approx(fen / 100_000_000), name
        rows = in_csv("deals", of)
        assert len(rows) == deals
        assert sum(Decimal(row[6]) for row in rows) * 100 == fen
        listed = db.session.scalar(select(func.count()).where(FairListing.counts))
        assert len(in_csv("listings", of)) == len(in_excel("listings", of)) == listed


def _take_some_back(fair: Fair, official: Account, seed: int) -> None:
    """The county takes every third deal back, and verifies one of those again."""
    rng = random.Random(seed)
    ids = [i for i in db.session.scalars(select(Deal.id)) if rng.random() < 0.3]
    for turn, deal_id in enumerate([*ids, *ids[:1]]):
        with transaction():
            deal = db.session.get_one(Deal, deal_id)
            ledger.append_entry(deal, official)
            deal.status = DealStatus.VERIFIED if turn == len(ids) else DealStatus.RETURNED
    with transaction():
        recount(fair.id)


@pytest.mark.parametrize("name", TABLES)
def test_a_spreadsheet_and_a_csv_have_the_same_rows(app: Any, fair: Fair, name: str) -> None:
    of = source(fair, full=True)
    kinds = [column.kind for column in TABLES[name](of).columns]
    text = [i for i, kind in enumerate(kinds) if kind in (ColumnKind.TEXT, ColumnKind.COUNT)]
    sheet = [row for row in in_excel(name, of) if "小计" not in str(row[0])]
    sheet = sheet[:-1] if TABLES[name](of).total else sheet
    for a, b in zip(in_csv(name, of), sheet, strict=True):
        assert [a[i] for i in text] == ["" if b[i] is None else str(b[i]) for i in text]


def test_a_county_has_its_own_rows_only(app: Any, fair: Fair) -> None:
    for name in ("deals", "listings"):
        everywhere, here = (in_csv(name, source(fair, code)) for code in ("430000", "430726"))
        assert 0 < len(here) < len(everywhere)
    assert [row[1] for row in in_csv("counties", source(fair, "430726"))] == ["石门县"]


def test_a_masked_name_stands_beside_no_number_that_leads_to_the_whole_one(
    app: Any, fair: Fair
) -> None:
    def heads(full: bool) -> list[Any]:
        return [column.label for column in TABLES["listings"](source(fair, full=full)).columns]

    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert "Offer number" not in heads(full=False)
        assert "Offer number" in heads(full=True)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_harmless_in_every_format(
    app: Any, make_account: Make, name: str
) -> None:
    fair = make_fair()
    count_deal(fair, make_account(name), make_account("买家", region="430102"))
    with transaction():
        recount(fair.id)
    of = source(fair, full=True)
    shown = f"'{name}" if name.startswith("=") else name
    assert in_csv("deals", of)[0][9] == shown
    assert in_excel("deals", of)[0][9] == shown.replace("\x01", "")


def test_names_are_masked_but_for_officials_of_the_region(
    fair: Fair, client: Any, log_in: Any, county: Account, make_account: Make
) -> None:
    page = "/fairs/2026-autumn/regions/430726/tables/deals.csv"
    neighbour = make_account("桃源", role="county_official", region="430725")
    assert "农户" in log_in(county).get(page).get_data(as_text=True)
    for visitor in (client, log_in(neighbour)):
        assert "农户" not in visitor.get(page).get_data(as_text=True)


def test_the_tables_page_offers_each_table_in_both_formats(fair: Fair, client: Any) -> None:
    page = client.get("/fairs/2026-autumn/regions/430700/tables").get_data(as_text=True)
    for name in TABLES:
        for form, kind in (("xlsx", "spreadsheetml"), ("csv", "text/csv")):
            address = f"/fairs/2026-autumn/regions/430700/tables/{name}.{form}"
            assert f'href="{address}"' in page
            response = client.get(address)
            assert (response.status_code, kind in response.content_type) == (200, True)


@pytest.mark.parametrize(
    "address",
    ["430000/tables/none.csv", "430000/tables/days.pdf", "110101/tables/days.csv", "x/tables"],
)
def test_what_is_no_table_is_not_there(fair: Fair, client: Any, address: str) -> None:
    assert client.get(f"/fairs/2026-autumn/regions/{address}").status_code == 404


def test_a_long_table_is_not_made_for_the_same_visitor_over_and_over(
    fair: Fair, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("market.tables.views.MIN_LONG_ROWS", 1)
    page = "/fairs/2026-autumn/regions/430000/tables/deals.csv"
    assert {client.get(page).status_code for _ in range(20)} == {200}
    assert client.get(page).status_code == 429
    assert client.get(page.replace("deals", "days")).status_code == 200
