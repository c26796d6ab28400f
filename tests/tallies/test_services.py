from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import Channel
from market.fairs.models import Fair, FairStatus
from market.fairs.services import enrol_from_publications, update_states
from market.offers.models import OfferStatus, Side, Verification
from market.offers.signals import offer_changed
from market.regions.models import Region
from market.tallies import queries, services
from market.tallies.models import FairTally
from market.tallies.trees import fair_tree
from market.worker import recount_open_fairs
from tests.fairs.factories import INSIDE, count_deal, make_fair, publish

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, TAOYUAN, QUYUAN, CHANGDE = "430726", "430725", "430671", "4307"


def enrol(fair: Fair) -> None:
    with transaction():
        enrol_from_publications(fair)


def recount(fair: Fair) -> dict[str, FairTally]:
    with transaction():
        services.recount(fair.id)
    rows = db.session.scalars(select(FairTally).where(FairTally.fair_id == fair.id))
    return {row.region_code: row for row in rows}


def counted(fair: Fair) -> dict[str, dict[str, Any]]:
    count = services.count_fair(fair, fair_tree(fair), 10**9)
    return {code: figures for (code,), figures in count.tallies.items()}


def test_every_reporting_leaf_has_a_row_zones_included(app: Flask) -> None:
    rows = counted(make_fair())
    assert len(rows) == 124
    assert {"430671", "430971"} <= rows.keys()
    assert all(row["amount_fen"] == row["sell_listings"] == 0 for row in rows.values())


def test_listings_are_counted_for_each_side_without_the_rejected(make_account: Make) -> None:
    fair, farmer = make_fair(), make_account(region=QUYUAN)
    publish(farmer)
    publish(farmer)
    publish(farmer, side=Side.BUY)
    rejected = publish(farmer)
    enrol(fair)
    with transaction():
        rejected.status = OfferStatus.REJECTED
        offer_changed.send(offer=rejected, at=INSIDE)
    row = counted(fair)[QUYUAN]
    assert (row["sell_listings"], row["buy_listings"]) == (2, 1)


def test_a_merchant_counts_once_where_their_first_verified_listing_is(make_account: Make) -> None:
    fair, trader = make_fair(), make_account()
    verified = {"verification": Verification.VERIFIED}
    publish(trader, at=INSIDE, region_code="430102")
    publish(trader, at=INSIDE + timedelta(hours=2), region_code=SHIMEN, **verified)
    publish(trader, at=INSIDE + timedelta(hours=1), region_code=TAOYUAN, **verified)
    publish(make_account(), region_code=SHIMEN)
    enrol(fair)
    merchants = {code: row["merchants"] for code, row in counted(fair).items() if row["merchants"]}
    assert merchants == {TAOYUAN: 1}


def test_deals_count_at_home_and_sold_and_bought_beside_them(make_account: Make) -> None:
    fair = make_fair()
    here, there = make_account(region=SHIMEN), make_account(region=TAOYUAN)
    abroad = make_account(region="440106")
    count_deal(fair, here, there, 100)
    count_deal(fair, abroad, there, 1_000, home_region_code=TAOYUAN)
    rows = counted(fair)
    names = ("deals", "amount_fen", "sold_fen", "bought_fen")
    assert [rows[SHIMEN][name] for name in names] == [1, 100, 100, 0]
    assert [rows[TAOYUAN][name] for name in names] == [1, 1_000, 0, 1_100]
    assert "440106" not in rows


def test_a_deal_taken_back_leaves_nothing(make_account: Make) -> None:
    fair, seller, buyer = make_fair(), make_account(), make_account()
    deal = count_deal(fair, seller, buyer)
    with transaction():
        ledger.append_entry(deal, buyer)
    assert sum(row["deals"] + row["amount_fen"] for row in counted(fair).values()) == 0


def test_a_region_that_no_longer_reports_keeps_what_it_had(make_account: Make) -> None:
    fair = make_fair()
    count_deal(fair, make_account(region=QUYUAN), make_account(), 700)
    with transaction():
        db.session.get_one(Region, QUYUAN).is_leaf = False
    rows = recount(fair)
    assert rows[QUYUAN].amount_fen == 700
    assert queries.totals(fair).amount_fen == 700
    assert queries.Totals.of(queries.county_rows(fair)).amount_fen == 700


def test_recounting_touches_only_what_moved(make_account: Make) -> None:
    fair, seller, buyer = make_fair(), make_account(region=SHIMEN), make_account()
    recount(fair)
    count_deal(fair, seller, buyer, 500)
    assert recount(fair)[SHIMEN].amount_fen == 500
    with transaction():
        db.session.execute(insert(FairTally).values(fair_id=fair.id, region_code="440106", deals=9))
    assert "440106" not in recount(fair)


def updated() -> bool:
    """Whether there was any count to bring up to date."""
    with transaction():
        return services.update_counts()


def test_counts_are_updated_only_when_the_ledger_has_more(make_account: Make) -> None:
    fair, seller, buyer = make_fair(), make_account(), make_account()
    assert updated()
    assert not updated()
    count_deal(fair, seller, buyer)
    assert updated()
    assert not updated()
    with transaction():
        fair.status = FairStatus.CLOSED
    assert not updated()
    count_deal(fair, seller, buyer)
    assert updated()


def test_the_worker_recounts_the_listings_of_open_fairs_alone(make_account: Make) -> None:
    fair, seller = make_fair(), make_account(region=SHIMEN)

    def listed() -> int:
        publish(seller)
        enrol(fair)
        assert not updated()
        assert recount_open_fairs()
        db.session.expire_all()
        return db.session.get_one(FairTally, (fair.id, SHIMEN)).sell_listings

    assert recount_open_fairs()
    assert [listed(), listed()] == [1, 2]
    with transaction():
        fair.status = FairStatus.CLOSED
    assert listed() == 2


def test_a_daily_deal_moves_no_fair(make_account: Make) -> None:
    fair = make_fair()
    updated()
    count_deal(fair, make_account(), make_account(), channel=Channel.DAILY, fair_id=None)
    assert not updated()


def test_a_county_that_rejects_late_has_the_closed_fair_recounted(make_account: Make) -> None:
    fair = make_fair()
    offer = publish(make_account(region=SHIMEN))
    enrol(fair)
    with transaction():
        fair.status = FairStatus.CLOSED
    updated()
    with transaction():
        offer.status = OfferStatus.REJECTED
        offer_changed.send(offer=offer, at=INSIDE)
    assert updated()
    assert recount(fair)[SHIMEN].sell_listings == 0


def test_a_stored_total_that_was_tampered_with_is_found(make_account: Make) -> None:
    fair = make_fair()
    count_deal(fair, make_account(region=SHIMEN), make_account(), 500)
    recount(fair)
    assert ledger.verify_ledger() == []
    with transaction():
        db.session.execute(
            text("UPDATE fair_tallies SET amount_fen = amount_fen + 1 WHERE region_code = '430726'")
        )
    (problem,) = ledger.verify_ledger()
    assert SHIMEN in str(problem)
    assert "501" in str(problem)


def test_a_count_that_only_waits_for_its_turn_is_no_problem(make_account: Make) -> None:
    fair, seller, buyer = make_fair(), make_account(), make_account()
    recount(fair)
    count_deal(fair, seller, buyer)
    assert list(services.check_counts()) == []


def test_entries_after_a_count_are_added_to_it_without_counting_the_listings(
    make_account: Make,
) -> None:
    fair, seller, buyer = make_fair(), make_account(region=SHIMEN), make_account()
    publish(seller)
    enrol(fair)
    recount(fair)
    publish(seller)
    enrol(fair)
    deal = count_deal(fair, seller, buyer, 500, quantity=Decimal("0.001"))
    count_deal(fair, seller, buyer, 70, unit="head", agreed_on=date(2026, 9, 17))
    assert updated()
    row = db.session.get_one(FairTally, (fair.id, SHIMEN))
    assert (row.sell_listings, row.deals, row.amount_fen) == (1, 2, 570)
    assert row.mass_kg == Decimal("0.0005")
    with transaction():
        ledger.append_entry(deal, buyer)
    assert updated()
    db.session.expire_all()
    assert (row.deals, row.amount_fen, row.mass_kg) == (1, 70, 0)
    assert list(services.check_counts()) == []


def test_what_was_listed_in_the_last_seconds_is_counted_after_the_close(
    make_account: Make,
) -> None:
    fair = make_fair()
    updated()
    publish(make_account(region=SHIMEN))
    enrol(fair)
    with transaction():
        update_states(datetime(2026, 10, 1, tzinfo=UTC))
    assert fair.status is FairStatus.CLOSED
    assert updated()
    assert db.session.get_one(FairTally, (fair.id, SHIMEN)).sell_listings == 1
    assert ledger.verify_ledger() == []


def test_a_prepared_count_is_saved_unless_the_fair_was_counted_meanwhile(
    make_account: Make,
) -> None:
    fair, seller = make_fair(), make_account(region=SHIMEN)
    assert services.prepare_count(fair.id) is None  # its regions are not frozen yet
    recount(fair)
    publish(seller)
    enrol(fair)
    pending = services.prepare_count(fair.id)
    with transaction():
        assert pending
        assert services.save_count(pending)
    assert recount(fair)[SHIMEN].sell_listings == 1
    late = services.prepare_count(fair.id)
    count_deal(fair, seller, make_account(), 500)
    assert updated()
    with transaction():
        assert late
        assert not services.save_count(late)
    assert recount(fair)[SHIMEN].amount_fen == 500
