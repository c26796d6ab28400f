"""What is sold by head or box is told by head or box, and has no mass."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair
from market.papers import paper_tables
from market.papers.official_figures import of_count
from market.regions.models import Region
from market.tables.fair_tables import TableSource, products
from market.tables.table import format_row
from market.tallies import quantities, queries, services
from market.tallies.figures import BY_NAME, FigureKind, format_pair
from market.tallies.queries import Totals
from market.web.filters import money, wan
from market.web.language import in_language
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair

Make = Callable[..., Account]
SHIMEN, FURONG = "430726", "430102"


@pytest.fixture
def fair(make_account: Make) -> Fair:
    """A fair in which 320 head and, of another product, 40 boxes beside a tonne were sold."""
    fair, buyer = make_fair(), make_account(region=FURONG)
    farmer, other = make_account(region=SHIMEN), make_account(region=FURONG)
    count_deal(fair, farmer, buyer, quantity=Decimal(300), unit="head", product_code=TEA)
    count_deal(fair, other, buyer, quantity=Decimal(20), unit="head", product_code=TEA)
    count_deal(fair, farmer, buyer, quantity=Decimal(40), unit="box")
    count_deal(fair, farmer, buyer, quantity=Decimal(2000), unit="jin")
    with transaction():
        services.recount(fair.id)
    return fair


def test_quantities_are_told_by_measure_and_never_added_to_mass(fair: Fair, client: Any) -> None:
    count = queries.stored_count(fair)
    dealt = quantities.product_quantities(fair, count, count.tree.root)
    assert dealt == {TEA: {"head": 320}, ORANGE: {"box": 40}}
    inside = quantities.product_quantities(fair, count, count.tree.nodes[SHIMEN])
    assert inside == {TEA: {"head": 300}, ORANGE: {"box": 40}}
    assert queries.totals(fair).mass_kg == 1000
    for page in ("", "/regions/430000", "/regions/430000/products?category=04"):
        text = client.get(f"/fairs/2026-autumn{page}").get_data(as_text=True)
        assert "<td>320 头" in text, page
    region = client.get("/fairs/2026-autumn/regions/430726").get_data(as_text=True)
    assert "<td>300 头" in region
    assert "<td>1.00 吨、40 箱" in region
    assert "40 箱、300 头" in region.split("</dl>")[0]


def test_a_county_that_sold_by_head_alone_has_no_mass(fair: Fair, client: Any) -> None:
    page = client.get("/fairs/2026-autumn/regions/430102").get_data(as_text=True)
    tile = page.split("<dt>重量</dt>")[1].split("</div>")[0]
    assert '<dd class="figure-value">20 头</dd>' in tile
    assert tile.count("20 头") == 1
    assert "吨" not in tile
    assert "0.00" not in tile


@pytest.mark.parametrize(
    ("mass", "text"), [("4.9", "4.9 公斤、2 头"), ("5", "0.01 吨、2 头"), ("0", "2 头")]
)
def test_a_mass_too_small_for_tonnes_is_told_in_kilograms(app: Any, mass: str, text: str) -> None:
    with app.test_request_context():
        assert quantities.format_dealt(Decimal(mass), {"head": Decimal(2)}) == text


def test_tables_and_papers_tell_each_product_in_its_measure(app: Any, fair: Fair) -> None:
    with app.test_request_context():
        made = products(TableSource.now(fair, "430000"))
        rows = {row[2]: format_row(made, row) for block in made.blocks for row in block.rows}
        assert [rows[name][-1] for name in ("脐橙", "绿茶")] == ["40 箱", "320 头"]
        assert [rows[name][5] for name in ("脐橙", "绿茶")] == ["1.00", "–"]
        document = of_count(fair, db.session.get_one(Region, "430000"))
        table = paper_tables.products_table(document, 20)
        printed = {row[0]: row[3] for block in table.blocks for row in block.rows}
        assert printed == {"绿茶": "320 头", "脐橙": "1.00 吨、40 箱"}


def test_frozen_figures_tell_the_quantities_of_their_own_entry(fair: Fair) -> None:
    assert quantities.quantities_until(fair.id, {SHIMEN: 1, FURONG: 1}) == {TEA: {"head": 300}}
    assert quantities.quantities_until(fair.id, {FURONG: 2}) == {TEA: {"head": 20}}
    assert quantities.quantities_until(fair.id, {}) == {}


def test_two_figures_that_differ_never_read_the_same(app: Any) -> None:
    with app.test_request_context():
        assert format_pair(13_200_40, 13_212_00, FigureKind.FEN) == ("13,200.40 元", "13,212.00 元")
        assert format_pair(13_200_40, 14_200_40, FigureKind.FEN) == ("1.32", "1.42")
        assert format_pair(5, 5, FigureKind.FEN) == ("0.00", "0.00")
        assert format_pair(Decimal("1000.1"), Decimal(1000), FigureKind.MASS) == (
            "1,000.1 公斤",
            "1,000 公斤",
        )


def test_a_mass_is_zero_where_nothing_is_dealt_and_not_known_where_nothing_is_weighed(
    app: Any,
) -> None:
    mass = BY_NAME["mass_kg"]
    with app.test_request_context():
        assert mass.shown(Totals(deals=0, mass_kg=Decimal(0))) == "0.00"
        assert mass.of(Totals(deals=2, mass_kg=Decimal(0))) is None
        assert mass.shown(Totals(deals=2, mass_kg=Decimal(500))) == "0.50"


def test_money_is_told_in_wan_and_in_english_in_millions(app: Any) -> None:
    sums = (8_470_200_00, 785, 9_999_99, 999_999_99, 1_000_000_00, 12_300_000_000_00)
    with app.test_request_context():
        assert [money(fen) for fen in sums[:2]] == ["847.02 万元", "0.00 万元"]
        assert wan(8_470_200_00) == "847.02"
    with app.test_request_context(), in_language("en"):
        assert [money(fen) for fen in sums] == [
            *("CNY 8.47 million", "CNY 7.85", "CNY 9,999.99"),
            *("CNY 1.00 million", "CNY 1.00 million", "CNY 12.30 billion"),
        ]
        assert money(999_999_999_99) == "CNY 1.00 billion"
        assert (wan(8_470_200_00), wan(-100_00)) == ("8.4702", "-0.0001")
        assert BY_NAME["amount_fen"].heading == "Deal value (CNY million)"
