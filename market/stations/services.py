"""Taking a farmer on with their consent, and letting them go."""

from __future__ import annotations

from sqlalchemy import select

from market.accounts.models import Account, Consent, Role, TraderType
from market.accounts.services import register
from market.database import lock, utcnow
from market.errors import InvalidTransition, Refused
from market.extensions import db
from market.language import lazy_gettext as _l
from market.offers.leaving import withdraw_standing
from market.permissions import may
from market.regions.models import Region
from market.stations.labels import WAYS


class OutsideScope(Refused):
    message = _l("Your station doesn't serve that county.")


def register_farmer(
    assistant: Account,
    name: str,
    phone: str | None,
    trader_type: TraderType | str,
    region: Region,
    way: str,
    note: str,
) -> Account:
    """A farmer without a log-in, represented by `assistant`, and their recorded consent.

    Args:
        way: a key of WAYS: how the consent was given.
        note: who witnessed it, or where the paper is.

    Raises:
        OutsideScope: the county is not in the assistant's region.
        PhoneTaken: the phone has an account of its own.
    """
    if not assistant.has_role(Role.ASSISTANT, within=region.path):
        raise OutsideScope(field="region")
    if way not in WAYS:
        raise Refused(_l("Record how the farmer agreed."), "way")
    farmer = register(
        name, phone, None, trader_type, region, assistant.language, represented_by=assistant
    )
    db.session.add(Consent(farmer_id=farmer.id, assistant_id=assistant.id, how=f"{way}: {note}"))
    return farmer


def withdraw_consent(assistant: Account, farmer: Account) -> None:
    """The farmer is no longer represented; their offers that stand are withdrawn.

    Deals already made stay as they are. The phone leaves the record, so that the farmer
    can register with it.

    Raises:
        InvalidTransition: they are no longer represented by this assistant.
    """
    if not may(assistant, "party.represent", lock(farmer)) or farmer.represented_by_id is None:
        raise InvalidTransition
    withdraw_standing(assistant, farmer.id)
    for consent in db.session.scalars(
        select(Consent).where(Consent.farmer_id == farmer.id, Consent.withdrawn_at.is_(None))
    ):
        consent.withdrawn_at = utcnow()
    farmer.represented_by_id = None
    farmer.phone = None
