"""Every form reads numbers, days and money in the one way of market.web.forms."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from flask import Flask
from wtforms import (
    DateTimeField,
    DecimalField,
    FloatField,
    Form,
    IntegerField,
    TimeField,
)
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired

import market
from market.web.forms import DayField, ExactDecimalField, ExactIntegerField
from market.web.forms import Form as OurForm

# What WTForms has (a DateField is a DateTimeField), and what reads as people write.
OURS = {DecimalField: ExactDecimalField, IntegerField: ExactIntegerField, DateTimeField: DayField}
NOT_USED = (FloatField, TimeField)


def every_field() -> Iterator[tuple[str, type]]:
    for module in pkgutil.walk_packages(market.__path__, "market."):
        if "migrations" not in module.name:
            importlib.import_module(module.name)
    seen: set[type[Form]] = set()
    waiting = [Form]
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form not in seen:
                seen.add(form)
                waiting.append(form)
                for name, field in vars(form).items():
                    if isinstance(field, UnboundField):
                        yield f"{form.__module__}.{form.__name__}.{name}", field.field_class


def test_every_field_of_a_number_or_a_day_reads_what_people_write() -> None:
    fields = dict(every_field())
    wrong = [
        name
        for name, kind in fields.items()
        if issubclass(kind, NOT_USED)
        or any(issubclass(kind, plain) and not issubclass(kind, own) for plain, own in OURS.items())
    ]
    assert not wrong
    assert sum(issubclass(kind, DecimalField) for kind in fields.values()) > 10


@pytest.mark.parametrize("blank", ["", " ", "\u3000 \u3000", "\u200b"])
def test_what_shows_nothing_is_missing_where_something_is_required(app: Flask, blank: str) -> None:
    class Needed(OurForm):
        amount = ExactDecimalField(validators=[InputRequired("Write it.")])
        days = ExactIntegerField(validators=[InputRequired("Write it.")])
        day = DayField(validators=[InputRequired("Write it.")])

    with app.test_request_context(
        method="POST", data=dict.fromkeys(("amount", "days", "day"), blank)
    ):
        form = Needed(meta={"csrf": False})
        assert not form.validate()
        assert form.errors == {name: ["Write it."] for name in ("amount", "days", "day")}
