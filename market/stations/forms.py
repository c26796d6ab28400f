"""Registering a farmer who has no account."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, StringField

from market.accounts.forms import Needed, PartyForm, options
from market.accounts.labels import TRADER_TYPES
from market.stations.labels import WAYS
from market.web.forms import IdempotencyKey, Length, PhoneField
from market.web.language import lazy_gettext as _l


class FarmerForm(PartyForm):
    key = IdempotencyKey()
    trader_type = RadioField(
        _l("Trader type"),
        [Needed(_l("Still missing: what kind of trader."))],
        choices=options(TRADER_TYPES),
    )
    phone = PhoneField(
        _l("Phone"),
        description=_l("If the farmer has one. Without it, callers reach you."),
    )
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
