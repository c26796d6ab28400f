"""Quotations for a purchase: until when, side by side at the door, and several taken for parts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from market.accounts.models import Account
from market.accounts.services import erase_account
from market.database import db, transaction
from market.deals.models import Deal, DealStatus
from market.deals.services import agree_deal
from market.messages import enquiries
from market.messages.enquiries import QuotationTerms
from market.messages.models import EnquiryThread, Quotation, QuotationState
from market.messages.purchase_quotations import compare_quotations, take_parts
from market.offers.models import Offer, OfferStatus, PriceBasis
from market.web.errors import Invalid, InvalidTransition, Refused, Repeated
from market.web.home_time import home_today
from tests.conftest import Client
from tests.html import squeezed
from tests.offers.factories import make_offer
from tests.offers.test_views import text

pytestmark = [pytest.mark.usefixtures("app")]
Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
LILING, CHANGSHA, SHIMEN = "430281", "430102", "430726"


@pytest.fixture
def buyer(make_account: Make) -> Account:
    return make_account("采购小周", region=CHANGSHA)


@pytest.fixture
def sellers(make_account: Make) -> list[Account]:
    return [
        make_account(f"果农{n}", region=code) for n, code in enumerate((SHIMEN, LILING, CHANGSHA))
    ]


def make_request(buyer: Account, **values: Any) -> Offer:
    asked: dict[str, Any] = {
        "quantity": Decimal(2000),
        "price_low": Decimal("2.5"),
        "price_high": Decimal("2.5"),
        "quotation_deadline": home_today() + timedelta(days=7),
    }
    return make_offer(buyer, "buy", region=CHANGSHA, **{**asked, **values})


def quoted(
    seller: Account, request: Offer, price: str, quantity: int = 1200, **more: Any
) -> Quotation:
    terms: dict[str, Any] = {
        "price": Decimal(price),
        "price_unit": "jin",
        "quantity": Decimal(quantity),
        "unit": "jin",
        "basis": PriceBasis.EX_FARM,
        "valid_until": home_today() + timedelta(days=7),
    }
    with transaction():
        thread = enquiries.start_quoting(
            seller, seller, request, QuotationTerms(**{**terms, **more}), "", uuid.uuid4().hex
        )
    return thread.quotations[-1]


def take(buyer: Account, request: Offer, takes: dict[Quotation, int], key: str = "k" * 32) -> Any:
    with transaction():
        return take_parts(buyer, request, {q.id: Decimal(n) for q, n in takes.items()}, key)


@pytest.mark.postgresql
def test_quotations_stand_by_their_price_at_the_door_in_one_unit(
    buyer: Account, sellers: list[Account]
) -> None:
    request = make_request(buyer)
    far = quoted(sellers[0], request, "2.3")
    per_tonne = quoted(
        sellers[1],
        request,
        "4440",
        1,
        price_unit="ton",
        unit="ton",
        basis=PriceBasis.DELIVERED,
    )
    near = quoted(sellers[2], request, "2.1")
    found = compare_quotations(request)
    assert [row.quotation.id for row in found.rows] == [near.id, per_tonne.id, far.id]
    assert found.yuan(found.rows[1].at_door) == Decimal("2.22")
    # Together, the two cheapest cover it.
    assert {r.quotation.id: r.suggested for r in found.rows} == {
        near.id: 1200,
        per_tonne.id: 800,
        far.id: None,
    }
    assert found.covered == 1


@pytest.mark.postgresql
def test_several_are_taken_for_parts_and_deals_proposed_in_one_go(
    buyer: Account, sellers: list[Account]
) -> None:
    request = make_request(buyer)
    one, two, three = (quoted(seller, request, "2.2") for seller in sellers)
    deals = take(buyer, request, {one: 1200, two: 800})
    assert [(d.seller_id, d.quantity, d.status) for d in deals] == [
        (sellers[0].id, 1200, DealStatus.PROPOSED),
        (sellers[1].id, 800, DealStatus.PROPOSED),
    ]
    assert [q.state for q in (one, two, three)] == [
        QuotationState.ACCEPTED,
        QuotationState.ACCEPTED,
        QuotationState.OPEN,
    ]
    with pytest.raises(Repeated):
        take(buyer, request, {one: 1200, two: 800})
    # All of it is proposed: no more of a third.
    with pytest.raises(Invalid):
        take(buyer, request, {three: 100}, "l" * 32)
    with transaction():
        for deal, seller in zip(deals, sellers, strict=False):
            agree_deal(seller, deal)
    assert (request.remaining, request.status) == (0, OfferStatus.CLOSED)


@pytest.mark.postgresql
def test_when_one_part_fails_no_deal_is_proposed(buyer: Account, sellers: list[Account]) -> None:
    request = make_request(buyer)
    one, two, _ = (quoted(seller, request, "2.2") for seller in sellers)
    for takes in ({one: 1200, two: 1000}, {one: 100, two: 1201}):
        with pytest.raises(Invalid):
            take(buyer, request, takes)
        assert db.session.query(Deal).count() == 0
    with pytest.raises(Invalid):
        take(buyer, request, {})
    with transaction():
        two.valid_until = home_today() - timedelta(days=1)
    with pytest.raises(InvalidTransition):
        take(buyer, request, {one: 100, two: 100})
    assert db.session.query(Deal).count() == 0
    with pytest.raises(Refused):
        take(sellers[0], request, {one: 100})


@pytest.mark.postgresql
def test_where_parts_will_not_do_one_seller_supplies_it_all(
    buyer: Account, sellers: list[Account]
) -> None:
    request = make_request(buyer, parts_allowed=False)
    with pytest.raises(Invalid):
        quoted(sellers[0], request, "2.2", 1999)
    one, two = (quoted(seller, request, "2.2", 2000) for seller in sellers[:2])
    for takes in ({one: 1000, two: 1000}, {one: 1500}):
        with pytest.raises(Invalid):
            take(buyer, request, takes)
    assert len(take(buyer, request, {one: 2000})) == 1


@pytest.mark.postgresql
def test_nobody_quotes_after_the_deadline(buyer: Account, sellers: list[Account]) -> None:
    request = make_request(buyer, quotation_deadline=home_today())
    first = quoted(sellers[0], request, "2.2")
    with transaction():
        request.quotation_deadline = home_today() - timedelta(days=1)
    with pytest.raises(Refused):
        quoted(sellers[1], request, "2.1")
    with pytest.raises(Refused):
        quoted(sellers[0], request, "2.1")
    # What was quoted in time can still be taken.
    assert len(take(buyer, request, {first: 500})) == 1


@pytest.mark.postgresql
def test_cards_count_the_sellers_who_quoted_and_forget_who_is_erased(
    buyer: Account, sellers: list[Account], client: Client
) -> None:
    request = make_request(buyer)
    quoted(sellers[0], request, "2.2")
    quoted(sellers[0], request, "2.1")
    quoted(sellers[1], request, "2.2")
    db.session.refresh(request)
    assert request.quotations == 2
    assert "已有 2 家报价" in text(client.get(f"/offers/{request.id}"))
    with transaction():
        erase_account(sellers[1])
    db.session.refresh(request)
    assert request.quotations == 1


def test_the_page_proposes_what_is_written_beside_the_sellers(
    buyer: Account, sellers: list[Account], log_in: LogIn
) -> None:
    request = make_request(buyer)
    one, two, _ = (quoted(seller, request, "2.2") for seller in sellers)
    browser, address = log_in(buyer), f"/offers/{request.id}/quotations"
    page = squeezed(text(browser.get(address)))
    for seller in sellers:
        assert seller.name in page
    refused = browser.send(address, {f"take_{one.id}": "5吨", f"take_{two.id}": "八百"})
    assert refused.status_code == 200
    assert f'id="take_{one.id}-error"' in text(refused)
    assert 'value="八百"' in text(refused) or 'value="800"' in text(refused)
    done = browser.send(address, {f"take_{one.id}": "0.5吨", f"take_{two.id}": "800"})
    assert done.status_code == 303
    deals = db.session.query(Deal).order_by(Deal.id).all()
    assert [deal.quantity for deal in deals] == [1000, 800]


def test_nobody_but_the_buyer_sees_the_prices_side_by_side(
    buyer: Account, sellers: list[Account], client: Client, log_in: LogIn
) -> None:
    request = make_request(buyer)
    quoted(sellers[0], request, "2.2")
    address = f"/offers/{request.id}/quotations"
    assert client.get(address).status_code == 303
    assert log_in(sellers[0]).get(address).status_code == 403
    sale = make_offer(buyer)
    assert log_in(buyer).get(f"/offers/{sale.id}/quotations").status_code == 404


def test_a_counter_offer_leaves_the_seller_in_the_comparison(
    buyer: Account, sellers: list[Account]
) -> None:
    request = make_request(buyer)
    quotation = quoted(sellers[0], request, "2.2")
    thread = db.session.get_one(EnquiryThread, quotation.thread_id)
    countered = QuotationTerms(
        price=Decimal(2),
        price_unit="jin",
        quantity=Decimal(1000),
        unit="jin",
        basis=PriceBasis.EX_FARM,
        valid_until=home_today(),
    )
    with transaction():
        enquiries.quote(buyer, thread, countered, "", uuid.uuid4().hex)
    (row,) = compare_quotations(request).rows
    assert row.seller.id == sellers[0].id
    assert not row.is_open
