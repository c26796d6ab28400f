"""Filling in the form of an offer from a sentence, and keeping what was typed beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import BooleanField, SelectField

from market.offers.forms import OfferForm
from market.offers.models import Side
from market.offers.sentence import Sentence, joined, read_sentence
from market.regions.models import Region

# Joined to what somebody wrote there, and not put in its place.
_JOINED = ("grade", "description")
_OF_A_PRICE = ("price_low", "price_high", "price_unit", "negotiable")


def fill_form(
    form: OfferForm,
    side: Side,
    near: Region,
    data: dict[str, Any],
    typed: Mapping[str, str] | None,
    text: str,
    good: str,
) -> OfferForm:
    """A form filled in from a good of the sentence `text`; what that says nothing of stays as
    `typed` in `form`.

    Args:
        side, near, data: of the new form.
        typed: the fields that were sent, None where nothing was.
        good: its number, counted from 0.
    """
    initial = texts_of(OfferForm(side, near, data, None))
    fields: MultiDict[str, str] = MultiDict(initial if typed is None else typed)
    if form.understood is not None:
        _take_back(fields, form.understood, initial)
    posts = read_sentence(text, side)
    number = min(int(good) if good in map(str, range(9)) else 0, len(posts) - 1)
    _fill(fields, Sentence(posts[number], side))
    for name, value in {"sentence": text, "filled_from": text, "good": str(number)}.items():
        fields[name] = value
    files = request.files if typed is not None else MultiDict()
    return OfferForm(side, near, data, CombinedMultiDict([fields, files]))


def texts_of(form: OfferForm) -> dict[str, str]:
    """The fields of a form as a browser would send them, but for its key and its files."""
    texts = {}
    for field in form:
        if field.name == "key" or isinstance(field, BooleanField):
            continue
        value = field.data if isinstance(field, SelectField) else getattr(field, "_value", str)()
        texts[field.name] = value if isinstance(value, str) else ""
    return {name: value for name, value in texts.items() if value}


def _take_back(fields: MultiDict[str, str], former: Sentence, initial: Mapping[str, str]) -> None:
    """Take out what the sentence read before had filled in."""
    for name, value in former.values.items():
        if fields.getlist(name)[-1:] == [value]:
            fields.setlist(name, [initial[name]] if name in initial else [])


def _fill(fields: MultiDict[str, str], sentence: Sentence) -> None:
    if sentence.values.keys() & {"price_low", "negotiable"}:
        for name in _OF_A_PRICE:
            fields.poplist(name)
    for name, value in sentence.values.items():
        before = fields.get(name, "").strip()
        is_new = name in _JOINED and before and value not in before
        fields[name] = joined([before, value]) if is_new else value
    if sentence.chosen:
        fields.setlist("product", [sentence.chosen, sentence.values["product"]])
