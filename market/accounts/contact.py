"""Phone numbers on pages: whose can be rung, and how visitors read texts with numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from flask_login import current_user
from sqlalchemy import bindparam, exists, select

from market.accounts import bp
from market.accounts.models import Account, AccountBlock, PhoneReveal
from market.accounts.services import reveal_phone as reveal_phone
from market.database import db, read
from market.text.phones import mask_phones


def revealed_to(viewer: Account, account_ids: Collection[int], page: str = "") -> set[int]:
    """Whose numbers, of these, the viewer has asked for before: they stay shown, but to whom
    their owner has blocked.

    Args:
        page: only where it was asked for there; everywhere by default.
    """
    asked = {"viewer": viewer.id, "accounts": list(account_ids)}
    found = read(_REVEALED_THERE, **asked, page=page) if page else read(_REVEALED, **asked)
    return set(found.scalars())


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


def numbers_of(
    viewer: Account, parties: Iterable[Account], instead: str = "", page: str = ""
) -> list[PartyPhone]:
    """The numbers of those of the parties that can be rung.

    Args:
        page: where the viewer must have asked for them; anywhere by default.
        instead: a number that the party gave for the matter in hand (`Offer.contact_phone`).
    """
    found = []
    for party in parties:
        reached = party
        if not (instead or party.phone) and party.represented_by_id:
            reached = db.session.get_one(Account, party.represented_by_id)
        if number := instead or reached.phone:
            found.append((party, reached, number))
    seen = revealed_to(viewer, {reached.id for _, reached, _ in found}, page)
    return [
        PartyPhone(party, reached, number if reached.id in seen else None)
        for party, reached, number in found
    ]


@bp.app_template_filter("mask_phones")
def mask_for_visitors(text: str | None) -> str:
    """`text` as this visitor may read it: phone numbers masked for the anonymous."""
    return visitors_mask()(text) if text else ""


def visitors_mask() -> Callable[[str | None], str]:
    """This visitor's mask_for_visitors(), to ask for once where many texts are shown."""
    return _unmasked if current_user.is_authenticated else mask_phones


def _unmasked(text: str | None) -> str:
    return text or ""


# Made once: every page of an offer asks it of who is logged in.
_BLOCKED = exists().where(
    AccountBlock.blocker_id == PhoneReveal.account_id,
    AccountBlock.blocked_id == bindparam("viewer"),
)
_REVEALED = select(PhoneReveal.account_id).where(
    PhoneReveal.viewer_id == bindparam("viewer"),
    PhoneReveal.account_id.in_(bindparam("accounts", expanding=True)),
    ~_BLOCKED,
)
_REVEALED_THERE = _REVEALED.where(PhoneReveal.page == bindparam("page"))
