"""Taking a farmer on with their consent, and letting them go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from market.accounts.models import Account, Consent, TraderType
from market.accounts.privacy.erasures import forget_phone
from market.accounts.recovery import PhoneInUse
from market.accounts.services import erase_account, register
from market.database import db, lock, utcnow
from market.offers.photos import StoredPhoto
from market.offers.privacy import close_offers_of
from market.permissions import may
from market.regions.models import Region, Township
from market.stations.consents import record_consent
from market.stations.scope import check_served, own_township
from market.web.errors import DomainError, InvalidTransition, Repeated
from market.web.idempotency import bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l


class PhoneUnavailable(DomainError):
    """Whether somebody has an account is not the station's to know."""

    message = _l(
        "This number can't be recorded for a farmer here. Check it; if it is right, leave it "
        "empty: callers then reach you. The county's commerce bureau helps with the rest."
    )


def register_farmer(
    assistant: Account,
    name: str,
    phone: str | None,
    trader_type: TraderType | str,
    region: Region,
    way: str,
    note: str,
    key: str | None = None,
    township: Township | None = None,
    village: str = "",
    paper: StoredPhoto | None = None,
) -> Account:
    """A farmer without a log-in, represented by `assistant`, and their recorded consent.

    Args:
        way: a key of WAYS: how the consent was given.
        township: None: that of the station, where it serves one alone.
        note: who witnessed it, or where the paper is.
        paper: a picture of the signed form.
        key: of the form, if any.

    Raises:
        Repeated: the assistant sent a form with this key before; with the farmer.
        OutsideScope: the county or the township is not the station's.
        PhoneNotTaken: the phone has an account of its own.
        Invalid: the name passes for an office; the township is another county's.
    """
    key = bound_key(assistant, Consent, key)
    with _telling_the_farmer():
        refuse_repeated(Consent, key)
    check_served(assistant, region, township.code if township else None)
    if township is None and (own := own_township(assistant, region)):
        township = db.session.get_one(Township, own)
    known = phone and db.session.scalar(
        select(Account.name).where(
            Account.phone == phone, Account.represented_by_id == assistant.id
        )
    )
    if known:
        raise PhoneUnavailable(_l("Your farmer %(name)s has this number.", name=known), "phone")
    try:
        farmer = register(
            *(name, phone, None, trader_type, region, assistant.language),
            represented_by=assistant,
            township=township,
            village=village,
        )
    except PhoneInUse:
        raise PhoneUnavailable(field="phone") from None
    with _telling_the_farmer():
        record_consent(assistant, farmer, way, note, paper, key)
    return farmer


@contextmanager
def _telling_the_farmer() -> Iterator[None]:
    """Raise Repeated with the farmer, not with the consent that was made."""
    try:
        yield
    except Repeated as error:
        raise Repeated(db.session.get_one(Account, error.existing.farmer_id)) from None


def withdraw_consent(assistant: Account, farmer: Account) -> None:
    """The farmer is no longer represented; their offers that stand are closed.

    Deals already made stay as they are. The phone leaves the record and all texts, so that the
    farmer can register with it.

    Raises:
        InvalidTransition: they are no longer represented by this assistant.
    """
    if not may(assistant, "party.represent", lock(farmer)) or farmer.represented_by_id is None:
        raise InvalidTransition
    close_offers_of(assistant, farmer.id)
    for consent in db.session.scalars(
        select(Consent).where(Consent.farmer_id == farmer.id, Consent.withdrawn_at.is_(None))
    ):
        consent.withdrawn_at = utcnow()
    farmer.represented_by_id = None
    forget_phone(farmer)


def erase_farmer(assistant: Account, farmer: Account) -> None:
    """Erase a farmer who asks for it and has no log-in to do it with.

    Raises:
        InvalidTransition: they are no longer represented by this assistant.
    """
    if not may(assistant, "party.represent", lock(farmer)) or farmer.represented_by_id is None:
        raise InvalidTransition
    erase_account(farmer)
