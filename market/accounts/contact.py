"""Phone numbers on pages: how they read, where they lead, and masked for visitors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from flask_login import current_user
from sqlalchemy import select

from market.accounts import bp
from market.accounts.models import Account, PhoneReveal
from market.accounts.services import reveal_phone as reveal_phone
from market.database import db
from market.text.phones import mask_phones


def revealed_to(viewer: Account, account_ids: Collection[int]) -> set[int]:
    """Whose numbers, of these, the viewer has asked for before: they stay shown."""
    query = select(PhoneReveal.account_id).where(
        PhoneReveal.viewer_id == viewer.id, PhoneReveal.account_id.in_(account_ids)
    )
    return set(db.session.scalars(query))


@dataclass(frozen=True)
class PartyPhone:
    """Whom to ring about a party.

    Attributes:
        reached: who has the number: the party, or the assistant who represents it.
        phone: E.164, None until the viewer has asked for it.
    """

    party: Account
    reached: Account
    phone: str | None


def numbers_of(viewer: Account, parties: Iterable[Account]) -> list[PartyPhone]:
    """The numbers of those of the parties that can be rung."""
    found = []
    for party in parties:
        reached = party
        if not party.phone and party.represented_by_id:
            reached = db.session.get_one(Account, party.represented_by_id)
        if reached.phone:
            found.append((party, reached))
    seen = revealed_to(viewer, {reached.id for _, reached in found})
    return [
        PartyPhone(party, reached, reached.phone if reached.id in seen else None)
        for party, reached in found
    ]


@bp.app_template_filter("phone")
def readable_phone(phone: str | None) -> str:
    """+8613800001234 as 138 0000 1234; a landline with its leading 0."""
    if not phone:
        return ""
    national = phone.removeprefix("+86")
    if len(national) == 11 and national.startswith("1"):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    return f"0{national}"


@bp.app_template_filter("mask_phones")
def mask_for_visitors(text: str | None) -> str:
    """`text` as this visitor may read it: phone numbers masked for the anonymous."""
    return visitors_mask()(text)


def visitors_mask() -> Callable[[str | None], str]:
    """This visitor's mask_for_visitors(), to ask for once where many texts are shown."""
    return _unmasked if current_user.is_authenticated else mask_phones


def _unmasked(text: str | None) -> str:
    return text or ""
