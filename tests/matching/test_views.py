from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Flask, g

from market.accounts.models import Account
from market.database import db
from market.matching.views import best_matches
from market.offers.models import PriceBasis
from market.search.services import rebuild
from tests.offers.factories import make_offer
from tests.sql import statements

CUIGUAN, SHIMEN, CHANGSHA = "0302011", "430726", "430121"

Make = Callable[..., Account]


def page(client: Any, offer_id: int, status: int = 200) -> str:
    g.pop("_login_user", None)  # the app context of the test outlives one visitor
    client.set_cookie("language", "en")
    response = client.get(f"/offers/{offer_id}/matches")
    assert response.status_code == status
    return response.get_data(as_text=True)


def test_a_visitor_sees_the_matches_and_why(make_account: Make, client: Any):
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN)
    purchase = make_offer(make_account(), "buy", CUIGUAN, CHANGSHA)
    html = page(client, sale.id)
    assert f"/offers/{purchase.id}" in html or f"offer_id={purchase.id}" in html
    assert "same product" in html
    assert "same province" in html
    assert "Propose a deal" not in html


def test_only_who_manages_the_offer_may_propose_a_deal_from_it(make_account: Make, log_in: Any):
    seller, buyer = make_account(), make_account()
    sale = make_offer(seller, "sell", CUIGUAN)
    purchase = make_offer(buyer, "buy", CUIGUAN)
    html = page(log_in(seller), sale.id)
    assert "Propose a deal" in html
    assert f"my_offer={sale.id}" in html
    assert "Propose a deal" not in page(log_in(buyer), sale.id)
    assert f"my_offer={purchase.id}" in page(log_in(buyer), purchase.id)


def test_an_offer_without_a_match_says_so_and_what_to_do(make_account: Make, client: Any):
    sale = make_offer(make_account(), "sell", CUIGUAN)
    assert "Nobody is asking for this yet" in page(client, sale.id)
    purchase = make_offer(make_account(), "buy", "0302020")
    assert "Nobody is selling this yet" in page(client, purchase.id)


def test_a_draft_tells_its_owner_to_publish_and_shows_others_nothing(
    make_account: Make, log_in: Any, client: Any
):
    seller = make_account()
    draft = make_offer(seller, "sell", CUIGUAN, draft=True)
    make_offer(make_account(), "buy", CUIGUAN)
    assert "No matches while it is not published" in page(log_in(seller), draft.id)
    page(client, draft.id, 303)
    page(log_in(make_account()), draft.id, 403)
    page(client, 10**6, 404)


def test_a_big_purchase_shows_its_basket(make_account: Make, client: Any):
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN, quantity=Decimal(5000))
    for region in (SHIMEN, CHANGSHA):
        make_offer(make_account(), "sell", CUIGUAN, region, quantity=Decimal(3000))
    html = page(client, purchase.id)
    assert "Buy from 2 sellers together" in html
    assert "3,000" in html
    assert "Every combination was compared" in html
    assert "About CNY" in html
    assert "Above the bid" not in html


def test_a_basket_tells_who_is_above_the_bid_and_that_it_can_not_be_had_within(
    make_account: Make, client: Any
):
    jin = {"unit": "jin", "price_unit": "jin", "quantity": Decimal(5000), "price_low": Decimal(2)}
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN, **jin, price_high=Decimal(2))
    near = {**jin, "quantity": Decimal(3000), "price_basis": PriceBasis.DELIVERED}
    for price in (Decimal("1.5"), Decimal("2.2")):
        at = {**near, "price_low": price, "price_high": price}
        make_offer(make_account(), "sell", CUIGUAN, SHIMEN, **at)
    html = page(client, purchase.id)
    # 3,000 at 1.5 and 2,000 at 2.2, against 5,000 at 2 and the freight of a lorry next door.
    assert "About CNY 8,900" in html
    assert "by the bid it would be CNY 10,2" in html
    assert html.count("Above the bid") == 1
    assert "1 seller is above the bid: within it there is not enough." in html


def test_thirteen_small_sellers_are_told_to_be_chosen_greedily(make_account: Make, client: Any):
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN, quantity=Decimal(5000))
    for _ in range(13):
        make_offer(make_account(), "sell", CUIGUAN, SHIMEN, quantity=Decimal(400))
    assert "Too many sellers to compare every combination" in page(client, purchase.id)


def test_the_page_takes_at_most_seven_queries_however_many_match(make_account: Make, client: Any):
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN, quantity=Decimal(5000))
    for _ in range(8):
        make_offer(make_account(), "sell", CUIGUAN, SHIMEN, quantity=Decimal(1000))
    rebuild()
    number = purchase.id
    db.session.expunge_all()
    with statements(only="") as sent:
        page(client, number)
    reads = [s for s in sent if s.startswith("SELECT")]
    assert len(reads) <= 7, "\n\n".join(reads)


def test_the_offers_page_gets_three_cards_at_most_with_their_reasons(
    app: Flask, make_account: Make
):
    sale = make_offer(make_account(), "sell", CUIGUAN)
    for _ in range(7):
        make_offer(make_account(), "buy", CUIGUAN)
    with app.test_request_context():
        best = best_matches(sale)
    assert len(best) == 3
    assert all(card.score and card.reasons for card in best)
