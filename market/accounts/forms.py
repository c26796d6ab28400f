"""Registering, logging in, the profile, and what administrators send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Optional, ValidationError

from market.accounts import labels
from market.accounts.models import Account, Role
from market.accounts.password_strength import password_problem
from market.accounts.queries import AccountSearch, AccountState
from market.accounts.rules import looks_one_time
from market.regions.forms import RegionField
from market.regions.models import Region
from market.regions.township_field import BelowCounty, TownshipField
from market.text.phones import mask_phones
from market.web.forms import FilterForm, Form, Length, PhoneField
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH
from market.web.slots import link

# A choice of the filter beside the roles themselves.
ANY_ROLE = "any"


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
        owner: Account | None = getattr(form, "owner", None)
        phone, name = (owner.phone, owner.name) if owner else form.typed_of_owner()
        if problem := password_problem(field.data or "", phone, name):
            raise ValidationError(problem)
        if owner and looks_one_time(field.data or ""):
            raise ValidationError(
                _l("Ten digits are how a one-time password looks. Choose one that only you know.")
            )


class PartyForm(BelowCounty):
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


def agree_label() -> Markup:
    """What one agrees to, with links that open beside the form."""
    page = Markup('<a href="{}" target="_blank">{}</a>')
    terms = page.format(link("terms"), _("terms of use"))
    privacy = page.format(link("privacy"), _("privacy page"))
    text = _(
        "I have read the %(terms)s and the %(privacy)s, and agree.", terms=terms, privacy=privacy
    )
    return Markup(text)


class AgreeForm(Form):
    agreed = BooleanField(
        "", [Needed(_l("Still missing: that you agree to the terms of use and the privacy page."))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreed.label.text = agree_label()


class RegisterForm(PartyForm, AgreeForm):
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

    def typed_of_owner(self) -> tuple[str | None, str | None]:
        return self.phone.data, self.name.data


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
    has_large_text = BooleanField(_l("Large text"))


class CodeField(StringField):
    """Digits that a message or an app shows; the browser offers them where it can."""

    def __init__(self, label: Any, mode: str = "numeric", **kwargs: Any) -> None:
        super().__init__(
            label,
            [Needed(_l("Still missing: the code.")), Length(max=20)],
            render_kw={"autocomplete": "one-time-code", "inputmode": mode},
            **kwargs,
        )


class ForgottenForm(Form):
    phone = PhoneField(
        _l("Phone"),
        [Needed(_l("Still missing: the phone number."))],
        description=_l("The mobile number you log in with."),
    )


class NewPasswordForm(Form):
    password = PasswordField(
        _l("New password"),
        [Needed(_l("Still missing: the password.")), NewPassword()],
        description=_l("At least 8 characters."),
    )
    again = PasswordField(
        _l("New password, again"),
        [EqualTo("password", _l("The two are not the same."))],
    )


class ResetForm(NewPasswordForm):
    """A new password with the code sent to `phone`."""

    code = CodeField(_l("Code from the message"), description=_l("Six digits."))

    def __init__(self, *args: Any, phone: str, **kwargs: Any) -> None:
        self.sent_to = phone
        super().__init__(*args, **kwargs)

    def typed_of_owner(self) -> tuple[str | None, str | None]:
        return self.sent_to, None


class ChoosePasswordForm(NewPasswordForm):
    """`owner` is the account, whose phone and name can't be its password."""

    def __init__(self, *args: Any, owner: Account, **kwargs: Any) -> None:
        self.owner = owner
        super().__init__(*args, **kwargs)


class SecondStepForm(Form):
    code = CodeField(
        _l("Code from the app"),
        "text",
        description=_l("Six digits. Without the phone: one of your recovery codes."),
    )


class PhoneCodesForm(Form):
    code = CodeField(_l("Code sent to the number of now"))
    new_code = CodeField(_l("Code sent to the new number"))


class PasswordForm(ChoosePasswordForm):
    current = PasswordField(
        _l("Password now"), [Needed(_l("Still missing: the password.")), Length(max=200)]
    )


class PhoneForm(Form):
    phone = PhoneField(_l("New phone number"), [Needed(_l("Still missing: the phone number."))])


class ConfirmForm(Form):
    password = PasswordField(
        _l("Password"), [Needed(_l("Still missing: the password.")), Length(max=200)]
    )


class OwnPhoneForm(PhoneForm, ConfirmForm):
    """Another number of one's own."""


class SetUpForm(ConfirmForm):
    """Begin with an authenticator app."""

    code = CodeField(_l("Code from the app"), description=_l("Six digits."))


class SecondFactorForm(ConfirmForm):
    """Confirm what changes the second factor."""

    code = CodeField(
        _l("Code from the app"),
        "text",
        description=_l("Six digits. Without the phone: one of your recovery codes."),
    )


class GrantForm(BelowCounty):
    role = SelectField(
        _l("Role"), [Needed(_l("Still missing: the role."))], choices=options(labels.ROLES)
    )
    region = RegionField(_l("Acts in"), [PlaceNeeded()], leaves_only=False)
    township = TownshipField(
        _l("Township of the station"),
        description=_l("Only of an assistant. Empty: the station serves the whole county."),
    )

    def validate_township(self, field: TownshipField) -> None:
        # Of a region without townships what is typed would go with the village.
        if self.village.data:
            raise ValidationError(_l("The townships of that region are not known: leave it empty."))

    @property
    def chosen_region(self) -> Region:
        """The region, once validated."""
        assert self.region.data is not None
        return self.region.data

    @property
    def chosen_role(self) -> Role:
        return Role(self.role.data)


def office_field() -> StringField:
    return StringField(
        _l("Office"),
        [Length(max=60), no_phone_inside],
        description=_l("Where they work: the bureau and its section, or the station."),
    )


class NewAccountForm(GrantForm):
    """Somebody of an office, with the role they hold."""

    name = StringField(
        _l("Name"),
        [Needed(_l("Still missing: the name.")), Length(2, 40), no_phone_inside],
        description=_l("Of the person: each has a log-in of their own."),
    )
    phone = PhoneField(
        _l("Phone"),
        [Needed(_l("Still missing: the phone number."))],
        description=_l("They log in with it."),
    )
    office = office_field()


class OfficeForm(Form):
    office = office_field()


class CloseAccountForm(Form):
    reason = StringField(
        _l("Reason"),
        [Needed(_l("Still missing: the reason.")), Length(max=MAX_REASON_LENGTH)],
        description=_l("It is recorded, and they read it when they try to log in."),
    )


class AccountFilter(FilterForm):
    """Which accounts an administrator looks for; every field narrows them."""

    q = StringField(_l("Name, phone or office"), [Length(max=60)])
    role = SelectField(
        _l("Role"),
        [Optional()],
        choices=[
            SelectChoice("", _l("All")),
            SelectChoice(ANY_ROLE, _l("Any role")),
            *options(labels.ROLES),
        ],
    )
    region = RegionField(_l("Region"), [Optional()], leaves_only=False)
    state = SelectField(
        _l("State"),
        [Optional()],
        choices=[SelectChoice("", _l("All")), *options(labels.ACCOUNT_STATES)],
    )

    def search(self) -> AccountSearch:
        """What is looked for, by the fields that are right."""
        chosen = self.chosen()
        role = chosen.get("role")
        return AccountSearch(
            text=chosen.get("q", ""),
            has_role=role is not None,
            role=Role(role) if role and role != ANY_ROLE else None,
            region=chosen["region"].path if "region" in chosen else None,
            state=AccountState(chosen["state"]) if "state" in chosen else None,
        )

    def address(self) -> dict[str, Any]:
        """The filters as they stand in an address."""
        return {name: getattr(value, "code", value) for name, value in self.chosen().items()}


class SearchForm(FilterForm):
    q = StringField(_l("Name or phone"), [Length(max=60)])
