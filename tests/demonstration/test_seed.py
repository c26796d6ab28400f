"""The demonstration market, on a real database."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account, Consent, Grant, Role
from market.accounts.passwords import password_matches
from market.database import db, transaction, utcnow
from market.deals.flag_rules import FlagCode
from market.deals.flags import deal_flags, offer_flags
from market.deals.ledger import head, verify_ledger
from market.deals.models import Channel, Deal, DealStatus
from market.deals.rules import Gap, amount_gap
from market.demonstration import (
    flagged_deals,
    past_prices,
    people,
    unregistered_deals,
    unusual_days,
)
from market.demonstration.deal_rows import RESERVING
from market.demonstration.flagged_deals import REVISION_REASON
from market.demonstration.log_ins import TRADERS_SHOWN, log_ins
from market.demonstration.pictures import stored_pictures
from market.demonstration.seed import is_seeded, seed_demonstration
from market.fairs.models import WITHDRAWN, Fair, FairListing, FairStatus
from market.fairs.queries import running_fair
from market.matching.models import MatchChange, MatchNotice
from market.monitoring.activity import activity_rows
from market.monitoring.prices import price_rows
from market.monitoring.queries import find_imbalances
from market.monitoring.rules import Direction, ImbalanceKind
from market.offers.models import Offer, OfferPhoto, OfferStatus, Side, Verification
from market.offers.photos import photo_path
from market.products.models import GeographicalIndication, Product
from market.regions.models import Region
from market.regions.queries import home_region, leaves
from market.search.queries import saved_searches_of
from market.web.forms import normalize_phone
from tests.conftest import make_app


@contextmanager
def market_in(folder: Path, reference: Path, now: datetime) -> Iterator[Flask]:
    shutil.copy(reference, folder / "market.sqlite3")
    app = make_app(folder)
    with app.app_context():
        with transaction():
            seed_demonstration(now)
        yield app
        db.session.remove()
        db.engine.dispose()


def count(*conditions: Any, of: Any = Offer) -> int:
    return db.session.scalar(select(func.count()).select_from(of).where(*conditions)) or 0


def digest() -> str:
    """One hash over accounts, offers and deals, without what is random on purpose."""
    lines = []
    for model in (Account, Offer, Deal):
        columns = [c for c in model.__table__.columns if c.name != "password_hash"]
        for row in db.session.execute(select(*columns).order_by(model.__table__.c.id)):
            lines.append(repr(tuple(row)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_every_reporting_leaf_has_offers(seeded: Flask) -> None:
    numbers = dict(
        db.session.execute(
            select(Offer.region_code, func.count()).group_by(Offer.region_code)
        ).all()
    )
    home = leaves(home_region().path)
    assert len(home) == 124
    assert min(numbers.get(leaf.code, 0) for leaf in home) >= 8
    assert sum(numbers.values()) >= 2_400


def test_seven_in_ten_offers_sell_and_a_third_is_verified(seeded: Flask) -> None:
    """Of those on the market: what came before them is there for the lines of prices."""
    live = Offer.status == OfferStatus.PUBLISHED
    total = count(live)
    assert 0.65 < count(live, Offer.side == Side.SELL) / total < 0.75
    assert 0.3 < count(live, Offer.verification == Verification.VERIFIED) / total < 0.4


def test_offers_and_deals_are_in_every_state(seeded: Flask) -> None:
    assert set(db.session.scalars(select(Offer.status).distinct())) == set(OfferStatus)
    assert set(db.session.scalars(select(Deal.status).distinct())) == set(DealStatus)
    assert set(db.session.scalars(select(Offer.verification).distinct())) == set(Verification)
    soon = utcnow() + timedelta(days=3)
    assert count(Offer.status == OfferStatus.PUBLISHED, Offer.valid_until < soon) >= 10


def test_what_is_published_is_valid_and_nothing_lies_in_the_future(
    seeded: Flask, moment: datetime
) -> None:
    assert not count(Offer.status == OfferStatus.PUBLISHED, Offer.valid_until <= moment)
    assert not count(Offer.status == OfferStatus.EXPIRED, Offer.valid_until > moment)
    assert not count(Offer.published_at > moment)
    assert not count(Offer.verified_at > moment)
    assert not count(Deal.updated_at > moment, of=Deal)


def test_the_fair_is_open_between_an_earlier_and_a_next_one(seeded: Flask) -> None:
    held = select(Fair).where(Fair.status.not_in(WITHDRAWN)).order_by(Fair.starts_on)
    earlier, current, following = db.session.scalars(held).all()
    assert (earlier.totals_only, current.status, following.status) == (
        True,
        FairStatus.OPEN,
        FairStatus.ANNOUNCED,
    )
    assert current.previous_id == earlier.id
    assert all("示范" in fair.name for fair in (earlier, current, following))
    assert count(FairListing.fair_id == current.id, of=FairListing) > 2_000


def test_deals_are_spread_over_counties_and_the_ledger_verifies(seeded: Flask) -> None:
    fair = select(func.count(Deal.home_region_code.distinct())).where(Deal.channel == Channel.FAIR)
    assert (db.session.scalar(fair) or 0) >= 60
    others = sum(
        part.DEALS for part in (flagged_deals, unregistered_deals, unusual_days, past_prices)
    )
    assert count(of=Deal) == 200 + others
    verified = count(Deal.status == DealStatus.VERIFIED, of=Deal)
    assert 100 <= verified - past_prices.DEALS - unusual_days.DEALS <= 120
    assert count(Deal.channel == Channel.DAILY, of=Deal) >= 3
    assert verify_ledger() == []


def test_one_deal_waits_for_the_prefecture_and_one_to_be_mended(seeded: Flask) -> None:
    second = db.session.scalars(select(Deal).where(Deal.county_verified_by_id.is_not(None))).one()
    assert second.status is DealStatus.AGREED
    assert second.amount_fen > seeded.config["SECOND_OFFICIAL_ABOVE_FEN"]
    assert photo_path("proofs", second.proofs[0].sha256).exists()
    returned = select(Deal).where(
        Deal.status == DealStatus.RETURNED, Deal.status_reason == REVISION_REASON
    )
    deal = db.session.scalars(returned).one()
    assert deal.seller.password_hash
    assert deal.home_region_code == second.home_region_code
    large = Deal.amount_fen > seeded.config["SECOND_OFFICIAL_ABOVE_FEN"]
    assert count(Deal.status == DealStatus.VERIFIED, large, of=Deal) == 0, "nobody alone"


def test_remaining_quantities_are_what_deals_left(seeded: Flask) -> None:
    reserved: dict[int, Any] = {}
    for deal in db.session.scalars(select(Deal)):
        assert deal.reserved == (deal.status in RESERVING)
        differs = amount_gap(deal.amount_fen, deal.quantity, deal.unit_price) is not Gap.NONE
        assert differs == bool(deal.amount_reason)
        for offer in (deal.seller_offer_id, deal.buyer_offer_id):
            reserved[offer] = reserved.get(offer, 0) + (deal.quantity if deal.reserved else 0)
    for offer in db.session.scalars(select(Offer)):
        assert offer.remaining == offer.quantity - reserved.get(offer.id, 0)
        assert offer.remaining or offer.status is OfferStatus.CLOSED


def test_a_fair_deal_was_agreed_while_the_fair_was_open_and_a_daily_one_was_not(
    seeded: Flask,
) -> None:
    fair = db.session.scalars(select(Fair).where(Fair.status == FairStatus.OPEN)).one()
    for deal in db.session.scalars(select(Deal).where(Deal.agreed_on.is_not(None))):
        inside = fair.starts_on <= deal.agreed_on <= fair.ends_on
        assert inside == (deal.channel is Channel.FAIR), deal.id


def test_what_a_county_verified_was_verified_by_one_of_its_own(seeded: Flask) -> None:
    query = (
        select(Offer.region_code, Grant.region_code)
        .join(Grant, Grant.account_id == Offer.verified_by_id)
        .where(Offer.verification == Verification.VERIFIED)
    )
    pairs = db.session.execute(query).all()
    assert pairs
    assert all(own == given for own, given in pairs)


def test_the_people_of_every_role_can_log_in(seeded: Flask) -> None:
    holders = dict(
        db.session.execute(
            select(Grant.role, func.count())
            .join(Account, Account.id == Grant.account_id)
            .where(Account.password_hash.is_not(None))
            .group_by(Grant.role)
        ).all()
    )
    assert holders == {
        Role.ADMINISTRATOR: 1,
        Role.PROVINCE_OFFICIAL: 1,
        Role.PREFECTURE_OFFICIAL: 2,
        Role.COUNTY_OFFICIAL: 4,
        Role.ASSISTANT: 2,
    }
    shown = log_ins()
    assert {row.role for row in shown} >= {str(role) for role in Role}
    account = db.session.scalar(select(Account).where(Account.phone == f"+86{shown[0].phone}"))
    assert account
    assert password_matches(account.password_hash, people.PASSWORD)
    assert count(Account.is_demonstration.is_(False), of=Account) == 0


def test_each_county_official_who_can_log_in_finds_deals_and_offers_to_verify(
    seeded: Flask,
) -> None:
    codes = db.session.scalars(
        select(Grant.region_code)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role == Role.COUNTY_OFFICIAL, Account.phone.is_not(None))
    ).all()
    for code in codes:
        assert count(Deal.home_region_code == code, Deal.status == DealStatus.AGREED, of=Deal)
        assert count(Offer.region_code == code, Offer.verification == Verification.UNVERIFIED)


def kinds_of_flags(code: str) -> set[FlagCode]:
    """The codes of the flags of everything in the county that waits."""
    deals = db.session.scalars(
        select(Deal).where(Deal.home_region_code == code, Deal.status == DealStatus.AGREED)
    ).all()
    offers = db.session.scalars(
        select(Offer).where(
            Offer.region_code == code,
            Offer.status == OfferStatus.PUBLISHED,
            Offer.verification == Verification.UNVERIFIED,
        )
    ).all()
    found = (deal_flags(deals), offer_flags(offers))
    return {flag.code for flags in found for some in flags.values() for flag in some}


def test_the_first_county_finds_every_kind_of_flag(seeded: Flask) -> None:
    with seeded.test_request_context():
        assert kinds_of_flags("430726") == set(FlagCode)


def test_there_are_three_hundred_traders_and_farmers_with_recorded_consent(seeded: Flask) -> None:
    traders = (Account.phone.is_not(None), ~Account.grants.any())
    # One of them has a second account.
    assert count(*traders, of=Account) == 301
    # And one of the six farmers was registered twice.
    assert count(Account.represented_by_id.is_not(None), of=Account) == 7
    assert count(of=Consent) == 7
    assert count(Offer.consent_id.is_not(None), Offer.posted_by_id != Offer.owner_id)


def test_phones_are_valid_in_form_and_in_an_exchange_nobody_has(seeded: Flask) -> None:
    for phone in db.session.scalars(select(Account.phone).where(Account.phone.is_not(None))):
        assert normalize_phone(phone) == phone
        assert phone[6:10] == "0000"


def test_protected_products_are_sold_in_their_counties(seeded: Flask) -> None:
    found = db.session.scalar(
        select(func.count(GeographicalIndication.name.distinct())).join(
            Offer,
            (Offer.region_code == GeographicalIndication.region_code)
            & (Offer.product_code == GeographicalIndication.product_code)
            & (Offer.side == Side.SELL),
        )
    )
    assert (found or 0) >= 10


def test_only_what_may_be_listed_is_offered_in_a_leaf(seeded: Flask) -> None:
    query = select(func.count()).select_from(Offer)
    assert not db.session.scalar(query.join(Product).where(~Product.listable))
    assert not db.session.scalar(query.join(Region).where(~Region.is_leaf))


def test_photos_are_in_the_store(seeded: Flask) -> None:
    hashes = set(db.session.scalars(select(OfferPhoto.sha256)))
    assert len(hashes) >= 8
    assert all(photo_path("offers", sha256).is_file() for sha256 in hashes)
    # Of the sales of what there are pictures of; all others carry a drawing.
    pictured = Offer.product_code.in_(stored_pictures()), Offer.side == Side.SELL
    with_photo = Offer.id.in_(select(OfferPhoto.offer_id))
    assert 0.7 < count(with_photo, *pictured) / count(*pictured) < 0.9
    assert not count(with_photo, Offer.side == Side.BUY)


@pytest.mark.endurance
def test_the_same_moment_gives_the_same_market(
    seeded: Flask, moment: datetime, tmp_path: Path, reference_database: Path
) -> None:
    first, end = digest(), head()
    with market_in(tmp_path, reference_database, moment):
        assert (digest(), head()) == (first, end)


@pytest.mark.endurance
@pytest.mark.parametrize(("month", "hour"), [(2, 4), (5, 0), (7, 16), (12, 15)])
def test_the_market_can_be_made_in_every_season_and_just_after_midnight(
    month: int, hour: int, tmp_path: Path, reference_database: Path, monkeypatch: Any
) -> None:
    moment = datetime(2027, month, 28, hour, 5, tzinfo=UTC)
    lower = ("database", "fairs.services", "offers.services", "deals.baselines")
    monitoring = (f"monitoring.{name}" for name in ("queries", "prices", "activity"))
    for module in (f"market.{name}" for name in (*lower, *monitoring)):
        monkeypatch.setattr(f"{module}.utcnow", lambda: moment)
    with market_in(tmp_path, reference_database, moment) as app:
        others = sum(
            part.DEALS for part in (flagged_deals, unregistered_deals, unusual_days, past_prices)
        )
        assert count(of=Deal) == 200 + others
        assert running_fair(moment)
        assert not count(Offer.published_at > moment)
        assert verify_ledger() == []
        assert_searches_find_something(app)
        with app.test_request_context():
            assert kinds_of_flags("430726") == set(FlagCode)
        assert_monitoring_has_something(app)


@pytest.mark.endurance
def test_the_command_shows_the_log_ins_each_time_and_seeds_once(app: Flask) -> None:
    runner = app.test_cli_runner()
    first = runner.invoke(args=["seed", "demo"])
    offers = count()
    second = runner.invoke(args=["seed", "demo"])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert is_seeded()
    assert count() == offers
    assert second.output in first.output
    assert people.PASSWORD in second.output
    new = select(func.count(MatchNotice.offer_id.distinct())).where(MatchNotice.seen_at.is_(None))
    assert (db.session.scalar(new) or 0) > 100
    assert db.session.scalar(select(func.count()).select_from(MatchChange)) == 0


def test_the_command_refuses_in_production(app: Flask) -> None:
    app.config["ENV_NAME"] = "production"
    result = app.test_cli_runner().invoke(args=["seed", "demo"])
    assert result.exit_code != 0
    assert not is_seeded()


def test_an_official_finds_a_glut_a_shortage_moving_prices_and_a_county_that_sleeps(
    seeded: Flask,
) -> None:
    assert_monitoring_has_something(seeded)


def assert_monitoring_has_something(app: Flask) -> None:
    """Those of the first prefecture do, and with it those above and in its counties."""
    first = db.session.scalars(
        select(Region.path)
        .join(Grant, Grant.region_code == Region.code)
        .where(Grant.role == Role.PREFECTURE_OFFICIAL)
        .order_by(Grant.account_id)
    ).first()
    assert first
    for path in (first, home_region().path):
        alerts = {
            k for (k, level), n in find_imbalances([path]).counts.items() if level == "alert" and n
        }
        assert alerts == set(ImbalanceKind)
        moved = price_rows([path])[0]
        assert {row.main.direction for row in moved if row.level == "alert"} >= set(Direction)
        longest = activity_rows([path])[0][0]
        assert longest.idle is not None
        assert longest.level == "alert"


def test_who_can_be_logged_in_as_keeps_a_search_that_finds_something(seeded: Flask) -> None:
    assert_searches_find_something(seeded)


def assert_searches_find_something(app: Flask) -> None:
    with app.test_request_context():
        for log_in in log_ins()[-TRADERS_SHOWN:]:
            owner = select(Account).where(Account.phone == f"+86{log_in.phone}")
            (search,) = saved_searches_of(db.session.scalars(owner).one())
            assert search.total
