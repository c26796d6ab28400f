from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import config
from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.matching import candidates, landed_price, queries
from market.matching.candidates import best_counterparts
from market.matching.queries import facts_of, matches_of, with_cards
from market.matching.rules import score
from market.offers.models import Offer, OfferStatus
from market.regions.services import read_csv
from market.search import engine
from market.search.services import rebuild
from market.web.home_time import home_now, home_today
from market.web.language import in_language
from tests.offers.factories import make_offer

PEAR, CUIGUAN, HUANGGUAN, LOQUAT = "0302007", "0302011", "0302012", "0302020"
SHIMEN, LINLI, CHANGSHA = "430726", "430724", "430121"

Make = Callable[..., Account]


@pytest.fixture(params=["index", "database"])
def settle(request: pytest.FixtureRequest, app: Flask) -> Callable[[], None]:
    """Call it when all is posted: once it builds the index, once there is none."""

    def bring_up() -> None:
        if request.param == "index":
            rebuild()
        found = engine.ask_index(lambda view: view.size)
        assert (found is None) is (request.param == "database")

    return bring_up


def sources() -> Iterator[str]:
    """Without an index yet, then with one: what was posted is there already."""
    assert engine.ask_index(lambda view: view.size) is None
    yield "database"
    rebuild()
    assert engine.ask_index(lambda view: view.size) is not None
    yield "index"


def product_edges() -> list[tuple[str, str, str]]:
    """(code, parent, relation) of every edge of the tree."""
    rows = read_csv(config.REFERENCE / "products.csv")
    return [(r["code"], r["parent_code"], r["relation"]) for r in rows if r["parent_code"]]


def change(offer: Offer, **values: Any) -> None:
    with transaction():
        for name, value in values.items():
            setattr(offer, name, value)


def ids(offer: Offer) -> list[int]:
    return [one.id for one in matches_of(offer, 20).ranked]


def in_the_index(offer: Offer) -> list[int]:
    """Ids of its best by the index alone."""
    now = home_now()
    own = facts_of([offer.id], now)[offer.id]
    return [
        id for id, _ in engine.ask_index(lambda view: best_counterparts(view, own, now, 20)) or ()
    ]


def basket_of(purchase: Offer) -> Any:
    return matches_of(purchase, 20, with_basket=True).basket


@pytest.mark.postgresql
def test_the_best_counterpart_comes_first_whatever_the_candidates_come_from(
    make_account: Make, settle: Callable[[], None]
):
    seller, buyers = make_account(), [make_account() for _ in range(4)]
    sale = make_offer(seller, "sell", CUIGUAN, SHIMEN)
    far = make_offer(buyers[0], "buy", CUIGUAN, CHANGSHA)
    sibling = make_offer(buyers[1], "buy", HUANGGUAN, SHIMEN)
    family = make_offer(buyers[2], "buy", PEAR, SHIMEN)
    same = make_offer(buyers[3], "buy", CUIGUAN, SHIMEN)
    make_offer(buyers[3], "buy", LOQUAT, SHIMEN)
    make_offer(buyers[3], "sell", CUIGUAN, SHIMEN)
    settle()
    assert ids(sale) == [same.id, far.id, family.id, sibling.id]


def test_a_match_has_the_same_score_from_both_ends(make_account: Make, settle: Callable[[], None]):
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN)
    purchase = make_offer(make_account(), "buy", PEAR, LINLI, price_high=Decimal("2.40"))
    settle()
    one, other = matches_of(sale, 5).ranked[0], matches_of(purchase, 5).ranked[0]
    assert (one.id, other.id) == (purchase.id, sale.id)
    assert set(one.match.parts) == set(other.match.parts)
    for name, part in one.match.parts.items():
        assert part.value == pytest.approx(other.match.parts[name].value, abs=1e-6)


def test_what_is_not_public_or_sold_out_or_of_the_owner_never_matches(
    make_account: Make, settle: Callable[[], None]
):
    seller, buyer = make_account(), make_account()
    sale = make_offer(seller, "sell", CUIGUAN)
    open_ = make_offer(buyer, "buy", CUIGUAN)
    change(make_offer(buyer, "buy", CUIGUAN), status=OfferStatus.CLOSED)
    change(make_offer(buyer, "buy", CUIGUAN), valid_until=utcnow() - timedelta(seconds=1))
    change(make_offer(buyer, "buy", CUIGUAN), remaining=Decimal(0))
    make_offer(buyer, "buy", CUIGUAN, draft=True)
    make_offer(seller, "buy", CUIGUAN)
    settle()
    assert ids(sale) == [open_.id]


def test_an_offer_that_is_not_public_has_no_matches(make_account: Make):
    sale = make_offer(make_account(), "sell", CUIGUAN, draft=True)
    make_offer(make_account(), "buy", CUIGUAN)
    assert ids(sale) == []


def test_an_offer_the_index_still_holds_after_it_closed_is_left_out(make_account: Make):
    sale = make_offer(make_account(), "sell", CUIGUAN)
    closed = make_offer(make_account(), "buy", CUIGUAN)
    rebuild()
    assert ids(sale) == [closed.id]
    change(closed, status=OfferStatus.CLOSED)
    assert in_the_index(sale) == [closed.id]
    assert ids(sale) == []


@pytest.mark.postgresql
def test_too_many_candidates_leave_out_the_farthest_where_there_is_no_index(
    make_account: Make, monkeypatch: pytest.MonkeyPatch
):
    buyer = make_account()
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN)
    near = make_offer(buyer, "buy", CUIGUAN, SHIMEN)
    middle = make_offer(buyer, "buy", CUIGUAN, LINLI)
    make_offer(buyer, "buy", CUIGUAN, CHANGSHA)
    monkeypatch.setattr(queries, "MAX_CANDIDATES", 2)
    assert set(ids(sale)) == {near.id, middle.id}


def test_the_next_best_fill_up_for_those_that_closed_since_the_last_commit(make_account: Make):
    sale, buyer = make_offer(make_account(), "sell", CUIGUAN, SHIMEN), make_account()
    wanted = [make_offer(buyer, "buy", CUIGUAN, SHIMEN) for _ in range(5)]
    rebuild()
    for offer in wanted[2:]:
        change(offer, status=OfferStatus.CLOSED)
    found = matches_of(sale, 2).ranked
    assert [one.id for one in found] == [wanted[1].id, wanted[0].id]


def test_the_index_ranks_many_as_the_rules_do_whatever_it_leaves_unscored(
    make_account: Make, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(candidates, "SCORED_FIRST", 4)
    buyer, rng = make_account(), Random(7)
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN, min_lot=Decimal(300))
    for number in range(60):
        price = Decimal(rng.choice(["2.00", "2.40", "2.60", "3.90"]))
        priced = {} if number % 5 else {"price_low": price, "price_high": price}
        make_offer(
            buyer,
            "buy",
            rng.choice([PEAR, CUIGUAN, CUIGUAN, HUANGGUAN]),
            rng.choice([SHIMEN, LINLI, CHANGSHA]),
            quantity=Decimal(rng.choice([200, 900, 2000, 7000])),
            **priced,
        )
    rebuild()
    now = home_now()
    everyone = facts_of(db.session.scalars(select(Offer.id)).all(), now)
    own = everyone.pop(sale.id)
    scores = {id: match.total for id, one in everyone.items() if (match := score(own, one, now))}
    for limit in (1, 3, 10, 100):
        found = engine.ask_index(partial(best_counterparts, own=own, now=now, limit=limit))
        wanted = sorted(scores, key=lambda id: (-round(scores[id], 9), -id))[:limit]
        assert found
        assert [id for id, _ in found] == wanted
        assert dict(found) == pytest.approx({id: scores[id] for id in wanted}, abs=1e-9)


def test_of_equals_the_newest_comes_first(make_account: Make, settle: Callable[[], None]):
    sale, buyer = make_offer(make_account(), "sell", CUIGUAN), make_account()
    at = utcnow() - timedelta(days=2)
    equal = [make_offer(buyer, "buy", CUIGUAN) for _ in range(3)]
    for offer in equal:
        change(offer, published_at=at)
    settle()
    assert ids(sale) == [offer.id for offer in reversed(equal)]


@pytest.mark.parametrize(("unit", "factor"), [("jin", 2), ("kg", 1), ("ton", Decimal("0.001"))])
@pytest.mark.postgresql
def test_a_price_is_compared_per_kilogram_whatever_its_unit(
    make_account: Make, unit: str, factor: Decimal
):
    price = Decimal(4) / Decimal(factor) if unit != "jin" else Decimal(2)
    sale = make_offer(
        make_account(),
        "sell",
        CUIGUAN,
        unit="kg",
        price_low=price,
        price_high=price,
        price_unit=unit,
    )
    make_offer(make_account(), "buy", CUIGUAN, price_low=Decimal(2), price_high=Decimal(2))
    facts = matches_of(sale, 1).ranked[0]
    assert facts.match.parts["price"].value == pytest.approx(landed_price.AT_BID)
    assert facts.facts.price_high == 4


def test_cards_carry_their_score_and_reasons(app: Flask, make_account: Make):
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN)
    make_offer(make_account(), "buy", CUIGUAN, SHIMEN, quantity=Decimal(4000))
    with app.test_request_context(), in_language("en"):
        card = with_cards(matches_of(sale, 5).ranked)[0].card
        texts = [str(reason) for reason in card.reasons]
    assert 0.5 < card.score < 1
    assert texts == [
        "same product",
        "same county",
        "4.7 at the farm, bid there CNY 5.2/kg",
        "covers 50% of the quantity",
    ]


def test_a_purchase_too_big_for_one_seller_gets_a_basket(make_account: Make):
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN, quantity=Decimal(5000))
    near = make_offer(make_account(), "sell", CUIGUAN, SHIMEN, quantity=Decimal(3000))
    far = make_offer(make_account(), "sell", CUIGUAN, CHANGSHA, quantity=Decimal(4000))
    make_offer(make_account(), "sell", HUANGGUAN, SHIMEN, quantity=Decimal(4000))
    basket = basket_of(purchase)
    assert [(lot.id, amount) for lot, amount in basket.takes] == [
        (near.id, Decimal(1500)),
        (far.id, Decimal(1000)),
    ]
    assert basket.exact
    assert basket_of(near) is None
    make_offer(make_account(), "sell", CUIGUAN, SHIMEN, quantity=Decimal(5000))
    assert basket_of(purchase) is None


def test_a_seller_with_several_offers_counts_once_in_a_basket(make_account: Make):
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN, quantity=Decimal(5000))
    seller, other = make_account(), make_account()
    make_offer(seller, "sell", CUIGUAN, SHIMEN, quantity=Decimal(2000))
    larger = make_offer(seller, "sell", CUIGUAN, SHIMEN, quantity=Decimal(3000))
    second = make_offer(other, "sell", CUIGUAN, CHANGSHA, quantity=Decimal(3000))
    basket = basket_of(purchase)
    assert [lot.id for lot, _ in basket.takes] == [larger.id, second.id]


def test_only_a_variety_matches_the_product_above_it_on_every_edge_of_the_tree(
    app: Flask, make_account: Make
):
    edges = product_edges()
    parents = sorted({parent for _, parent, _ in edges})
    seller, buyer = make_account(), make_account()
    purchases = {code: make_offer(buyer, "buy", code) for code in parents}
    sales = {code: make_offer(seller, "sell", code) for code, _, _ in edges}
    for source in sources():
        for code, parent, relation in edges:
            is_match = relation == "variety"
            own = facts_of([purchases[parent].id], home_now())[purchases[parent].id]
            found, sellers = queries.find_candidates(own, home_now(), 60, with_basket=True)
            joined = set(found) | set(sellers)
            sale = sales[code].id
            offers = [one.id for one in matches_of(purchases[parent], 60).ranked]
            assert (sale in offers) is is_match, (source, code, parent, relation)
            if source == "index":
                assert (sale in joined) is is_match, (code, parent, relation)


def test_children_that_are_no_varieties_are_no_siblings_either(app: Flask, make_account: Make):
    by_parent: dict[str, list[str]] = {}
    for code, parent, relation in product_edges():
        if relation != "variety":
            by_parent.setdefault(parent, []).append(code)
    for_sale = [code for codes in by_parent.values() for code in codes]
    seller, buyer = make_account(), make_account()
    sales = {code: make_offer(seller, "sell", code).id for code in for_sale}
    purchases = {code: make_offer(buyer, "buy", code) for code in for_sale}
    for source in sources():
        for code, purchase in purchases.items():
            assert ids(purchase) == [sales[code]], source


def test_a_purchase_past_its_deadline_finds_nobody_and_is_found_by_nobody(
    make_account: Make, settle: Callable[[], None], log_in: Any
) -> None:
    sale = make_offer(make_account(), product=CUIGUAN)
    purchase, other = (
        make_offer(make_account(), "buy", product=CUIGUAN, quotation_deadline=home_today())
        for _each in range(2)
    )
    settle()
    assert (set(ids(sale)), ids(purchase)) == ({purchase.id, other.id}, [sale.id])
    change(purchase, quotation_deadline=home_today() - timedelta(days=1))
    assert (ids(sale), ids(purchase)) == ([other.id], [])
    page = log_in(purchase.owner).get(f"/offers/{purchase.id}/matches").text
    assert "报价已截止" in page
