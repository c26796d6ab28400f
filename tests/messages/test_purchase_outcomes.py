"""What came of a purchase request: asked for after its deadline, stored, and counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from market.accounts.models import Account
from market.accounts.privacy.exports import export_account
from market.accounts.services import erase_account
from market.accounts.today import waiting_for
from market.database import db, transaction
from market.deals.checks import DealTerms
from market.deals.services import agree_deal, propose_deal
from market.messages.purchase_outcomes import awaits_outcome, count_outcomes, record_outcome
from market.offers.models import Offer, OutcomeReason, OutcomeResult, RequestOutcome
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.offers.test_views import text

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]
Make = Callable[..., Account]
NOTHING, PRICE = OutcomeResult.NOTHING, OutcomeReason.PRICE


@pytest.fixture
def buyer(make_account: Make) -> Account:
    return make_account("采购小周")


@pytest.fixture
def past(buyer: Account) -> Offer:
    """A request whose deadline was two days ago."""
    request = make_offer(buyer, "buy", quotation_deadline=home_today())
    with transaction():
        request.quotation_deadline = home_today() - timedelta(days=2)
    return request


def agreed(seller: Account, request: Offer, quantity: int) -> None:
    with transaction():
        terms = DealTerms(quantity=Decimal(quantity), unit="jin", unit_price=Decimal("2.4"))
        deal = propose_deal(seller, request, seller, terms, "d" * 32)
        agree_deal(request.owner, deal)


def recorded(buyer: Account, request: Offer, *said: object) -> None:
    with transaction():
        record_outcome(buyer, request, *said)  # type: ignore[arg-type]


def test_the_outcome_is_asked_for_once_the_deadline_is_over(buyer: Account, past: Offer) -> None:
    running = make_offer(buyer, "buy", quotation_deadline=home_today())
    assert awaits_outcome(past)
    assert not awaits_outcome(running)
    assert waiting_for(buyer.id)["outcomes"] == (1, None), "since when is not known"
    with pytest.raises(InvalidTransition):
        recorded(buyer, running, NOTHING, PRICE)
    recorded(buyer, past, NOTHING, PRICE)
    assert not awaits_outcome(past)
    assert "outcomes" not in waiting_for(buyer.id)


def test_nothing_needs_a_reason_and_another_reason_its_words(buyer: Account, past: Offer) -> None:
    with pytest.raises(Invalid):
        recorded(buyer, past, NOTHING, None)
    with pytest.raises(Invalid):
        recorded(buyer, past, NOTHING, OutcomeReason.OTHER, " ")
    recorded(buyer, past, NOTHING, OutcomeReason.OTHER, "改卖别的了")
    assert export_account(buyer)["request_outcomes"][0]["note"] == "改卖别的了"


def test_deals_are_claimed_only_where_there_are_some(
    buyer: Account, past: Offer, make_account: Make
) -> None:
    with pytest.raises(Invalid):
        recorded(buyer, past, OutcomeResult.FILLED, None)
    agreed(make_account(), past, 500)
    with pytest.raises(Invalid):
        recorded(buyer, past, NOTHING, PRICE)
    recorded(buyer, past, OutcomeResult.PARTLY, OutcomeReason.QUANTITY)


def test_what_deals_filled_whole_is_counted_without_asking(
    buyer: Account, past: Offer, make_account: Make
) -> None:
    agreed(make_account(), past, 2000)
    assert not awaits_outcome(past)
    assert "outcomes" not in waiting_for(buyer.id)
    assert count_outcomes([past.region.path]).sold_out == 1


def test_officials_see_how_many_and_why_not(
    buyer: Account, past: Offer, make_account: Make, log_in: Callable[[Account], Client]
) -> None:
    path = past.region.path
    assert (count_outcomes([path]).unrecorded, count_outcomes([path]).total) == (1, 1)
    recorded(buyer, past, NOTHING, PRICE)
    counts = count_outcomes([path])
    assert (counts.by_result, counts.by_reason) == ({NOTHING: 1}, {PRICE: 1})
    assert (counts.unrecorded, counts.total) == (0, 1)
    assert count_outcomes(["43/4301"]).total == 0
    page = text(log_in(make_account(role="county_official")).get("/desk/purchases"))
    assert "价格谈不拢" in page


def test_only_the_buyers_side_says_it_and_erasing_leaves_the_count_alone(
    buyer: Account, past: Offer, make_account: Make
) -> None:
    with pytest.raises(Refused):
        recorded(make_account(), past, NOTHING, PRICE)
    recorded(buyer, past, NOTHING, OutcomeReason.OTHER, "改卖别的了")
    with transaction():
        erase_account(buyer)
    outcome = db.session.query(RequestOutcome).one()
    assert (outcome.result, outcome.note) == (NOTHING, "")


def test_the_page_of_the_purchase_asks_and_its_form_records(
    buyer: Account, past: Offer, log_in: Callable[[Account], Client]
) -> None:
    browser = log_in(buyer)
    assert "这次求购结果怎么样" in text(browser.get(f"/offers/{past.id}"))
    address = f"/offers/{past.id}/outcome"
    refused = browser.send(address, {"result": "nothing", "note": "太贵"})
    assert refused.status_code == 200
    assert "reason-error" in text(refused)
    assert "太贵" in text(refused)
    done = browser.send(address, {"result": "nothing", "reason": "price"})
    assert done.status_code == 303
    assert "这次求购结果怎么样" not in text(browser.get(f"/offers/{past.id}"))
