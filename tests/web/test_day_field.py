"""A field of a day: what people write there, and what it says to what is none."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from market.text.days import Nearest
from market.web import home_time
from market.web.forms import DayField, Form
from tests.quality import sets


class OneDay(Form):
    day = DayField()
    past = DayField(nearest=Nearest.NOT_FUTURE)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_time, "utcnow", lambda: sets.TODAY)


def form_of(app: Flask, **typed: str) -> OneDay:
    with app.test_request_context(method="POST", data=typed):
        form = OneDay(meta={"csrf": False})
        form.validate()
        return form


@pytest.mark.parametrize(
    ("text", "ahead"),
    [("明天", 1), ("后天", 2), ("大后天", 3), ("今天", 0), ("tomorrow", 1)],
)
def test_a_day_may_be_named_as_in_a_sentence(app: Flask, text: str, ahead: int) -> None:
    form = form_of(app, day=text)
    assert not form.errors
    assert form.day.data is not None
    assert (form.day.data - home_time.home_today()).days == ahead


def test_a_day_of_the_moon_is_a_day(app: Flask) -> None:
    assert form_of(app, day="腊月二十八").day.data == date(2027, 2, 4)


@pytest.mark.parametrize("text", ["1900-01-01", "9999-12-31", "9999年12月31日", "18991231"])
def test_a_year_out_of_range_is_said_to_be_one(app: Flask, text: str) -> None:
    with app.test_request_context(method="POST", data={"day": text}):
        form = OneDay(meta={"csrf": False})
        assert not form.validate()
        assert "1990 到 2100" in str(form.day.errors[0])


@pytest.mark.parametrize("text", ["下周", "8月", "卖到腊月底", "31", "2026-02-30", "很快"])
def test_what_is_no_single_day_is_refused_with_an_example_that_may_be_written(
    app: Flask, text: str
) -> None:
    with app.test_request_context(method="POST", data={"day": text, "past": text}):
        form = OneDay(meta={"csrf": False})
        assert not form.validate()
        assert str(form.day.example) in str(form.day.errors[0])
        assert form.day.example > home_time.home_today()
        assert str(home_time.home_today()) in str(form.past.errors[0])
