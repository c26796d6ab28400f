"""Whatever happens in whatever order, every level of a fair is what its deals make it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import verification
from market.deals.ledger import verify_ledger
from market.deals.models import Deal, DealStatus
from market.fairs.models import Fair, FairListing, FairStatus
from market.offers.models import Side
from market.regions.models import Region
from market.tallies import queries, region_queries
from market.tallies.queries import Totals
from market.tallies.services import update_counts
from market.tallies.trees import fair_tree, freeze_tree
from market.web.errors import DomainError
from market.worker import recount_open_fairs
from tests.deals.factories import resubmit
from tests.fairs.factories import INSIDE, ORANGE, TEA, make_fair, new_deal, new_offer

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, TAOYUAN, QUYUAN, FURONG = "430726", "430725", "430671", "430102"
# The last is of another province.
PLACES = (SHIMEN, TAOYUAN, QUYUAN, "430971", FURONG, "433130", "440106")
PREFECTURES = ("430700", "430600", "430100")
KG = {"jin": Decimal("0.5"), "ton": Decimal(1000), "head": Decimal(0)}


def move(code: str, prefecture: str) -> None:
    """The county now stands under another prefecture."""
    county, above = db.session.get_one(Region, code), db.session.get_one(Region, prefecture)
    with transaction():
        county.parent_code, county.path = prefecture, f"{above.path}/{code}"


@dataclass
class Season:
    """A fair, a trader in each of PLACES, and an official who may verify everywhere."""

    fair: Fair
    people: list[Account]
    official: Account
    # Where each county stood when the fair opened.
    prefecture: dict[str, str] = field(default_factory=dict)

    def take(self, step: str, values: Any) -> None:
        """One happening; what the rules forbid does not happen."""
        made = db.session.scalars(select(Deal.id).order_by(Deal.id)).all()
        which = values[0] % len(made) if made else 0
        act: dict[str, Callable[[Deal], Any]] = {
            "verify": lambda deal: verification.verify_deal(self.official, deal),
            "return": lambda deal: verification.return_deal(self.official, deal, "重查"),
            "resubmit": lambda deal: resubmit(deal.seller, deal),
        }
        if step in act and made:
            try:
                with transaction():
                    act[step](db.session.get_one(Deal, made[which]))
            except DomainError:
                pass
        elif step == "agree":
            self.agree(*values)
        elif step == "list" and self.fair.status is FairStatus.OPEN:
            self.list_offer(*values)
        elif step == "count":
            self.count(with_listings=bool(values[0] % 2))
        elif step == "turn":
            opened = self.fair.status is FairStatus.OPEN
            self.count()
            with transaction():
                self.fair.status = FairStatus.CLOSED if opened else FairStatus.OPEN
        elif step == "move":
            move(TAOYUAN, PREFECTURES[values[0] % 3])

    def agree(self, one: int, other: int, amount: int, kind: int) -> None:
        seller, buyer = self.people[one], self.people[other]
        if one == other:
            return
        home = (buyer if seller.region_code == "440106" else seller).region_code
        deal = new_deal(
            self.fair,
            seller,
            buyer,
            amount,
            home_region_code=home,
            status=DealStatus.AGREED,
            product_code=(ORANGE, TEA)[kind % 2],
            unit=tuple(KG)[kind % 3],
            quantity=Decimal(amount) / 1000,
            unit_price=Decimal(10),
            agreed_on=date(2026, 9, 15) + timedelta(days=kind),
        )
        with transaction():
            db.session.add(deal)

    def list_offer(self, one: int, other: int, amount: int, kind: int) -> None:
        if PLACES[other] == "440106":
            return
        offer = new_offer(self.people[one])
        with transaction():
            db.session.add(offer)
            db.session.flush()
            listing = FairListing(
                fair_id=self.fair.id,
                offer_id=offer.id,
                listed_at=INSIDE + timedelta(hours=amount % 400),
                side=(Side.SELL, Side.BUY)[kind % 2],
                region_code=PLACES[other],
                product_code=(ORANGE, TEA)[amount % 2],
                owner_id=self.people[one].id,
                verified=kind % 3 == 0,
                counts=kind != 4,
            )
            db.session.add(listing)

    def count(self, with_listings: bool = True) -> None:
        """As the worker counts."""
        if with_listings:
            recount_open_fairs()
        with transaction():
            update_counts()
        assert verify_ledger() == []


@pytest.fixture
def season(make_account: Make) -> Season:
    fair = make_fair()
    with transaction():
        freeze_tree(fair.id)
    found = Season(
        fair,
        [make_account(region=place) for place in PLACES],
        make_account(role="county_official", scope="430000"),
    )
    tree = fair_tree(fair)
    found.prefecture = {n.code: n.parent_code or "" for n in tree.leaves()}
    return found


def sums(rows: Iterable[Deal]) -> tuple[int, int, Decimal]:
    """Deals, fen and kilograms, added up from the deals themselves."""
    rows = list(rows)
    mass = sum((row.quantity * KG[row.unit] for row in rows), Decimal(0))
    return len(rows), sum(row.amount_fen for row in rows), mass


def values_of(totals: Any) -> tuple[int, int, Decimal]:
    return totals.deals, totals.amount_fen, totals.mass_kg


steps = st.tuples(
    st.sampled_from(
        ["agree"] * 3
        + ["list"] * 3
        + ["verify"] * 3
        + ["return", "resubmit", "count", "turn"]
        # By name: a county leaves its prefecture while the fair runs.
        + ["move"]
    ),
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 10**9), st.integers(0, 4)),
)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, max_size=25))
def test_every_level_equals_the_recomputation_from_the_deals(
    season: Season, happenings: list[Any]
) -> None:
    # The ledger refuses to lose entries, so each example adds to those before.
    for step, values in happenings:
        season.take(step, values)
    if season.fair.status is not FairStatus.OPEN:
        season.take("turn", (0,))
    season.count()

    fair = season.fair
    verified = db.session.scalars(select(Deal).where(Deal.status == DealStatus.VERIFIED)).all()
    listed = db.session.scalars(select(FairListing).where(FairListing.counts)).all()
    whole = queries.totals(fair)
    assert values_of(whole) == sums(verified)
    assert whole.listings == len(listed)
    assert whole.merchants == len({row.owner_id for row in listed if row.verified})
    assert whole.varieties == len({row.product_code for row in listed})
    assert whole == queries.stored_count(fair).totals()

    prefectures = queries.group_by_prefecture(queries.county_rows(fair))
    assert Totals.of((p.total for p in prefectures), whole.varieties) == whole
    for p in prefectures:
        mine = [d for d in verified if season.prefecture[d.home_region_code] == p.code]
        assert values_of(p.total) == sums(mine)
        assert queries.region_totals(fair, db.session.get_one(Region, p.code)) == p.total
        kinds = {r.product_code for r in listed if season.prefecture[r.region_code] == p.code}
        assert p.total.varieties == len(kinds)
        for c in p.counties:
            assert values_of(c) == sums(d for d in mine if d.home_region_code == c.code)
            assert c.sold_fen == sum(
                d.amount_fen for d in verified if d.seller_region_code == c.code
            )

    waiting = [d for d in db.session.scalars(select(Deal)) if d.status is DealStatus.AGREED]
    awaits = queries.unverified_in(fair, queries.county_rows(fair))
    assert (awaits.deals, awaits.amount_fen) == sums(waiting)[:2]
    days = queries.totals_by_day(fair)
    assert Totals.of(t for _day, t in days) == Totals.of([whole])
    of_day = defaultdict(list)
    for deal in verified:
        of_day[deal.agreed_on].append(deal)
    assert {day: values_of(t) for day, t in days if t.deals} == {
        d: sums(r) for d, r in of_day.items()
    }
    for code in (*PREFECTURES, SHIMEN, "430000"):
        node = fair_tree(fair).nodes[code]
        here = queries.region_totals(fair, node)
        products = region_queries.region_products(fair, node)
        groups = region_queries.group_by_category(products)
        for parts in (products, groups):
            assert sum(p.amount_fen for p in parts) == here.amount_fen
            assert sum(p.sell + p.buy for p in parts) == here.listings
            assert sum((p.mass_kg for p in parts), Decimal(0)) == here.mass_kg
        assert sum(len(g.products) for g in groups) == len(products)
        for p in products:
            chosen = region_queries.DealSelection(product=p.code)
            found = region_queries.region_deals(fair, node, 1, chosen)
            assert (found.deals, found.amount_fen) == (p.deals, p.amount_fen)


def test_a_county_moved_between_two_fairs_stays_where_it_was_in_the_first(
    make_account: Make,
) -> None:
    seller, buyer = make_account(region=TAOYUAN), make_account(region=FURONG)
    official = make_account(role="county_official", scope="430000")

    def hold(amount: int, **values: Any) -> Fair:
        fair = make_fair(**values)
        with transaction():
            freeze_tree(fair.id)
            deal = new_deal(fair, seller, buyer, amount, status=DealStatus.AGREED)
            db.session.add(deal)
            db.session.flush()
            verification.verify_deal(official, deal)
            update_counts()
        return fair

    def shares(fair: Fair) -> dict[str, int | None]:
        return {
            p.code: p.total.amount_fen
            for p in queries.group_by_prefecture(queries.county_rows(fair))
            if p.total.deals
        }

    first = hold(100)
    move(TAOYUAN, "430600")
    with transaction():
        db.session.get_one(Region, TAOYUAN).name = "桃源市"
    second = hold(70, slug="later")
    assert shares(first) == {"430700": 100}
    assert shares(second) == {"430600": 70}
    names = [{r.name for r in queries.county_rows(f) if r.code == TAOYUAN} for f in (first, second)]
    assert names == [{"桃源县"}, {"桃源市"}]
    # Asked for by where it is now, the first fair answers with where it was then.
    now = db.session.get_one(Region, TAOYUAN)
    assert [row.path for row in queries.county_rows(first, now.path)] == ["43/4307/430725"]
    assert (
        len(queries.county_rows(first, "43/4307"))
        == len(queries.county_rows(second, "43/4307")) + 1
    )
    recount_open_fairs()
    for fair in (first, second):
        assert sum(v or 0 for v in shares(fair).values()) == queries.totals(fair).amount_fen
    assert verify_ledger() == []
