"""Regions and townships as an administrator changes them: at once, with their history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import db, transaction
from market.regions.models import Region, Township
from market.regions.queries import region_lexicon, resolve_region
from market.regions.services import load_regions
from market.web.home_time import home_today
from tests.conftest import Client
from tests.fairs.factories import count_deal, make_fair
from tests.offers.factories import make_offer

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, TAOYUAN, CHANGDE = "430726", "430725", "430700"
PAGE = f"/admin/regions/{SHIMEN}"
NAMES = {"name": "石门县", "short_name": "石门", "name_en": "Shimen County"}
RENAMED = {"name": "石门区", "short_name": "石门", "name_en": "Shimen District"}


@pytest.fixture
def administrator(make_account: Make, log_in: Callable[[Account], Client]) -> Client:
    return log_in(make_account(name="管理员", role="administrator", scope="430000"))


def _codes(text: str) -> list[str]:
    return [region.code for region in resolve_region(text)]


def _load() -> None:
    with transaction():
        load_regions()
    db.session.expire_all()


def test_a_new_name_holds_at_once_and_the_old_one_still_finds_the_region(
    administrator: Client, client: Any, make_account: Make
) -> None:
    offer = make_offer(make_account())
    assert "石门县" in client.get(f"/offers/{offer.id}").text
    assert administrator.send(PAGE, RENAMED, PAGE).status_code == 303
    assert "石门区" in client.get(f"/offers/{offer.id}").text
    for text in ("石门区", "常德市石门区", "石门县", SHIMEN, "shimenqu"):
        assert _codes(text) == [SHIMEN], text
    _load()
    region = db.session.get_one(Region, SHIMEN)
    assert (region.name, region.name_en) == ("石门区", "Shimen District")
    assert _codes("石门县") == [SHIMEN]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": "桃源县", "short_name": "桃源"}, "name"),
        ({"short_name": "桃源"}, "short_name"),
        ({"name": ""}, "name"),
        ({"name_en": ""}, "name_en"),
    ],
)
def test_a_name_that_a_neighbour_has_or_that_is_none_is_refused(
    administrator: Client, wrong: dict[str, str], where: str
) -> None:
    answer = administrator.send(PAGE, NAMES | wrong, PAGE)
    assert answer.status_code == 200
    assert f'id="{where}-error"' in answer.text
    assert db.session.get_one(Region, SHIMEN).name == "石门县"


def test_a_township_of_another_name_as_long_is_read_at_once(administrator: Client) -> None:
    town = db.session.scalars(db.select(Township).where(Township.name == "皂市镇")).one()
    page = f"/admin/townships/{town.code}"
    assert f'href="{page}"' in administrator.get(PAGE).text
    sent = {"name": "皂角镇", "name_en": "Zaojiao Town"}
    assert administrator.send(page, sent, page).status_code == 303
    place = region_lexicon().read_township("石门县皂角镇")
    assert place is not None
    assert place.code == town.code
    _load()
    assert db.session.get_one(Township, town.code).name == "皂角镇"
    sent["name"] = "夹山镇"
    assert 'id="name-error"' in administrator.send(page, sent, page).text


def test_what_is_live_in_a_region_that_ends_moves_and_its_deals_stay(
    administrator: Client, make_account: Make
) -> None:
    farmer, buyer = make_account(), make_account(region=TAOYUAN)
    offer, deal = make_offer(farmer), count_deal(make_fair(), farmer, buyer)
    sent = {"last_day": home_today().isoformat(), "became": "桃源县"}
    assert administrator.send(f"{PAGE}/end", sent, PAGE).status_code == 303
    db.session.expire_all()
    assert (offer.region_code, farmer.region_code) == (TAOYUAN, TAOYUAN)
    assert (deal.home_region_code, deal.home_region.name) == (SHIMEN, "石门县")
    assert _codes("石门县") == [TAOYUAN]
    assert "桃源县" in administrator.get(PAGE).text
    _load()
    region = db.session.get_one(Region, SHIMEN)
    assert (region.valid_to, region.successor_code) == (home_today(), TAOYUAN)
    towns = db.select(db.func.count(Township.code)).where(Township.region_code == SHIMEN)
    assert db.session.scalar(towns) == 0
    assert administrator.send(f"{PAGE}/end", sent, PAGE).status_code == 200


@pytest.mark.parametrize(
    ("code", "became", "days", "message"),
    [
        (SHIMEN, "石门县", 0, "same level"),
        (SHIMEN, "常德市", 0, "same level"),
        (SHIMEN, "桃源县", 1, "today at the latest"),
        (SHIMEN, "", 0, "the region that it became"),
        (CHANGDE, "岳阳市", 0, "Regions are inside"),
        ("430000", "湖北省", 0, "This region can"),
    ],
)
def test_a_region_does_not_end_where_something_would_be_left_without_one(
    administrator: Client, code: str, became: str, days: int, message: str
) -> None:
    administrator.get("/?lang=en")
    page = f"/admin/regions/{code}"
    sent = {"last_day": str(home_today() + timedelta(days)), "became": became}
    answer = administrator.send(f"{page}/end?lang=en", sent, page)
    assert answer.status_code == 200
    assert message in answer.text
    assert db.session.get_one(Region, code).valid_to is None


def test_the_pages_have_the_history_and_lead_to_what_is_inside(administrator: Client) -> None:
    administrator.send(PAGE, RENAMED, PAGE)
    html = administrator.get(PAGE).text.split("做过什么")[-1]
    for text in ("<del>石门县</del>", "<ins>石门区</ins>", "管理员"):
        assert text in html, text
    assert f'href="/admin/regions/{CHANGDE}"' in administrator.get("/admin/regions").text
    assert f'href="{PAGE}"' in administrator.get(f"/admin/regions/{CHANGDE}").text
    assert f'href="{PAGE}"' in administrator.get("/admin/regions?q=石门").text
