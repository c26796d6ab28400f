"""Every form reads numbers, days and money in the one way of market.forms."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from wtforms import (
    DateTimeField,
    DecimalField,
    FloatField,
    Form,
    IntegerField,
    TimeField,
)
from wtforms.fields.core import UnboundField

import market
from market.forms import DayField, ExactDecimalField, ExactIntegerField

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
