"""The demonstration market: an open fair with offers, traders and deals in every state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.passwords import hash_password
from market.database import db
from market.demonstration import deal_rows, flagged_deals, open_fair
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.calls import write_calls
from market.demonstration.coming_fairs import announce_fairs
from market.demonstration.daily_statements import DailyStatements
from market.demonstration.enquiries import write_enquiries
from market.demonstration.imports import write_imports
from market.demonstration.notices import write_notices
from market.demonstration.offer_maker import OfferMaker
from market.demonstration.offer_views import views_of
from market.demonstration.participants import (
    Participants,
    create_participants,
    insert_participants,
)
from market.demonstration.past_prices import make_past_prices
from market.demonstration.people import PASSWORD
from market.demonstration.places import county_profiles
from market.demonstration.purchase_requests import write_purchase_requests, write_shortlists
from market.demonstration.questions import write_questions
from market.demonstration.random_deals import Calendar, make_deals
from market.demonstration.sampling import write_samples
from market.demonstration.saved_crosstabs import write_saved_crosstabs
from market.demonstration.station_farmers import write_station_farmers
from market.demonstration.supervision import write_supervision
from market.demonstration.traded_products import (
    load_traded_products,
)
from market.demonstration.trader_records import write_trader_records
from market.demonstration.trainings import write_trainings
from market.demonstration.unknown_words import write_unknown_words
from market.demonstration.unregistered_deals import make_unregistered
from market.demonstration.unusual_days import make_unusual_days
from market.demonstration.village_sheets import write_village_sheets
from market.fairs.models import Fair, FairSeason
from market.fairs.services import enrol_from_publications, enter_totals
from market.offers.models import (
    Offer,
    OfferStatus,
    OfferViews,
)
from market.regions.models import Level, Region, is_current, within
from market.regions.queries import home_region, leaves
from market.search.models import SavedSearch
from market.tallies.services import recount
from market.text.days import local_day
from market.web.home_time import home_zone

SEED = 20_260_901
OFFERS, DEALS = 2_640, 200
# Every reporting leaf has at least so many.
OFFERS_OF_EACH = 8
DAYS_OPEN, DAYS_LEFT = 20, 21
# Before the earliest of their offers.
JOINED = timedelta(days=600)
NOTE = "示范数据，均为虚构。 Demonstration: everything here is invented."
SEASONS = (FairSeason.SPRING, FairSeason.SUMMER, FairSeason.AUTUMN, FairSeason.WINTER)
SEASON_WORDS = {
    FairSeason.SPRING: ("春季", "Spring"),
    FairSeason.SUMMER: ("夏季", "Summer"),
    FairSeason.AUTUMN: ("秋季", "Autumn"),
    FairSeason.WINTER: ("冬季", "Winter"),
}


@dataclass(frozen=True)
class Summary:
    """What the seed wrote."""

    offers: int
    accounts: int
    deals: int
    counted: int


def is_seeded() -> bool:
    """Whether demonstration accounts are here already."""
    found = select(Account.id).where(Account.is_demonstration).limit(1)
    return db.session.scalar(found) is not None


def seed_demonstration(now: datetime) -> Summary:
    """Write the whole demonstration market; call it inside transaction().

    Args:
        now: the moment it is made for; the same moment on the same reference data gives
            the same rows.
    """
    home, rng = home_region(), Random(SEED)
    zone = home_zone()
    today = local_day(now, zone)
    goods = load_traded_products(today.month)
    where = county_profiles(leaves(home.path), goods)
    participants = create_participants(
        rng,
        home,
        _prefectures(home),
        where,
        _elsewhere(home),
        now - JOINED,
        hash_password(PASSWORD),
    )
    insert_participants(participants)
    calendar = Calendar(now, today - timedelta(days=DAYS_OPEN), zone)
    market = OfferMaker(rng, calendar, goods, where, participants, next_id(Offer))
    market.post(OFFERS, OFFERS_OF_EACH)
    fair = _announce(participants.province_id, home, today, now)
    awake = [place for place in where if place.code != market.inactive]
    deals = make_deals(rng, market.offers, awake, participants, calendar, fair.id, DEALS)
    deals += flagged_deals.make_flagged(market, deals, fair.id)
    deals += make_unregistered(market, deals, fair.id)
    deals += make_unusual_days(market, deals, fair.id)
    # Chosen before monitoring has its cases, whose prices are to move.
    sold = list(market.offers)
    market.add_monitoring_cases()
    past = make_past_prices(market, sold, deals, fair.id)
    market.write()
    past.write()
    insert_rows(OfferViews, views_of(market.offers, participants.journey, now))
    insert_rows(SavedSearch, _searches(market.offers, participants, now))
    settle_sequences(SavedSearch)
    enrol_from_publications(fair)
    province = db.session.get_one(Account, participants.province_id)
    open_fair.add_sessions(province, fair, market.offers)
    counted = deal_rows.insert_deals([*deals, *past.deals], zone)
    recount(fair.id)
    reporting = DailyStatements(rng, fair, participants, now)
    reporting.make()
    reporting.write()
    write_questions(rng, participants, market.offers, now)
    write_enquiries(rng, participants, market.offers, deals, now, today)
    write_purchase_requests(rng, participants, market.offers, now, today)
    write_shortlists(participants, market.offers, now)
    write_trader_records(participants, now, today)
    write_calls(participants, market.offers, deals, now)
    write_village_sheets(participants, now, today)
    write_station_farmers(participants, now)
    write_trainings(participants, today)
    write_supervision(participants, fair, now)
    write_samples(participants, now, today)
    write_imports(participants, now)
    write_saved_crosstabs(participants)
    write_unknown_words(local_day(now, zone))
    write_notices(participants.journey, now)
    market.request_recent_matching()
    offers, made = len(market.offers) + len(past.offers), len(deals) + len(past.deals)
    return Summary(offers, len(participants.accounts), made, counted)


def _searches(
    offers: Sequence[dict[str, Any]], participants: Participants, now: datetime
) -> Iterator[dict[str, Any]]:
    """For each trader who can be logged in as, the other side of something they posted, the
    first that has one; last looked at some days ago."""
    there = {
        (offer["side"], offer["product_code"])
        for offer in offers
        if offer["status"] is OfferStatus.PUBLISHED
    }
    for owner in (trader for code in participants.journey for trader in participants.traders[code]):
        looked_for = (
            (offer["side"].other, offer["product_code"])
            for offer in offers
            if offer["owner_id"] == owner["id"]
        )
        found = next((pair for pair in looked_for if pair in there), None)
        if found:
            side, product = found
            yield {
                "account_id": owner["id"],
                "place": 1,
                "query": f"side={side}&product={product}",
                "seen_at": now - timedelta(days=5),
                "created_at": now - timedelta(days=9),
            }


def _announce(province_id: int, home: Region, today: date, now: datetime) -> Fair:
    """An earlier fair known by its totals, the open one (returned), and the next."""
    official = db.session.get_one(Account, province_id)
    start = today - timedelta(days=DAYS_OPEN)
    end = today + timedelta(days=DAYS_LEFT)
    earlier = _fair_values(home, start - timedelta(days=365), end - timedelta(days=365))
    totals = {
        "total_listings": 2_210,
        "total_merchants": 236,
        "total_deals": 88,
        "total_fen": 613_480_000,
    }
    before = enter_totals(official, {**earlier, **totals})
    now_open = _fair_values(home, start, end)
    now_open |= {"previous_id": before.id, "same_season_id": before.id}
    fair = open_fair.create_open_fair(official, now_open)
    after = _fair_values(home, end + timedelta(days=60), end + timedelta(days=100))
    after["previous_id"] = fair.id
    announce_fairs(official, after, _prefectures(home)[0], now)
    return fair


def _fair_values(home: Region, start: date, end: date) -> dict[str, Any]:
    season = SEASONS[(start.month - 3) % 12 // 3]
    word, english = SEASON_WORDS[season]
    return {
        "slug": f"demo-{season}-{start.year}",
        "name": f"{home.short_name}{start.year}年{word}农产品网上购销对接会（示范）",
        "name_en": f"{home.name_en} {english} {start.year} Online Fair (demonstration)",
        "season": season,
        "year": start.year,
        "region": home,
        "starts_on": start,
        "ends_on": end,
        "note": NOTE,
    }


def _prefectures(home: Region) -> Sequence[Region]:
    return db.session.scalars(
        select(Region)
        .where(Region.level == Level.PREFECTURE, within(Region.path, home.path))
        .order_by(Region.code)
    ).all()


def _elsewhere(home: Region) -> Sequence[Region]:
    """City districts outside the home region, where buyers sit."""
    return db.session.scalars(
        select(Region)
        .where(Region.is_leaf, is_current(), Region.kind == "区", ~within(Region.path, home.path))
        .order_by(Region.code)
    ).all()
