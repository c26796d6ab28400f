"""An official's tables to take away say what their pages say, of their own regions only."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.monitoring import activity, prices, queries
from market.products.models import Product
from market.statements import overview
from market.statements.rules import Rates
from tests.fairs.factories import ORANGE, TEA
from tests.monitoring.test_prices import ask, usual
from tests.monitoring.test_queries import LINLI, YUEYANG, heap
from tests.statements.reporting_fair import CHANGDE, SHIMEN, TAOYUAN, make_season
from tests.tables.conftest import named_rows

Make = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def province(make_account: Make, log_in: LogIn) -> Any:
    return log_in(make_account("省商务厅", role="province_official", scope="430000"))


@pytest.fixture
def goods(make_account: Make) -> None:
    """A glut in one prefecture and one in another, and prices that rise in the first."""
    heap(make_account, LINLI)
    heap(make_account, YUEYANG, product_code=TEA, tonnes=90)
    usual(make_account)
    for days in range(5):
        ask(make_account(), "2.60", days)


def in_csv(client: Any, name: str) -> list[list[str]]:
    """The rows of a table's CSV, without heads and codes."""
    response = client.get(f"/desk/tables/{name}.csv")
    assert (response.status_code, response.mimetype) == (200, "text/csv")
    return named_rows(response.data.decode("utf-8-sig"))


def in_excel(client: Any, name: str) -> list[tuple[Any, ...]]:
    """The rows of a table's sheet, without title, lines and heads."""
    response = client.get(f"/desk/tables/{name}.xlsx")
    assert (response.status_code, "spreadsheetml" in response.mimetype) == (200, True)
    book = openpyxl.load_workbook(io.BytesIO(response.data), data_only=True)
    return list(book.active.iter_rows(min_row=5, values_only=True))


def test_the_findings_are_those_of_the_page(goods: None, province: Any) -> None:
    found = queries.find_imbalances(["43"]).rows
    rows = in_csv(province, "market")
    assert [(row[0], row[1]) for row in rows] == [(f.place.name, f.product.name) for f in found]
    for row, f in zip(rows, found, strict=True):
        gap, light = f.imbalance.gap / 1000, f.position.buy.quantity / 1000
        assert (row[4], Decimal(row[7]), Decimal(row[6])) == ("吨", gap, light)
        assert [int(cell) for cell in row[9:]] == [f.imbalance.heavy.days, f.imbalance.heavy.deals]
    assert {Decimal(row[5]) for row in rows} == {420, 540}


def test_the_prices_are_those_of_the_page(goods: None, province: Any) -> None:
    found, _ = prices.price_rows(["43"])
    rows = in_csv(province, "prices")
    assert [row[0] for row in rows] == [row.product.name for row in found]
    orange = next(row for row in found if row.product.code == ORANGE)
    cells = next(row for row in rows if row[0] == orange.product.name)
    assert (cells[2], cells[3]) == ("元/斤", "2.6")
    assert orange.asked.change is not None
    assert Decimal(cells[5]) == round(orange.asked.change, 3)
    page = province.get("/desk/prices").get_data(as_text=True)
    assert all(f"{Decimal(row[3]):.2f} 元/斤" in page for row in rows)


def test_the_activity_is_that_of_the_page(goods: None, province: Any) -> None:
    found, _ = activity.activity_rows(["43"])
    rows = in_csv(province, "activity")
    assert [row[1] for row in rows] == [row.place.name for row in found]
    assert [row[4] for row in rows] == ["" if r.idle is None else str(r.idle) for r in found]
    days = [row.last_offer for row in found]
    assert [row[5] for row in rows] == [day.isoformat() if day else "" for day in days]
    assert any(isinstance(day, date) for day in days)


def test_the_punctuality_is_that_of_the_page(make_account: Make, log_in: LogIn) -> None:
    season = make_season(make_account)
    for code in (SHIMEN, TAOYUAN):
        season.submit(code)
    official, slug = season.official(CHANGDE), season.fair.slug
    found = overview.punctuality(official, season.fair, utcnow())
    client = log_in(official)
    rows = in_csv(client, f"punctuality/{slug}")
    cells = {row[1]: tuple(row[2:]) for row in rows if row[1]}
    for one in found.counties:
        assert cells[one.unit.name] == (str(one.rank), *_cells(one.rates))
    assert [row[0] for row in rows if not row[1]] == [p.unit.name for p in found.prefectures]
    assert len(in_excel(client, f"punctuality/{slug}")) == len(rows)
    assert f"/desk/tables/punctuality/{slug}.xlsx" in client.get(f"/desk/punctuality/{slug}").text
    own = in_csv(log_in(season.official(SHIMEN)), f"punctuality/{slug}")
    assert [row[1] for row in own] == ["石门县"]


def _cells(rates: Rates) -> tuple[str, ...]:
    cells = rates.due, rates.submitted, rates.completeness, rates.on_time, rates.punctuality
    return tuple(str(cell) for cell in cells)


@pytest.mark.parametrize("name", ["activity", "market", "prices"])
def test_both_formats_have_the_same_rows_and_the_page_links_them(
    goods: None, province: Any, name: str
) -> None:
    rows = in_csv(province, name)
    assert rows
    assert [str(row[0]) for row in in_excel(province, name)] == [row[0] for row in rows]
    page = province.get(f"/desk/{name}").get_data(as_text=True)
    assert all(f'href="/desk/tables/{name}.{form}"' in page for form in ("xlsx", "csv"))


def test_an_official_takes_their_own_regions_away_and_no_other(
    goods: None, make_account: Make, log_in: LogIn
) -> None:
    yueyang = log_in(make_account(role="prefecture_official", scope="430600"))
    (glut,) = in_csv(yueyang, "market")
    assert glut[0] == queries.find_imbalances(["43/4306"]).rows[0].place.name
    assert {row[2] for row in in_csv(yueyang, "activity")} == {"岳阳市"}
    orange = db.session.get_one(Product, ORANGE).name
    assert orange not in {row[0] for row in in_csv(yueyang, "prices")}
    for role in ("assistant", "administrator", None):
        other = log_in(make_account(role=role))
        assert other.get("/desk/tables/market.csv").status_code == 403


def test_a_hostile_name_is_disarmed(goods: None, province: Any) -> None:
    with transaction():
        db.session.get_one(Product, ORANGE).name = "=1+1"
    for rows in (in_csv(province, "market"), in_excel(province, "market")):
        assert "'=1+1" in {row[1] for row in rows}


@pytest.mark.parametrize("name", ["none.csv", "market.pdf", "punctuality/none.csv"])
def test_what_is_no_table_is_not_there(province: Any, name: str) -> None:
    assert province.get(f"/desk/tables/{name}").status_code == 404
