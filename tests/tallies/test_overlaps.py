"""Of two fairs that overlap the pages of both say which counts a deal, and how much that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair, FairStatus, FairTheme
from market.regions.models import Region
from market.tallies.overlaps import find_shared_deals
from market.tallies.services import recount
from tests.fairs.factories import ORANGE, TEA, count_deal, make_fair

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, FURONG = "430726", "430102"


def themed(*themes: str, **values: Any) -> Fair:
    fair = make_fair(**values)
    with transaction():
        db.session.add_all(FairTheme(fair_id=fair.id, product_prefix=theme) for theme in themes)
    return fair


def counted(fair: Fair, seller: Account, buyer: Account, fen: int, **values: Any) -> None:
    count_deal(fair, seller, buyer, fen, **values)
    with transaction():
        recount(fair.id)


def shared(fair: Fair) -> list[tuple[str, bool, int, int]]:
    return [(s.other.slug, s.counts_here, s.deals, s.amount_fen) for s in find_shared_deals(fair)]


def test_an_emergency_fair_takes_its_deals_out_of_the_fair_around_it(make_account: Make) -> None:
    wide, narrow = make_fair(slug="wide"), themed(ORANGE, slug="narrow")
    seller, buyer = make_account(region=SHIMEN), make_account(region=FURONG)
    assert shared(wide) == [("narrow", False, 0, 0)]
    counted(narrow, seller, buyer, 300_00)
    counted(narrow, seller, buyer, 200_00)
    counted(wide, seller, buyer, 999_00, product_code=TEA)
    assert shared(wide) == [("narrow", False, 2, 500_00)]
    assert shared(narrow) == [("wide", True, 2, 500_00)]


def test_only_what_the_other_would_have_taken_is_taken_from_it(make_account: Make) -> None:
    """Of its days, and of the nearest fair around it where there are several."""
    home = {"starts_on": date(2026, 9, 16)}
    wide = make_fair(slug="wide", **home)
    region = db.session.get_one(Region, "430700")
    middle = make_fair(slug="middle", region=region, ends_on=date(2026, 9, 17), **home)
    narrow = themed(ORANGE, slug="narrow", region=db.session.get_one(Region, SHIMEN))
    seller, buyer = make_account(region=SHIMEN), make_account(region=FURONG)
    for day, fen in ((15, 1_00), (17, 20_00), (20, 300_00)):
        counted(narrow, seller, buyer, fen, agreed_on=date(2026, 9, day))
    assert sorted(shared(narrow)) == [("middle", True, 1, 20_00), ("wide", True, 1, 300_00)]
    assert sorted(shared(wide)) == [("middle", False, 0, 0), ("narrow", False, 1, 300_00)]
    assert ("narrow", False, 1, 20_00) in shared(middle)


def test_fairs_of_other_goods_or_days_and_those_not_held_take_nothing(app: Flask) -> None:
    fair = themed(ORANGE, slug="orange")
    themed(TEA, slug="tea")
    themed(ORANGE, slug="later", starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 2))
    make_fair(slug="cancelled", status=FairStatus.CANCELLED)
    make_fair(slug="totals", status=FairStatus.CLOSED, totals_only=True, total_deals=1)
    assert shared(fair) == []


def test_the_pages_of_both_name_each_other_with_the_sum(client: Any, make_account: Make) -> None:
    make_fair(slug="wide", name="秋季大会")
    narrow = themed(ORANGE, slug="narrow", name="脐橙应急会")
    counted(narrow, make_account(region=SHIMEN), make_account(region=FURONG), 1_234_500_00)
    for here, other in (("wide", "narrow"), ("narrow", "wide")):
        page = client.get(f"/fairs/{here}").get_data(as_text=True)
        assert f'href="/fairs/{other}"' in page
        assert "123.45 万元" in page
