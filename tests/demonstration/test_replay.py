"""The replay of a whole fair, a hundredth of its size, on a real database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.ledger import head, verify_ledger
from market.deals.models import Deal
from market.deals.rules import Gap, amount_gap
from market.demonstration import replay as replaying
from market.demonstration.replay import check, replay
from market.demonstration.replay_plan import Mismatch, PlannedDeal, ReplayTotals, spread_remainder
from market.fairs.models import Fair, FairListing, FairStatus
from market.offers.models import Offer, OfferStatus
from market.regions.queries import home_region, leaves
from market.tallies.models import FairTally
from market.text.days import local_day
from market.web.home_time import home_zone
from tests.conftest import make_app

SMALL = ReplayTotals(listings=1_349, merchants=209, amount_fen=999_330_000, deals=60)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory, reference_database: Path) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("replayed")
    shutil.copy(reference_database, folder / "market.sqlite3")
    app = make_app(folder)
    with app.app_context():
        with transaction():
            replay(SMALL)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def summer(replayed: Flask) -> Fair:
    return db.session.scalars(select(Fair).where(Fair.is_replay)).one()


def test_the_count_arrives_at_the_totals_exactly(summer: Fair) -> None:
    table = FairTally.__table__.c
    sums = select(
        func.sum(table.sell_listings + table.buy_listings),
        func.sum(table.merchants),
        func.sum(table.amount_fen),
        func.sum(table.deals),
    ).where(table.fair_id == summer.id)
    assert tuple(db.session.execute(sums).one()) == (1_349, 209, 999_330_000, 60)


def test_every_reporting_leaf_takes_part(summer: Fair) -> None:
    listed = set(db.session.scalars(select(FairListing.region_code).distinct()))
    assert listed == {leaf.code for leaf in leaves(home_region().path)}


def test_the_ledger_and_the_kept_totals_verify(replayed: Flask) -> None:
    assert verify_ledger() == []


def test_no_amount_is_far_from_quantity_times_price_and_nobody_deals_with_themselves(
    replayed: Flask,
) -> None:
    for deal in db.session.scalars(select(Deal)):
        assert amount_gap(deal.amount_fen, deal.quantity, deal.unit_price) is Gap.NONE
        assert deal.seller_id != deal.buyer_id


def test_the_offers_of_2012_are_over(replayed: Flask) -> None:
    states = set(db.session.scalars(select(Offer.status).distinct()))
    assert states == {OfferStatus.EXPIRED, OfferStatus.CLOSED}
    assert not db.session.scalar(select(func.count()).where(Offer.valid_until > utcnow()))


def test_the_fair_says_what_is_real_and_is_compared_with_the_winter_before(summer: Fair) -> None:
    assert "虚构" in summer.note
    assert "assumed" in summer.note
    assert summer.status is FairStatus.CLOSED
    assert summer.previous
    assert (summer.previous.total_listings, summer.previous.total_fen) == (74_917, None)
    both = db.session.scalars(select(Fair).where(Fair.slug == "fairs-2011")).one()
    assert (both.total_listings, both.total_fen, both.totals_only) == (
        90_778,
        175_646_000_000,
        True,
    )


def test_everybody_in_it_is_marked_as_demonstration(replayed: Flask) -> None:
    assert not db.session.scalar(select(func.count()).where(~Account.is_demonstration))


@pytest.mark.parametrize("field", ["listings", "merchants", "amount_fen", "deals"])
def test_a_count_that_misses_a_total_by_one_is_refused(summer: Fair, field: str) -> None:
    wrong = ReplayTotals(**{**vars(SMALL), field: getattr(SMALL, field) + 1})
    codes = [leaf.code for leaf in leaves(home_region().path)]
    check(summer, SMALL, codes)
    with pytest.raises(Mismatch, match="not"):
        check(summer, wrong, codes)


def test_the_same_fair_is_replayed_each_time(replayed: Flask, app: Flask) -> None:
    with replayed.app_context():
        first = head()
    with transaction():
        replay(SMALL)
    assert first.id == SMALL.deals
    assert head() == first


def test_as_if_today_the_fair_is_open_and_its_offers_are_valid(app: Flask) -> None:
    now = utcnow()
    today = local_day(now, home_zone())
    with transaction():
        fair = replay(SMALL, as_if_today=today)
    assert (fair.status, fair.ends_on) == (FairStatus.OPEN, today)
    live = (Offer.status == OfferStatus.PUBLISHED, Offer.valid_until > now)
    assert (db.session.scalar(select(func.count()).where(*live)) or 0) > 1_200
    assert not db.session.scalar(select(func.count()).where(Offer.published_at > now))
    assert not db.session.scalar(select(func.count()).where(Deal.updated_at > now))
    assert verify_ledger() == []


def test_too_few_deals_to_settle_the_total_are_refused() -> None:
    county: Any = type("County", (), {})
    plan = PlannedDeal(county, county, county, Decimal(1), Decimal(1), 100)
    with pytest.raises(Mismatch, match="left over"):
        spread_remainder([plan], 200)


def test_the_command_fills_a_database_of_its_own_and_never_a_used_one(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "SUMMER_2012", SMALL)
    runner = app.test_cli_runner()
    run = ["fair", "replay"]
    first = runner.invoke(args=run)
    assert first.exit_code == 0, first.output
    assert "equal to the totals" in first.output
    assert (tmp_path / "replay" / "market.sqlite3").exists()
    assert db.session.scalar(select(func.count()).select_from(Offer)) == 0
    again = runner.invoke(args=run)
    assert again.exit_code != 0
    assert "--again" in again.output
    assert runner.invoke(args=[*run, "--again"]).exit_code == 0


def test_again_never_throws_away_a_market(app: Flask, tmp_path: Path, make_account: Any) -> None:
    make_account()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    result = app.test_cli_runner().invoke(args=["fair", "replay", "--again", "--database", url])
    assert result.exit_code != 0
    assert "a market" in result.output
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1
