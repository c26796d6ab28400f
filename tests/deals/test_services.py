"""What the two sides and the county may do with a deal."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import services, verification
from market.deals.models import Channel, Deal, DealEvent, DealStatus, LedgerEntry
from market.fairs.models import Fair, FairSeason, FairStatus, FairTheme
from market.matching.candidates import best_counterparts
from market.matching.queries import facts_of
from market.matching.rules import score
from market.offers.models import Offer, OfferStatus
from market.offers.services import close_offer
from market.search import engine, snapshots
from market.search.services import drain, rebuild
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused, Repeated
from market.web.home_time import home_now, home_today
from tests.deals.factories import (
    LOOKED,
    Trade,
    agree,
    do,
    make_trade,
    propose,
    refused,
    resubmit,
    terms,
    verify,
)
from tests.offers.factories import make_offer

pytestmark = pytest.mark.postgresql
Maker = Callable[..., Account]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account)


def new_proposal(trade: Trade, actor: Account, party: Account, **values: Any) -> DomainError:
    own = values.pop("own_offer", None)
    offer = values.pop("offer", trade.offer)
    key = uuid.uuid4().hex
    said = terms(**values)
    return refused(Invalid, services.propose_deal, actor, offer, party, said, key, own)


def test_a_proposal_waits_for_the_other_side_and_reduces_nothing(trade: Trade) -> None:
    deal = propose(trade)
    assert (deal.status, deal.reserved, deal.agreed_on) == (DealStatus.PROPOSED, False, None)
    assert (deal.seller_id, deal.buyer_id) == (trade.seller.id, trade.buyer.id)
    assert deal.amount_fen == 23_500
    assert trade.offer.remaining == 2000


def test_agreeing_reduces_both_offers(trade: Trade) -> None:
    wanted = make_offer(trade.buyer, side="buy", region="430111", quantity=Decimal(1), unit="ton")
    key = uuid.uuid4().hex
    deal = do(services.propose_deal, trade.buyer, trade.offer, trade.buyer, terms(500), key, wanted)
    do(services.agree_deal, trade.seller, deal)
    assert trade.offer.remaining == 1500
    assert wanted.remaining == Decimal("0.75")
    assert (deal.status, deal.agreed_by_id) == (DealStatus.AGREED, trade.seller.id)
    assert deal.agreed_on == home_today()


def test_taking_all_closes_the_offer_and_cancelling_opens_it_again(trade: Trade) -> None:
    deal = agree(trade, quantity=2000)
    assert (trade.offer.remaining, trade.offer.status) == (0, OfferStatus.CLOSED)
    do(services.cancel_deal, trade.buyer, deal, "车坏了")
    assert (trade.offer.remaining, trade.offer.status) == (2000, OfferStatus.PUBLISHED)
    assert (deal.status, deal.reserved) == (DealStatus.CANCELLED, False)


def test_a_proposer_cannot_confirm_their_own_proposal(trade: Trade) -> None:
    deal = propose(trade)
    refused(Refused, services.agree_deal, trade.buyer, deal)
    refused(Refused, services.decline_deal, trade.buyer, deal)
    assert deal.status is DealStatus.PROPOSED


def test_a_seller_cannot_confirm_their_own_proposal(trade: Trade) -> None:
    wanted = make_offer(trade.buyer, side="buy", region="430111")
    key = uuid.uuid4().hex
    deal = do(services.propose_deal, trade.seller, wanted, trade.seller, terms(), key)
    refused(Refused, services.agree_deal, trade.seller, deal)
    do(services.agree_deal, trade.buyer, deal)


def test_a_stranger_cannot_take_any_step(trade: Trade, make_account: Maker) -> None:
    stranger = make_account("路人")
    deal = agree(trade)
    refused(Refused, services.cancel_deal, stranger, deal, "x")
    refused(Refused, services.dispute_deal, stranger, deal, "x")
    refused(Refused, verification.verify_deal, stranger, deal)
    refused(Refused, verification.return_deal, stranger, deal, "x")


def test_nobody_deals_with_themselves(trade: Trade) -> None:
    key = uuid.uuid4().hex
    refused(Refused, services.propose_deal, trade.seller, trade.offer, trade.seller, terms(), key)


def test_the_owner_of_an_offer_proposes_to_whom_they_name(trade: Trade) -> None:
    with transaction():
        deal = services.propose_deal(
            *(trade.seller, trade.offer, trade.seller, terms(), uuid.uuid4().hex), to=trade.buyer
        )
    assert (deal.seller_id, deal.buyer_id) == (trade.seller.id, trade.buyer.id)
    assert (deal.seller_offer_id, deal.buyer_offer_id) == (trade.offer.id, None)
    refused(Refused, services.agree_deal, trade.seller, deal)
    do(services.agree_deal, trade.buyer, deal)
    assert deal.status is DealStatus.AGREED


def test_nobody_proposes_in_the_name_of_another(trade: Trade, make_account: Maker) -> None:
    other = make_account("赵六")
    key = uuid.uuid4().hex
    refused(Refused, services.propose_deal, other, trade.offer, trade.buyer, terms(), key)


def farmer_of(make_account: Maker, assistant: Account, name: str) -> Account:
    farmer = make_account(name)
    with transaction():
        farmer.password_hash = None
        farmer.represented_by_id = assistant.id
    return farmer


def test_an_assistant_proposes_for_a_farmer_they_represent(
    trade: Trade, make_account: Maker
) -> None:
    assistant = make_account("信息站", role="assistant")
    farmer = farmer_of(make_account, assistant, "李婶")
    key = uuid.uuid4().hex
    deal = do(services.propose_deal, assistant, trade.offer, farmer, terms(), key)
    assert (deal.buyer_id, deal.proposed_by_id) == (farmer.id, assistant.id)
    refused(Refused, services.agree_deal, assistant, deal)
    do(services.agree_deal, trade.seller, deal)


def test_an_assistant_cannot_sit_on_both_sides(trade: Trade, make_account: Maker) -> None:
    assistant = make_account("信息站", role="assistant")
    one = farmer_of(make_account, assistant, "李婶")
    two = farmer_of(make_account, assistant, "周叔")
    key = uuid.uuid4().hex
    with transaction():
        trade.offer.owner_id = one.id
    db.session.refresh(trade.offer)
    for actor, party in ((assistant, two), (assistant, assistant)):
        refused(Refused, services.propose_deal, actor, trade.offer, party, terms(), key)
    with transaction():
        trade.seller.represented_by_id = None
        trade.offer.owner_id = trade.seller.id
    db.session.refresh(trade.offer)
    deal = do(services.propose_deal, assistant, trade.offer, two, terms(), key)
    with transaction():
        trade.seller.password_hash = None
        trade.seller.represented_by_id = assistant.id
    refused(Refused, services.agree_deal, assistant, deal)


def test_more_than_remains_is_refused_at_the_quantity(trade: Trade) -> None:
    error = new_proposal(trade, trade.buyer, trade.buyer, quantity="2000.001")
    assert error.field == "quantity"
    error = new_proposal(trade, trade.buyer, trade.buyer, quantity="1.001", unit="ton")
    assert error.field == "quantity"


def test_more_than_my_own_offer_has_is_refused_too(trade: Trade) -> None:
    wanted = make_offer(trade.buyer, side="buy", quantity=Decimal(10))
    error = new_proposal(trade, trade.buyer, trade.buyer, quantity=11, own_offer=wanted)
    assert error.field == "quantity"


def test_a_unit_of_another_dimension_is_refused(trade: Trade) -> None:
    assert new_proposal(trade, trade.buyer, trade.buyer, unit="box").field == "unit"


def test_an_own_offer_about_something_else_is_refused(trade: Trade) -> None:
    wanted = make_offer(trade.buyer, side="buy", product="0101001")
    new_proposal(trade, trade.buyer, trade.buyer, own_offer=wanted)


def test_an_offer_of_the_same_side_or_of_another_is_no_answer(
    trade: Trade, make_account: Maker
) -> None:
    for own in (make_offer(trade.buyer), make_offer(make_account("赵六"), side="buy")):
        key = uuid.uuid4().hex
        arguments = (trade.buyer, trade.offer, trade.buyer, terms(), key, own)
        refused(Refused, services.propose_deal, *arguments)


def test_an_offer_no_longer_public_takes_no_proposal(trade: Trade) -> None:
    do(close_offer, trade.seller, trade.offer)
    new_proposal(trade, trade.buyer, trade.buyer)


def test_an_amount_more_than_one_percent_off_needs_a_reason(trade: Trade) -> None:
    error = new_proposal(trade, trade.buyer, trade.buyer, amount_fen=20_000)
    assert error.field == "amount_reason"
    deal = propose(trade, amount_fen=20_000, amount_reason="含运费折让")
    assert deal.amount_fen == 20_000


@pytest.mark.parametrize("price", ["0.0001", "9999999"])
def test_an_amount_of_nothing_or_beyond_anything_is_refused(trade: Trade, price: str) -> None:
    quantity = "0.1" if price.startswith("0") else 2000
    error = new_proposal(trade, trade.buyer, trade.buyer, quantity=quantity, unit_price=price)
    assert error.field == "amount"


def test_a_form_sent_twice_proposes_once(trade: Trade) -> None:
    key = uuid.uuid4().hex
    deal = propose(trade, key=key)
    with pytest.raises(Repeated) as caught:
        propose(trade, key=key)
    assert caught.value.existing.id == deal.id
    assert db.session.scalar(select(func.count()).select_from(Deal)) == 1


def test_two_agreed_deals_never_take_more_than_there_is(trade: Trade) -> None:
    first, second = propose(trade, quantity=1500), propose(trade, quantity=1500)
    do(services.agree_deal, trade.seller, first)
    error = refused(DomainError, services.agree_deal, trade.seller, second)
    assert error.field == "quantity"
    assert (second.status, trade.offer.remaining) == (DealStatus.PROPOSED, 500)


def test_a_cancelled_proposal_gives_nothing_back(trade: Trade) -> None:
    agree(trade, quantity=100)
    deal = propose(trade, quantity=200)
    do(services.cancel_deal, trade.buyer, deal, "")
    assert trade.offer.remaining == 1900


def test_cancelling_an_agreed_deal_needs_a_reason(trade: Trade) -> None:
    deal = agree(trade)
    assert refused(Invalid, services.cancel_deal, trade.buyer, deal, "").field == "reason"
    do(services.cancel_deal, trade.seller, deal, "天气")


def test_a_verified_deal_cannot_be_cancelled_or_disputed(trade: Trade) -> None:
    deal = verify(trade)
    refused(InvalidTransition, services.cancel_deal, trade.seller, deal, "x")
    refused(InvalidTransition, services.dispute_deal, trade.seller, deal, "x")


def test_a_disputed_deal_waits_until_who_disputed_it_says_it_is_settled(trade: Trade) -> None:
    deal = agree(trade)
    do(services.dispute_deal, trade.buyer, deal, "少了两筐")
    refused(InvalidTransition, verification.verify_deal, trade.official, deal)
    refused(Refused, services.settle_deal, trade.seller, deal)
    do(services.settle_deal, trade.buyer, deal)
    do(verification.verify_deal, trade.official, deal)
    assert deal.status is DealStatus.VERIFIED


def test_a_returned_deal_is_mended_and_sent_again(trade: Trade) -> None:
    deal = agree(trade)
    assert refused(Invalid, verification.return_deal, trade.official, deal, "").field == "reason"
    do(verification.return_deal, trade.official, deal, "缺磅单")
    refused(InvalidTransition, verification.verify_deal, trade.official, deal)
    do(resubmit, trade.seller, deal, "已补磅单")
    assert (deal.status, deal.note) == (DealStatus.AGREED, "已补磅单")
    do(verification.verify_deal, trade.official, deal)


def test_counting_a_deal_or_taking_it_back_tells_the_index_of_both_parties_offers(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "PAUSE", 0.0)
    wanted = make_offer(trade.buyer, "buy")
    deal = agree(trade)
    rebuild()
    for step, finished in (
        (lambda: do(verification.verify_deal, trade.official, deal), 1),
        (lambda: do(verification.return_deal, trade.official, deal, "金额有误"), 0),
    ):
        step()
        drain()
        now = home_now()
        facts = facts_of([trade.offer.id, wanted.id], now)
        assert [one.finished_deals for one in facts.values()] == [finished, finished]
        (answer,) = (
            engine.ask_index(partial(best_counterparts, own=facts[wanted.id], now=now, limit=5))
            or []
        )
        match = score(facts[wanted.id], facts[trade.offer.id], now)
        assert match
        assert answer == (trade.offer.id, pytest.approx(match.total, abs=1e-9))


def test_only_the_home_countys_official_verifies(trade: Trade, make_account: Maker) -> None:
    deal = agree(trade)
    others = [
        make_account("桃源", role="county_official", region="430725"),
        make_account("常德", role="prefecture_official", scope="430700"),
        make_account("湖南", role="province_official", scope="430000"),
        make_account("管理", role="administrator", scope="430000"),
        make_account("站", role="assistant"),
    ]
    for other in others:
        refused(Refused, verification.verify_deal, other, deal)
    do(verification.verify_deal, trade.official, deal)


def test_an_official_never_verifies_a_deal_of_their_own(make_account: Maker) -> None:
    trade = make_trade(make_account)
    official = make_account("自己", role="county_official")
    with transaction():
        trade.offer.owner_id = official.id
    db.session.refresh(trade.offer)
    trade.seller = official
    deal = agree(trade)
    refused(Refused, verification.verify_deal, official, deal)
    do(verification.verify_deal, trade.official, deal)


def test_an_official_who_once_acted_for_a_party_does_not_verify(
    trade: Trade, make_account: Maker
) -> None:
    deal = agree(trade)
    with transaction():
        deal.agreed_by_id = trade.official.id
    refused(Refused, verification.verify_deal, trade.official, deal)


def test_every_step_is_written_down(trade: Trade) -> None:
    deal = verify(trade)
    do(verification.return_deal, trade.official, deal, "重查")
    steps = db.session.execute(
        select(DealEvent.status, DealEvent.by_id, DealEvent.reason).order_by(DealEvent.id)
    ).all()
    assert steps == [
        (DealStatus.PROPOSED, trade.buyer.id, ""),
        (DealStatus.AGREED, trade.seller.id, ""),
        (DealStatus.VERIFIED, trade.official.id, LOOKED),
        (DealStatus.RETURNED, trade.official.id, "重查"),
    ]


def make_fair(region: str = "430000", days: tuple[int, int] = (-1, 1), *themes: str) -> Fair:
    today = home_today()
    fair = Fair(
        slug=uuid.uuid4().hex,
        name="夏季对接会",
        name_en="Summer fair",
        season=FairSeason.SUMMER,
        year=today.year,
        region_code=region,
        starts_on=today + timedelta(days=days[0]),
        ends_on=today + timedelta(days=days[1]),
        status=FairStatus.OPEN,
    )
    with transaction():
        db.session.add(fair)
        db.session.flush()
        db.session.add_all(FairTheme(fair_id=fair.id, product_prefix=t) for t in themes)
    return fair


def test_a_deal_belongs_to_the_open_fair_of_its_product(trade: Trade) -> None:
    make_fair("430000", (-9, -1))
    make_fair("430000", (-1, 1), "01")
    assert propose(trade).channel is Channel.DAILY
    fair = make_fair("430000", (0, 0), "0302")
    deal = propose(trade)
    assert (deal.channel, deal.fair_id, deal.home_region_code) == (Channel.FAIR, fair.id, "430726")


def test_the_day_of_agreeing_decides_the_fair(trade: Trade) -> None:
    fair = make_fair()
    deal = propose(trade)
    assert deal.fair_id == fair.id
    with transaction():
        fair.ends_on = fair.starts_on
    do(services.agree_deal, trade.seller, deal)
    assert (deal.channel, deal.fair_id) == (Channel.DAILY, None)


@pytest.mark.parametrize("status", [FairStatus.CERTIFIED, FairStatus.CANCELLED])
def test_a_fair_that_is_over_for_good_takes_no_deal(trade: Trade, status: FairStatus) -> None:
    fair, before = make_fair(), agree(trade)
    assert before.fair_id == fair.id
    with transaction():
        fair.status = status
    after = agree(trade, quantity=30)
    assert (after.channel, after.fair_id) == (Channel.DAILY, None)
    with transaction():
        verification.verify_deal(trade.official, before, LOOKED)
    assert (before.channel, before.fair_id) == (Channel.DAILY, None)
    entry = db.session.scalars(select(LedgerEntry).filter_by(deal_id=before.id)).one()
    assert entry.fair_id is None


def test_a_deal_of_two_outsiders_is_not_counted_here(make_account: Maker) -> None:
    seller, buyer = make_account("武汉", region="420102"), make_account("广州", region="440103")
    trade = Trade(seller, buyer, seller, make_offer(seller, region="420102"))
    new_proposal(trade, buyer, buyer)


def test_a_sale_from_outside_counts_where_the_buyer_is(make_account: Maker) -> None:
    seller, buyer = make_account("武汉", region="420102"), make_account("长沙", region="430111")
    trade = Trade(seller, buyer, seller, make_offer(seller, region="420102"))
    assert propose(trade).home_region_code == "430111"


def test_verifying_needs_no_open_offer_and_counts_once(trade: Trade) -> None:
    deal = verify(trade)
    refused(InvalidTransition, verification.verify_deal, trade.official, deal)
    entries = db.session.scalars(select(LedgerEntry)).all()
    assert [(e.deal_id, e.deals, e.amount_fen) for e in entries] == [(deal.id, 1, 23_500)]
    assert db.session.get(Offer, trade.offer.id) is trade.offer
