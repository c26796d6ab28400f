"""What a station has printed on its sheets."""

from __future__ import annotations

from flask_babel import gettext as _

from market.accounts.models import Account
from market.database import db
from market.permissions import may
from market.sheets.models import StationCard
from market.sheets.places import SheetPlace
from market.web.errors import Refused


def card_of(assistant: Account) -> StationCard | None:
    """What the assistant has printed; None before they said it."""
    return db.session.get(StationCard, assistant.id)


def save_card(actor: Account, office: SheetPlace, station: str, phone: str) -> StationCard:
    """Let the sheets of a place name the station and its phone, and the assistant.

    Args:
        phone: E.164; public from now on.

    Raises:
        Refused: the place is not the actor's, or they are no assistant.
    """
    if not (actor.is_assistant and may(actor, "sheet.manage", office)):
        raise Refused(_("Your station doesn't serve that place."))
    card = card_of(actor) or StationCard(assistant_id=actor.id)
    card.region_code, card.township_code = office.county.code, office.township_code
    card.station, card.phone = station, phone
    db.session.add(card)
    db.session.flush()
    return card


def remove_card(actor: Account) -> None:
    """Print nothing of the assistant any more."""
    if card := card_of(actor):
        db.session.delete(card)
        db.session.flush()
