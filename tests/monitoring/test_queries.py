"""Imbalances read from a real market."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.models import DealStatus
from market.monitoring import queries
from market.monitoring.backlog import alert_tasks
from market.monitoring.rules import AlertLevel, ImbalanceKind
from market.offers.models import Offer, OfferStatus, Side
from tests.fairs.factories import ORANGE, make_fair, new_deal, new_offer
from tests.sql import statements

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, LINLI, TAOYUAN, YUEYANG = "430726", "430724", "430725", "430602"
HOME, CHANGDE = "43", "43/4307"


def heap(
    make_account: Make,
    region: str = LINLI,
    side: Side = Side.SELL,
    tonnes: int = 70,
    number: int = 6,
    days: int = 21,
    **values: Any,
) -> list[Offer]:
    """So many offers of so many people, posted so many days ago; committed."""
    owners = [make_account(region=region) for _ in range(number)]
    at = utcnow() - timedelta(days=days)
    given = {"unit": "ton", "quantity": Decimal(tonnes), "remaining": Decimal(tonnes)}
    given |= {"valid_until": utcnow() + timedelta(days=30), "created_at": at, "published_at": at}
    offers = [new_offer(owner, side=side, **{**given, **values}) for owner in owners]
    with transaction():
        db.session.add_all(offers)
    return offers


def found(path: str = HOME, by: str = "county") -> list[tuple[str, ImbalanceKind, AlertLevel]]:
    rows = queries.find_imbalances([path], by).rows
    return [(f.place.code, f.imbalance.kind, f.imbalance.level) for f in rows]


def test_a_glut_is_told_with_its_figures(make_account: Make) -> None:
    heap(make_account)
    heap(make_account, side=Side.BUY, tonnes=30, number=1)
    (row,) = queries.find_imbalances([HOME]).rows
    sell, buy = row.position.sell, row.position.buy
    assert (row.place.code, row.product.code) == (LINLI, ORANGE)
    assert (sell.quantity, sell.offers, sell.owners, sell.days) == (420_000, 6, 6, 21)
    assert (buy.quantity, buy.offers) == (30_000, 1)
    assert (row.imbalance.kind, row.imbalance.level) == (ImbalanceKind.GLUT, AlertLevel.ALERT)


def test_only_what_stands_counts_and_of_it_what_remains(make_account: Make) -> None:
    heap(make_account, remaining=Decimal(1))
    heap(make_account, status=OfferStatus.CLOSED)
    heap(make_account, valid_until=utcnow() - timedelta(hours=1))
    (row,) = queries.find_imbalances([HOME]).rows
    assert (row.position.sell.quantity, row.position.sell.offers) == (6_000, 6)


def test_an_official_finds_only_what_lies_in_their_own_subtree(make_account: Make) -> None:
    heap(make_account, YUEYANG)
    heap(make_account, LINLI, Side.BUY)
    assert {code for code, *_ in found()} == {YUEYANG, LINLI}
    assert [code for code, *_ in found(CHANGDE)] == [LINLI]
    assert found(f"{CHANGDE}/{SHIMEN}") == []


def test_two_counties_that_even_out_leave_their_prefecture_in_balance(make_account: Make) -> None:
    heap(make_account, LINLI)
    heap(make_account, SHIMEN, Side.BUY)
    kinds = {code: (kind, level) for code, kind, level in found()}
    # The neighbour takes it all: a notice, what is missing is the meeting.
    assert kinds[LINLI] == (ImbalanceKind.GLUT, AlertLevel.NOTICE)
    assert kinds[SHIMEN] == (ImbalanceKind.SHORTAGE, AlertLevel.NOTICE)
    assert found(by="prefecture") == found(by="province") == []


def test_counties_too_small_to_tell_make_a_glut_of_their_prefecture(make_account: Make) -> None:
    for region in (LINLI, SHIMEN, TAOYUAN):
        heap(make_account, region, number=2)
    assert found() == []
    assert found(by="prefecture") == [("430700", ImbalanceKind.GLUT, AlertLevel.ALERT)]
    assert found(by="province") == [("430000", ImbalanceKind.GLUT, AlertLevel.ALERT)]


def test_a_deal_of_these_days_makes_an_alert_a_notice(make_account: Make) -> None:
    offers = heap(make_account)
    seller, buyer = db.session.get_one(Account, offers[0].owner_id), make_account(region=YUEYANG)
    fair, today = make_fair(), utcnow().date()
    for age, level in ((30, AlertLevel.ALERT), (1, AlertLevel.NOTICE)):
        values = {"agreed_on": today - timedelta(days=age), "status": DealStatus.AGREED}
        with transaction():
            db.session.add(new_deal(fair, seller, buyer, **values))
        assert found() == [(LINLI, ImbalanceKind.GLUT, level)]


def test_elsewhere_names_the_nearest_counties_of_the_other_side(make_account: Make) -> None:
    heap(make_account)
    for region in (YUEYANG, SHIMEN):
        heap(make_account, region, Side.BUY, number=2, tonnes=5)
    place = queries.places_in([f"{CHANGDE}/{LINLI}"])[0]
    unit, position, _ = queries.position_of(place, (ORANGE, "mass"))
    assert position
    assert position.sell.quantity == 420_000
    rows = queries.other_counties(unit, (ORANGE, "mass"), Side.BUY)
    assert [(r.place.code, r.quantity, r.offers) for r in rows] == [
        (SHIMEN, 10_000, 2),
        (YUEYANG, 10_000, 2),
    ]
    assert rows[0].kilometres < rows[1].kilometres


def test_the_offers_that_make_a_side_are_those_counted(make_account: Make) -> None:
    offers = heap(make_account)
    heap(make_account, unit="plant")
    place = queries.places_in([f"{CHANGDE}/{LINLI}"])[0]
    unit, position, _ = queries.position_of(place, (ORANGE, "mass"))
    rows = queries.largest_offers(unit, (ORANGE, "mass"))[Side.SELL]
    assert position
    assert {row.id for row in rows} == {offer.id for offer in offers}
    assert sum(row.remaining for row in rows) * 1000 == position.sell.quantity


def test_the_thresholds_are_a_setting(app: Flask, make_account: Make) -> None:
    heap(make_account, number=2)
    assert found() == []
    app.config["MONITORING"] = {"offers": 2, "owners": 2}
    assert found() == [(LINLI, ImbalanceKind.GLUT, AlertLevel.ALERT)]


def test_the_whole_market_is_read_in_three_statements(make_account: Make) -> None:
    heap(make_account)
    queries.find_imbalances([HOME])
    with statements() as sent:
        queries.find_imbalances([HOME])
    assert len(sent) <= 3 + 2  # the words of the lexicons, when it is time to ask


def test_the_desk_is_told_of_alerts_and_sleepers_of_the_own_region(
    app: Flask, make_account: Make
) -> None:
    heap(make_account, days=15)
    heap(make_account, YUEYANG, Side.BUY, days=0)
    county = make_account(role="county_official", region=LINLI)
    other = make_account(role="county_official", region=YUEYANG)
    with app.test_request_context():
        assert [one.count for one in alert_tasks(county)] == [1, 0, 1]
        assert [one.count for one in alert_tasks(other)] == [0, 0, 0]


def test_what_was_read_is_kept_for_the_time_the_setting_says(
    app: Flask, make_account: Make
) -> None:
    app.config["MONITORING_SECONDS"] = 60.0
    assert found() == []
    heap(make_account)
    assert found() == []
    app.extensions["stores"]["monitoring"].clear()
    assert found() == [(LINLI, ImbalanceKind.GLUT, AlertLevel.ALERT)]
