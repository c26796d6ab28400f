"""What stations did, by county: on the desk's page and in the province's table."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.offers.models import Offer
from market.stations.figures import station_figures, station_rows
from tests.calls.factories import CUIGUAN, SHIMEN, TAOYUAN, make_farmer
from tests.offers.factories import make_offer

Make = Callable[..., Account]


def figures(path: str = "43") -> dict[str, dict[str, int]]:
    names = [each.name for each in station_figures]
    return {
        row.county.code: dict(zip(names, row.figures, strict=True)) for row in station_rows([path])
    }


def post_for(assistant: Account, farmer: Account) -> Offer:
    offer = make_offer(farmer, "sell", CUIGUAN, SHIMEN)
    with transaction():
        offer.posted_by_id = assistant.id
    return offer


def test_a_station_is_active_for_a_month_after_it_posted_for_a_farmer(make_account: Make) -> None:
    assistant, idle = (make_account(role="assistant", scope=SHIMEN) for _ in range(2))
    offer = post_for(assistant, make_farmer(make_account, assistant))
    found = figures()[SHIMEN]
    assert {name: found[name] for name in ("assistants", "active", "farmers", "offers")} == {
        **{"assistants": 2, "active": 1, "farmers": 1, "offers": 1}
    }
    with transaction():
        long_ago = utcnow() - timedelta(days=31)
        db.session.execute(update(Offer).where(Offer.id == offer.id).values(published_at=long_ago))
    found = figures()[SHIMEN]
    assert (found["active"], found["offers"], found["farmers"]) == (0, 0, 1)
    assert idle.is_active


def test_an_official_sees_the_stations_of_their_own_region(log_in: Any, make_account: Make) -> None:
    for county in (SHIMEN, TAOYUAN):
        make_account(role="assistant", scope=county)
    county = log_in(make_account(role="county_official", scope=SHIMEN))
    page = county.get("/desk/stations").get_data(as_text=True)
    assert "石门县" in page
    assert "桃源县" not in page
    province = log_in(make_account(role="province_official", scope="430000"))
    table = province.get("/desk/tables/stations.csv").get_data(as_text=True)
    assert re.search(f"{SHIMEN},石门县,1,", table)
    assert re.search(f"{TAOYUAN},桃源县,1,", table)


def test_a_countys_figures_are_followed_down_to_its_assistants(
    log_in: Any, make_account: Make
) -> None:
    first, second = (make_account(role="assistant", scope=SHIMEN) for _ in range(2))
    for assistant, number in ((first, 2), (second, 1)):
        farmer = make_farmer(make_account, assistant)
        for _ in range(number):
            post_for(assistant, farmer)
    (row,) = station_rows(["43/4307/430726"])
    names = [each.name for each in station_figures]
    offers = {one.account_id: one.figures[names.index("offers")] for one in row.assistants}
    assert offers == {first.id: 2, second.id: 1}
    for n, whole in enumerate(row.figures):
        assert whole == sum(one.figures[n] for one in row.assistants) + row.office[n]
    official = log_in(make_account(role="county_official", scope=SHIMEN))
    assert f"/desk/stations/{SHIMEN}" in official.get("/desk/stations").get_data(as_text=True)
    page = official.get(f"/desk/stations/{SHIMEN}").get_data(as_text=True)
    assert first.name in page
    assert second.name in page
    table = official.get("/desk/tables/assistants.csv").get_data(as_text=True)
    assert re.search(f"{SHIMEN},石门县,{first.name},1,1,1,2,", table)
    assert official.get("/desk/stations/430725").status_code == 403
    assert official.get("/desk/stations/430700").status_code == 404


def test_imports_sheets_and_trainings_stand_beside_them() -> None:
    names = [each.name for each in station_figures]
    assert names[-3:] == ["imports", "sheets", "trainings"]
