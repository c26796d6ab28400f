"""A whole fair replayed: its published totals are real, everything below them is invented.

The totals are those the product's design gives for the summer fair of 2012 and for the
fairs of 2011. Offers and deals are made so that the counting itself arrives at them:
nothing is written into a total. The dates of the fair are not known and assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import func, select

from market.accounts.models import Account, Grant, Role, TraderType
from market.accounts.passwords import hash_password
from market.database import db, utcnow
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.demonstration import people
from market.demonstration.bulk import insert_rows, settle_sequences
from market.demonstration.deal_rows import DealDraft, DealStep, insert_deals, reserve
from market.demonstration.offer_rows import Phrases, Posting, load_phrases, offer_row
from market.demonstration.participants import agree_to_terms
from market.demonstration.places import CountyProfile, allot, county_profiles
from market.demonstration.replay_plan import County, Mismatch, PlannedDeal, ReplayTotals, plan_deals
from market.demonstration.traded_products import (
    ProductMix,
    TradedProduct,
    load_traded_products,
    products_wanted,
)
from market.fairs.models import Fair, FairListing, FairSeason
from market.fairs.rules import listing_window
from market.fairs.services import create_fair, enrol_from_publications, enter_totals, update_state
from market.offers.models import Offer, OfferPublication, OfferStatus, Side
from market.regions.models import Region
from market.regions.queries import home_region, leaves
from market.tallies.models import FairTally
from market.tallies.services import recount
from market.web.home_time import home_zone

SEED = 2012
# Assumed: the figures are published, the days are not.
ASSUMED_START, ASSUMED_END = date(2012, 7, 1), date(2012, 8, 31)
MAX_VALID_DAYS = 180
SOURCE = (
    "总数据本项目产品设计文档所列公开数字。 Totals: the figures in this project's product design."
)
# 134,851 / 1.8
WINTER_SOURCE = (
    "条数为推算：按2012年夏季134,851条、较上届增长80%反推，原数未公布。"
    " Worked out from summer 2012, told to be 80% above this fair; the number itself is not given."
)
NOTE = (
    "重放：总数为真，明细为虚构，起止日期为假定。"
    " Replay: real totals, invented detail, assumed dates."
)
# How many of a county's traders have no verified listing, for each who has.
UNVERIFIED_TRADERS = 0.3
Progress = Callable[[int], object]


# 99,933 万元; the number of deals is not published.
SUMMER_2012 = ReplayTotals(134_851, 20_877, 99_933_000_000, 6_000)


@dataclass(frozen=True)
class Window:
    """The fair's local days, in its zone."""

    start: date
    end: date
    zone: tzinfo

    def moment(self, rng: Random, first: float = 0.0, last: float = 1.0) -> datetime:
        """A moment by day, between these parts of the fair.

        Never on its last day: that may be today, and not over.
        """
        days = (self.end - self.start).days
        day = self.start + timedelta(days=int(days * rng.uniform(first, last) * 0.999))
        at = datetime.combine(day, time(7), self.zone).astimezone(UTC)
        return at + timedelta(seconds=rng.randrange(14 * 3600))


def replay(totals: ReplayTotals, as_if_today: date | None = None, progress: Progress = int) -> Fair:
    """Write the whole fair into an empty database and count it; inside transaction().

    Args:
        as_if_today: end the fair on this local day instead of in 2012, so that its
            offers are valid now and can be searched and matched; still open then.
        progress: called with how many listings and deals were just written.

    Raises:
        Mismatch: the count is not what it must be.
    """
    rng, home = Random(SEED), home_region()
    zone = home_zone()
    shift = as_if_today - ASSUMED_END if as_if_today else timedelta(0)
    window = Window(ASSUMED_START + shift, ASSUMED_END + shift, zone)
    # What is in season is what was so in the summer, whenever it is shown.
    goods = load_traded_products(ASSUMED_START.month)
    where = county_profiles(leaves(home.path), goods)
    official, counties = _people(rng, home, where, totals, window)
    fair = _fairs(official, home, window, bool(as_if_today))
    writer = _OfferWriter(rng, window, load_phrases(), products_wanted(goods), fair.id, progress)
    plans = plan_deals(rng, counties, totals)
    for plan in plans:
        writer.add_deal(plan)
    for county in counties:
        writer.fill(county)
    writer.flush()
    enrol_from_publications(fair)
    insert_deals(writer.deals, zone)
    progress(len(writer.deals))
    settle_sequences(Offer)
    recount(fair.id)
    check(fair, totals, [place.code for place in where])
    return fair


def check(fair: Fair, totals: ReplayTotals, codes: Sequence[str]) -> None:
    """See that rows, ledger and tallies each say exactly `totals`, and every leaf has some.

    Raises:
        Mismatch: one does not.
    """
    of_fair, tally = FairListing.fair_id == fair.id, FairTally.fair_id == fair.id
    verified = (of_fair, FairListing.counts, FairListing.verified)
    listings = FairTally.sell_listings + FairTally.buy_listings
    found = {
        "listings": select(func.count()).select_from(FairListing).where(of_fair),
        "tallied listings": select(func.sum(listings)).where(tally),
        "merchants": select(func.count(FairListing.owner_id.distinct())).where(*verified),
        "tallied merchants": select(func.sum(FairTally.merchants)).where(tally),
        "fen of deals": select(func.sum(Deal.amount_fen)).where(Deal.fair_id == fair.id),
        "fen of the ledger": select(func.sum(LedgerEntry.amount_fen)).where(
            LedgerEntry.fair_id == fair.id
        ),
        "tallied fen": select(func.sum(FairTally.amount_fen)).where(tally),
        "tallied deals": select(func.sum(FairTally.deals)).where(tally),
        "leaves with listings": select(func.count()).where(
            tally, listings > 0, FairTally.region_code.in_(codes)
        ),
    }
    expected = dict(
        zip(
            found,
            (
                *(totals.listings, totals.listings, totals.merchants, totals.merchants),
                *(totals.amount_fen, totals.amount_fen, totals.amount_fen),
                *(totals.deals, len(codes)),
            ),
            strict=True,
        )
    )
    for name, query in found.items():
        number = int(db.session.scalar(query) or 0)
        if number != expected[name]:
            raise Mismatch(f"{name}: {number}, not {expected[name]}")


class _OfferWriter:
    """Writes offers as they are made, a batch at a time; keeps only the deals."""

    def __init__(
        self,
        rng: Random,
        window: Window,
        phrases: Phrases,
        wanted: ProductMix,
        fair_id: int,
        progress: Progress,
    ) -> None:
        self.rng, self.window, self.phrases, self.wanted = rng, window, phrases, wanted
        self.fair_id, self.progress = fair_id, progress
        self.next_id, self.rows = 1, list[dict[str, Any]]()
        self.deals: list[DealDraft] = []
        self.listed: dict[str, int] = {}
        self.past = (
            OfferStatus.EXPIRED if window.end.year == ASSUMED_END.year else OfferStatus.PUBLISHED
        )

    def add_deal(self, plan: PlannedDeal) -> None:
        """The two offers of a deal, and the deal."""
        rng = self.rng
        sale = self._offer(Side.SELL, plan.good, plan.seller, self._any_merchant(plan.seller), plan)
        buyer = self._any_merchant(plan.buyer, but=sale["owner_id"])
        purchase = self._offer(Side.BUY, plan.good, plan.buyer, buyer, plan)
        start = max(sale["published_at"], purchase["published_at"])
        end = self.window.moment(rng, 0.97, 1.0)
        times = sorted(start + (end - start) * rng.uniform(0.01, 0.99) for _ in range(3))
        sides = (sale["owner_id"], purchase["owner_id"])
        side = rng.choice((Side.SELL, Side.BUY))
        proposer, other = sides if side is Side.SELL else sides[::-1]
        home = plan.seller.place
        deal = DealDraft(
            id=len(self.deals) + 1,
            sale=sale,
            purchase=purchase,
            quantity=plan.quantity,
            unit_price=plan.unit_price,
            amount_fen=plan.amount_fen,
            home=(home.code, home.path),
            fair_id=self.fair_id,
            proposed_side=side,
            steps=(
                DealStep(DealStatus.PROPOSED, proposer, times[0]),
                DealStep(DealStatus.AGREED, other, times[1]),
                DealStep(DealStatus.VERIFIED, plan.seller.official_id, times[2]),
            ),
            key=f"{rng.getrandbits(128):032x}",
        )
        reserve(deal)
        self.deals.append(deal)
        self._write_full()

    def fill(self, county: County) -> None:
        """The rest of a county's listings; first one verified for each of its merchants."""
        left = county.listings - self.listed.get(county.place.code, 0)
        if left < county.merchants:
            raise Mismatch(f"{county.place.code} has no room for its merchants")
        for number in range(left):
            side = Side.SELL if self.rng.random() < 0.72 else Side.BUY
            product_mix = county.place.selling if side is Side.SELL else self.wanted
            if number < county.merchants:
                owner, verified = county.traders[number], True
            else:
                owner = self.rng.choice(county.traders)
                merchant = owner < county.traders[0] + county.merchants
                verified = merchant and self.rng.random() < 0.3
            self._offer(side, product_mix.draw(self.rng), county, owner, verified=verified)
            self._write_full()

    def flush(self) -> None:
        insert_rows(Offer, self.rows)
        insert_rows(
            OfferPublication,
            ({"offer_id": row["id"], "at": row["published_at"]} for row in self.rows),
        )
        self.progress(len(self.rows))
        self.rows = []

    def _write_full(self) -> None:
        if len(self.rows) >= 5_000:
            self.flush()

    def _any_merchant(self, county: County, but: int | None = None) -> int:
        """A merchant of the county, or its next trader where there is but the one."""
        merchants = county.traders[: county.merchants]
        owner = self.rng.choice(merchants)
        if owner != but:
            return owner
        return county.traders[(owner - county.traders[0] + 1) % len(county.traders)]

    def _offer(
        self,
        side: Side,
        good: TradedProduct,
        county: County,
        owner: int,
        plan: PlannedDeal | None = None,
        verified: bool = False,
    ) -> dict[str, Any]:
        rng, place = self.rng, county.place
        share = rng.choice((Decimal(1), Decimal("1.5"), Decimal(2), Decimal(4))) if plan else None
        row = offer_row(
            rng,
            self.phrases,
            Posting(
                id=self.next_id,
                side=side,
                good=good,
                owner_id=owner,
                region_code=place.code,
                place=place.name,
                at=self.window.moment(rng, 0, 0.6 if plan else 0.96),
                days=rng.choice((90, 120, MAX_VALID_DAYS)),
                status=self.past,
                verified_by_id=county.official_id if verified else None,
                quantity=plan.quantity * share if plan and share else None,
                price=plan.unit_price if plan else None,
            ),
            self.window.zone,
        )
        self.next_id += 1
        self.listed[place.code] = self.listed.get(place.code, 0) + 1
        self.rows.append(row)
        return row


def _people(
    rng: Random, home: Region, where: Sequence[CountyProfile], totals: ReplayTotals, window: Window
) -> tuple[Account, list[County]]:
    """The province's official, who can log in, each county's, and all traders, written."""
    weights = [place.weight for place in where]
    shares = zip(
        where,
        allot(totals.listings, weights, 1),
        allot(totals.merchants, weights, 1),
        allot(totals.deals, weights),
        strict=True,
    )
    words, joined = people.load_name_parts(), window.moment(rng, 0, 0.01) - timedelta(days=60)
    rows = [
        people.account_row(
            1,
            f"{home.short_name}商务厅（示范）",
            TraderType.COMPANY,
            where[0].code,
            joined,
            phone=people.phone(2),
            password_hash=hash_password(people.PASSWORD),
        )
    ]
    grants = [{"account_id": 1, "role": Role.PROVINCE_OFFICIAL, "region_code": home.code}]
    for place in where:
        name = f"{place.full_name}商务局（示范）"
        row = people.account_row(len(rows) + 1, name, TraderType.COMPANY, place.code, joined)
        rows.append(row)
        grants.append(
            {"account_id": row["id"], "role": Role.COUNTY_OFFICIAL, "region_code": place.code}
        )
    officials, counties = {row["region_code"]: row["id"] for row in rows[1:]}, []
    for place, listings, merchants, deals in shares:
        first = len(rows) + 1
        for _ in range(merchants + max(1, round(merchants * UNVERIFIED_TRADERS))):
            kind = people.trader_type(rng)
            name = people.trader_name(rng, words, kind, place.name)
            row = people.account_row(len(rows) + 1, name, kind, place.code, joined)
            rows.append({**row, "phone": people.phone(1_000 + row["id"])})
        traders = range(first, len(rows) + 1)
        counties.append(County(place, listings, merchants, deals, officials[place.code], traders))
    insert_rows(Account, rows)
    insert_rows(Grant, ({**grant, "granted_at": joined} for grant in grants))
    settle_sequences(Account, Grant)
    agree_to_terms()
    return db.session.get_one(Account, 1), counties


def _fairs(official: Account, home: Region, window: Window, shifted: bool) -> Fair:
    """The earlier fairs by their totals, and the one to replay."""
    place = home.short_name
    both = {
        "slug": "fairs-2011",
        "name": f"{place}2011年两届网上购销对接会合计",
        "name_en": f"{home.name_en}: the two online fairs of 2011 together",
        "season": FairSeason.SUMMER,
        "year": 2011,
        "region": home,
        "starts_on": date(2011, 1, 1),
        "ends_on": date(2011, 12, 31),
        "total_listings": 90_778,
        "total_fen": 175_646_000_000,
        "note": SOURCE,
    }
    enter_totals(official, both)
    winter = {
        **both,
        "slug": "winter-2011",
        "name": f"{place}2011年冬季网上购销对接会",
        "name_en": f"{home.name_en} Winter 2011 Online Fair",
        "season": FairSeason.WINTER,
        "starts_on": date(2011, 12, 1),
        "total_listings": 74_917,
        "total_fen": None,
        "derived": ["total_listings"],
        "note": WINTER_SOURCE,
    }
    before = enter_totals(official, winter)
    summer = {
        "slug": "summer-2012",
        "name": f"{place}2012年夏季网上购销对接会（重放）",
        "name_en": f"{home.name_en} Summer 2012 Online Fair (replay)",
        "season": FairSeason.SUMMER,
        "year": window.end.year,
        "region": home,
        "starts_on": window.start,
        "ends_on": window.end,
        "previous_id": before.id,
        "note": NOTE + (" 日期平移至今日。 Dates moved to end today." if shifted else ""),
        "is_replay": True,
    }
    opening, _end = listing_window(window.start, window.end, home_zone())
    fair = create_fair(official, summer, at=opening)
    update_state(fair, utcnow())
    return fair
