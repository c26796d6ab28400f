"""New matches are found when either side is posted, and both owners get one notice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.accounts.services import erase
from market.database import db, transaction, utcnow
from market.matching import rules, services
from market.matching.models import MatchChange, MatchNotice
from market.matching.notice_queries import new_matches, recent_notices
from market.matching.services import MIN_NOTICE_SCORE, mark_matches_seen, notice_matches
from market.offers.models import Offer, OfferChange, OfferStatus, PriceBasis, Verification
from market.offers.services import close_offer, edit_offer, renew_offer
from market.search.services import drain, rebuild
from market.web.errors import Refused
from market.web.home_time import home_today
from tests.matching.facts import NOW, facts
from tests.offers.factories import make_offer, offer_values

PEAR, CUIGUAN, HUANGGUAN = "0302007", "0302011", "0302012"
SHIMEN, CHANGSHA = "430726", "430121"
BADGE = re.compile("<span class=.badge badge-warn.>(New|新)</span>")

Make = Callable[..., Account]


@pytest.fixture(params=["index", "database"])
def work(request: pytest.FixtureRequest, app: Any) -> Callable[[], int]:
    """A turn of the worker: once with an index, once with none that can be read."""

    def turn() -> int:
        drain()
        if request.param == "database":
            for file in app.config["SEARCH_INDEX"].iterdir():
                if file.is_file():
                    file.unlink()
        return notice_matches()

    return turn


def turn() -> int:
    drain()
    return notice_matches()


def change(offer: Offer, **values: Any) -> None:
    with transaction():
        for name, value in values.items():
            setattr(offer, name, value)


def pairs() -> set[tuple[int, int]]:
    rows = db.session.execute(select(MatchNotice.offer_id, MatchNotice.counterpart_id))
    return {(row.offer_id, row.counterpart_id) for row in rows}


def counted(offer: Offer) -> int:
    return new_matches(offer.owner_id).get(offer.id, 0)


@pytest.mark.postgresql
def test_both_owners_hear_of_a_match_whichever_side_is_posted_last(
    make_account: Make, work: Callable[[], int]
) -> None:
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN)
    assert work() == 1
    assert pairs() == set()
    purchase = make_offer(make_account(), "buy", CUIGUAN, SHIMEN)
    work()
    assert pairs() == {(sale.id, purchase.id), (purchase.id, sale.id)}
    later = make_offer(make_account(), "sell", CUIGUAN, SHIMEN)
    work()
    assert pairs() >= {(later.id, purchase.id), (purchase.id, later.id)}
    assert [counted(offer) for offer in (sale, purchase, later)] == [1, 2, 1]
    assert work() == 0


def test_two_posted_at_once_hear_of_each_other_once_the_index_knows_both(
    make_account: Make,
) -> None:
    rebuild()
    sale = make_offer(make_account(), "sell", CUIGUAN)
    purchase = make_offer(make_account(), "buy", CUIGUAN)
    assert notice_matches() == 0
    assert turn() == 2
    assert pairs() == {(sale.id, purchase.id), (purchase.id, sale.id)}


def test_nobody_hears_of_a_match_twice(make_account: Make) -> None:
    seller = make_account()
    sale, purchase = make_offer(seller, "sell"), make_offer(make_account(), "buy")
    turn()
    with transaction():
        mark_matches_seen(seller, sale)
    change(sale, status=OfferStatus.EXPIRED, published_at=utcnow() - timedelta(days=2))
    with transaction():
        renew_offer(seller, sale)
    assert turn() == 1
    assert (counted(sale), counted(purchase)) == (0, 1)
    assert db.session.scalar(select(func.count()).select_from(MatchNotice)) == 2


def test_another_kind_of_the_family_is_never_worth_telling(make_account: Make) -> None:
    ideal = {"verified": True, "finished_deals": 9, "published_at": NOW}
    other = "03/0302/0302007/0302012"
    match = rules.score(facts(**ideal), facts("buy", product_path=other, **ideal), NOW)
    assert match
    assert match.parts["product"].value == rules.SIBLING
    assert 1 - rules.WEIGHTS["product"] * (1 - rules.SIBLING) < MIN_NOTICE_SCORE
    assert match.total < MIN_NOTICE_SCORE
    make_offer(make_account(), "sell", CUIGUAN)
    make_offer(make_account(), "buy", HUANGGUAN)
    turn()
    assert pairs() == set()


GOJI, STRAWBERRY, ZHONGNING, GUANGZHOU = "0702010", "0304012", "640521", "440103"


@pytest.mark.parametrize(("product", "told"), [(GOJI, True), (STRAWBERRY, False)])
def test_only_what_keeps_is_told_to_a_buyer_at_the_other_end_of_the_country(
    make_account: Make, product: str, told: bool
) -> None:
    price = {"price_low": Decimal(25), "price_high": Decimal(25), "unit": "jin"}
    make_offer(make_account(), "sell", product, ZHONGNING, **price)
    bid = {**price, "price_high": Decimal(28), "price_basis": PriceBasis.DELIVERED}
    make_offer(make_account(), "buy", product, GUANGZHOU, **bid)
    turn()
    assert bool(pairs()) is told


def test_a_worker_that_dies_before_its_commit_tells_everybody_the_next_time(
    make_account: Make,
) -> None:
    make_offer(make_account(), "sell")
    make_offer(make_account(), "buy")
    drain()

    def die(session: Any) -> None:
        raise KeyboardInterrupt

    event.listen(db.session, "before_commit", die)
    try:
        with pytest.raises(KeyboardInterrupt):
            notice_matches()
    finally:
        event.remove(db.session, "before_commit", die)
    assert pairs() == set()
    assert db.session.scalar(select(func.count()).select_from(MatchChange)) == 2
    notice_matches()
    assert len(pairs()) == 2
    assert db.session.scalar(select(func.count()).select_from(MatchChange)) == 0


@pytest.mark.postgresql
def test_what_closed_or_sold_out_or_ran_out_is_no_longer_counted(make_account: Make) -> None:
    sale = make_offer(make_account(), "sell")
    wanted = [make_offer(make_account(), "buy") for _ in range(4)]
    turn()
    assert counted(sale) == 4
    change(wanted[0], status=OfferStatus.CLOSED)
    change(wanted[1], remaining=Decimal(0))
    change(wanted[2], valid_until=utcnow() - timedelta(seconds=1))
    assert counted(sale) == 1
    assert recent_notices(sale.id) == {wanted[3].id: True}
    change(sale, status=OfferStatus.CLOSED)
    assert new_matches(sale.owner_id) == {}


def test_a_purchase_past_its_deadline_is_no_news(make_account: Make) -> None:
    sale = make_offer(make_account(), product=CUIGUAN)
    purchase = make_offer(make_account(), "buy", product=CUIGUAN, quotation_deadline=home_today())
    turn()
    assert (counted(sale), counted(purchase), len(recent_notices(sale.id))) == (1, 1, 1)
    change(purchase, quotation_deadline=home_today() - timedelta(days=1))
    assert (counted(sale), counted(purchase), len(recent_notices(sale.id))) == (0, 0, 0)
    later = make_offer(make_account(), product=CUIGUAN)
    turn()
    assert later.id not in {id for pair in pairs() for id in pair}


def test_an_edit_can_make_a_match_and_end_one(make_account: Make) -> None:
    buyer = make_account()
    sale = make_offer(make_account(), "sell", CUIGUAN)
    purchase = make_offer(buyer, "buy", HUANGGUAN)
    turn()
    assert pairs() == set()
    for product, number in ((CUIGUAN, 1), (HUANGGUAN, 0)):
        with transaction():
            edit_offer(buyer, purchase, offer_values("buy", product))
        turn()
        assert (counted(sale), counted(purchase)) == (number, number)


def test_a_draft_and_a_closing_are_not_looked_at(make_account: Make) -> None:
    owner = make_account()
    make_offer(owner, draft=True)
    sale = make_offer(owner)
    with transaction():
        close_offer(owner, sale)
    make_offer(make_account(), "buy")
    assert turn() == 2
    assert pairs() == set()


def test_of_one_posting_ten_hear_and_an_offer_keeps_its_twenty_best(
    make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = make_offer(make_account(), "sell", CUIGUAN, SHIMEN)
    buyers = [make_offer(make_account(), "buy", CUIGUAN, CHANGSHA) for _ in range(12)]
    rebuild()
    with transaction():
        db.session.query(MatchChange).filter(MatchChange.offer_id != sale.id).delete()
    notice_matches()
    assert counted(sale) == services.MAX_NOTICES_PER_CHANGE == 10
    monkeypatch.setattr(services, "MAX_UNSEEN", 3)
    near = [make_offer(make_account(), "buy", CUIGUAN, SHIMEN) for _ in range(2)]
    turn()
    notices = recent_notices(sale.id)
    assert len(notices) == 3
    assert {offer.id for offer in near} <= set(notices)
    assert sum(counted(offer) for offer in buyers) == 10


def test_verifying_an_offer_has_its_matches_looked_at_again(make_account: Make) -> None:
    offer = make_offer(make_account())
    turn()
    official = make_account(role="county_official")
    from market.offers.services import verify_offer

    with transaction():
        verify_offer(official, offer)
    assert offer.verification is Verification.VERIFIED
    assert turn() == 1


def test_only_who_manages_the_offer_sees_what_is_new_and_says_it_is_seen(
    make_account: Make, log_in: Any, client: Any
) -> None:
    seller, buyer = make_account(), make_account()
    sale, purchase = make_offer(seller, "sell"), make_offer(buyer, "buy")
    turn()
    page = f"/offers/{sale.id}/matches"
    for other in (client, log_in(buyer)):
        assert not BADGE.search(other.get(page).get_data(as_text=True))
    with pytest.raises(Refused), transaction():
        mark_matches_seen(buyer, sale)
    mine = log_in(seller)
    mine.set_cookie("language", "en")
    html = mine.get(page).get_data(as_text=True)
    assert len(BADGE.findall(html)) == 1
    assert "1 match is new since you last looked." in html
    assert counted(sale) == 1, "reading writes nothing"
    assert mine.send(f"{page}/seen", page=page).headers["Location"] == page
    html = mine.get(page).get_data(as_text=True)
    assert len(BADGE.findall(html)) == 1, "it still tells which were new"
    assert "since you last looked" not in html
    assert (counted(sale), counted(purchase)) == (0, 1)
    with transaction():
        db.session.query(MatchNotice).update({"seen_at": utcnow() - timedelta(hours=2)})
    assert not BADGE.search(mine.get(page).get_data(as_text=True))
    assert log_in(buyer).post(f"{page}/seen").status_code in (400, 403)


def test_a_new_match_is_on_the_page_though_better_ones_fill_it(
    make_account: Make, log_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("market.matching.views.MAX_SHOWN", 2)
    seller = make_account()
    sale = make_offer(seller, "sell", CUIGUAN, SHIMEN)
    far = make_offer(make_account(), "buy", CUIGUAN, CHANGSHA)
    turn()
    for _ in range(2):
        make_offer(make_account(), "buy", CUIGUAN, SHIMEN)
    turn()
    browser = log_in(seller)
    browser.set_cookie("language", "en")
    html = browser.get(f"/offers/{sale.id}/matches").get_data(as_text=True)
    assert f"/offers/{far.id}" in html
    assert len(BADGE.findall(html)) == 3


def test_my_offers_and_my_page_count_the_new_ones(make_account: Make, log_in: Any) -> None:
    seller = make_account()
    sale, other = make_offer(seller, "sell"), make_offer(seller, "sell", HUANGGUAN)
    for _ in range(2):
        make_offer(make_account(), "buy")
    make_offer(make_account(), "buy", HUANGGUAN)
    turn()
    assert new_matches(seller.id) == {sale.id: 2, other.id: 1}
    browser = log_in(seller)
    browser.set_cookie("language", "en")
    html = browser.get("/offers/mine").get_data(as_text=True)
    assert re.search(rf'/offers/{sale.id}/matches/seen"[^§]*?2 new matches', html)
    assert "1 new match<" in html
    assert "3 new matches for your offers" in browser.get("/me").get_data(as_text=True)
    browser.send(f"/offers/{sale.id}/matches/seen", page="/offers/mine")
    html = browser.get("/me").get_data(as_text=True)
    assert "1 new match for your offers" in html


def test_a_notice_is_of_two_offers_and_each_pair_has_one(make_account: Make) -> None:
    sale, purchase = make_offer(make_account(), "sell"), make_offer(make_account(), "buy")
    found = {"score": 900, "found_at": utcnow()}
    good = {"offer_id": sale.id, "counterpart_id": purchase.id, **found}
    with transaction():
        db.session.add(MatchNotice(**good))
    for wrong in ({"counterpart_id": sale.id}, {"score": 1001}, {}):
        with pytest.raises(IntegrityError), transaction():
            db.session.add(MatchNotice(**{**good, **wrong}))


def test_the_export_tells_them_and_erasing_forgets_them(make_account: Make, log_in: Any) -> None:
    seller = make_account()
    sale, purchase = make_offer(seller, "sell"), make_offer(make_account(), "buy")
    turn()
    (notice,) = log_in(seller).get("/me/export.json").get_json()["matches"]
    assert (notice["offer"], notice["counterpart"], notice["seen_at"]) == (
        sale.id,
        purchase.id,
        None,
    )
    assert 0.77 <= notice["score"] <= 1
    password = seller.password_hash
    assert password
    with transaction():
        erase(seller, password)
    assert pairs() == set()
    assert sale.id not in db.session.scalars(select(MatchChange.offer_id)).all()
    assert sale.id in db.session.scalars(select(OfferChange.offer_id)).all()
