"""Offers side by side: one unit, and the price at the door of who looks at them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app

from market.accounts.models import Account
from market.database import db, transaction
from market.matching.comparison import MAX_COMPARED, OfferComparison, compare
from market.matching.door_price import DoorPrice
from market.offers.models import PriceBasis
from market.offers.services import close_offer
from market.regions.models import Region
from market.regions.queries import region_lexicon
from tests.conftest import Client
from tests.offers.factories import PEAR, make_offer
from tests.offers.test_views import text
from tests.sql import statements

pytestmark = [pytest.mark.usefixtures("app")]
Make = Callable[..., Account]
CHANGSHA = "430102"


@pytest.fixture
def place() -> Region:
    return db.session.get_one(Region, CHANGSHA)


def compare_here(*asked: Any) -> OfferComparison:
    """As `compare`, within a request of a visitor."""
    with current_app.test_request_context():
        return compare(*asked)


def test_a_price_at_the_farm_takes_the_freight_and_one_at_the_door_has_it() -> None:
    price, freight = Decimal(2), Decimal("0.3")
    farm = DoorPrice(price, PriceBasis.EX_FARM, freight)
    door = DoorPrice(price, PriceBasis.DELIVERED, freight)
    assert (farm.at_door, farm.at_farm) == (Decimal("2.3"), price)
    assert (door.at_door, door.at_farm) == (price, Decimal("1.7"))
    unknown = DoorPrice(price, PriceBasis.EX_FARM, None)
    assert (unknown.at_door, unknown.at_farm) == (None, price)


@pytest.mark.postgresql
def test_prices_of_several_units_are_told_in_one_and_the_cheapest_at_the_door_is_best(
    make_account: Make, place: Region
) -> None:
    far = make_offer(make_account(), price_low=Decimal(2), price_high=Decimal(2), price_unit="jin")
    delivered = make_offer(
        make_account(),
        unit="ton",
        quantity=Decimal(3),
        price_low=Decimal(4010),
        price_high=Decimal(4010),
        price_unit="ton",
        price_basis=PriceBasis.DELIVERED,
    )
    found = compare_here([far.id, delivered.id], place)
    assert (found.measure, found.unit) == ("mass", "jin")
    first, second = found.offers
    assert found.yuan(second.amount) == Decimal("2.00")  # 2.005, told to the fen
    assert first.amount is not None
    assert found.yuan(first.amount) > Decimal("2.05")
    assert found.best == {delivered.id}
    assert found.quantity(second.facts.quantity) == 6000
    in_tonnes = compare_here([far.id, delivered.id], place, "ton")
    assert in_tonnes.yuan(in_tonnes.offers[1].amount) == 4010


@pytest.mark.postgresql
def test_what_a_purchase_pays_is_told_as_what_is_left_at_the_farm(
    make_account: Make, place: Region
) -> None:
    bids = [
        make_offer(
            make_account(), "buy", price_basis=basis, price_low=Decimal(3), price_high=Decimal(3)
        )
        for basis in (PriceBasis.DELIVERED, PriceBasis.EX_FARM)
    ]
    found = compare_here([bid.id for bid in bids], place)
    assert found.best == {bids[1].id}
    assert found.yuan(found.offers[1].amount) == 3


def test_goods_of_several_kinds_have_no_best_price(make_account: Make, place: Region) -> None:
    delivered = {"price_basis": PriceBasis.DELIVERED}
    ids = [make_offer(make_account(), product=code, **delivered).id for code in (PEAR, "0101001")]
    assert compare_here(ids, place).best == set()


def test_without_a_place_no_price_at_the_door_is_made_up(make_account: Make) -> None:
    offers = [make_offer(make_account()) for _ in range(2)]
    found = compare_here([offer.id for offer in offers], None)
    assert [one.amount for one in found.offers] == [None, None]
    assert found.best == set()


def test_what_no_unit_has_in_common_keeps_its_own(make_account: Make, place: Region) -> None:
    pears = make_offer(make_account())
    pigs = make_offer(
        make_account(),
        product="0501001",
        unit="head",
        quantity=Decimal(60),
        price_unit="head",
        price_low=Decimal(1800),
        price_high=Decimal(1800),
    )
    found = compare_here([pears.id, pigs.id], place)
    assert (found.measure, found.best) == (None, set())


def test_at_most_five_public_offers_stand_side_by_side_in_their_order_in_one_statement(
    make_account: Make, place: Region
) -> None:
    seller = make_account()
    offers = [make_offer(seller) for _ in range(MAX_COMPARED + 2)]
    with transaction():
        close_offer(seller, offers[1])
    ids = [offer.id for offer in reversed(offers[:5])]
    last, closed, _ = offers[6].id, offers[1].id, place.latitude
    region_lexicon()
    with statements() as sent:
        found = compare_here([*ids, ids[0], last], place)
    assert len(sent) == 1
    assert [one.card.id for one in found.offers] == [id for id in ids if id != closed]


def test_the_page_counts_to_the_county_of_who_is_logged_in_and_asks_a_visitor_for_it(
    make_account: Make, client: Client, log_in: Callable[[Account], Client]
) -> None:
    ids = [make_offer(make_account()).id for _ in range(2)]
    address = "/offers/compare?" + "&".join(f"id={id}" for id in ids)
    assert "请选您所在的县" in text(client.get(address))
    page = text(log_in(make_account(region=CHANGSHA)).get(address))
    assert "到您门口约" in page
    assert "请选您所在的县" not in page
    assert "长沙市" in page


@pytest.mark.parametrize("query", ["", "?id=abc", "?id=99999999999999", "?id=1&to=x&unit=y"])
def test_whatever_the_address_says_there_is_a_page(client: Client, query: str) -> None:
    answer = client.get(f"/offers/compare{query}")
    assert answer.status_code == 200
    assert "还没有可对比的" in text(answer)


def test_beside_one_another_a_sale_and_a_purchase_each_say_what_their_sum_is(
    make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    ids = [make_offer(make_account()).id, make_offer(make_account(), "buy").id]
    page = text(log_in(make_account()).get(f"/offers/compare?id={ids[1]}&id={ids[0]}"))
    assert "算上运费约" in page
    assert page.index("产地净得") < page.index("到货价", page.index("产地净得"))
    assert "您在产地约得" not in page
