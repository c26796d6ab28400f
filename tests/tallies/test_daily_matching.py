"""Daily matching: what is dealt outside fairs, by county, month and product, down to each deal."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import Channel, Deal, DealStatus
from market.tallies.daily_matching import DailySelection, daily_count
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair
from tests.sql import statements

Make = Callable[..., Account]
SHIMEN, ANXIANG, FURONG = "430726", "430721", "430102"
PIGLET = "0501002"
PAGE = "/daily-matching"


def outside(seller: Account, buyer: Account, fen: int, day: date, **values: Any) -> Deal:
    fair: Any = type("NoFair", (), {"id": None})
    return count_deal(fair, seller, buyer, fen, agreed_on=day, channel=Channel.DAILY, **values)


@pytest.fixture
def deals(make_account: Make) -> list[Deal]:
    """Four deals outside fairs of two counties, and one of a fair."""
    shimen, furong = make_account("张三丰", region=SHIMEN), make_account("李四光", region=FURONG)
    count_deal(make_fair(), shimen, furong, 999_00)
    return [
        outside(shimen, furong, 300_000_00, date(2026, 3, 31)),
        outside(shimen, furong, 50_000_00, date(2026, 4, 1), product_code=TEA),
        outside(furong, shimen, 20_000_00, date(2026, 4, 30)),
        outside(shimen, furong, 10_000_00, date(2025, 12, 31)),
    ]


def figures(address: str, client: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get(address).get_json()
    return found


def test_what_is_dealt_outside_fairs_is_counted_by_county_month_and_product(
    deals: list[Deal], client: Any
) -> None:
    page = client.get(PAGE).get_data(as_text=True)
    found = figures(f"{PAGE}/figures.json", client)
    # The latest year alone, without the fair's deal.
    assert (found["total"]["deals"], found["total"]["amount_fen"]) == (3, 370_000_00)
    assert [(c["code"], c["amount_fen"]) for p in found["prefectures"] for c in p["counties"]] == [
        (SHIMEN, 350_000_00),
        (FURONG, 20_000_00),
    ]
    assert [(m["month"], m["deals"]) for m in found["months"]] == [(3, 1), (4, 2)]
    assert {p["code"]: p["amount_fen"] for p in found["products"]} == {
        ORANGE: 320_000_00,
        TEA: 50_000_00,
    }
    assert "37.00" in page
    assert "石门县" in page
    assert f'href="{PAGE}?year=2025"' in page


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("year=2025", 1),
        ("year=2026&month=3", 1),
        ("year=2026&month=4", 2),
        (f"year=2026&region={SHIMEN}", 2),
        ("year=2026&region=430700", 2),
        (f"year=2026&product={ORANGE}", 2),
        ("year=2026&product=04", 1),
        ("year=2024", 0),
    ],
)
def test_each_figure_is_followed_down_to_as_many_deals(
    deals: list[Deal], client: Any, asked: str, number: int
) -> None:
    count = figures(f"{PAGE}/figures.json?{asked}", client)["total"]
    page = client.get(f"{PAGE}/deals?{asked}").get_data(as_text=True)
    found = set(re.findall(rf'{PAGE}/deals/(\d+)"', page))
    assert count["deals"] == len(found) == number
    amounts = {str(d.id): d.amount_fen for d in db.session.scalars(select(Deal))}
    assert sum(amounts[one] for one in found) == count["amount_fen"]


def test_a_deal_shows_its_entries_and_masks_its_parties(deals: list[Deal], client: Any) -> None:
    page = client.get(f"{PAGE}/deals/{deals[0].id}").get_data(as_text=True)
    entry = db.session.scalar(select(ledger.LedgerEntry).filter_by(deal_id=deals[0].id))
    assert entry is not None
    assert entry.hash[:16] in page
    assert "张三丰" not in page
    assert "张*" in page


def test_a_deal_of_a_fair_or_not_verified_has_no_page_here(deals: list[Deal], client: Any) -> None:
    of_fair = db.session.scalars(select(Deal.id).where(Deal.channel == Channel.FAIR)).one()
    assert client.get(f"{PAGE}/deals/{of_fair}").status_code == 404
    deal = deals[0]
    with transaction():
        ledger.append_entry(deal, deal.buyer)
        deal.status = DealStatus.RETURNED
    assert client.get(f"{PAGE}/deals/{deal.id}").status_code == 404
    assert figures(f"{PAGE}/figures.json", client)["total"]["amount_fen"] == 70_000_00


@pytest.mark.parametrize("asked", ["region=420100", "region=999999", "product=9999999"])
def test_a_place_or_product_there_is_not_is_not_found(client: Any, asked: str) -> None:
    for path in (PAGE, f"{PAGE}/deals", f"{PAGE}/figures.json", f"{PAGE}/tables/counties.csv"):
        assert client.get(f"{path}?{asked}").status_code == 404


def test_what_is_sold_by_number_has_no_mass(make_account: Make, client: Any) -> None:
    head = {"product_code": PIGLET, "quantity": Decimal(320), "unit": "head"}
    outside(make_account(), make_account(), 100_00, date(2026, 5, 2), **head)
    found = figures(f"{PAGE}/figures.json", client)["total"]
    assert (found["mass_kg"], list(found["other"].values())) == (None, ["320"])
    page = client.get(PAGE).get_data(as_text=True)
    assert "320 头" in page
    assert "0.00 吨" not in page


@pytest.mark.postgresql
def test_the_tables_hold_what_the_page_and_the_database_hold(
    make_account: Make, client: Any
) -> None:
    rng = random.Random(7)
    people = [make_account(f"农户{n}", region=r) for n, r in enumerate((SHIMEN, ANXIANG, FURONG))]
    for _ in range(20):
        seller, buyer = rng.sample(people, 2)
        day = date(2026, rng.randint(1, 11), rng.randint(1, 28))
        outside(seller, buyer, rng.randint(1, 10**9), day, product_code=rng.choice([ORANGE, TEA]))
    fen = db.session.scalar(select(func.sum(ledger.LedgerEntry.amount_fen)))
    count = daily_count(DailySelection())
    assert count.total.amount_fen == fen == sum(m.figures.amount_fen for m in count.months)
    assert fen == sum(p.figures.amount_fen for p in count.products)
    assert fen == sum(c.figures.amount_fen for p in count.prefectures for c in p.counties)
    for name, column in (("counties", "成交额"), ("months", "成交额"), ("products", "成交额")):
        text = client.get(f"{PAGE}/tables/{name}.csv").data.decode("utf-8-sig")
        heads, *rows = csv.reader(io.StringIO(text))
        place = next(n for n, head in enumerate(heads) if head.startswith(column))
        assert sum(Decimal(row[place]) for row in rows) * 10_000 == Decimal(fen or 0) / 100, name
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}/tables/{name}.xlsx").data))
        assert book.active is not None
        assert book.active.max_row > len(rows)
    deals = client.get(f"{PAGE}/tables/deals.csv?region={SHIMEN}").data.decode("utf-8-sig")
    assert len(deals.splitlines()) - 1 == daily_count(DailySelection(region=SHIMEN)).total.deals
    assert client.get(f"{PAGE}/tables/days.csv").status_code == 404


def test_the_page_reads_as_often_whatever_is_counted(make_account: Make, client: Any) -> None:
    seller, buyer = make_account(region=SHIMEN), make_account(region=FURONG)
    outside(seller, buyer, 100_00, date(2026, 5, 2))
    with statements() as few:
        client.get(PAGE)
    for month in range(1, 10):
        outside(buyer, seller, 100_00, date(2026, month, 2), product_code=TEA)
    with statements() as many:
        client.get(PAGE)
    assert len(many) == len(few) <= 8


def test_the_fairs_and_the_front_page_lead_here(deals: list[Deal], client: Any) -> None:
    assert f'href="{PAGE}"' in client.get("/fairs").get_data(as_text=True)
