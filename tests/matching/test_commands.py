from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.offers.models import PriceBasis
from market.search.services import rebuild
from tests.offers.factories import make_offer

CUIGUAN, SHIMEN, GUANGZHOU = "0302011", "430726", "440103"

Make = Callable[..., Account]


def printed(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["search", "match", *arguments])


def test_the_counterparts_are_printed_with_parts_and_the_price_at_the_door(
    app: Flask, make_account: Make
):
    jin = {"unit": "jin", "price_unit": "jin", "price_low": Decimal("2.2")}
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN, **jin, price_high=Decimal("2.2"))
    bid = {**jin, "price_high": Decimal("2.6"), "price_basis": PriceBasis.DELIVERED}
    purchase = make_offer(make_account(), "buy", CUIGUAN, GUANGZHOU, **bid)
    rebuild()
    result = printed(app, str(purchase.id))
    assert result.exit_code == 0
    assert f"{sale.id:>8}  {sale.title}" in result.output
    assert "product    1.000 x 0.34  same_product: same product" in result.output
    freight, landed = re.search(
        r"farm 4.4 \+ freight about (\S+) = about (\S+) at the door, bid CNY 5.2/kg",
        result.output,
    ).groups()
    assert Decimal("4.4") + Decimal(freight) == Decimal(landed)
    assert "against 5.2000 at the door" in result.output
    assert "basket" not in result.output


def test_the_basket_of_a_big_purchase_is_printed_with_its_sum(app: Flask, make_account: Make):
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN, quantity=Decimal(5000))
    for _ in range(2):
        make_offer(make_account(), "sell", CUIGUAN, SHIMEN, quantity=Decimal(3000))
    rebuild()
    result = printed(app, str(purchase.id))
    assert "basket: 2 sellers, 100% of the quantity, CNY " in result.output
    assert "0 above it" in result.output


@pytest.mark.parametrize("number", ["77", "0", str(10**30)])
def test_an_offer_that_is_not_there_is_told_and_fails(app: Flask, number: str):
    result = printed(app, number)
    assert result.exit_code == 1
    assert f"There is no offer {number}." in result.output


def test_nobody_and_not_public_are_told(app: Flask, make_account: Make):
    lonely = make_offer(make_account(), "sell", CUIGUAN)
    draft = make_offer(make_account(), "sell", CUIGUAN, draft=True)
    assert "Nobody fits it." in printed(app, str(lonely.id)).output
    assert "It is not public" in printed(app, str(draft.id)).output
