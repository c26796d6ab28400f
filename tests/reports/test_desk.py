"""The official's desk: what waits, flagged, and decided only by the county itself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import transaction
from market.deals.flags import flags, price_bands
from market.deals.models import Deal, DealStatus
from market.extensions import db
from market.offers.models import Offer, Verification
from tests.deals.counting import statements
from tests.deals.factories import Trade, agree, make_trade, verify
from tests.offers.factories import make_offer

Maker = Callable[..., Account]
LogIn = Callable[[Account], Any]


@pytest.fixture
def trade(make_account: Maker) -> Trade:
    return make_trade(make_account, quantity=Decimal(200_000))


def test_a_county_sees_and_decides_its_own_deals_only(
    trade: Trade, log_in: LogIn, make_account: Maker
) -> None:
    deal = agree(trade)
    row = f'href="/deals/{deal.id}"'
    assert row in log_in(trade.official).get("/desk/deals").text
    neighbour = log_in(make_account("桃源", role="county_official", region="430725"))
    assert row not in neighbour.get("/desk/deals").text
    assert row not in neighbour.get("/desk/deals?region=430726").text
    answer = neighbour.send(f"/desk/deals/{deal.id}/verify", page="/deals")
    assert answer.status_code == 403


def test_the_prefecture_and_the_province_read_but_do_not_decide(
    trade: Trade, log_in: LogIn, make_account: Maker
) -> None:
    deal_id, offer_id = agree(trade).id, trade.offer.id
    for role, scope in (("prefecture_official", "430700"), ("province_official", "430000")):
        client = log_in(make_account(role, role=role, scope=scope))
        for page in ("/desk", "/desk/offers", "/desk/deals"):
            assert client.get(page).status_code == 200
        assert f'href="/deals/{deal_id}"' in client.get("/desk/deals").text
        assert "/desk/deals/" not in client.get("/desk/deals").text.replace("/desk/deals?", "")
        for step in (f"deals/{deal_id}", f"offers/{offer_id}"):
            for what in ("verify", "return"):
                assert client.send(f"/desk/{step}/{what}", page="/deals").status_code == 403


@pytest.mark.parametrize("role", [None, "assistant", "administrator"])
def test_the_desk_is_for_officials(
    role: str | None, log_in: LogIn, make_account: Maker, client: Any
) -> None:
    account = log_in(make_account("某人", role=role))
    for page in ("/desk", "/desk/offers", "/desk/deals"):
        assert account.get(page).status_code == 403
        assert client.get(page).status_code == 303


@pytest.mark.postgresql
def test_verifying_at_the_desk_counts_and_stays_in_the_queue(trade: Trade, log_in: LogIn) -> None:
    deal = agree(trade)
    client = log_in(trade.official)
    url = f"/desk/deals/{deal.id}/verify?region=430726"
    answer = client.send(url, page="/desk/deals")
    assert (answer.status_code, answer.location) == (303, "/desk/deals?region=430726")
    db.session.rollback()
    assert db.session.get_one(Deal, deal.id).status is DealStatus.VERIFIED


def test_returning_at_the_desk_needs_a_reason(trade: Trade, log_in: LogIn) -> None:
    deal_id = agree(trade).id
    client = log_in(trade.official)
    for reason, status in (("", DealStatus.AGREED), ("缺磅单", DealStatus.RETURNED)):
        client.send(f"/desk/deals/{deal_id}/return", {"reason": reason}, page="/desk/deals")
        db.session.rollback()
        assert db.session.get_one(Deal, deal_id).status is status


def test_offers_are_verified_and_returned_at_the_desk(trade: Trade, log_in: LogIn) -> None:
    ids = [trade.offer.id, make_offer(trade.seller).id]
    client = log_in(trade.official)
    client.send(f"/desk/offers/{ids[0]}/verify", page="/desk/offers")
    client.send(f"/desk/offers/{ids[1]}/return", {"reason": "照片不清"}, page="/desk/offers")
    db.session.rollback()
    verified, returned = (db.session.get_one(Offer, id_) for id_ in ids)
    assert verified.verification is Verification.VERIFIED
    assert (returned.verification, returned.verification_reason) == ("returned", "照片不清")
    assert "/desk/offers/" not in client.get("/desk/offers").text


@pytest.mark.postgresql
def test_two_deals_alike_are_flagged_as_one_entered_twice(trade: Trade, log_in: LogIn) -> None:
    one, two = agree(trade, quantity=1000), agree(trade, quantity=1009)
    other = agree(trade, quantity=1020)
    found = flags(db.session(), [one, two, other])
    assert found[one.id].duplicates == [two.id]
    assert found[two.id].duplicates == [one.id]
    assert not found[other.id]
    official = log_in(trade.official)
    official.set_cookie("language", "en")
    assert "Maybe entered twice" in official.get("/desk/deals").text


@pytest.mark.postgresql
def test_one_deal_entered_by_two_stations_is_flagged(make_account: Maker) -> None:
    official = make_account("商务局", role="county_official")
    buyer = make_account("长沙鲜果", region="430111")
    deals = []
    for _ in range(2):
        station, farmer = make_account("站", role="assistant"), make_account("李婶")
        trade = Trade(farmer, buyer, official, make_offer(farmer))
        with transaction():
            farmer.password_hash = None
            farmer.represented_by_id = station.id
        trade.seller = station
        deals.append(agree(trade))
    assert flags(db.session(), deals)[deals[0].id].duplicates == [deals[1].id]


def test_two_people_of_one_name_are_not_one(make_account: Maker) -> None:
    official = make_account("商务局", role="county_official")
    buyer = make_account("长沙鲜果", region="430111")
    deals = []
    for _ in range(2):
        seller = make_account("王伟")
        deals.append(agree(Trade(seller, buyer, official, make_offer(seller))))
    assert not any(flags(db.session(), deals).values())


@pytest.mark.postgresql
def test_an_unusual_price_is_flagged_once_enough_prices_are_known(trade: Trade) -> None:
    for price in ("2.00", "2.10", "2.20", "2.30"):
        verify(trade, quantity=10, unit_price=price)
    dear = agree(trade, quantity=1, unit_price=11_000, unit="ton")
    assert flags(db.session(), [dear])[dear.id].usual is None
    verify(trade, quantity=10, unit_price="2.40")
    flag = flags(db.session(), [dear])[dear.id]
    assert (flag.outside, flag.usual) == (True, (Decimal(4000), Decimal(4800), 5))
    usual = agree(trade, quantity=1, unit_price=4400, unit="ton")
    assert not flags(db.session(), [usual])[usual.id].outside


def test_a_band_tells_the_nearest_rank_percentiles_per_base_unit(trade: Trade) -> None:
    for n in range(1, 21):
        verify(trade, quantity=1, unit_price=n)
    band = price_bands(db.session(), ["0302011"])["0302011", "mass"]
    assert (band.low, band.median, band.high, band.count) == (4, 20, 36, 20)


def test_an_explained_amount_shows_its_reason(trade: Trade, log_in: LogIn) -> None:
    agree(trade, amount_fen=20_000, amount_reason="含运费折让")
    assert "含运费折让" in log_in(trade.official).get("/desk/deals").text


@pytest.mark.parametrize("page", ["/desk/deals", "/desk/offers"])
def test_a_queue_takes_as_many_queries_for_many_rows_as_for_one(
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
    assert counts[0] == counts[1] <= 8
