"""Offers in the export, the closing and the erasure of an account."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import closers, erasers, exporters, reopeners
from market.database import db, lock, utcnow
from market.offers import photos, rules
from market.offers.fields import COLUMN_FIELDS, TEXT_FIELDS
from market.offers.models import TRANSITIONS, ClosingReason, Offer, OfferPhoto, OfferStatus
from market.offers.services import close_offer, record_change
from market.products.models import Product
from market.regions.models import Region

CLOSABLE = [status for status, to in TRANSITIONS.items() if OfferStatus.CLOSED in to]
# Texts of the row that erasing empties; the title becomes the automatic one.
TEXTS = (
    *(field.column for field in TEXT_FIELDS if field.name != "title"),
    *("contact_phone", "status_reason", "verification_reason"),
)
WRITTEN = ("title", *TEXTS)


def close_offers_of(actor: Account, owner_id: int) -> None:
    """Close every offer of the owner that can be closed. Raises like close_offer."""
    closable = select(Offer).where(Offer.owner_id == owner_id, Offer.status.in_(CLOSABLE))
    for offer in db.session.scalars(closable.order_by(Offer.id)).all():
        close_offer(actor, offer)


def _hide(account: Account) -> None:
    """Hide a disabled account's public offers."""
    public = select(Offer).where(
        Offer.owner_id == account.id, Offer.status == OfferStatus.PUBLISHED
    )
    for offer in db.session.scalars(public.order_by(Offer.id)).all():
        lock(offer)
        rules.check_transition(offer.status, OfferStatus.CLOSED)
        offer.status, offer.status_reason = OfferStatus.CLOSED, ClosingReason.ACCOUNT_CLOSED
        record_change(offer)


def _show_again(account: Account) -> None:
    """Show what was hidden with the account, where its time is not up."""
    hidden = select(Offer).where(
        Offer.owner_id == account.id,
        Offer.status == OfferStatus.CLOSED,
        Offer.status_reason == ClosingReason.ACCOUNT_CLOSED,
        Offer.valid_until > utcnow(),
    )
    for offer in db.session.scalars(hidden.order_by(Offer.id)).all():
        lock(offer)
        rules.check_transition(offer.status, OfferStatus.PUBLISHED)
        offer.status, offer.status_reason = OfferStatus.PUBLISHED, ""
        record_change(offer)


def export_offers(account: Account) -> list[dict[str, Any]]:
    mine = select(Offer).where(Offer.owner_id == account.id).order_by(Offer.id)
    return [
        {
            "id": offer.id,
            "posted_at": offer.created_at.isoformat(),
            "published_at": offer.published_at.isoformat() if offer.published_at else None,
            "valid_until": offer.valid_until.isoformat(),
            "status": offer.status,
            "status_reason": offer.status_reason,
            "verification": offer.verification,
            "verification_reason": offer.verification_reason,
            "remaining": str(offer.remaining),
            **{field.name: _exported(getattr(offer, field.name)) for field in COLUMN_FIELDS},
            "photos": [photo.sha256 for photo in offer.photos],
        }
        for offer in db.session.scalars(mine)
    ]


def _exported(value: Any) -> dict[str, str] | str | None:
    if isinstance(value, Product | Region):
        return {"code": value.code, "name": value.name}
    return None if value is None else str(value)


def erase_offers(account: Account) -> None:
    """Close the offers and empty what the owner wrote in them.

    Product, quantity and price stay: fairs have counted them and deals came from them.
    """
    close_offers_of(account, account.id)
    mine = select(Offer).where(Offer.owner_id == account.id).order_by(Offer.id)
    for offer in db.session.scalars(mine).all():
        lock(offer)
        offer.title = rules.default_title(offer.side, offer.product.name, offer.region.short_name)
        for name in TEXTS:
            setattr(offer, name, "")
        offer.photos.clear()
        record_change(offer)


def _photos_in_use() -> list[str]:
    return list(db.session.scalars(select(OfferPhoto.sha256).distinct()))


def delete_unused_offer_photos(now: float) -> int:
    """Delete photos that nothing uses, in every folder that says what it uses; how many files.

    `now` is in seconds since 1970.
    """
    media = current_app.config["MEDIA"]
    return sum(
        photos.delete_unused_photos(media / name, used(), now)
        for name, used in photos.hashes_in_use.items()
    )


def _written_about(person: Person) -> ColumnElement[bool]:
    """Offers of others that the person posted for them, or decided on."""
    return or_(Offer.posted_by_id == person.id, Offer.verified_by_id == person.id)


def _after_starring(offer: Offer) -> None:
    """A number that was starred can't be rung: the owner's own is."""
    if "*" in offer.contact_phone:
        offer.contact_phone = ""
    record_change(offer)


personal_texts.append(PersonalTexts(Offer, WRITTEN, _written_about, _after_starring))
exporters.append(("offers", export_offers))
erasers.append(erase_offers)
closers.append(_hide)
reopeners.append(_show_again)
photos.hashes_in_use["offers"] = _photos_in_use
