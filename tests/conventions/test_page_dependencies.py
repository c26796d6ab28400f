"""A page from the cache shows everything as it is now, and to nobody what is another's.

For every view marked `reuse_while_unchanged`, and the front page, whose parts are kept: the page is
asked for by a visitor and by who is logged in, what it shows is changed, and the page that comes
then must be the one that a site with empty caches makes. A view that doesn't name something it
shows with `depends_on` fails at the change of that thing.
"""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.accounts.services import erase_account, reveal_phone
from market.accounts.sessions import open_session
from market.cache import versions
from market.database import db, transaction
from market.deals.flag_rules import Quartiles
from market.deals.ledger import append_entry
from market.deals.models import Deal, DealStatus
from market.deals.services import dispute_deal
from market.fairs.models import Fair, FairStatus
from market.offers import services
from market.offers import views as offer_views
from market.offers.models import Offer
from market.offers.reveals import reveal_page
from market.offers.shortlist import add_to_shortlist
from market.offers.values import values_of
from market.prices.models import PriceSource
from market.prices.services import save_day
from market.products.models import Product
from market.regions.models import Region
from market.search import snapshots
from market.search.services import drain, rebuild
from market.tallies.services import recount
from market.web.home_time import home_today
from tests.conftest import make_app
from tests.fairs.factories import count_deal, make_fair, new_deal
from tests.offers.factories import PEAR, make_offer

# Seconds by which the clock of the versions is ahead.
PASSED = [0.0]
TOKEN = re.compile(r'(name="csrf_token"[^>]* value=")[^"]*')
COUNTY, OTHER_COUNTY, FAIR = "430726", "430102", "2026-autumn"


def a_while_passes() -> None:
    """From here on versions are read anew, each once: not at every place that asks for one."""
    PASSED[0] += versions.VERSION_CHECK_SECONDS


@dataclass
class World:
    """What the pages show."""

    make_account: Callable[..., Account]
    owner: Account
    assistant: Account
    offer: Offer
    wanted: Offer
    seller: Account
    buyer: Account
    fair: Fair
    baseline: Fair
    agreed: Deal
    verified: Deal
    reader: str

    def pages(self) -> dict[str, str]:
        """An address of every marked view, by its endpoint."""
        fair = f"/fairs/{FAIR}"
        return {
            "offers.index": "/offers?q=梨",
            "offers.show": f"/offers/{self.offer.id}",
            "matching.index": f"/offers/{self.offer.id}/matches",
            "fairs.show": fair,
            "tallies.counties": f"{fair}/counties",
            "tallies.region": f"{fair}/regions/{COUNTY}",
            "tallies.products": f"{fair}/regions/{COUNTY}/products?category=03",
            "tallies.deals": f"{fair}/regions/{COUNTY}/deals",
            "prices.index": "/prices",
            "prices.product": f"/prices/{PEAR}",
        }


@pytest.fixture
def world(app: Flask, make_account: Callable[..., Account]) -> World:
    owner, assistant = make_account("果农老李"), make_account("信息员小周")
    offer = make_offer(owner, title="头茬好梨", grade="一级")
    with transaction():
        offer.posted_by_id = assistant.id
    wanted = make_offer(make_account("收梨的"), side="buy", title="收好梨", region=OTHER_COUNTY)
    seller, buyer = make_account("张三丰"), make_account("长沙鲜果行", region=OTHER_COUNTY)
    year_before = {"starts_on": date(2025, 9, 15), "ends_on": date(2025, 9, 30), "year": 2025}
    baseline = make_fair(slug="2025-autumn", name="去年会", status=FairStatus.CLOSED, **year_before)
    count_deal(baseline, seller, buyer, 20_000_00, agreed_on=date(2025, 9, 16))
    fair = make_fair(same_season_id=baseline.id)
    verified = count_deal(fair, seller, buyer, 900_000_00)
    agreed = new_deal(fair, seller, buyer, 60_000_00, status="agreed")
    with transaction():
        db.session.add(agreed)
    with transaction():
        recount(baseline.id), recount(fair.id)
    rebuild()
    reader = session_of(make_account("看货的"))
    people = (make_account, owner, assistant)
    return World(*people, offer, wanted, seller, buyer, fair, baseline, agreed, verified, reader)


def session_of(account: Account) -> str:
    """The token of a session of the account."""
    with transaction():
        return open_session(account, None, "tests")


@pytest.fixture
def make_site(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Flask]]:
    """Make another process of the market, which has nothing in memory yet."""
    monkeypatch.setattr(snapshots, "PAUSE", 0.0)
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + PASSED[0])
    monkeypatch.setattr(versions, "time", clock)
    names = ("SQLALCHEMY_DATABASE_URI", "SEARCH_INDEX", "MEDIA")
    shared = {name: app.config[name] for name in names}
    sites: list[Flask] = []

    def make() -> Flask:
        sites.append(site := make_app(tmp_path / f"site-{len(sites)}", **shared))
        # Ages are in many keys, and nothing may be made anew only because a second has passed.
        site.jinja_env.filters["ago"] = lambda value: ""
        return site

    yield make
    for site in sites:
        with site.app_context():
            db.session.remove()
            db.engine.dispose()


def an_offer_is_edited(world: World) -> None:
    services.edit_offer(
        world.owner, world.offer, replace(values_of(world.offer), title="二茬便宜梨", grade="")
    )


def its_price_is_changed(world: World) -> None:
    services.edit_offer(
        world.owner, world.offer, replace(values_of(world.offer), price_low=Decimal("1.90"))
    )


def part_of_it_is_sold(world: World) -> None:
    services.reserve_quantity(world.offer, Decimal(300), "jin")


def it_is_verified(world: World) -> None:
    services.verify_offer(world.make_account(role="county_official"), world.offer)


def it_stays_up_for_longer(world: World) -> None:
    world.offer.valid_until += timedelta(days=20)


def a_match_is_edited(world: World) -> None:
    values = values_of(world.wanted)
    services.edit_offer(world.wanted.owner, world.wanted, replace(values, title="急收好梨"))


def a_match_is_closed(world: World) -> None:
    services.close_offer(world.wanted.owner, world.wanted)


def another_match_is_posted(world: World) -> None:
    make_offer(world.make_account("另一家"), side="buy", title="也收好梨")


def its_owner_takes_another_name(world: World) -> None:
    world.owner.name = "李记果园"


def its_owner_moves(world: World) -> None:
    world.owner.region_code = OTHER_COUNTY


def its_owner_gets_another_number(world: World) -> None:
    world.owner.phone = "+8613987654321"


def its_owner_is_erased(world: World) -> None:
    erase_account(world.owner)


def the_assistant_takes_another_name(world: World) -> None:
    world.assistant.name = "信息员大周"


def a_product_is_renamed(world: World) -> None:
    db.session.get_one(Product, PEAR).name = "翠冠蜜梨"


def a_region_is_renamed(world: World) -> None:
    region = db.session.get_one(Region, COUNTY)
    region.name, region.short_name = "石门新县", "石门新"


def a_party_takes_another_name(world: World) -> None:
    world.seller.name = "王三丰"


def a_deal_is_agreed(world: World) -> None:
    db.session.add(new_deal(world.fair, world.seller, world.buyer, 70_000_00, status="agreed"))


def an_agreed_deal_is_disputed(world: World) -> None:
    dispute_deal(world.seller, world.agreed, "货不对板，请县里看一看。")


def a_deal_is_verified(world: World) -> None:
    world.agreed.status = DealStatus.VERIFIED
    append_entry(world.agreed, world.buyer)


def a_deal_is_verified_and_counted(world: World) -> None:
    a_deal_is_verified(world)
    db.session.flush()
    recount(world.fair.id)


def the_fair_is_renamed(world: World) -> None:
    world.fair.name = "2026年丰收对接会"


def the_fair_is_extended(world: World) -> None:
    world.fair.ends_on += timedelta(days=3)


def the_fair_compared_with_is_renamed(world: World) -> None:
    world.baseline.name = "旧会"


def the_fair_compared_with_is_counted_again(world: World) -> None:
    deal = new_deal(
        world.baseline, world.seller, world.buyer, 80_000_00, agreed_on=date(2025, 9, 17)
    )
    db.session.add(deal)
    db.session.flush()
    append_entry(deal, world.buyer)
    recount(world.baseline.id)


def the_prices_of_the_day_are_counted(world: World) -> None:
    quartiles = Quartiles(Decimal(20_000), Decimal(23_000), Decimal(26_000), 7)
    places = ("430000", "430700", COUNTY)
    save_day(home_today(), {(p, PEAR, "mass", PriceSource.ASKED): quartiles for p in places})


OFFER = {"offers.show", "matching.index"}
LIST = {"offers.index"}
BOARD = {"fairs.show", "tallies.region"}
COUNTIES = {"tallies.counties"}
FAIR_PAGES = BOARD | COUNTIES | {"tallies.products", "tallies.deals"}
# Each change, and the pages that it changes.
CHANGES: dict[Callable[[World], Any], set[str]] = {
    an_offer_is_edited: OFFER | LIST,
    its_price_is_changed: {"offers.show"} | LIST,
    part_of_it_is_sold: {"offers.show"} | LIST,
    it_is_verified: {"offers.show"} | LIST,
    it_stays_up_for_longer: {"offers.show"},
    a_match_is_edited: OFFER | LIST,
    a_match_is_closed: OFFER | LIST,
    another_match_is_posted: OFFER | LIST,
    its_owner_takes_another_name: {"offers.show"},
    its_owner_moves: {"offers.show"},
    its_owner_gets_another_number: {"offers.show"},
    its_owner_is_erased: LIST,
    the_assistant_takes_another_name: {"offers.show"},
    a_product_is_renamed: {"offers.show", "prices.product"} | LIST,
    a_region_is_renamed: {"offers.show"} | LIST,
    a_party_takes_another_name: BOARD | {"tallies.deals"},
    a_deal_is_agreed: BOARD | COUNTIES,
    an_agreed_deal_is_disputed: BOARD | COUNTIES,
    a_deal_is_verified: BOARD | {"tallies.deals"},
    a_deal_is_verified_and_counted: FAIR_PAGES,
    the_fair_is_renamed: FAIR_PAGES,
    the_prices_of_the_day_are_counted: {"prices.index", "prices.product", "offers.show"},
    the_fair_is_extended: {"fairs.show"},
    the_fair_compared_with_is_renamed: BOARD,
    the_fair_compared_with_is_counted_again: BOARD,
}


def test_every_page_that_is_reused_has_its_changes_here(app: Flask, world: World) -> None:
    marked = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "is_reusable", False)
    }
    assert marked == world.pages().keys() == set().union(*CHANGES.values())


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_page_from_the_cache_is_as_new_after(
    change: Callable[[World], Any], world: World, make_site: Callable[[], Flask]
) -> None:
    site = make_site()
    first = _pages(site, world)
    assert _pages(site, world) == first
    if change is another_match_is_posted:
        change(world)
    else:
        with transaction():
            change(world)
    a_while_passes()
    drain()
    again, new = _pages(site, world), _pages(make_site(), world)
    stale = {name: _difference(again[name], new[name]) for name in new if again[name] != new[name]}
    assert not stale, "pages that don't name with depends_on all that they show"
    changed = {endpoint for endpoint in new if first[endpoint] != new[endpoint]}
    assert changed >= CHANGES[change]


@pytest.mark.parametrize("is_logged_in", [False, True], ids=["visitor", "logged in"])
def test_what_changes_while_a_page_is_made_is_on_the_next(
    is_logged_in: bool,
    app: Flask,
    world: World,
    make_site: Callable[[], Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, reader, other = make_site(), world.reader if is_logged_in else "", session_of(world.buyer)
    before = _pages_of(site, world, reader)
    made, body_of = [], offer_views._body_of

    def meanwhile(offer: Offer) -> Any:
        # This request has read the offer as it was; another sees the names as they are now.
        if not made:
            made.append(offer.product.name)
            with app.app_context(), transaction():
                a_product_is_renamed(world)
            with ThreadPoolExecutor(1) as thread:
                thread.submit(_pages_of, site, world, other).result()
        return body_of(offer)

    with transaction():
        world.offer.updated_at += timedelta(seconds=1)
    monkeypatch.setattr(offer_views, "_body_of", meanwhile)
    _pages_of(site, world, reader)
    again, new = _pages_of(site, world, reader), _pages_of(make_site(), world, reader)
    stale = {name: _difference(again[name], new[name]) for name in new if again[name] != new[name]}
    assert made
    assert not stale
    assert new != before


def test_no_reader_sees_what_is_kept_of_another_s_page(
    world: World, make_site: Callable[[], Flask]
) -> None:
    with transaction():
        world.offer.description = "货好，打13800001234找老李。"
    rebuild()
    keeper, official = world.make_account("收藏的"), world.make_account(role="county_official")
    with transaction():
        add_to_shortlist(keeper, world.offer)
        add_to_shortlist(keeper, world.wanted)
        reveal_phone(keeper, world.owner, reveal_page(world.offer.id))
    people = (world.owner, world.assistant, keeper, official, world.wanted.owner)
    readers = ["", world.reader, *map(session_of, people)]
    shared = make_site()
    for order in (readers, readers[::-1]):
        kept = {reader: _pages_of(shared, world, reader) for reader in order}
        for reader in readers:
            assert kept[reader] == _pages_of(make_site(), world, reader)
    shown = [kept[reader]["offers.show"][1] for reader in readers[:2]]
    assert ["13800001234" in page for page in shown] == [False, True]


def _pages(site: Flask, world: World) -> dict[str, tuple[int, str]]:
    """As a visitor sees them, and as who is logged in does."""
    of_member = _pages_of(site, world, world.reader)
    return {
        **_pages_of(site, world, ""),
        **{f"{endpoint}, logged in": page for endpoint, page in of_member.items()},
    }


def _pages_of(site: Flask, world: World, reader: str) -> dict[str, tuple[int, str]]:
    """As the reader with that session sees them; "": a visitor."""
    client = site.test_client(use_cookies=bool(reader))
    if reader:
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = reader, True
    asked = {**world.pages(), "pages.home": "/"}
    answers = {}
    for endpoint, path in asked.items():
        a_while_passes()
        answers[endpoint] = client.get(path)
    return {
        endpoint: (answer.status_code, TOKEN.sub(r"\1", answer.get_data(as_text=True)))
        for endpoint, answer in answers.items()
    }


def _difference(old: tuple[int, str], new: tuple[int, str]) -> list[str]:
    """What only one of two pages has, tag by tag."""
    tags = [page.split("<") for _status, page in (old, new)]
    return [line for line in difflib.ndiff(*tags) if line[0] in "+-"]
