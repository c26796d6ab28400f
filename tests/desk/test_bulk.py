"""Deciding many at once: shown before, each by itself, and sent twice done once."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals.models import Deal, DealEvent, DealStatus, LedgerEntry
from market.deals.services import cancel_deal
from market.deals.verification import return_deal, verify_deal
from market.offers.models import Offer, Verification
from tests.deals.factories import Trade, agree, make_trade
from tests.offers.factories import make_offer
from tests.sql import statements

Maker = Callable[..., Account]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account, quantity=Decimal(200_000))


@pytest.fixture
def desk(trade: Trade, log_in: Callable[[Account], Any]) -> Any:
    client = log_in(trade.official)
    client.set_cookie("language", "en")
    return client


def states(ids: list[int]) -> list[DealStatus]:
    db.session.rollback()
    return [db.session.get_one(Deal, id_).status for id_ in ids]


def entries() -> int:
    return db.session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def decide(desk: Any, kind: str, act: str, ids: list[int], **more: Any) -> Any:
    data = {"act": act, "id": ids, **more}
    answer = desk.send(f"/desk/{kind}/decide?low=1", data, page="/desk")
    return desk.get(answer.location) if answer.status_code == 303 else answer


def test_what_will_be_done_is_shown_and_nothing_is_done_yet(
    trade: Trade, desk: Any, make_account: Maker
) -> None:
    ids = [agree(trade, quantity=n).id for n in (100, 200)]
    done = agree(trade, quantity=300)
    with transaction():
        verify_deal(trade.official, done)
    page = desk.get(f"/desk/deals/confirm?act=verify&id={ids[0]}&id={ids[1]}&id={done.id}&id=999")
    assert "705.00" in page.text, "the amount of the two together"
    assert "Verify 2" in page.text
    assert "2 are skipped" in page.text
    assert f"Already verified by {trade.official.name}" in page.text
    assert states(ids) == [DealStatus.AGREED] * 2


def test_many_are_verified_and_told(trade: Trade, desk: Any) -> None:
    ids = [agree(trade, quantity=n + 1).id for n in range(3)]
    taken = agree(trade, quantity=50)
    with transaction():
        return_deal(trade.official, taken, "缺磅单")
    page = decide(desk, "deals", "verify", [*ids, taken.id])
    assert "3 verified." in page.text
    assert f"1 skipped: Deal {taken.id}: Already returned by 石门县商务局" in page.text
    assert states(ids) == [DealStatus.VERIFIED] * 3
    assert entries() == 3


def test_a_form_sent_twice_counts_once(trade: Trade, desk: Any) -> None:
    ids = [agree(trade, quantity=n + 1).id for n in range(3)]
    decide(desk, "deals", "verify", ids)
    again = decide(desk, "deals", "verify", ids)
    assert "3 skipped" in again.text
    assert "verified." not in again.text.split("3 skipped")[0].split("<main")[1]
    assert states(ids) == [DealStatus.VERIFIED] * 3
    assert entries() == 3


def test_returning_many_on_a_stale_page_takes_no_verification_back(trade: Trade, desk: Any) -> None:
    """A colleague verified in the meantime: the service would take that back, the desk not."""
    deal = agree(trade)
    with transaction():
        verify_deal(trade.official, deal)
    decide(desk, "deals", "return", [deal.id], reason="缺磅单")
    single = desk.send(f"/desk/deals/{deal.id}/return", {"reason": "缺"}, page="/desk/deals?low=1")
    assert single.status_code == 409
    assert ">缺</textarea>" in single.text
    assert states([deal.id]) == [DealStatus.VERIFIED]
    assert entries() == 1


def test_a_reason_written_for_what_was_passed_over_comes_back(trade: Trade, desk: Any) -> None:
    """A colleague was first: nothing holds the reason, so the official has it again."""
    deal, other = agree(trade), agree(trade, quantity=7)
    with transaction():
        verify_deal(trade.official, deal)
    assert "少了两吨" in decide(desk, "deals", "return", [deal.id], reason="少了两吨").text
    both = decide(desk, "deals", "return", [deal.id, other.id], reason="少了两吨")
    assert "1 returned." in both.text
    assert states([deal.id, other.id]) == [DealStatus.VERIFIED, DealStatus.RETURNED]


def test_what_was_written_on_a_stale_page_comes_back(trade: Trade, desk: Any) -> None:
    """The parties withdrew it meanwhile: the page has no form any more for what was written."""
    deal = agree(trade)
    with transaction():
        deal.status = DealStatus.CANCELLED
    for step, field in (("return", "reason"), ("verify", "looked")):
        page = desk.send(f"/desk/deals/{deal.id}/{step}", {field: "打过电话"}, page="/desk")
        assert page.status_code == 409
        assert ">打过电话</textarea>" in page.text


def test_returning_many_needs_a_reason_and_keeps_the_choice(trade: Trade, desk: Any) -> None:
    ids = [agree(trade, quantity=n + 1).id for n in range(2)]
    page = decide(desk, "deals", "return", ids)
    assert "Say why." in page.text
    assert all(f'name="id" value="{id_}"' in page.text for id_ in ids)
    assert states(ids) == [DealStatus.AGREED] * 2
    decide(desk, "deals", "return", ids, reason="请补磅单")
    assert states(ids) == [DealStatus.RETURNED] * 2
    assert db.session.get_one(Deal, ids[1]).status_reason == "请补磅单"


def test_offers_are_decided_the_same_way(trade: Trade, desk: Any) -> None:
    ids = [trade.offer.id, make_offer(trade.seller).id]
    assert "2 verified." in decide(desk, "offers", "verify", ids).text
    again = decide(desk, "offers", "return", ids, reason="照片不清")
    assert "2 skipped" in again.text
    db.session.rollback()
    assert {db.session.get_one(Offer, i).verification for i in ids} == {Verification.VERIFIED}


def test_the_officials_own_offers_and_another_countys_are_skipped(
    trade: Trade, desk: Any, make_account: Maker
) -> None:
    own = make_offer(trade.official)
    foreign = make_offer(make_account("桃源人", region="430725"), region="430725", title="秘密")
    query = f"act=verify&id={own.id}&id={foreign.id}&id={trade.offer.id}"
    page = desk.get(f"/desk/offers/confirm?{query}")
    assert "2 are skipped" in page.text
    assert "秘密" not in page.text, "what another county has is not shown"
    page = decide(desk, "offers", "verify", [own.id, foreign.id, trade.offer.id])
    assert "1 verified." in page.text
    db.session.rollback()
    assert db.session.get_one(Offer, foreign.id).verification is Verification.UNVERIFIED


def test_one_that_was_cancelled_meanwhile_is_told_with_who_and_when(
    trade: Trade, desk: Any
) -> None:
    deal = agree(trade)
    with transaction():
        cancel_deal(trade.buyer, deal, "不要了")
    page = decide(desk, "deals", "verify", [deal.id])
    assert f"Cancelled in the meantime by {trade.buyer.name}" in page.text


@pytest.mark.parametrize("query", ["", "?act=burn", "?act=burn&id=1"])
def test_only_the_two_acts_are_known(desk: Any, query: str) -> None:
    assert desk.get(f"/desk/deals/confirm{query}").status_code == 400


def test_choosing_nothing_is_told(desk: Any) -> None:
    assert "Nothing was chosen" in desk.get("/desk/deals/confirm?act=verify").text
    assert "Nothing was chosen" in decide(desk, "deals", "verify", []).text


def test_confirming_takes_as_many_queries_for_many_as_for_one(trade: Trade, desk: Any) -> None:
    ids = [agree(trade, quantity=n + 1).id for n in range(6)]
    counts = []
    for some in (ids[:1], ids):
        db.session.expunge_all()
        query = "&".join(f"id={id_}" for id_ in some)
        with statements() as sent:
            assert desk.get(f"/desk/deals/confirm?act=verify&{query}").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 20


@pytest.fixture
def twins(trade: Trade) -> list[int]:
    """Two deals that may be one entered twice, and one without a flag between them."""
    return [agree(trade, quantity=n).id for n in (1000, 1001, 7)]


def test_flags_and_the_queues_order_are_shown_before_deciding(desk: Any, twins: list[int]) -> None:
    query = "&".join(f"id={id_}" for id_ in twins)
    for sort, order in (("largest", [1, 0, 2]), ("newest", [2, 1, 0]), ("oldest", [0, 1, 2])):
        page = desk.get(f"/desk/deals/confirm?act=verify&sort={sort}&{query}").text
        rows = re.findall(r'<th scope="row"[^>]*><a href="/desk/deals/(\d+)', page)
        assert [int(row) for row in rows] == [twins[n] for n in order]
    assert page.count("Maybe entered twice") == 2
    assert page.count('name="flags"') == 2


@pytest.mark.parametrize("act", ["verify", "return"])
def test_a_flagged_deal_is_left_out_unless_it_is_ticked(
    desk: Any, twins: list[int], act: str
) -> None:
    page = decide(desk, "deals", act, twins, reason="缺磅单")
    assert "2 skipped" in page.text
    assert "it has a flag and was not ticked" in page.text
    done = DealStatus.VERIFIED if act == "verify" else DealStatus.RETURNED
    assert states(twins) == [DealStatus.AGREED, DealStatus.AGREED, done]


def test_a_ticked_deal_that_says_to_stop_needs_its_own_words(desk: Any, twins: list[int]) -> None:
    first = twins[0]
    looked, ticked = f"looked-{first}", {"flags": [first]}
    refused = decide(desk, "deals", "verify", twins, **ticked, **{looked: "同意"})
    assert f'id="looked-{first}-error"' in refused.text
    assert 'value="同意"' in refused.text, "what was typed comes back"
    assert f'value="{first}" checked' in refused.text
    assert entries() == 0, "nothing is done while something is missing"
    decide(desk, "deals", "verify", twins, **ticked, **{looked: "两车货，磅单两张都看过"})
    assert states(twins) == [DealStatus.VERIFIED, DealStatus.AGREED, DealStatus.VERIFIED]
    event = db.session.scalars(select(DealEvent).where(DealEvent.flags != "")).one()
    assert (event.deal_id, event.reason) == (first, "两车货，磅单两张都看过")
