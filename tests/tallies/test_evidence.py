"""Deals with somebody without an account are marked and counted apart wherever they are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from market.accounts.models import Account
from market.database import db, transaction
from market.deals import unregistered, verification
from market.deals.models import Deal
from market.fairs.models import Fair
from market.tables.fair_tables import TABLES, TableSource
from market.tallies.evidence import evidence_rate
from market.tallies.services import recount
from market.web.home_time import home_today
from tests.deals.factories import LOOKED, Trade, do, make_trade, verify
from tests.deals.test_unregistered import NAME, PHONE, call, confirmed, paper, record
from tests.fairs.factories import make_fair


@pytest.fixture
def trade(app: Flask, make_account: Callable[..., Account]) -> Trade:
    return make_trade(make_account)


@pytest.fixture
def fair(app: Flask) -> Fair:
    today = home_today()
    days = {"starts_on": today - timedelta(days=3), "ends_on": today + timedelta(days=3)}
    return make_fair(slug="here", year=today.year, **days)


def count_all(trade: Trade, monkeypatch: pytest.MonkeyPatch, fair: Fair) -> list[Deal]:
    """Two deals of two accounts, one on a code and one on a paper, all verified and counted."""
    monkeypatch.setattr("market.deals.services.keep_photo", lambda *_: None)
    plain = [verify(trade, quantity=n) for n in (100, 200)]
    apart = [confirmed(trade), record(trade, phone="+8613900001111", name="吴老板", paper=paper())]
    for deal in apart:
        call(trade, deal)
        do(verification.verify_deal, trade.official, deal, LOOKED)
    with transaction():
        recount(fair.id)
    return plain + apart


def test_a_fair_and_its_counties_say_what_their_deals_stand_on(
    trade: Trade, fair: Fair, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    deals = count_all(trade, monkeypatch, fair)
    assert {deal.fair_id for deal in deals} == {fair.id}
    found = evidence_rate(fair, 4)
    assert found is not None
    assert (found.accounts, found.code, found.paper, found.share) == (2, 1, 1, 0.5)
    assert evidence_rate(fair, 4, ["430726"]) == found
    elsewhere = evidence_rate(fair, 4, ["430723"])
    assert elsewhere is not None
    assert elsewhere.accounts == 4
    assert evidence_rate(fair, 0) is None
    said = "双方账号 2 笔（50.0%）· 一方没有账号的，凭验证码 1 笔、凭签字单据 1 笔"
    for page in ("/fairs/here", "/fairs/here/regions/430726", "/fairs/here/regions/430000"):
        assert said in client.get(page).text, page


def test_each_list_of_a_fairs_deals_marks_them_and_masks_the_name(
    trade: Trade, fair: Fair, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    apart = count_all(trade, monkeypatch, fair)[2]
    for page, marks in (
        ("/fairs/here", 2),
        ("/fairs/here/regions/430726/deals", 2),
        ("/fairs/here/screen", 2),
        (f"/fairs/here/deals/{apart.id}", 1),
    ):
        text = client.get(page).text
        assert len(re.findall("一方没有账号(?!的)", text)) == marks, page
        assert NAME not in text
        assert PHONE[3:] not in text


def test_the_table_of_deals_says_it_and_has_no_full_name_even_for_the_office(
    trade: Trade, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_all(trade, monkeypatch, fair)
    for full in (True, False):
        table = TABLES["deals"](TableSource.now(fair, "430000", full))
        rows = [row for block in table.blocks for row in block.rows]
        assert (trade.seller.name in str(rows)) is full
        assert [row[-1] for row in rows].count("双方账号") == 2
        assert NAME not in str(rows)


def test_the_desk_says_how_many_are_to_ring_back(
    trade: Trade, fair: Fair, log_in: Callable[[Account], Any]
) -> None:
    confirmed(trade)
    desk = log_in(trade.official)
    assert "1 笔要回访" in desk.get("/desk").text
    assert "一方没有账号" in desk.get("/desk/deals").text


def test_erasing_changes_the_public_page_at_once(
    trade: Trade, fair: Fair, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    apart = count_all(trade, monkeypatch, fair)[2]
    page = "/fairs/here/regions/430726/deals"
    assert "周*" in client.get(page).text
    do(unregistered.erase_unregistered, trade.official, apart)
    db.session.expire_all()
    assert "周*" not in client.get(page).text
