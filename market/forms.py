"""The base form, and fields that every room shares."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import phonenumbers
from babel.support import NullTranslations, Translations
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from markupsafe import Markup
from wtforms import DecimalField, HiddenField, IntegerField, SelectField, StringField
from wtforms.i18n import messages_path
from wtforms.validators import Optional, ValidationError

from market.csrf import FIELD, FormCSRF
from market.form_recovery import refill
from market.language import lazy_gettext as _l
from market.language import words


def tidy(text: Any) -> Any:
    """Text without control characters or outer white space; full-width digits made plain.

    What is no text (nothing, or what a field resolved a text to) stays as it is.
    """
    if not isinstance(text, str):
        return text
    text = "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127))
    return text.translate({0xFF10 + i: str(i) for i in range(10)}).strip()


@lru_cache(maxsize=8)
def _messages(locale: str) -> NullTranslations:
    """What WTForms says, in that language; Flask-WTF would read the file for each form."""
    return Translations.load(messages_path(), [locale], domain="wtforms")


# Fields as drawn, and how many at most.
_drawn: dict[tuple[Any, ...], Markup] = {}
MOST_DRAWN = 512


class Form(FlaskForm):
    """A form with CSRF whose text fields are tidied."""

    class Meta(FlaskForm.Meta):
        csrf_class = FormCSRF

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent; on a page that gives a form back, what had been sent."""
            if formdata is _Auto and (fields := refill()) is not None:
                return fields
            return super().wrap_formdata(form, formdata)

        def get_translations(self, form: Any) -> NullTranslations:
            return _messages(words().locale)

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                if tidy not in filters:
                    unbound_field.kwargs["filters"] = [tidy, *filters]
            field = unbound_field.bind(form=form, **options)
            if isinstance(field, SelectField):
                # A blank is no choice: to pass over it would hand it on as if it were one.
                field.validators = [
                    Optional(strip_whitespace=False) if isinstance(v, Optional) else v
                    for v in field.validators
                ]
            return field

    def is_sentence(self, field: Any) -> bool:
        """Whether the first error of a field says which one is missing, without its label."""
        required = [v for v in field.validators if "required" in getattr(v, "field_flags", ())]
        return any(getattr(v, "message", None) is field.errors[0] for v in required)


class FilterForm(Form):
    """A GET form: no CSRF, reads the query string, never refuses the page.

    Fields that don't validate are dropped from `chosen` and shown with their message.
    """

    class Meta(Form.Meta):
        csrf = False

    def drawn(self, name: str, macro: Callable[[Any], Markup]) -> Markup:
        """The field as `macro` draws it; kept, while nothing is wrong with what it holds.

        Everyone is shown the same few fields, most of them empty.
        """
        field = self[name]
        if field.errors:
            return macro(field)
        value = field.data if isinstance(field, SelectField) else field._value()
        key = (type(self), name, value, words().locale, request.root_url)
        if (html := _drawn.get(key)) is None:
            html = macro(field)
            if len(_drawn) >= MOST_DRAWN:
                _drawn.clear()
            _drawn[key] = html
        return html

    def chosen(self) -> dict[str, Any]:
        """The valid, non-empty filters by name."""
        self.validate()
        return {f.name: f.data for f in self if not f.errors and f.data not in (None, "", [])}


class ParameterField(IntegerField):
    """A whole number that the site's own links and forms carry: a page, an instant, a key.

    More than eighteen digits are none: what checks it further may count in floats.
    """

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist and not re.fullmatch(r"\s*([0-9]{1,18})?\s*", valuelist[0]):
            self.data = None
            raise ValueError(_l("Write a number, digits only."))
        super().process_formdata(valuelist)


class IdempotencyKey(HiddenField):
    """A key made when the form is shown: a form sent twice carries it twice.

    `data` is the key of what the form says: sent again with the same content it is the same,
    after Back and a change it is another.
    """

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(label, default=lambda: uuid.uuid4().hex, **kwargs)
        self.shown: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = valuelist[0] if valuelist else ""
        self.shown = given if re.fullmatch(r"[0-9a-f]{32}", given) else uuid.uuid4().hex
        self.data = _content_key(self.shown)

    def _value(self) -> str:
        return self.shown or self.data or ""


def _content_key(key: str) -> str:
    """The key of `key` and all else that this request sends where; 32 hex digits."""
    sent = hashlib.blake2b(digest_size=16)
    sent.update(repr((key, request.path, sorted(request.args.items(multi=True)))).encode())
    fields = sorted(pair for pair in request.form.items(multi=True) if pair[0] != FIELD)
    sent.update(repr(fields).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        sent.update(name.encode())
        while chunk := file.stream.read(1 << 16):
            sent.update(chunk)
        file.stream.seek(0)
    return sent.hexdigest()


class ExactDecimalField(DecimalField):
    """A decimal of at most `places` places and `digits` digits before the point, above zero.

    Reads what people type: full-width digits, thousands separators, a trailing unit is
    refused with a message.
    """

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        self.exact_places = kwargs.pop("places", 3)
        self.digits = kwargs.pop("digits", 9)
        super().__init__(label, validators, places=None, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{self.data.normalize():f}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        text = (tidy(valuelist[0]) or "").replace(",", "").replace("，", "").replace("．", ".")
        try:
            number = Decimal(text) if re.fullmatch(r"[+-]?\d*\.?\d+|\d+\.", text) else None
        except InvalidOperation:
            number = None
        if number is None:
            self.data = None
            raise ValueError(_l("Write a number, digits only."))
        self.data = number
        if number <= 0:
            raise ValueError(_l("Must be more than zero."))
        if number >= Decimal(10) ** self.digits:
            raise ValueError(_l("That is more than anybody has: check the number and the unit."))
        if number.as_tuple().exponent < -self.exact_places:
            raise ValueError(_l("At most %(places)s decimals.", places=self.exact_places))


def normalize_phone(text: str) -> str:
    """A Chinese mobile or landline number as +86… (E.164).

    Raises:
        ValueError: it is no such number.
    """
    try:
        number = phonenumbers.parse(tidy(text) or "", "CN")
    except phonenumbers.NumberParseException:
        raise ValueError(text) from None
    if number.country_code != 86 or not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(StringField):
    """A Chinese phone number; `data` is E.164 once validated."""

    data: str | None

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            self.data = normalize_phone(self.data)
        except ValueError:
            raise ValidationError(
                _l("Write a Chinese mobile (11 digits) or landline number with area code.")
            ) from None

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else (self.data or "")
