"""The official's desk: what waits, the queues, and judging, each for its own county only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from market.accounts.models import Account, Grant, Role, TraderType
from market.database import db, transaction, utcnow
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.deals.verification import return_deal, verify_deal
from market.offers.models import Offer, Verification
from market.web.desk_registry import DeskTask, add_tasks, providers, tasks_of
from tests.deals.factories import LOOKED, Trade, agree, make_trade, verify
from tests.offers.factories import make_offer
from tests.sql import statements

Maker = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account, quantity=Decimal(200_000))


@pytest.fixture
def desk(trade: Trade, log_in: LogIn) -> Any:
    """The county official's browser, in English."""
    client = log_in(trade.official)
    client.set_cookie("language", "en")
    return client


def listed(page: Any) -> list[int]:
    """The numbers of what a queue's page lists, in its order."""
    return [int(n) for n in re.findall(r'<th scope="row"[^>]*><a href="/desk/\w+/(\d+)', page.text)]


def waited(deal: Deal, days: int) -> Deal:
    with transaction():
        deal.updated_at = utcnow() - timedelta(days=days)
    return deal


def test_a_county_sees_and_decides_its_own_deals_only(
    trade: Trade, desk: Any, log_in: LogIn, make_account: Maker
) -> None:
    deal_id, offer_id = agree(trade).id, trade.offer.id
    assert listed(desk.get("/desk/deals")) == [deal_id]
    assert listed(desk.get("/desk/offers")) == [offer_id]
    neighbour = log_in(make_account("桃源", role="county_official", region="430725"))
    for page in ("/desk/deals", "/desk/deals?region=430726", "/desk/offers", "/desk"):
        assert f"/{deal_id}" not in neighbour.get(page).text
    for thing in (f"deals/{deal_id}", f"offers/{offer_id}"):
        assert neighbour.get(f"/desk/{thing}").status_code == 403
        for act in ("verify", "return"):
            assert neighbour.send(f"/desk/{thing}/{act}", page="/deals").status_code == 403
        kind = thing.split("/")[0]
        data = {"act": "verify", "id": thing.split("/")[1]}
        neighbour.send(f"/desk/{kind}/decide", data, page="/deals")
    db.session.rollback()
    assert db.session.get_one(Deal, deal_id).status is DealStatus.AGREED
    assert db.session.get_one(Offer, offer_id).verification is Verification.UNVERIFIED


def test_the_prefecture_and_the_province_look_but_do_not_decide(
    trade: Trade, log_in: LogIn, make_account: Maker
) -> None:
    deal_id, offer_id = agree(trade).id, trade.offer.id
    for role, scope in (("prefecture_official", "430700"), ("province_official", "430000")):
        client = log_in(make_account(role, role=role, scope=scope))
        assert "430726" in client.get("/desk").text, "counts for each county"
        assert listed(client.get("/desk/deals")) == [deal_id]
        assert 'name="id"' not in client.get("/desk/deals").text
        for thing in (f"deals/{deal_id}", f"offers/{offer_id}"):
            page = client.get(f"/desk/{thing}")
            assert page.status_code == 200
            assert "data-decision" not in page.text
            for what in ("verify", "return"):
                assert client.send(f"/desk/{thing}/{what}", page="/deals").status_code == 403
    elsewhere = log_in(make_account("长沙", role="prefecture_official", scope="430100"))
    assert listed(elsewhere.get("/desk/deals")) == []
    assert elsewhere.get(f"/desk/deals/{deal_id}").status_code == 403


@pytest.mark.parametrize("role", [None, "assistant", "administrator"])
def test_the_desk_is_for_officials(
    role: str | None, trade: Trade, log_in: LogIn, make_account: Maker, client: Any
) -> None:
    account = log_in(make_account("某人", role=role))
    deal, offer = agree(trade).id, trade.offer.id
    for page in ("", "/offers", "/deals", f"/deals/{deal}", f"/offers/{offer}"):
        assert account.get(f"/desk{page}").status_code == 403
        assert client.get(f"/desk{page}").status_code == 303


def test_a_party_of_the_deal_can_not_look_at_its_desk(trade: Trade, log_in: LogIn) -> None:
    deal = agree(trade)
    assert log_in(trade.seller).get(f"/desk/deals/{deal.id}").status_code == 403


def test_an_official_who_is_a_party_is_told_why_others_decide(trade: Trade, desk: Any) -> None:
    with transaction():
        trade.official.trader_type = TraderType.COMPANY
    own = Trade(trade.seller, trade.official, trade.official, trade.offer)
    deal = agree(own)
    reason = "You are a party of this deal: others verify it."
    assert reason in desk.get(f"/desk/deals/{deal.id}").text
    assert "You have a hand in it: others verify it." in desk.get("/desk/deals").text
    desk.send("/desk/deals/decide", {"act": "verify", "id": deal.id}, page="/desk/deals")
    assert reason in desk.get("/desk/deals").text
    with transaction():
        verify_deal(make_other(trade.official), deal, LOOKED)
    page = desk.get(f"/desk/deals/{deal.id}").text
    assert reason in page
    assert f'action="/desk/deals/{deal.id}/undo"' not in page


def test_what_was_noted_on_verifying_is_no_complaint(trade: Trade, desk: Any) -> None:
    deal = agree(trade)
    with transaction():
        verify_deal(make_other(trade.official), deal, LOOKED)
    page = desk.get(f"/desk/deals/{deal.id}").text
    assert f"Note on verifying: {LOOKED}" in page
    assert f"Reason: {LOOKED}" not in page


def make_other(official: Account) -> Account:
    """A colleague of the official."""
    other = Account(
        name="同事",
        phone="+8613900000999",
        password_hash="",
        trader_type=TraderType.COMPANY,
        region_code=official.region_code,
        grants=[Grant(role=Role.COUNTY_OFFICIAL, region=official.region)],
    )
    db.session.add(other)
    db.session.flush()
    return other


def test_a_verified_deal_is_taken_back_from_the_desk_with_a_reason(trade: Trade, desk: Any) -> None:
    deal = verify(trade)
    address = f"/desk/deals/{deal.id}"
    assert f'action="{address}/undo"' in desk.get(address).text
    page = desk.send(f"{address}/undo", {"reason": ""}, page=address)
    assert "Say why." in page.text
    db.session.refresh(deal)
    assert deal.status is DealStatus.VERIFIED
    page = desk.send(f"{address}/undo", {"reason": "过磅单是另一车的"}, page=address)
    assert page.headers["Location"].endswith(address)
    db.session.refresh(deal)
    assert (deal.status, deal.status_reason) == (DealStatus.RETURNED, "过磅单是另一车的")
    counted = select(func.sum(LedgerEntry.amount_fen), func.count())
    assert tuple(db.session.execute(counted).one()) == (0, 2)
    assert f'action="{address}/undo"' not in desk.get(address).text


@pytest.mark.postgresql
def test_the_first_page_tells_of_every_queue_how_many_since_when_and_how_many_late(
    trade: Trade, app: Any
) -> None:
    late, new, sent_back = (agree(trade, quantity=n) for n in (1, 2, 3))
    waited(late, 5)
    with transaction():
        return_deal(trade.official, sent_back, "缺磅单")
    with app.test_request_context():
        found = {task.name: task for task in tasks_of(trade.official)}
    deals, disputed = found["deals-waiting"], found["deals-disputed"]
    assert (deals.count, deals.late) == (2, 1)
    assert deals.oldest
    assert utcnow() - deals.oldest > timedelta(days=4)
    assert deals.amount_fen == late.amount_fen + new.amount_fen
    assert deals.url == f"/desk/deals/{late.id}", "what has waited longest is next"
    returned, offers = found["deals-returned"], found["offers-waiting"]
    assert (returned.count, returned.is_watched, returned.url) == (
        *(1, True),
        "/desk/deals?state=returned",
    )
    assert (offers.count, offers.late, offers.is_watched) == (1, 0, False)
    assert (disputed.count, disputed.oldest, disputed.amount_fen) == (0, None, None)


def test_another_rooms_queue_stands_on_the_first_page(desk: Any) -> None:
    def provider(_: Account) -> list[DeskTask]:
        title, url = "Answer 7 questions", "/desk/questions/99"
        return [DeskTask("some", "Some questions", title, 7, url, "Answer now", late=2)]

    add_tasks(99, provider)
    try:
        page = desk.get("/desk").text
    finally:
        providers.remove((99, provider))
    assert 'href="/desk/questions/99"' in page
    assert "2 have waited too long" in page


def test_every_page_of_the_desk_has_the_bar_and_says_where_one_is(trade: Trade, desk: Any) -> None:
    deal = agree(trade)
    for page, here in (
        ("/desk", "/desk"),
        ("/desk/deals", "/desk/deals"),
        (f"/desk/deals/{deal.id}", "/desk/deals"),
        ("/desk/offers?state=returned", "/desk/offers"),
    ):
        bar = desk.get(page).text.split('class="desk-tabs"')[1].split("</nav>")[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', bar) == [here]


def test_the_bar_folds_all_but_the_first_pages_and_the_one_where_one_is(desk: Any) -> None:
    bar = desk.get("/desk/questions").text.split('class="desk-tabs"')[1].split("</details>")[0]
    shown, folded = bar.split("<summary>")
    assert re.findall(r'href="([^"]+)"', shown)[-1] == "/desk/questions"
    assert len(re.findall("href=", shown)) == 7
    assert "/desk/questions" not in folded
    assert len(re.findall("href=", folded)) > 8


def test_the_queue_is_filtered_and_sorted(trade: Trade, desk: Any) -> None:
    small, large = agree(trade, quantity=10), agree(trade, quantity=5000)
    old = waited(agree(trade, quantity=500, unit_price=3), 8)
    bought = agree(trade, quantity=700)
    with transaction():
        bought.home_region_code, bought.buyer_region_code = "430726", "430726"
        bought.seller_region_code = "430111"
    both = {small.id, large.id, old.id, bought.id}
    for query, found in (
        ("", both),
        ("days=7", {old.id}),
        ("low=100&high=2000", {old.id, bought.id}),
        ("low=1,000", {large.id, old.id, bought.id}),
        ("side=buy", {bought.id}),
        ("side=sell&low=1000", {large.id, old.id}),
        ("product=翠冠梨", both),
        ("product=椪柑", set()),
        ("state=returned", set()),
        ("low=abc&days=x&side=none&page=0&sort=?", both),
    ):
        assert set(listed(desk.get(f"/desk/deals?{query}"))) == found, query
    assert listed(desk.get("/desk/deals"))[0] == old.id
    assert listed(desk.get("/desk/deals?sort=newest"))[-1] == old.id
    assert listed(desk.get("/desk/deals?sort=largest"))[0] == large.id


def test_offers_are_filtered_by_what_they_are_worth(trade: Trade, desk: Any) -> None:
    cheap = make_offer(trade.seller, quantity=Decimal(10))
    asked = make_offer(trade.seller, price_low=None, price_high=None)
    assert set(listed(desk.get("/desk/offers"))) == {trade.offer.id, cheap.id, asked.id}
    assert listed(desk.get("/desk/offers?low=100")) == [trade.offer.id]
    assert listed(desk.get("/desk/offers?high=23.50")) == [cheap.id]
    assert listed(desk.get("/desk/offers?sort=largest"))[0] == trade.offer.id


def test_flagged_only_lists_what_has_a_flag(trade: Trade, desk: Any) -> None:
    twins = {agree(trade, quantity=1000).id, agree(trade, quantity=1001).id}
    agree(trade, quantity=7)
    assert set(listed(desk.get("/desk/deals?flagged=y"))) == twins
    assert "Maybe entered twice" in desk.get("/desk/deals").text


def test_a_deal_is_judged_on_one_screen(trade: Trade, desk: Any) -> None:
    for n in range(5):
        verify(trade, quantity=90 + n, unit_price="2.3")
    deal, twin = agree(trade, quantity=1000), agree(trade, quantity=1001)
    page = desk.get(f"/desk/deals/{deal.id}").text
    for words in (
        trade.seller.name,
        trade.buyer.name,
        "Maybe entered twice",
        "differs",
        f'href="/desk/deals/{twin.id}"',
        "5 verified prices",
        "Unusual quantity",
        "Earlier deals between the two",
        "5, worth CNY 1,058",
        "138****",
        "Proposal sent",
    ):
        assert words in page, words
    assert trade.seller.phone.removeprefix("+86") not in page  # type: ignore[union-attr]
    assert re.search(r"<dd class=\"figure-value\">\d{2,3} ", page), "the distance in km"


def test_an_offer_is_judged_on_one_screen(trade: Trade, desk: Any) -> None:
    twin = make_offer(trade.seller, quantity=Decimal(200_000))
    page = desk.get(f"/desk/offers/{twin.id}").text
    for words in ("Posted more than once", f'href="/desk/offers/{trade.offer.id}"', "470,000.00"):
        assert words in page, words


@pytest.mark.postgresql
def test_deciding_goes_on_to_the_next_and_keeps_the_filter(trade: Trade, desk: Any) -> None:
    first, second, small = (agree(trade, quantity=n).id for n in (900, 800, 1))
    url = f"/desk/deals/{first}/verify?low=100"
    answer = desk.send(url, page=f"/desk/deals/{first}?low=100")
    assert (answer.status_code, answer.location) == (303, f"/desk/deals/{second}?low=100")
    url = f"/desk/deals/{second}/return?low=100"
    answer = desk.send(url, {"reason": "缺磅单"}, page=f"/desk/deals/{second}?low=100")
    assert (answer.status_code, answer.location) == (303, "/desk/deals?low=100")
    db.session.rollback()
    states = [db.session.get_one(Deal, id_).status for id_ in (first, second, small)]
    assert states == [DealStatus.VERIFIED, DealStatus.RETURNED, DealStatus.AGREED]


def test_returning_needs_a_reason_typed_or_chosen(trade: Trade, desk: Any) -> None:
    ids = [agree(trade, quantity=n).id for n in (1, 2)]
    common = re.search(r'<option value="([^"]{20,})"', desk.get(f"/desk/deals/{ids[0]}").text)
    assert common
    for id_, given, status in (
        (ids[0], {"reason": " "}, DealStatus.AGREED),
        (ids[0], {"common": common[1]}, DealStatus.RETURNED),
        (ids[1], {"reason": "缺磅单", "common": common[1]}, DealStatus.RETURNED),
    ):
        desk.send(f"/desk/deals/{id_}/return", given, page=f"/desk/deals/{id_}")
        db.session.rollback()
        assert db.session.get_one(Deal, id_).status is status
    assert db.session.get_one(Deal, ids[1]).status_reason == "缺磅单"
    assert len(db.session.get_one(Deal, ids[0]).status_reason) >= 20


def test_offers_are_verified_and_returned_at_the_desk(trade: Trade, desk: Any) -> None:
    ids = [trade.offer.id, make_offer(trade.seller).id]
    desk.send(f"/desk/offers/{ids[0]}/verify", page=f"/desk/offers/{ids[0]}")
    reason = {"reason": "照片不清"}
    desk.send(f"/desk/offers/{ids[1]}/return", reason, page=f"/desk/offers/{ids[1]}")
    db.session.rollback()
    verified, returned = (db.session.get_one(Offer, id_) for id_ in ids)
    assert verified.verification is Verification.VERIFIED
    assert (returned.verification, returned.verification_reason) == ("returned", "照片不清")
    assert returned.verified_by_id == trade.official.id
    assert listed(desk.get("/desk/offers")) == []
    assert listed(desk.get("/desk/offers?state=returned")) == [ids[1]]


@pytest.mark.parametrize(
    "page", ["/desk", "/desk/deals", "/desk/offers", "/desk/deals?flagged=y", "/desk/offers?low=1"]
)
def test_a_page_takes_as_many_queries_for_many_rows_as_for_one(
    trade: Trade, log_in: LogIn, make_account: Maker, page: str
) -> None:
    agree(trade)
    client = log_in(make_account("湖南", role="province_official", scope="430000"))
    counts = []
    for _ in range(2):
        db.session.expunge_all()
        with statements() as sent:
            assert client.get(page).status_code == 200
        counts.append(len(sent))
        people = (trade.seller, trade.buyer, trade.offer)
        trade.seller, trade.buyer, trade.offer = map(db.session.merge, people)
        for n in range(5):
            agree(trade, quantity=n + 1)
            make_offer(trade.seller)
    # What other rooms have waiting they may remember from the first time.
    assert counts[1] <= counts[0] <= (27 if page == "/desk" else 14)


def test_judging_takes_a_bounded_number_of_queries(trade: Trade, desk: Any) -> None:
    one, offer_id = agree(trade).id, trade.offer.id
    for n in range(4):
        agree(trade, quantity=100)
        make_offer(trade.seller, quantity=Decimal(200_000 + n))
    for page in (f"/desk/deals/{one}", f"/desk/offers/{offer_id}"):
        db.session.expunge_all()
        with statements() as sent:
            assert desk.get(page).status_code == 200
        assert len(sent) <= 30, page
