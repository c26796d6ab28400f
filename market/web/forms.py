"""The base form, and fields that every room shares."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import phonenumbers
from babel.support import NullTranslations, Translations
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from markupsafe import Markup
from wtforms import (
    DateField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    validators,
)
from wtforms.i18n import messages_path
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextInput

from market.text.characters import tidy
from market.text.days import Nearest, names_other_year, parse_day
from market.text.money import parse_yuan
from market.text.numbers import parse_number, plain_numerals
from market.text.periods import parse_named_day
from market.web.csrf import FIELD, FormCSRF
from market.web.filters import readable_phone
from market.web.form_recovery import refill
from market.web.fragments import cached_fragment
from market.web.home_time import home_today
from market.web.language import catalog, is_english
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l

# Characters that a browser takes into a field of a GET form: each may need nine in the address, of
# which gunicorn reads 4,094.
MAX_QUERY_LENGTH = 400


def plain_password(text: Any) -> Any:
    """A password as it has been hashed from the beginning; never change what this gives."""
    if not isinstance(text, str):
        return text
    text = "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127))
    return text.translate({0xFF10 + i: str(i) for i in range(10)}).strip()


@lru_cache(maxsize=8)
def _messages(locale: str) -> NullTranslations:
    """What WTForms says, in that language; Flask-WTF would read the file for each form."""
    return Translations.load(messages_path(), [locale], domain="wtforms")


class Length(validators.Length):
    """How many characters a text may have; says so in words of ours."""

    def __call__(self, form: Any, field: Any) -> None:
        count = len(field.data or "")
        if count >= self.min and (self.max == -1 or count <= self.max):
            return
        if self.max == -1:
            message = _l(
                "At least %(least)s characters, not %(count)s.", least=self.min, count=count
            )
        elif self.min < 1:
            message = _l("At most %(most)s characters, not %(count)s.", most=self.max, count=count)
        else:
            message = _l(
                "Between %(least)s and %(most)s characters, not %(count)s.",
                least=self.min,
                most=self.max,
                count=count,
            )
        raise ValidationError(message)


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
            return _messages(catalog().locale)

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Markup:
            # A browser cuts what is pasted to the length allowed, and says nothing.
            return super().render_field(field, {"maxlength": False, **render_kw})

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            if issubclass(unbound_field.field_class, StringField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                hidden = issubclass(unbound_field.field_class, PasswordField)
                clean = plain_password if hidden else tidy
                if clean not in filters:
                    unbound_field.kwargs["filters"] = [clean, *filters]
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

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Markup:
            # Longer than any field allows, so that it says what is too long; and as long as an
            # address may be that servers read.
            if isinstance(field, StringField):
                render_kw = {"maxlength": MAX_QUERY_LENGTH, **render_kw}
            return super().render_field(field, render_kw)

    def render_cached(self, name: str, macro: Callable[[Any], Markup]) -> Markup:
        """The field as `macro` renders it; one with errors is rendered each time."""
        field = self[name]
        if field.errors:
            return macro(field)
        value = field.data if isinstance(field, SelectField) else field._value()
        return cached_fragment(type(self).__name__, name, value, caller=lambda: macro(field))

    def chosen(self) -> dict[str, Any]:
        """The valid, non-empty filters by name."""
        self.validate()
        return {f.name: f.data for f in self if not f.errors and f.data not in (None, "", [])}


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


def _written(field: Field, values: list[Any]) -> str:
    """What was written, tidied; what shows nothing is nothing, for InputRequired too."""
    text: str | None = tidy(values[0]) if values else None
    if not text:
        field.raw_data = []
    return text or ""


class ExactDecimalField(DecimalField):
    """A decimal of at most `places` places and `digits` digits before the point, above zero.

    Reads what people type (market.text.numbers); what may mean two numbers is refused.
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

    def read(self, text: str) -> Decimal | None:
        """The number that `text` is."""
        return parse_number(text)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not (text := _written(self, valuelist)):
            return
        number = self.read(text)
        if number is None:
            raise ValueError(_l("Write one number, such as 5200, 5200.5 or 8万."))
        if number <= 0:
            raise ValueError(_l("Must be more than zero."))
        if number >= Decimal(10) ** self.digits:
            raise ValueError(_l("That is more than anybody has: check the number and the unit."))
        if number.normalize().as_tuple().exponent < -self.exact_places:
            raise ValueError(_l("At most %(places)s decimals.", places=self.exact_places))
        # A refused value has one message, not two.
        self.data = number


class YuanField(ExactDecimalField):
    """An amount in yuan: also 1块6, 三元二角, 1.2万元."""

    def read(self, text: str) -> Decimal | None:
        return parse_yuan(text)


class WanField(ExactDecimalField):
    """An amount in 万元, typed in the unit of the page's language (filters.wan): in English in
    CNY million. One that names its own unit (3000万, 1.2亿元) is read in that."""

    def read(self, text: str) -> Decimal | None:
        number = parse_number(text)
        if number is not None and not re.search("[万亿萬億wW]", text):
            return number * 100 if is_english() else number
        yuan = parse_yuan(text)
        return None if yuan is None else yuan / 10_000


class ExactIntegerField(IntegerField):
    """A whole number that the database can hold, read as ExactDecimalField reads."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not (text := _written(self, valuelist)):
            return
        number = parse_number(text)
        if number is None or number != number.to_integral_value() or abs(number) >= 2**63:
            raise ValueError(_l("Write a whole number, such as 30."))
        self.data = int(number)


class DayInput(TextInput):
    """A day is written as people write it. A browser's own field for days would speak the
    browser's language and hold nothing else; days.js adds its calendar behind a button."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        kwargs.setdefault("placeholder", field.example.isoformat())
        kwargs.setdefault("data-day", _("Open the calendar"))
        kwargs.setdefault("autocomplete", "off")
        return super().__call__(field, **kwargs)


class DayField(DateField):
    """A local day, read as people write it; empty is None.

    Args:
        nearest: which year is meant where none is written.
    """

    widget = DayInput()
    data: Any

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        nearest: Nearest = Nearest.EITHER_WAY,
        **kwargs: Any,
    ) -> None:
        self.nearest = nearest
        super().__init__(label, validators, **kwargs)

    @property
    def example(self) -> date:
        """A day that somebody may write here."""
        return home_today() + timedelta(0 if self.nearest is Nearest.NOT_FUTURE else 30)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not (text := _written(self, valuelist)):
            return
        today = home_today()
        self.data = parse_day(text, today, self.nearest) or parse_named_day(text, today)
        if self.data is None and names_other_year(text):
            raise ValueError(_l("The year lies outside 1990 to 2100: check it."))
        if self.data is None:
            spoken = f"{self.example.month}月{self.example.day}日"
            raise ValueError(
                _l("Write a day, such as %(day)s or %(spoken)s.", day=self.example, spoken=spoken)
            )


LETTER = re.compile(r"[^\W\d_\u3400-\u9fff]")


def normalize_phone(text: str) -> str:
    """A phone number in E.164: a Chinese mobile or landline number, or one of another country
    with its code after + or 00.

    Raises:
        ValueError: it is no such number; letters are never read as digits.
    """
    text = plain_numerals(tidy(text) or "")
    if LETTER.search(text):
        raise ValueError(text)
    # The plan of mobile numbers grows faster than the library's tables: any 1[3-9] is one.
    if mobile := re.fullmatch(r"(?:\+86|0086|86)?0?(1[3-9]\d{9})", re.sub(r"[\s()/.·-]", "", text)):
        return f"+86{mobile[1]}"
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise ValueError(text) from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(StringField):
    """A phone number; `data` is E.164 once validated."""

    data: str | None

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            self.data = normalize_phone(self.data)
        except ValueError:
            if LETTER.search(self.data):
                raise ValidationError(
                    _l("There is a letter in it: write digits only, 0 and not O, 1 and not l.")
                ) from None
            raise ValidationError(
                _l(
                    "Write a Chinese mobile (11 digits) or landline number with area code, or "
                    "another country's beginning with +, such as +852."
                )
            ) from None

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        number = self.data or ""
        return readable_phone(number) if number[:1] == "+" else number
