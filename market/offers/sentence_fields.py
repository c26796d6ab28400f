"""What the form of an offer has beside its values: the sentence, and what was asked about."""

from __future__ import annotations

from typing import Any

from flask_babel.speaklater import LazyString
from wtforms import HiddenField, TextAreaField

from market.offers.fields import OFFER_FIELDS, TEXT_FIELDS
from market.offers.labels import SIDES
from market.offers.models import Side
from market.offers.posts import ParsedPost
from market.offers.posts.phones import take_phone
from market.offers.sentence import (
    MAX_SENTENCE_LENGTH,
    Sentence,
    product_name,
    read_sentence,
)
from market.products.quantities import format_price, full_quantity
from market.web.filters import day, trimmed
from market.web.forms import Length, normalize_phone
from market.web.language import lazy_gettext as _l

# What is unsure of a sentence, and the field that asks it.
_QUESTIONS: dict[str, tuple[str, LazyString]] = {
    "quantity": (
        "quantity",
        _l("The sentence says it of several goods together: how much is it of this one?"),
    ),
    "unit": ("unit", _l("We don't know the unit you wrote: choose one.")),
    "price_unit": ("price_unit", _l("The sentence does not say what the price is for: this?")),
}


# The fields of the form that words of a sentence go into.
_LABELS: dict[str, LazyString] = {
    "side": _l("Side"),
    "product": _l("Product"),
    "quantity": _l("Quantity"),
    "price_low": _l("Price"),
    "region": _l("Place"),
    "supply_from": _l("Dates"),
    "contact_phone": _l("Phone"),
    "min_lot": _l("Minimum lot"),
    "grade": _l("Variety, grade or size"),
    "description": _l("Anything else to know"),
}


def _value_of(sentence: Sentence, field: str, side: Side) -> str:
    """What a field says of a sentence; "" where it says its words."""
    post = sentence.post
    match field:
        case "side":
            return str(SIDES[side])
        case "product":
            return product_name(post)
        case "quantity" if post.quantity is not None:
            return full_quantity(post.quantity, post.unit) if post.unit else trimmed(post.quantity)
        case "price_low":
            unit = post.price_unit or post.unit or "jin"
            return format_price(post.price_low, post.price_high, unit)
        case "supply_from":
            return " – ".join(map(day, filter(None, (post.supply_from, post.supply_to))))
        case "region" | "contact_phone":
            return sentence.values.get(field, "")
    return ""


class SentenceFields:
    """The fields of an offer's form that are no values of the offer.

    Attributes:
        sentence: what its owner types in one go.
        filled_from: the sentence that the form was filled in from last; `good`: by which of
            its goods.
        asked: what was asked about once, with spaces between; sent again, it is meant.
        seen: the `fingerprint` of the offer as whoever fills in the form saw it; "" for a new one.
        changes_side: whether the sentence says another side than was chosen.
    """

    sentence = TextAreaField(_l("In one sentence"), [Length(max=MAX_SENTENCE_LENGTH)])
    filled_from = HiddenField()
    good = HiddenField()
    asked = HiddenField()
    seen = HiddenField()
    side: Side
    changes_side = False

    @property
    def has_unread_sentence(self) -> bool:
        """Whether the sentence was changed since the form was filled in from it."""
        typed = (self.sentence.data or "").split()
        return bool(typed) and typed != (self.filled_from.data or "").split()

    @property
    def posts(self) -> list[ParsedPost]:
        """What the form was filled in from, once for each good; empty for none."""
        if "posts" not in self.__dict__:
            text = (self.filled_from.data or "")[:MAX_SENTENCE_LENGTH]
            self.__dict__["posts"] = read_sentence(text, self.side) if text.strip() else []
        found: list[ParsedPost] = self.__dict__["posts"]
        return found

    @property
    def good_number(self) -> int:
        """By which of the sentence's goods it is filled in, counted from 0."""
        number = self.good.data or ""
        return min(int(number) if number in map(str, range(9)) else 0, max(len(self.posts) - 1, 0))

    @property
    def goods(self) -> list[str]:
        """The names of the goods of the sentence."""
        return [product_name(post) for post in self.posts]

    @property
    def understood(self) -> Sentence | None:
        """How the sentence was read for this form; None where it wasn't."""
        return Sentence(self.posts[self.good_number], self.side) if self.posts else None

    @property
    def rows_understood(self) -> list[tuple[str, Any, str]]:
        """(words of the sentence, the field they went into, what that says where it says it
        otherwise), in the order of the sentence."""
        sentence = self.understood
        if sentence is None:
            return []
        rows: list[tuple[str, Any, str]] = []
        for piece in sentence.pieces:
            if piece.field not in _LABELS:
                continue
            label, value = _LABELS[piece.field], _value_of(sentence, piece.field, self.side)
            if rows and rows[-1][1] is label:
                rows[-1] = (f"{rows[-1][0]} {piece.words}", label, value)
            else:
                rows.append((piece.words, label, "" if value == piece.words else value))
        return rows

    @property
    def as_before(self) -> list[tuple[Any, str]]:
        """(label, value) of the place and the number that nobody wrote: those of the last offer,
        or of the account."""
        sentence = self.understood
        if sentence is None:
            return []
        found = []
        for name in ("region", "contact_phone"):
            field: Any = self[name]  # type: ignore[index]
            data, before = field.data, field.object_data
            if name == "contact_phone":
                data, before = _normalized(data), _normalized(before)
            if data and data == before and name not in sentence.values:
                found.append((_LABELS[name], field._value()))
        return found

    def ask(self) -> None:
        """Ask at its field what is missing, wrong or unsure in a form just filled in."""
        self.validate()  # type: ignore[attr-defined]
        self["csrf_token"].errors = []  # type: ignore[index]
        for name in self.posts[self.good_number].unsure if self.posts else ():
            if name in _QUESTIONS:
                field, question = _QUESTIONS[name]
                self[field].errors = [*self[field].errors, question]  # type: ignore[index]

    @property
    def meant_again(self) -> set[int]:
        """The ids of the offers that this one is to be another of, though it is the same."""
        asked = (self.asked.data or "").split()
        numbers = (word.removeprefix("equal:") for word in asked if word.startswith("equal:"))
        return {int(number) for number in numbers if number.isdecimal() and len(number) < 16}

    def ask_once(self, question: str) -> bool:
        """Whether to ask this question, a word; asked before, it is answered by sending again."""
        asked = (self.asked.data or "").split()
        if question in asked:
            return False
        self.asked.data = " ".join([*asked, question])
        return True

    def show_present(self, stored: Any) -> None:
        """Show what the offer says now beside what was typed over it; sent again, that counts.

        Args:
            stored: the form with the values of the offer.
        """
        form: Any = self
        form.form_errors.append(_l("What you wrote is still here: look at it and send it again."))
        form.seen.data = stored.seen.data
        form.seen.raw_data = None
        for field in form:
            if field.name in OFFER_FIELDS and hasattr(field, "_value"):
                now = stored[field.name]._value()
                if field._value() != now:
                    present = _l("Now it is: %(value)s", value=now or "–")
                    field.errors = [*field.errors, present]

    def move_phones(self) -> None:
        """Move a phone number from the texts to the field of its own."""
        contact: Any = self["contact_phone"]  # type: ignore[index]
        typed = _normalized(contact.data)
        is_default = typed == _normalized(contact.object_data)
        for described in TEXT_FIELDS:
            field: Any = self._fields.get(described.name)  # type: ignore[attr-defined]
            if field is None or not isinstance(field.data, str):
                continue
            text, number = take_phone(field.data)
            while number and (not typed or is_default or typed == number):
                typed, is_default = number, False
                field.data, contact.data = text, number
                text, number = take_phone(text)
            if number:
                field.process_errors = [
                    *field.process_errors,
                    _l("Only one number can be rung: which? Leave the other one out."),
                ]
        if contact.data == typed and typed:
            contact.raw_data = None


def _normalized(number: str | None) -> str:
    try:
        return normalize_phone(number or "")
    except ValueError:
        return number or ""
