"""Taking many farmers on at once, each with their recorded consent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from market.accounts.models import MAX_SKELETON_LENGTH, Account, TraderType
from market.accounts.names import check_spelling, checked_name
from market.database import chunks, db
from market.regions.models import Region
from market.regions.townships import village_name
from market.stations.labels import WAYS
from market.stations.scope import check_served
from market.text.confusables import skeleton
from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l


@dataclass(frozen=True)
class NewFarmer:
    """A farmer to be registered.

    Attributes:
        phone: in E.164; None for none.
        way, witness: how the consent was given (a key of WAYS), and who saw it or where the paper
            is.
        given_at: when.
    """

    name: str
    phone: str | None
    trader_type: TraderType
    region_code: str
    township_code: str | None
    village: str
    way: str
    witness: str
    given_at: datetime


def check_new_farmer(
    assistant: Account, farmer: NewFarmer, region: Region, has_namesakes: bool
) -> None:
    """Refuse what `register_farmer` refuses, but for a phone in use (`phones_in_use`).

    Args:
        has_namesakes: somebody has the name, or one that looks the same (`names_alike`).

    Raises:
        OutsideScope: the county or the township is not the station's.
        Invalid: the name passes for an office or an official, or no consent is recorded.
    """
    check_served(assistant, region, farmer.township_code)
    if farmer.way in WAYS and not farmer.witness.strip():
        raise Invalid(_l("Still missing: the witness, or where the paper is."), "witness")
    if farmer.way not in WAYS and farmer.witness.strip():
        raise Invalid(_l("Record how the farmer agreed."), "consent")
    if farmer.way not in WAYS:
        raise Invalid(
            _l("No consent of this farmer is recorded: without it nothing is posted for them."),
            "consent",
        )
    try:
        if has_namesakes:
            checked_name(farmer.name, region)
        else:
            check_spelling(farmer.name)
    except Invalid as error:
        error.field = "name"
        raise


def phones_in_use(phones: Collection[str]) -> set[str]:
    """Those of the numbers (E.164) that an account has."""
    return {
        phone
        for some in chunks(phones)
        for phone in db.session.scalars(select(Account.phone).where(Account.phone.in_(some)))
        if phone
    }


def farmer_rows(
    assistant: Account,
    farmers: Sequence[NewFarmer],
    ids: Sequence[int],
    consent_ids: Sequence[int],
    now: datetime,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What registers farmers that were checked: rows of accounts with these ids, and of their
    consents, in the same order."""
    accounts = [
        {
            "id": id_,
            "name": farmer.name,
            "name_skeleton": skeleton(farmer.name)[:MAX_SKELETON_LENGTH],
            "phone": farmer.phone,
            "trader_type": farmer.trader_type,
            "region_code": farmer.region_code,
            "township_code": farmer.township_code,
            "village": village_name(farmer.village),
            "language": assistant.language,
            "represented_by_id": assistant.id,
            "created_at": now,
            "updated_at": now,
        }
        for id_, farmer in zip(ids, farmers, strict=True)
    ]
    consents = [
        {
            "id": consent_id,
            "farmer_id": id_,
            "assistant_id": assistant.id,
            "how": f"{farmer.way}: {farmer.witness}",
            "given_at": farmer.given_at,
        }
        for id_, consent_id, farmer in zip(ids, consent_ids, farmers, strict=True)
    ]
    return accounts, consents
