"""Any cross-tabulation of any small market is what its deals and listings come to."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import ledger
from market.deals.models import Channel, Deal, DealStatus
from market.fairs.models import Fair, FairListing
from market.offers.models import Side
from market.products.units import UNITS, measure
from market.regions.queries import home_region
from market.tallies import queries
from market.tallies.crosstab import count_crosstab
from market.tallies.crosstab_query import (
    PRODUCT_DIGITS,
    Axis,
    CrosstabQuery,
    EvidenceKind,
    Measure,
)
from market.tallies.services import recount
from market.tallies.trees import present_tree
from market.text.days import local_day
from market.web.home_time import home_zone
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair, new_offer

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
PLACES = ("430726", "430725", "430671", "430102", "433130")
PREFECTURES = {code: f"{code[:4]}00" for code in PLACES}
PIG = "0802001"
FIRST = date(2026, 9, 15)


@pytest.fixture
def fairs(make_account: Make) -> list[Fair]:
    """Two fairs with listings, deals at both and outside, some of them taken back."""
    rng = random.Random(7)
    made = [make_fair(), make_fair(slug="second", starts_on=date(2026, 9, 25))]
    traders = [make_account(f"商户{n}", region=rng.choice(PLACES)) for n in range(8)]
    offers = []
    for n in range(40):
        owner = rng.choice(traders)
        offer = new_offer(owner, product_code=rng.choice([ORANGE, TEA, PIG]))
        with transaction():
            db.session.add(offer)
        offers.append((offer, n))
    with transaction():
        for offer, n in offers:
            # Also in the first and the last hour of a local day, which is another day in UTC.
            at = datetime(2026, 9, 14, 16, tzinfo=UTC) + timedelta(hours=rng.choice([0, 23, 71]))
            db.session.add(
                FairListing(
                    fair_id=made[n % 3 == 0].id,
                    offer_id=offer.id,
                    listed_at=at + timedelta(days=rng.randint(0, 12)),
                    side=rng.choice(list(Side)),
                    region_code=offer.region_code,
                    product_code=offer.product_code,
                    owner_id=offer.owner_id,
                    verified=rng.random() < 0.6,
                    counts=rng.random() < 0.9,
                )
            )
    for _ in range(30):
        seller, buyer = rng.sample(traders, 2)
        fair = rng.choice(made)
        outside = {"channel": Channel.DAILY, "fair_id": None} if rng.random() < 0.3 else {}
        deal = count_deal(
            fair,
            seller,
            buyer,
            rng.randint(1, 10**9),
            product_code=rng.choice([ORANGE, TEA, PIG]),
            unit=rng.choice(["jin", "ton", "head", "kg"]),
            quantity=Decimal(rng.randint(1, 10**6)).scaleb(-3),
            agreed_on=FIRST + timedelta(days=rng.randint(0, 40)),
            **outside,
        )
        if rng.random() < 0.2:
            with transaction():
                ledger.append_entry(deal, buyer)
                deal.status = DealStatus.RETURNED
    with transaction():
        for fair in made:
            recount(fair.id)
    return made


queries_asked = st.fixed_dictionaries(
    {
        "axes": st.lists(st.sampled_from(list(Axis)), max_size=3, unique=True).map(tuple),
        "measure": st.sampled_from(list(Measure)),
        "fair": st.sampled_from([None, 0, 1]),
        "channel": st.sampled_from([None, *Channel]),
        "product": st.sampled_from(["", "", "03", "0401", PIG]),
        "first": st.sampled_from([None, FIRST, FIRST + timedelta(days=3)]),
        "last": st.sampled_from([None, FIRST + timedelta(days=9), FIRST + timedelta(days=60)]),
        "evidence": st.sampled_from([None, *EvidenceKind]),
        "dimension": st.sampled_from(["mass", "head"]),
        "places": st.sets(st.sampled_from(PLACES), min_size=1),
    }
)


def key_of(axis: Axis, region: str, product: str, day: date, fair: int | None) -> Any:
    """The key that a deal or listing has on an axis."""
    return {
        Axis.COUNTY: region,
        Axis.PREFECTURE: PREFECTURES[region],
        Axis.CATEGORY: product[:2],
        Axis.SUBCATEGORY: product[:4],
        Axis.PRODUCT: product,
        Axis.DAY: day,
        Axis.WEEK: day - timedelta(days=day.weekday()),
        Axis.MONTH: day.replace(day=1),
        Axis.FAIR: fair or 0,
        Axis.CHANNEL: Channel.FAIR if fair else Channel.DAILY,
    }[axis]


def of_deals(asked: dict[str, Any], fair_id: int | None) -> dict[Any, Any]:
    """The same from the verified deals themselves."""
    sums: dict[Any, Any] = defaultdict(Decimal)
    quantities: dict[Any, Decimal] = defaultdict(Decimal)
    of = asked["measure"]
    for deal in db.session.scalars(select(Deal).where(Deal.status == DealStatus.VERIFIED)):
        region = {Measure.SOLD: deal.seller_region_code, Measure.BOUGHT: deal.buyer_region_code}
        place = region.get(of, deal.home_region_code)
        day = deal.agreed_on
        assert day is not None
        if not (
            place in asked["places"]
            and (fair_id is None or deal.fair_id == fair_id)
            and asked["channel"] in (None, deal.channel)
            and deal.product_code.startswith(asked["product"])
            and (asked["first"] or day) <= day <= (asked["last"] or day)
            and asked["evidence"] in (None, EvidenceKind.ACCOUNTS)
        ):
            continue
        is_of_unit = of in (Measure.QUANTITY, Measure.MEAN_PRICE)
        if is_of_unit and measure(deal.unit) != asked["dimension"]:
            continue
        key = tuple(
            key_of(axis, place, deal.product_code, day, deal.fair_id) for axis in asked["axes"]
        )
        quantities[key] += deal.quantity * UNITS[deal.unit].factor
        sums[key] += 1 if of is Measure.DEALS else deal.amount_fen
    if of is Measure.QUANTITY:
        return quantities
    if of is Measure.MEAN_PRICE:
        cent = Decimal("0.01")
        return {k: (sums[k] / 100 / q).quantize(cent, ROUND_HALF_UP) for k, q in quantities.items()}
    return sums


def of_listings(asked: dict[str, Any], fair_id: int | None) -> dict[Any, int]:
    """The same from the listings themselves; a merchant is the first verified one of an owner."""
    sums: dict[Any, int] = defaultdict(int)
    of, seen = asked["measure"], set()
    side = {Measure.SUPPLY: Side.SELL, Measure.DEMAND: Side.BUY}.get(of)
    rows = db.session.scalars(
        select(FairListing)
        .where(FairListing.counts)
        .order_by(FairListing.listed_at, FairListing.offer_id)
    )
    for row in rows:
        if of is Measure.MERCHANTS:
            if not row.verified or (row.fair_id, row.owner_id) in seen:
                continue
            seen.add((row.fair_id, row.owner_id))
        day = local_day(row.listed_at, home_zone())
        if (
            row.region_code in asked["places"]
            and (fair_id is None or row.fair_id == fair_id)
            and asked["channel"] in (None, Channel.FAIR)
            and (of is Measure.MERCHANTS or row.product_code.startswith(asked["product"]))
            and (asked["first"] or day) <= day <= (asked["last"] or day)
            and side in (None, row.side)
        ):
            facts = (row.region_code, row.product_code, day, row.fair_id)
            sums[tuple(key_of(axis, *facts) for axis in asked["axes"])] += 1
    return sums


def query_of(asked: dict[str, Any], fair: Fair | None, fairs: list[Fair]) -> CrosstabQuery:
    names = ("axes", "measure", "channel", "product", "first", "last", "evidence", "dimension")
    return CrosstabQuery(
        **{name: asked[name] for name in names},
        tree=queries.stored_count(fair).tree if fair else present_tree(home_region()),
        leaves=frozenset(asked["places"]),
        fairs=(fair.id,) if fair else tuple(one.id for one in fairs),
        in_fairs=fair is not None,
        entry=ledger.head().id,
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(asked=queries_asked)
def test_any_crosstab_equals_what_is_added_up_from_the_deals_and_listings(
    fairs: list[Fair], asked: dict[str, Any]
) -> None:
    of = asked["measure"]
    fair = None if asked["fair"] is None else fairs[asked["fair"]]
    if of is Measure.MERCHANTS and any(axis in PRODUCT_DIGITS for axis in asked["axes"]):
        return
    counted = count_crosstab(query_of(asked, fair, fairs))
    is_listed = of in (Measure.LISTINGS, Measure.SUPPLY, Measure.DEMAND, Measure.MERCHANTS)
    added_up = (of_listings if is_listed else of_deals)(asked, fair.id if fair else None)
    assert counted == {key: value for key, value in added_up.items() if value}


def test_the_sums_of_a_fair_are_those_of_its_board(fairs: list[Fair]) -> None:
    for fair in fairs:
        count = queries.stored_count(fair)
        asked = {"axes": (Axis.COUNTY,), "channel": None, "product": "", "first": None}
        asked |= {"last": None, "evidence": None, "dimension": "mass"}
        asked |= {"places": [leaf.code for leaf in count.tree.leaves()]}
        board = count.totals()
        for of, figure in (
            (Measure.VALUE, board.amount_fen),
            (Measure.DEALS, board.deals),
            (Measure.QUANTITY, board.mass_kg),
            (Measure.SOLD, board.sold_fen),
            (Measure.BOUGHT, board.bought_fen),
            (Measure.LISTINGS, board.listings),
            (Measure.SUPPLY, board.sell),
            (Measure.DEMAND, board.buy),
            (Measure.MERCHANTS, board.merchants),
        ):
            query = query_of({**asked, "measure": of}, fair, fairs)
            assert sum(count_crosstab(query).values()) == figure
            assert count_crosstab(query.by()).get((), 0) == figure


def test_a_week_of_two_months_is_told_apart_by_month(fairs: list[Fair]) -> None:
    asked = {"axes": (Axis.MONTH, Axis.WEEK), "channel": None, "product": "", "first": None}
    asked |= {"last": None, "evidence": None, "dimension": "mass", "places": PLACES}
    asked |= {"measure": Measure.DEALS}
    found = count_crosstab(query_of(asked, None, fairs))
    week = date(2026, 9, 28)
    months = {month for month, start in found if start == week}
    assert months <= {date(2026, 9, 1), date(2026, 10, 1)}
    by_week = count_crosstab(query_of({**asked, "axes": (Axis.WEEK,)}, None, fairs))
    assert sum(n for (_m, start), n in found.items() if start == week) == by_week.get((week,), 0)
