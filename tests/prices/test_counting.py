"""The prices of a day, counted from a real market."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

import pytest

from market.accounts.models import Account, TraderType
from market.accounts.services import erase_account
from market.cache import versions
from market.database import db, transaction
from market.deals.flag_rules import Quartiles
from market.offers.models import OfferPublication, OfferStatus, PriceBasis, Side
from market.prices.jobs import count_prices
from market.prices.models import PriceDay, RegionalPrice
from market.prices.position import PricePosition, local_comparison, offer_comparison
from market.prices.queries import home_place, price_board, price_line
from market.prices.services import counted_days, save_day
from market.regions.queries import region_lexicon
from market.web.home_time import home_today
from tests.fairs.factories import ORANGE, TEA, make_fair
from tests.prices.factories import Make, agree, ask, ask_all, days_ago

pytestmark = pytest.mark.postgresql
SHIMEN, LINLI, CHANGSHA = "430726", "430724", "430111"
GOOD = ORANGE, "mass"


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "VERSION_CHECK_SECONDS", 0.0)


def count() -> int:
    return count_prices(math.inf)


def asked(code: str = "430000", good: tuple[str, str] = GOOD) -> Quartiles | None:
    return price_board().price(good, region_lexicon().places[code]).asked


def of(low: str, median: str, high: str, number: int) -> Quartiles:
    return Quartiles(Decimal(low), Decimal(median), Decimal(high), number)


def farmer_of(station: Account) -> Account:
    """A farmer without a log-in."""
    farmer = Account(
        name="田大伯",
        trader_type=TraderType.FARMER,
        region_code=SHIMEN,
        represented_by_id=station.id,
    )
    with transaction():
        db.session.add(farmer)
    return farmer


def test_five_traders_make_a_price_of_county_prefecture_and_province(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30")
    count()
    assert asked() is None
    ask(make_account(region=SHIMEN), "2.80", price_unit="kg")
    count()
    for code in (SHIMEN, "430700", "430000"):
        assert asked(code) == of("2.20", "2.40", "2.60", 5), "per kg, whatever it was asked in"


def test_a_county_with_few_falls_back_to_what_is_around_it(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20", SHIMEN)
    ask_all(make_account, "1.30 1.40", LINLI)
    ask_all(make_account, "3.00 3.10 3.20 3.30 3.40 3.50", CHANGSHA)
    count()
    assert asked(SHIMEN) is None
    found = local_comparison(ORANGE, SHIMEN, "jin", Decimal("2.90"))
    assert found is not None
    assert found.is_wider
    assert (found.near.place.code, found.position) == ("430700", PricePosition.HIGH)
    elsewhere = local_comparison(ORANGE, "430802", "jin")
    assert elsewhere is not None
    assert elsewhere.near.place == home_place()
    assert local_comparison(TEA, SHIMEN, "jin") is None


def test_one_trader_counts_once_with_the_last_price(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30")
    loud = make_account(region=SHIMEN)
    for since, price in ((9, "1.60"), (4, "1.55"), (2, "1.40")):
        ask(loud, price, since)
    count()
    assert asked() == of("2.20", "2.40", "2.60", 5)


def test_a_station_counts_once_however_many_farmers_it_posts_for(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30")
    station = make_account(region=SHIMEN, role="assistant")
    for n in range(12):
        farmer = farmer_of(station)
        ask(farmer, f"1.{50 + n}", posted_by_id=station.id)
    count()
    for code in (SHIMEN, "430700", "430000"):
        assert asked(code) == of("2.20", "2.40", "2.60", 5), "the lower middle of twelve is 1.55"


def test_what_one_station_asks_makes_no_outliers_of_the_others(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40")
    station = make_account(region=SHIMEN, role="assistant")
    for _ in range(30):
        farmer = farmer_of(station)
        ask(farmer, "9.00", posted_by_id=station.id)
    count()
    assert asked() == of("2.20", "2.40", "2.60", 5)


def test_deals_of_a_stations_farmers_count_once(make_account: Make) -> None:
    fair, buyer = make_fair(), make_account(region=CHANGSHA)
    station = make_account(region=SHIMEN, role="assistant")
    for _ in range(6):
        farmer = farmer_of(station)
        agree(fair, farmer, buyer, "1.40")
    for price in ("1.00", "1.10", "1.20", "1.30"):
        agree(fair, make_account(region=SHIMEN), buyer, price)
    count()
    found = price_board().price(GOOD, region_lexicon().places[SHIMEN]).agreed
    assert found == of("2.20", "2.40", "2.60", 5)


def test_what_is_no_price_at_the_farm_today_is_left_out(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30")
    owner = make_account(region=SHIMEN)
    ask(owner, "1.40", side=Side.BUY)
    ask(owner, "1.40", status=OfferStatus.REJECTED)
    ask(owner, "1.40", status=OfferStatus.DRAFT)
    ask(owner, "1.40", price_basis=PriceBasis.DELIVERED)
    ask(owner, "1.40", since=20, days=10, status=OfferStatus.EXPIRED)
    ask(make_account(region="110101"), "1.40")
    ask(owner, "90", price_unit="head", unit="head")
    count()
    assert asked() is None
    assert asked(good=(ORANGE, "head")) is None


def test_a_price_far_from_all_others_counts_nowhere(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40 120")
    count()
    assert asked() == of("2.20", "2.40", "2.60", 5)
    assert asked(SHIMEN) == asked()


def test_a_verified_deal_counts_for_a_week(make_account: Make) -> None:
    fair, buyer = make_fair(), make_account(region=CHANGSHA)
    for n, days in enumerate((0, 2, 4, 5, 6)):
        agree(fair, make_account(region=SHIMEN), buyer, f"1.{n}0", days)
    agree(fair, make_account(region=SHIMEN), buyer, "1.00", days=7)
    count()
    found = price_board().price(GOOD, region_lexicon().places[SHIMEN])
    assert (found.agreed, found.asked) == (of("2.20", "2.40", "2.60", 5), None)
    (day_before,) = db.session.scalars(
        db.select(RegionalPrice.count).where(
            RegionalPrice.day == home_today() - timedelta(days=2),
            RegionalPrice.region_code == "430000",
        )
    )
    assert day_before == 5, "those of four, five, six and seven days ago, and of two"


def test_past_days_are_counted_from_when_offers_stood(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", since=40, days=40)
    ask_all(make_account, "2.00 2.10 2.20 2.30 2.40", since=5, days=30)
    assert count() == 41
    assert count() == 1, "the past is counted once"
    line = price_line(GOOD, home_place(), home_today())
    medians = [q and q.median for q in line.asked]
    assert medians == [None] * 7 + [Decimal("2.4")] * 5 + [Decimal("4.4")]
    board = price_board()
    assert board.price(GOOD, home_place()).change == Decimal("4.4") / Decimal("2.4") - 1
    assert board.lines[GOOD] == medians


def test_an_offer_renewed_stood_before_it_was_renewed(make_account: Make) -> None:
    for price in ("1.00", "1.10", "1.20", "1.30", "1.40"):
        offer = ask(make_account(region=SHIMEN), price, since=1)
        with transaction():
            db.session.add(OfferPublication(offer_id=offer.id, at=days_ago(20)))
    count()
    days = db.session.scalars(
        db.select(RegionalPrice.day).where(RegionalPrice.region_code == "430000")
    ).all()
    assert min(days) == home_today() - timedelta(days=20)
    assert len(days) == 21


def counted_of(region: str) -> set[int]:
    """How many days ago those days were of which the region has prices."""
    days = db.session.scalars(
        db.select(RegionalPrice.day).where(RegionalPrice.region_code == region)
    )
    return {(home_today() - day).days for day in days}


def test_counties_are_counted_for_a_week_back_to_be_compared_with(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", since=20, days=10)
    ask_all(make_account, "2.00 2.10 2.20 2.30 2.40", since=8)
    count()
    assert counted_of(SHIMEN) == set(range(8))
    assert counted_of("430000") > {20, 12}
    assert price_board().price(GOOD, region_lexicon().places[SHIMEN]).change == 0


def test_what_is_too_old_is_deleted_of_counties_sooner(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", since=3)
    count()
    # Two days pass, and six more.
    for days, counties in ((2, {0, 2, 3, 4, 5}), (6, {0, 6})):
        with transaction():
            for model in (RegionalPrice, PriceDay):
                for day in sorted(db.session.scalars(db.select(model.day).distinct())):
                    earlier = day - timedelta(days=days)
                    db.session.execute(db.update(model).where(model.day == day).values(day=earlier))
        for day, counted in counted_days(0):
            with transaction():
                save_day(day, counted)
        assert counted_of(SHIMEN) == counties
    assert counted_of("430000") == {0, 6, 8, 9, 10, 11}


def test_counting_again_changes_nothing_and_says_so(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40")
    count()
    changed = db.session.get_one(PriceDay, home_today()).changed_at
    count()
    assert db.session.get_one(PriceDay, home_today()).changed_at == changed
    ask(make_account(region=SHIMEN), "1.50")
    count()
    assert db.session.get_one(PriceDay, home_today()).changed_at > changed
    assert asked() == of("2.20", "2.40", "2.80", 6)


def test_an_offer_knows_where_its_price_stands(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40")
    count()
    positions = {
        price: offer_comparison(ask(make_account(region=SHIMEN), price))
        for price in ("1.05", "1.20", "1.35")
    }
    assert [found and found.position for found in positions.values()] == [
        PricePosition.LOW,
        PricePosition.MIDDLE,
        PricePosition.HIGH,
    ]
    with_freight = ask(make_account(), "1.35", price_basis=PriceBasis.DELIVERED)
    found = offer_comparison(with_freight)
    assert found is not None
    assert found.position is None


def test_the_price_of_who_erases_their_account_is_no_longer_asked(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30")
    person = make_account(region=SHIMEN)
    ask(person, "1.40")
    count()
    assert asked() is not None
    with transaction():
        erase_account(person)
    count()
    assert asked() is None
