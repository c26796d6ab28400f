"""Registering a farmer who has no account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from market.accounts.forms import Needed, PartyForm, options
from market.accounts.labels import TRADER_TYPES
from market.accounts.models import Account
from market.offers.photo_field import PhotosField
from market.offers.photos import StoredPhoto
from market.stations.consents import FOLDER
from market.stations.farmers import FarmerSearch
from market.stations.labels import WAYS
from market.web.forms import ExactIntegerField, FilterForm, Form, IdempotencyKey, Length, PhoneField
from market.web.language import lazy_gettext as _l


class FarmerFilter(FilterForm):
    """Which of the station's farmers to list.

    Args:
        townships: (code, name) of those where they live; villages: names.
    """

    q = StringField(_l("Name or phone"), [Length(max=60)])
    township = SelectField(_l("Town or township"), default="")
    village = SelectField(_l("Village"), default="")
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)], default=1)

    def __init__(
        self, formdata: Any, townships: Sequence[tuple[str, str]], villages: Sequence[str]
    ) -> None:
        super().__init__(formdata)
        everywhere = SelectChoice("", _l("All"))
        self.township.choices = [everywhere, *(SelectChoice(*town) for town in townships)]
        self.village.choices = [everywhere, *(SelectChoice(name, name) for name in villages)]

    def search(self) -> FarmerSearch:
        """What was asked for, as far as it can be read."""
        chosen = self.chosen()
        return FarmerSearch(
            *(chosen.get(name, "") for name in ("q", "township", "village")),
        )


class ConsentPaperForm(Form):
    """A picture of the form that the farmer signed."""

    paper = PhotosField(
        _l("Signed form"),
        folder=FOLDER,
        max_photos=1,
        description=_l("A picture of the signed form. Only you and the county see it."),
    )

    @property
    def picture(self) -> StoredPhoto | None:
        """What was chosen."""
        return next(iter(self.paper.data), None)


class ConsentFields(ConsentPaperForm):
    """How a farmer agreed."""

    key = IdempotencyKey()
    way = RadioField(
        _l("How the farmer agreed"),
        [Needed(_l("Still missing: how the farmer agreed."))],
        choices=options(WAYS),
    )
    note = StringField(
        _l("Who witnessed it, or where the paper is"),
        [Needed(_l("Still missing: the witness, or where the paper is.")), Length(2, 120)],
    )
    agreed = BooleanField(
        _l("The farmer agrees that I post offers and record deals in their name"),
        [Needed(_l("Without the farmer's consent nothing may be posted for them."))],
    )


class FarmerForm(ConsentFields, PartyForm):
    """
    Attributes:
        similar: farmers of the station who are perhaps this one: asked about once.
    """

    another = BooleanField(_l("This is another person of the same name"))
    similar: Sequence[Account] = ()

    trader_type = RadioField(
        _l("Trader type"),
        [Needed(_l("Still missing: what kind of trader."))],
        choices=options(TRADER_TYPES),
    )
    phone = PhoneField(
        _l("Phone"),
        description=_l("If the farmer has one. Without it, callers reach you."),
    )
