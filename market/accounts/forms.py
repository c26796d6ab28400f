"""Registering, logging in, the profile, and what administrators send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, ValidationError

from market.accounts import labels
from market.accounts.models import Account, Role
from market.accounts.password_strength import password_problem
from market.accounts.rules import looks_one_time
from market.regions.forms import RegionField
from market.regions.models import Region
from market.text.phones import mask_phones
from market.web.forms import FilterForm, Form, Length, PhoneField
from market.web.language import lazy_gettext as _l


def options(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """Choices of a field from a dict of labels."""
    return [SelectChoice(str(value), word) for value, word in words.items()]


class Needed(InputRequired):
    """Required, with a word on what is missing."""


class PlaceNeeded:
    """A region is required; the field's own message about a wrong one stays."""

    field_flags = {"required": True}  # noqa: RUF012
    message = _l("Still missing: the county.")

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is None and not field.process_errors:
            raise ValidationError(self.message)


def no_phone_inside(form: Any, field: Any) -> None:
    """A name is public; a phone number in it would be too."""
    if field.data and mask_phones(field.data) != field.data:
        raise ValidationError(_l("Leave the phone number out of the name: everybody sees it."))


class NewPassword:
    """A password worth having, without the phone or name of the form or of its `owner`.

    An owner may have come in with a one-time password, which is never to be kept.
    """

    def __call__(self, form: Any, field: Any) -> None:
        owner = getattr(form, "owner", None)
        phone = owner.phone if owner else form.phone.data
        name = owner.name if owner else form.name.data
        if problem := password_problem(field.data or "", phone, name):
            raise ValidationError(problem)
        if owner and looks_one_time(field.data or ""):
            raise ValidationError(
                _l("Ten digits are how a one-time password looks. Choose one that only you know.")
            )


class PartyForm(Form):
    """What everybody may know of a party."""

    name = StringField(
        _l("Name"),
        [Needed(_l("Still missing: the name.")), Length(2, 40), no_phone_inside],
        description=_l("Your own, or the cooperative's or firm's."),
    )
    trader_type = RadioField(
        _l("I am a"),
        [Needed(_l("Still missing: who you are."))],
        choices=options(labels.TRADER_TYPES),
    )
    region = RegionField(_l("Home county"), [PlaceNeeded()], with_detail=True)


class RegisterForm(PartyForm):
    phone = PhoneField(
        _l("Phone"),
        [Needed(_l("Still missing: the phone number."))],
        description=_l("You log in with it. Only those logged in see it."),
    )
    password = PasswordField(
        _l("Password"),
        [Needed(_l("Still missing: the password.")), NewPassword()],
        description=_l("At least 8 characters."),
    )


class LoginForm(Form):
    phone = PhoneField(_l("Phone"), [Needed(_l("Still missing: the phone number."))])
    password = PasswordField(
        _l("Password"), [Needed(_l("Still missing: the password.")), Length(max=200)]
    )
    remember = BooleanField(_l("Stay logged in on this device"))
    next = HiddenField()


class ProfileForm(PartyForm):
    language = RadioField(
        _l("Language"),
        [Needed(_l("Still missing: the language."))],
        choices=options(labels.LANGUAGES),
    )


class ChoosePasswordForm(Form):
    """`owner` is the account, whose phone and name can't be its password."""

    password = PasswordField(
        _l("New password"),
        [Needed(_l("Still missing: the password.")), NewPassword()],
        description=_l("At least 8 characters."),
    )
    again = PasswordField(
        _l("New password, again"),
        [EqualTo("password", _l("The two are not the same."))],
    )

    def __init__(self, *args: Any, owner: Account, **kwargs: Any) -> None:
        self.owner = owner
        super().__init__(*args, **kwargs)


class PasswordForm(ChoosePasswordForm):
    current = PasswordField(
        _l("Password now"), [Needed(_l("Still missing: the password.")), Length(max=200)]
    )


class PhoneForm(Form):
    phone = PhoneField(_l("New phone number"), [Needed(_l("Still missing: the phone number."))])


class OwnPhoneForm(PhoneForm):
    password = PasswordField(
        _l("Password"), [Needed(_l("Still missing: the password.")), Length(max=200)]
    )


class EraseForm(Form):
    password = PasswordField(
        _l("Password"), [Needed(_l("Still missing: the password.")), Length(max=200)]
    )


class GrantForm(Form):
    role = SelectField(
        _l("Role"), [Needed(_l("Still missing: the role."))], choices=options(labels.ROLES)
    )
    region = RegionField(_l("Acts in"), [PlaceNeeded()], leaves_only=False)

    @property
    def chosen_region(self) -> Region:
        """The region, once validated."""
        assert self.region.data is not None
        return self.region.data

    @property
    def chosen_role(self) -> Role:
        return Role(self.role.data)


class SearchForm(FilterForm):
    q = StringField(_l("Name or phone"), [Length(max=60)])
