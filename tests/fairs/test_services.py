from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs import rules, services
from market.fairs.models import Fair, FairListing, FairSeason, FairStatus, FairTheme
from market.offers.models import OfferStatus, Side, Verification
from market.offers.signals import offer_changed, offer_published
from market.regions.models import Region
from market.web.errors import Invalid, Refused
from tests.fairs.factories import INSIDE, ORANGE, TEA, fair_values, make_fair, new_offer, publish

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
Clock = Callable[[datetime], None]
MIDNIGHT = datetime(2026, 9, 14, 16, tzinfo=UTC)


def create(actor: Account, **values: Any) -> Fair:
    days = {"starts_on": date(2099, 9, 15), "ends_on": date(2099, 9, 30), "year": 2099}
    values = fair_values(**{**days, **values})
    with transaction():
        return services.create_fair(actor, values)


def announce(**values: Any) -> Fair:
    return make_fair(status=FairStatus.ANNOUNCED, **values)


def listings() -> list[FairListing]:
    db.session.expire_all()
    return list(db.session.scalars(select(FairListing).order_by(FairListing.offer_id)))


def tell(signal: Any, offer: Any, at: datetime = INSIDE, **values: Any) -> None:
    with transaction():
        db.session.add(offer)
        for name, value in values.items():
            setattr(offer, name, value)
        db.session.flush()
        signal.send(offer=offer, at=at)


def test_a_new_fair_is_announced(province: Account) -> None:
    assert create(province).status is FairStatus.ANNOUNCED


def test_a_fair_announced_on_its_first_day_opens_at_once(province: Account, clock: Clock) -> None:
    clock(datetime(2026, 9, 15, 3, tzinfo=UTC))
    with transaction():
        fair = services.create_fair(province, fair_values())
    assert fair.status is FairStatus.OPEN


@pytest.mark.parametrize(
    "now", [datetime(2026, 9, 15, 16, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
)
def test_a_fair_of_days_that_are_over_is_not_announced(
    province: Account, clock: Clock, now: datetime
) -> None:
    clock(now)
    with pytest.raises(Invalid) as refused, transaction():
        services.create_fair(province, fair_values())
    assert refused.value.field == "starts_on"
    assert not db.session.scalars(select(Fair)).all()


def test_an_announced_fair_is_not_moved_into_the_past(province: Account, clock: Clock) -> None:
    clock(datetime(2026, 9, 10, tzinfo=UTC))
    fair = announce()
    with pytest.raises(Invalid) as refused, transaction():
        services.edit_fair(province, fair, fair_values(starts_on=date(2026, 9, 9)))
    assert refused.value.field == "starts_on"


@pytest.mark.parametrize(
    ("year", "season", "days", "fits"),
    [
        (2026, FairSeason.AUTUMN, ("2026-09-15", "2026-09-30"), True),
        (2020, FairSeason.AUTUMN, ("2028-09-15", "2028-09-30"), False),
        (2027, FairSeason.AUTUMN, ("2026-09-15", "2026-09-30"), False),
        (2026, FairSeason.WINTER, ("2026-12-01", "2027-01-31"), True),
        (2027, FairSeason.WINTER, ("2026-12-01", "2027-01-31"), True),
        (2026, FairSeason.WINTER, ("2027-01-05", "2027-01-31"), True),
        (2026, FairSeason.SPRING, ("2027-03-05", "2027-03-31"), False),
    ],
)
def test_a_fair_is_of_a_year_it_is_held_in(
    province: Account, year: int, season: FairSeason, days: tuple[str, str], fits: bool
) -> None:
    first, last = map(date.fromisoformat, days)
    assert rules.fits_year(year, season, first, last) is fits
    if fits:
        return
    values = fair_values(year=year, season=season, starts_on=first, ends_on=last)
    for act in (services.create_fair, services.enter_totals):
        with pytest.raises(Invalid) as refused, transaction():
            act(province, {**values, "total_deals": 1, "note": "公报"})
        assert refused.value.field == "year"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": date(2026, 9, 14)}, "ends_on"),
        ({"ends_on": date(2028, 9, 14)}, "ends_on"),
        ({"previous_id": 999}, "previous_id"),
    ],
)
def test_a_fair_that_cannot_be_is_refused_at_its_field(
    province: Account, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        services.create_fair(province, fair_values(**wrong))
    assert refused.value.field == field


def test_two_fairs_cannot_have_one_address(province: Account) -> None:
    create(province)
    with pytest.raises(Invalid) as refused:
        create(province)
    assert refused.value.field == "slug"


def test_a_later_fair_or_another_season_is_no_baseline(province: Account) -> None:
    later = make_fair(slug="later", starts_on=date(2100, 1, 1), ends_on=date(2100, 2, 1))
    spring = make_fair(slug="spring", season=FairSeason.SPRING, year=2025)
    for field, baseline in (("previous_id", later), ("same_season_id", spring)):
        with pytest.raises(Invalid) as refused:
            create(province, **{field: baseline.id})
        assert refused.value.field == field


def test_only_a_province_official_of_the_region_arranges_its_fairs(make_account: Make) -> None:
    county = make_account(role="county_official", scope="430726")
    elsewhere = make_account(role="province_official", scope="440000")
    for actor in (county, elsewhere):
        with pytest.raises(Refused):
            create(actor)


def test_fairs_open_and_close_at_local_midnight(app: Flask) -> None:
    fair = announce()
    seen = []
    for at in (
        datetime(2026, 9, 14, 15, 59, tzinfo=UTC),
        MIDNIGHT,
        datetime(2026, 9, 30, 15, 59, tzinfo=UTC),
        datetime(2026, 9, 30, 16, tzinfo=UTC),
    ):
        with transaction():
            turned = services.update_states(at)
        seen.append((turned, fair.status.value))
    assert seen == [(0, "announced"), (1, "open"), (0, "open"), (1, "closed")]


def test_a_worker_that_slept_through_a_fair_opens_and_closes_it_with_its_listings(
    make_account: Make,
) -> None:
    fair = announce()
    publish(make_account())
    with transaction():
        services.update_states(datetime(2026, 11, 1, tzinfo=UTC))
    assert fair.status is FairStatus.CLOSED
    assert len(listings()) == 1


def test_opening_lists_what_was_published_that_day_already(make_account: Make) -> None:
    announce()
    farmer = make_account()
    publish(farmer, at=datetime(2026, 9, 14, 15, 59, 59, tzinfo=UTC))
    first = publish(farmer, at=MIDNIGHT)
    publish(farmer, at=MIDNIGHT, status=OfferStatus.REJECTED)
    publish(make_account(region="440106"), at=MIDNIGHT)
    with transaction():
        services.update_states(MIDNIGHT)
    assert [(row.offer_id, row.listed_at) for row in listings()] == [(first.id, MIDNIGHT)]


def test_enrolling_keeps_to_the_theme_and_is_safe_to_repeat(make_account: Make) -> None:
    fair = make_fair()
    farmer = make_account()
    orange = publish(farmer)
    publish(farmer, product_code=TEA)
    with transaction():
        db.session.add(FairTheme(fair_id=fair.id, product_prefix=ORANGE[:4]))
    for expected in (1, 0):
        with transaction():
            assert services.enrol_from_publications(fair) == expected
    assert [row.offer_id for row in listings()] == [orange.id]


def test_publishing_lists_an_offer_in_every_open_fair_that_takes_it(make_account: Make) -> None:
    province = make_fair()
    city = make_fair(slug="city", region=db.session.get_one(Region, "430700"))
    make_fair(slug="other-city", region=db.session.get_one(Region, "430100"))
    make_fair(slug="closed", status=FairStatus.CLOSED)
    make_fair(slug="over", ends_on=date(2026, 9, 15))
    tea = make_fair(slug="tea")
    with transaction():
        db.session.add(FairTheme(fair_id=tea.id, product_prefix=TEA))
    tell(offer_published, new_offer(make_account(region="430726")))
    assert {row.fair_id for row in listings()} == {province.id, city.id}


def test_renewing_keeps_the_first_listing(make_account: Make) -> None:
    make_fair()
    offer = new_offer(make_account())
    tell(offer_published, offer)
    tell(offer_published, offer, datetime(2026, 9, 20, tzinfo=UTC))
    assert [row.listed_at for row in listings()] == [INSIDE]


def test_a_listing_follows_its_offer_while_the_fair_is_open(make_account: Make) -> None:
    make_fair()
    offer = new_offer(make_account(region="430726"))
    tell(offer_published, offer)
    values = {"side": Side.BUY, "region_code": "430702", "product_code": TEA}
    tell(offer_changed, offer, verification=Verification.VERIFIED, **values)
    (row,) = listings()
    assert (row.side, row.region_code, row.product_code) == (Side.BUY, "430702", TEA)
    assert row.verified
    assert row.counts


@pytest.mark.parametrize("change", [{"status": OfferStatus.REJECTED}, {"region_code": "440106"}])
def test_a_listing_stops_counting_and_counts_again(
    make_account: Make, change: dict[str, Any]
) -> None:
    make_fair()
    offer = new_offer(make_account())
    before = {name: getattr(offer, name) for name in change}
    tell(offer_published, offer)
    for values, counts in ((change, False), (before, True)):
        tell(offer_changed, offer, **values)
        assert [row.counts for row in listings()] == [counts]


def test_a_closed_fair_keeps_its_listing_through_the_owners_edits(make_account: Make) -> None:
    fair = make_fair()
    offer = new_offer(make_account(region="430726"), verification=Verification.VERIFIED)
    tell(offer_published, offer)
    with transaction():
        fair.status = FairStatus.CLOSED
    tell(offer_changed, offer, region_code="430702", verification=Verification.UNVERIFIED)
    (row,) = listings()
    assert (row.region_code, row.verified) == ("430726", True)


@pytest.mark.parametrize(
    "change", [{"starts_on": date(2026, 9, 1)}, {"ends_on": date(2027, 1, 31)}]
)
def test_an_edit_moves_no_day_of_an_open_fair(province: Account, change: dict[str, Any]) -> None:
    fair = make_fair()
    with pytest.raises(Invalid) as refused, transaction():
        services.edit_fair(province, fair, fair_values(**change))
    assert [refused.value.field] == list(change)


def test_earlier_fairs_are_entered_by_totals_with_their_source(province: Account) -> None:
    days = {"starts_on": date(2011, 1, 1), "ends_on": date(2011, 12, 31)}
    values = fair_values(slug="2011-both", year=2011, name="2011年两届对接会合计", **days)
    for wrong in ({"note": "公报"}, {"total_listings": 90_778}):
        with pytest.raises(Invalid), transaction():
            services.enter_totals(province, {**values, **wrong})
    with transaction():
        fair = services.enter_totals(province, {**values, "total_listings": 90_778, "note": "公报"})
    assert fair.totals_only
    assert fair.total_fen is None
    assert fair.derived == ""
    derived = {"derived": ["total_listings", "total_deals"], "total_listings": 1, "note": "推算"}
    with transaction():
        fair = services.enter_totals(province, {**values, "slug": "2011-winter", **derived})
    assert fair.derived == "total_listings"
