"""The desk of a deal that two officials verify, and of what was taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from market.accounts.models import Account, PhoneReveal
from market.database import db, transaction
from market.deals.models import Deal, DealStatus
from market.deals.verification import return_deal, verify_deal
from tests.deals.factories import Trade, agree, make_trade, prove, verify
from tests.offers.factories import make_offer

Maker = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account, quantity=10_000, price_low=None, price_high=None)


@pytest.fixture
def prefecture(make_account: Maker) -> Account:
    return make_account("常德市商务局", role="prefecture_official", scope="430700")


def english(client: Any) -> Any:
    client.set_cookie("language", "en")
    return client


def status(deal: Deal) -> DealStatus:
    db.session.rollback()
    return db.session.get_one(Deal, deal.id).status


def test_a_large_deal_goes_from_the_countys_queue_to_the_prefectures(
    trade: Trade, prefecture: Account, log_in: LogIn
) -> None:
    deal = prove(agree(trade, unit_price=11_000))
    county, city = english(log_in(trade.official)), english(log_in(prefecture))
    page = f"/desk/deals/{deal.id}"
    assert "data-decision" not in city.get(page).text, "not before the county"
    done = county.send(f"{page}/verify", page=page)
    assert "the prefecture is next" in county.get(done.location).text
    assert page not in county.get("/desk/deals").text
    waiting = city.get("/desk/deals?state=second")
    assert page in waiting.text
    assert f'name="id" value="{deal.id}"' in waiting.text
    assert f"{page}?state=second" in city.get("/desk").text
    assert trade.official.name in city.get(page).text
    county.send(f"{page}/verify", page="/desk")
    county.send(f"{page}/return", {"reason": "缺磅单"}, page="/desk")
    assert status(deal) is DealStatus.AGREED, "the county turns nothing round from a stale page"
    city.send(f"{page}/verify", page=page)
    assert status(deal) is DealStatus.VERIFIED


def test_a_large_deal_without_proof_says_so_and_is_skipped_in_bulk(
    trade: Trade, log_in: LogIn
) -> None:
    deal = agree(trade, unit_price=11_000)
    county = english(log_in(trade.official))
    page = f"/desk/deals/{deal.id}"
    refused = county.send(f"{page}/verify", page=page)
    assert "only with a proof" in refused.text
    assert "only with a proof" in county.get(f"/desk/deals/confirm?act=verify&id={deal.id}").text


def test_what_was_written_to_verify_comes_back_when_it_is_refused(
    trade: Trade, log_in: LogIn
) -> None:
    one, _ = agree(trade, quantity=1000), agree(trade, quantity=1001)
    county = english(log_in(trade.official))
    page = f"/desk/deals/{one.id}"
    assert 'name="looked"' in county.get(page).text
    for where in (f"{page}/verify", f"/deals/{one.id}/verify"):
        field = "looked" if where.startswith("/desk") else "reason"
        refused = county.send(where, {field: "test"}, page=page)
        assert refused.status_code == 200
        assert 'value="test"' in refused.text
    county.send(f"{page}/verify", {"looked": "两车货，磅单两张都看过"}, page=page)
    assert status(one) is DealStatus.VERIFIED


def test_a_verification_taken_back_has_a_list_of_its_own(trade: Trade, log_in: LogIn) -> None:
    undone, returned = verify(trade, quantity=10), agree(trade, quantity=20)
    for deal in (undone, returned):
        with transaction():
            return_deal(trade.official, deal, "磅单是另一车的")
    county = english(log_in(trade.official))
    listed = county.get("/desk/deals?state=undone").text
    assert f"/desk/deals/{undone.id}" in listed
    assert f"/desk/deals/{returned.id}" not in listed
    assert f"/desk/deals/{undone.id}" not in county.get("/desk/deals?state=returned").text
    assert "Verification taken back" in county.get(f"/desk/deals/{undone.id}").text
    with transaction():
        verify_deal(trade.official, agree(trade, quantity=5))
    assert "/desk/deals?state=undone" in county.get("/desk").text


def test_the_county_rings_the_sides_from_the_page_it_judges_on_and_each_look_is_recorded(
    trade: Trade, log_in: LogIn, make_account: Maker, prefecture: Account
) -> None:
    deal, offer = agree(trade), make_offer(trade.seller)
    county = log_in(trade.official)
    page = f"/desk/deals/{deal.id}"
    assert f"tel:{trade.seller.phone}" not in county.get(page).text
    for _ in range(2):
        answer = county.send(f"{page}/phones", page=page)
        assert answer.location.endswith("#phones")
    shown = county.get(page)
    assert {f"tel:{p.phone}" in shown.text for p in (trade.seller, trade.buyer)} == {True}
    assert "no-store" in shown.headers["Cache-Control"]
    looks = db.session.execute(select(PhoneReveal.viewer_id, PhoneReveal.account_id)).all()
    assert sorted(looks) == sorted((trade.official.id, p.id) for p in (trade.seller, trade.buyer))
    assert f"tel:{trade.seller.phone}" in county.get(f"/desk/offers/{offer.id}").text
    for stranger in (prefecture, make_account("桃源", role="county_official", region="430725")):
        assert log_in(stranger).send(f"{page}/phones", page="/deals").status_code == 403


def test_an_offers_owner_is_rung_from_its_page_too(trade: Trade, log_in: LogIn) -> None:
    county, page = log_in(trade.official), f"/desk/offers/{trade.offer.id}"
    assert f"tel:{trade.seller.phone}" not in county.get(page).text
    assert county.send(f"{page}/phones", page=page).location.endswith("#phones")
    assert f"tel:{trade.seller.phone}" in county.get(page).text
