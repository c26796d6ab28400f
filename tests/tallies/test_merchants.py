"""Effective merchants are traders, not records: who counts as whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from market.accounts.models import Account, TraderType
from market.accounts.services import register
from market.database import db, transaction
from market.fairs.services import enrol_from_publications
from market.offers.models import Verification
from market.regions.models import Region
from market.stations.services import withdraw_consent
from market.tallies.merchants import Trader, identities
from market.tallies.queries import region_totals, totals
from market.tallies.services import check_counts, recount
from tests.fairs.factories import make_fair, publish

Make = Callable[..., Account]
SHIMEN, TAOYUAN = "430726", "430725"
PHONE = "+8613900000001"


def trader(id_: int, name: str = "覃大山", **values: Any) -> Trader:
    """A farmer of Shimen whom station 9 represents, without a phone unless given one."""
    known = {"region_code": SHIMEN, "phone": None, "station_id": 9, **values}
    return Trader(id_, name, **known)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ({}, True),
        ({"name": " 覃 大山"}, True),
        ({"phone": PHONE}, True),
        ({"phone": PHONE, "station_id": None}, False),
        ({"name": "覃大水"}, False),
        ({"region_code": TAOYUAN}, False),
        ({"station_id": 8}, False),
        ({"station_id": None}, True),
        ({"station_id": None, "is_closed": True}, False),
    ],
)
def test_a_farmer_without_a_phone_is_known_by_station_name_and_county(
    other: dict[str, Any], is_same: bool
) -> None:
    assert bool(identities([trader(1), trader(2, **other)])) is is_same


def test_two_phones_are_two_traders_and_who_has_none_is_one_of_them() -> None:
    people = [trader(1, phone=PHONE), trader(2, phone="+8613900000002"), trader(3), trader(4)]
    assert identities(people) == {3: 1, 4: 1}
    assert identities(reversed(people)) == {3: 1, 4: 1}


def test_one_who_left_the_station_is_whoever_registered_anew() -> None:
    left = trader(1, station_id=None)
    assert identities([left, trader(2, phone=PHONE, station_id=None)]) == {1: 2}
    assert identities([left, trader(2, station_id=8)]) == {1: 2}
    assert identities([left]) == {}


@pytest.mark.postgresql
def test_a_farmer_registered_twice_at_a_station_is_one_effective_merchant(
    make_account: Make,
) -> None:
    station = make_account("夹山站", role="assistant", scope=SHIMEN)
    other = make_account("白云站", role="assistant", scope=SHIMEN)
    fair, home = make_fair(), db.session.get_one(Region, SHIMEN)
    with transaction():
        farmers = [
            register("覃大山", None, None, TraderType.FARMER, home, represented_by=by)
            for by in (station, station, other)
        ]
    for farmer in farmers:
        publish(farmer, verification=Verification.VERIFIED)
    with transaction():
        enrol_from_publications(fair)
        recount(fair.id)
    assert totals(fair).merchants == region_totals(fair, home).merchants == 2
    with transaction():
        withdraw_consent(station, farmers[0])
        withdraw_consent(station, farmers[1])
        anew = register("覃大山", PHONE, "hash", TraderType.FARMER, home)
    publish(anew, verification=Verification.VERIFIED)
    with transaction():
        enrol_from_publications(fair)
        recount(fair.id)
    assert totals(fair).merchants == 2
    assert list(check_counts()) == []
