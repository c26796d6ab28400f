"""The worker counts what products cost."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from market import worker
from market.calendar.services import load_clock
from market.database import db, transaction, utcnow
from market.prices.models import PriceDay, RegionalPrice
from market.web.home_time import home_today
from tests.prices.factories import Make, ask_all


def test_todays_prices_are_counted_each_minute(app: Flask, make_account: Make) -> None:
    due = [task.name for task in worker.calendar_of(app).read_periodic(datetime.now())]
    assert "prices_each_minute" in due
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40")
    worker.count_day_prices()
    rows = db.session.scalars(db.select(RegionalPrice)).all()
    assert {row.day for row in rows} == {home_today()}
    assert len(rows) == 3


def test_by_a_clock_that_cannot_be_right_no_day_is_counted(make_account: Make) -> None:
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40")
    with transaction():
        load_clock(utcnow()).stopped_at = utcnow()
    worker.count_day_prices()
    assert db.session.scalars(db.select(PriceDay)).all() == []


def test_what_is_missing_of_the_past_waits_for_its_turn(
    make_account: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAST_PRICES_SECONDS", 0.0)
    ask_all(make_account, "1.00 1.10 1.20 1.30 1.40", since=9)
    worker.count_day_prices()
    assert [row.day for row in db.session.scalars(db.select(PriceDay))] == [home_today()]
