"""Regions that have ended: history keeps them, what is live moves to what they became."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account, Grant
from market.audit.models import Act, ActChange
from market.database import db, transaction
from market.fairs.models import FairStatus
from market.messages.models import Question
from market.messages.services import ask_question
from market.offers.models import Offer, OfferChange, OfferStatus
from market.offers.services import renew_offer
from market.regions.models import Region
from market.regions.queries import children, resolve_region, suggest_regions
from market.regions.services import check_regions, load_regions
from market.tallies.services import recount
from market.tallies.trees import fair_tree, freeze_tree
from market.web.errors import Invalid
from tests.fairs.factories import count_deal, make_fair, new_offer
from tests.offers.factories import make_offer, offer_values
from tests.reference import copy_with_change

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
JIANGBEI, YUBEI, LIANGJIANG = "500105", "500112", "500157"
SHIMEN, NEW_SHIMEN = "430726", "430799"


def end_shimen(rows: list[dict[str, str]]) -> None:
    """Shimen becomes a district of another code on the first of October 2026."""
    (old,) = (row for row in rows if row["code"] == SHIMEN)
    new = old | {"code": NEW_SHIMEN, "name": "石门区", "kind": "区", "valid_from": "2026-10-01"}
    old.update(valid_to="2026-09-30", successor_code=NEW_SHIMEN)
    rows.append(new)


@pytest.fixture
def load(app: Flask, tmp_path: Path) -> Callable[[], None]:
    """Load the reference data in which Shimen has ended."""
    folder = copy_with_change(tmp_path / "reference", "regions.csv", end_shimen)

    def load() -> None:
        with transaction():
            load_regions(folder)

    return load


def everything() -> dict[str, Any]:
    tables = (Region, Account, Grant, Offer, Question)
    return {t.__tablename__: db.session.execute(select(t.__table__)).all() for t in tables}


def test_chongqings_districts_of_2025_are_offered_no_more_and_found_as_what_they_became(
    app: Flask,
) -> None:
    ended = {code: db.session.get_one(Region, code) for code in (JIANGBEI, YUBEI)}
    assert {r.successor_code for r in ended.values()} == {LIANGJIANG}
    assert {r.valid_to for r in ended.values()} == {date(2025, 11, 5)}
    assert db.session.get_one(Region, LIANGJIANG).valid_from == date(2025, 11, 6)
    offered = {region.code for region in children("500000")}
    assert LIANGJIANG in offered
    assert not offered & ended.keys()
    for text in (JIANGBEI, YUBEI, "渝北区", "重庆市渝北区", "yubei"):
        assert [r.code for r in resolve_region(text)] == [LIANGJIANG], text
    assert not {r.code for r in suggest_regions("渝北")} & ended.keys()


def test_no_offer_is_placed_in_an_ended_region(make_account: Make) -> None:
    with pytest.raises(Invalid):
        make_offer(make_account(), region=JIANGBEI)
    assert offer_values(region=LIANGJIANG).region.is_open


def test_the_filter_of_an_ended_region_shows_what_it_became(
    make_account: Make, client: Any
) -> None:
    make_offer(make_account(region=LIANGJIANG), region=LIANGJIANG)
    page = client.get(f"/offers?region={YUBEI}").get_data(as_text=True)
    assert "两江新区" in page
    assert "翠冠梨" in page


def test_what_is_live_moves_and_what_is_done_stays(make_account: Make, load: Any) -> None:
    farmer, official = make_account(), make_account(role="county_official")
    fair = make_fair()
    with transaction():
        freeze_tree(fair.id)
    deal = count_deal(fair, farmer, make_account(region="430725"))
    live, draft = make_offer(farmer), make_offer(farmer, draft=True)
    with transaction():
        closed = new_offer(farmer, status=OfferStatus.CLOSED)
        db.session.add(closed)
        db.session.execute(OfferChange.__table__.delete())
        asked = ask_question(farmer, farmer, "几时收？", "a" * 32, region=farmer.region)
    load()
    db.session.expire_all()
    assert (farmer.region_code, official.grants[0].region_code) == (NEW_SHIMEN, NEW_SHIMEN)
    assert (live.region_code, draft.region_code, asked.region_code) == (NEW_SHIMEN,) * 3
    assert db.session.scalars(select(OfferChange.offer_id)).all() == [live.id, draft.id]
    assert (closed.region_code, closed.region.name) == (SHIMEN, "石门县")
    assert (deal.home_region_code, deal.home_region.name) == (SHIMEN, "石门县")


def test_loading_again_moves_nothing_more(make_account: Make, load: Any) -> None:
    make_offer(make_account(role="county_official"))
    load()
    before = everything()
    load()
    assert everything() == before


def test_a_role_held_at_both_is_held_once(make_account: Make, load: Any) -> None:
    load()
    official = make_account(role="county_official", region=NEW_SHIMEN)
    with transaction():
        db.session.add(
            Grant(account_id=official.id, role=official.grants[0].role, region_code=SHIMEN)
        )
    load()
    db.session.expire_all()
    assert [grant.region_code for grant in official.grants] == [NEW_SHIMEN]


def test_an_old_offer_that_is_shown_again_is_placed_in_what_its_region_became(
    make_account: Make, load: Any
) -> None:
    farmer = make_account()
    offer = make_offer(farmer)
    with transaction():
        offer.status, offer.published_at = OfferStatus.EXPIRED, None
    load()
    assert offer.region_code == SHIMEN
    with transaction():
        renew_offer(farmer, offer, 30)
    assert offer.region_code == NEW_SHIMEN


def test_what_moves_at_init_is_recorded(app: Flask, make_account: Make) -> None:
    farmer = make_account(region=JIANGBEI)
    assert app.test_cli_runner().invoke(args=["init"]).exit_code == 0
    db.session.expire_all()
    assert farmer.region_code == LIANGJIANG
    (act,) = db.session.scalars(select(Act))
    (change,) = db.session.scalars(select(ActChange).where(ActChange.act_id == act.id))
    assert (act.endpoint, change.kind) == ("init", "accounts")
    assert (change.before, change.after) == (
        {"region_code": JIANGBEI},
        {"region_code": LIANGJIANG},
    )


def test_a_closed_fair_keeps_its_regions_and_a_running_one_takes_in_the_new(
    make_account: Make, load: Any
) -> None:
    farmer, buyer = make_account(), make_account(region="430725")
    closed = make_fair(slug="2026-spring", starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 9))
    running = make_fair()
    with transaction():
        freeze_tree(closed.id)
        freeze_tree(running.id)
    count_deal(closed, farmer, buyer, 500, agreed_on=date(2026, 3, 2))
    count_deal(running, farmer, buyer, 700)
    with transaction():
        closed.status = FairStatus.CLOSED
        recount(closed.id)
        before = fair_tree(closed)
    load()
    db.session.expire_all()
    tree = fair_tree(closed)
    assert tree.nodes == before.nodes
    assert tree.nodes[SHIMEN].is_leaf
    assert NEW_SHIMEN not in tree.nodes
    # What was counted before stays where it was, what comes counts in the new county.
    count_deal(running, farmer, buyer, 300)
    with transaction():
        recount(running.id)
    nodes = fair_tree(running).nodes
    assert {code for code in (SHIMEN, NEW_SHIMEN) if nodes[code].is_leaf} == {SHIMEN, NEW_SHIMEN}
    following = make_fair(
        slug="2026-winter",
        status=FairStatus.ANNOUNCED,
        starts_on=date(2026, 12, 1),
        ends_on=date(2026, 12, 9),
    )
    assert SHIMEN not in fair_tree(following).nodes
    assert NEW_SHIMEN in fair_tree(following).nodes


def test_a_fair_of_earlier_years_has_the_regions_of_its_days(app: Flask) -> None:
    chongqing = db.session.get_one(Region, "500000")
    earlier = make_fair(
        slug="2024", region=chongqing, starts_on=date(2024, 9, 1), ends_on=date(2024, 9, 9)
    )
    assert {JIANGBEI, YUBEI} <= fair_tree(earlier).nodes.keys()
    assert LIANGJIANG not in fair_tree(earlier).nodes
    later = make_fair(slug="2026", region=chongqing)
    assert LIANGJIANG in fair_tree(later).nodes
    assert not {JIANGBEI, YUBEI} & fair_tree(later).nodes.keys()


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "no successor": ({"valid_to": "2026-01-01"}, "belong together"),
    "no last day": ({"successor_code": "430725"}, "belong together"),
    "unknown successor": ({"valid_to": "2026-01-01", "successor_code": "999999"}, "999999"),
    "ended successor": ({"valid_to": "2026-01-01", "successor_code": JIANGBEI}, JIANGBEI),
    "other level": ({"valid_to": "2026-01-01", "successor_code": "430700"}, "430700"),
    "no day": ({"valid_from": "2026-13-01"}, "month must be"),
    "backwards": (
        {"valid_from": "2026-02-01", "valid_to": "2026-01-01", "successor_code": "430725"},
        "ends before it begins",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_the_check_finds_days_and_successors_that_are_wrong(
    app: Flask, tmp_path: Path, kind: str
) -> None:
    change, words = WRONG[kind]

    def spoil(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["code"] == "430724").update(change)

    problems = check_regions(copy_with_change(tmp_path / "reference", "regions.csv", spoil))
    assert any("430724" in problem and words in problem for problem in problems)


def test_the_check_finds_a_former_name_of_no_region_today(app: Flask, tmp_path: Path) -> None:
    def spoil(rows: list[dict[str, str]]) -> None:
        rows[3]["successor_code"] = JIANGBEI

    folder = copy_with_change(tmp_path / "reference", "former_regions.csv", spoil)
    (problem,) = check_regions(folder)
    assert JIANGBEI in problem
