"""What a card says: the product first, the place shortly, the days without a needless year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask

from market.accounts.models import Account
from market.offers.models import Side
from market.offers.periods import format_period
from market.offers.queries import cards
from market.web.filters import expiry, short_datetime, short_day
from tests.conftest import Client
from tests.offers.factories import make_offer
from tests.offers.test_views import text

Make = Callable[..., Account]
NOON = "2026-11-20T12:00:00+08:00"


@pytest.fixture
def owner(make_account: Make) -> Account:
    return make_account(name="王大伯", phone="+8613800001234")


def card_of(app: Flask, owner: Account, **values: object) -> object:
    offer = make_offer(owner, **values)
    with app.test_request_context():
        return cards([offer.id])[0]


def test_a_title_that_names_the_product_is_the_heading(app: Flask, owner: Account) -> None:
    card = card_of(app, owner, title="石门翠冠梨又脆又甜")
    assert (card.heading, card.goods) == ("石门翠冠梨又脆又甜", "翠冠梨")


def test_a_title_that_does_not_stands_below_the_product(app: Flask, owner: Account) -> None:
    card = card_of(app, owner, title="自家的，便宜卖")
    assert (card.heading, card.remark) == ("翠冠梨", "自家的，便宜卖")


def test_a_title_that_we_made_is_the_product_alone(app: Flask, owner: Account) -> None:
    card = card_of(app, owner, title="")
    assert (card.heading, card.remark) == ("翠冠梨", "")


def test_the_owners_own_word_says_the_variety(app: Flask, owner: Account) -> None:
    card = card_of(app, owner, title="", product_words="早酥翠冠")
    assert card.heading == card.goods == "早酥翠冠"


def test_the_place_is_said_shortly(app: Flask, owner: Account) -> None:
    card = card_of(app, owner)
    assert (card.place, card.region_name) == ("常德·石门县", "常德市·石门县")
    assert card_of(app, owner, township="430726105").place == "常德·石门·皂市镇"
    # A name too long for the line is left to the offer's page.
    assert card_of(app, owner, township="430726502").place == "常德·石门县"


@pytest.mark.parametrize(
    ("side", "start", "end", "words"),
    [
        (Side.SELL, None, None, ""),
        (Side.SELL, date(2026, 11, 1), None, "现货"),
        (Side.SELL, date(2026, 11, 1), date(2027, 1, 2), "现货，到1月2日"),
        (Side.SELL, date(2026, 12, 9), date(2027, 1, 2), "12月9日起"),
        (Side.SELL, date(2026, 12, 9), date(2026, 12, 9), "12月9日"),
        (Side.SELL, None, date(2026, 12, 9), "到12月9日"),
        (Side.SELL, date(2027, 9, 1), None, "2027年9月1日起"),
        (Side.BUY, date(2026, 11, 1), None, "现在就要"),
        (Side.BUY, date(2026, 11, 1), date(2026, 12, 10), "12月10日前要"),
        (Side.BUY, date(2026, 12, 9), date(2026, 12, 20), "12月9日起要"),
    ],
)
def test_days_are_said_as_seen_from_today(
    app: Flask, side: Side, start: date | None, end: date | None, words: str
) -> None:
    with time_machine.travel(NOON, tick=False), app.test_request_context():
        assert format_period(side, start, end) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 29), "12月29日"),
        (date(2026, 1, 3), "1月3日"),
        (date(2027, 2, 1), "2月1日"),
        (date(2027, 7, 1), "2027年7月1日"),
        (date(2025, 12, 29), "2025年12月29日"),
    ],
)
def test_a_day_of_this_year_or_soon_has_no_year(app: Flask, day: date, words: str) -> None:
    with time_machine.travel(NOON, tick=False), app.test_request_context():
        assert short_day(day) == words


def test_a_moment_has_the_day_at_home_as_people_say_it_and_the_minute(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False), app.test_request_context():
        assert short_datetime(datetime(2026, 11, 28, 16, 5, tzinfo=UTC)) == "11月29日 00:05"
        assert short_datetime(datetime(2025, 11, 28, 1, 5, tzinfo=UTC)) == "2025年11月28日 09:05"
        assert short_datetime(None) == ""


def test_expiry_is_told_in_days_and_never_as_a_midnight(
    app: Flask, owner: Account, client: Client
) -> None:
    with time_machine.travel(NOON, tick=False):
        offer = make_offer(owner, days=30)
        with app.test_request_context():
            assert expiry(offer.valid_until) == "还有 30 天，到12月20日"
        page = text(client.get(f"/offers/{offer.id}"))
        assert "还有 30 天，到12月20日" in page
        assert "00:00" not in page
    with time_machine.travel("2026-12-20T23:00:00+08:00"), app.test_request_context():
        assert expiry(offer.valid_until) == "今天到期"
    with time_machine.travel("2026-12-21T01:00:00+08:00"), app.test_request_context():
        assert expiry(offer.valid_until) == "12月20日已到期"


def test_a_card_shows_tonnes_beside_and_a_drawing_without_a_photo(
    owner: Account, client: Client
) -> None:
    make_offer(owner, quantity=Decimal(80_000), unit="jin")
    page = text(client.get("/offers"))
    assert "8万斤 <small>(40吨)</small>" in page
    assert "img/drawings/pear.svg" in page
    assert "tint-03" in page


def test_a_list_of_what_is_wanted_alone_is_rows(owner: Account, client: Client) -> None:
    make_offer(owner, side=Side.BUY)
    assert "offer-card-want" in text(client.get("/offers?side=buy"))
    assert "offer-card-want" not in text(client.get("/offers"))
