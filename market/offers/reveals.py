"""Who asked for a number, when and on which offer, as the number's owner may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_login import current_user
from sqlalchemy import select

from market.accounts.models import Account, PhoneReveal
from market.database import db
from market.offers import bp
from market.offers.models import Offer
from market.offers.queries import offer_title

# The newest of them; more than anybody reads.
MAX_SHOWN = 50
_PREFIX = "offers/"


def reveal_page(offer_id: int) -> str:
    """The page of an offer, as a reveal of its number is recorded with."""
    return f"{_PREFIX}{offer_id}"


@dataclass(frozen=True)
class Reveal:
    """
    Attributes:
        region_code: where the viewer is at home.
        offer_id, title: of the offer it was asked on; None and empty for elsewhere.
    """

    name: str
    region_code: str
    at: datetime
    offer_id: int | None
    title: str


def reveals_of_offer(offer: Offer) -> list[Reveal]:
    """Who asked for the number on the offer, the newest first."""
    reached = [offer.owner_id, offer.owner.represented_by_id or offer.owner_id]
    return _reveals(PhoneReveal.account_id.in_(reached), PhoneReveal.page == reveal_page(offer.id))


def latest_reveals(account: Account, limit: int = MAX_SHOWN) -> list[Reveal]:
    """Who asked for the account's number anywhere, the newest first."""
    return _reveals(PhoneReveal.account_id == account.id, limit=limit)


def _reveals(*conditions: Any, limit: int = MAX_SHOWN) -> list[Reveal]:
    rows = db.session.execute(
        select(Account.name, Account.region_code, PhoneReveal.at, PhoneReveal.page)
        .join(Account, Account.id == PhoneReveal.viewer_id)
        .where(*conditions)
        .order_by(PhoneReveal.id.desc())
        .limit(limit)
    ).all()
    titles = _titles([row.page for row in rows])
    found = []
    for name, region_code, at, page in rows:
        offer_id = _offer_id(page)
        found.append(Reveal(name, region_code, at, offer_id, titles.get(offer_id, "")))
    return found


def _offer_id(page: str) -> int | None:
    number = page.removeprefix(_PREFIX)
    return int(number) if page != number and number.isascii() and number.isdigit() else None


def _titles(pages: Sequence[str]) -> dict[int | None, str]:
    ids = {_offer_id(page) for page in pages} - {None}
    if not ids:
        return {}
    offers = db.session.scalars(select(Offer).where(Offer.id.in_(ids)))
    return {offer.id: offer_title(offer) for offer in offers}


@bp.app_context_processor
def reveal_lists() -> dict[str, Any]:
    return {"reveals_of_offer": reveals_of_offer, "my_reveals": my_reveals}


def my_reveals(limit: int) -> list[Reveal]:
    """latest_reveals() of who is logged in."""
    return latest_reveals(current_user, limit)
