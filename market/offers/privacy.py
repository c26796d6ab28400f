"""What the room says about an account that asks, and what ends with one that is erased."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import or_, select

from market.accounts.erasures import Person, Texts, texts
from market.accounts.exports import closers, erasers, exporters, reopeners
from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.offers import photos, rules
from market.offers.models import TRANSITIONS, Offer, OfferPhoto, Status
from market.offers.services import ACCOUNT_CLOSED, changed, withdraw_offer

STANDING = [status for status, to in TRANSITIONS.items() if Status.WITHDRAWN in to]
TEXTS = (
    "product_words",
    "description",
    "grade",
    "place_detail",
    "packaging",
    "delivery",
    "status_reason",
    "verification_reason",
)
WRITTEN = ("title", *TEXTS)


def withdraw_standing(actor: Account, owner_id: int) -> None:
    """Withdraw every offer of the owner that stands. Raises like withdraw_offer."""
    standing = select(Offer).where(Offer.owner_id == owner_id, Offer.status.in_(STANDING))
    for offer in db.session.scalars(standing.order_by(Offer.id)).all():
        withdraw_offer(actor, offer)


def _hide(account: Account) -> None:
    """Take a disabled account's public offers away from everyone's eyes."""
    public = select(Offer).where(Offer.owner_id == account.id, Offer.status == Status.PUBLISHED)
    for offer in db.session.scalars(public.order_by(Offer.id)).all():
        lock(offer)
        rules.check_transition(offer.status, Status.WITHDRAWN)
        offer.status, offer.status_reason = Status.WITHDRAWN, ACCOUNT_CLOSED
        changed(offer)


def _show_again(account: Account) -> None:
    """Show what was hidden with the account, where its time is not up."""
    hidden = select(Offer).where(
        Offer.owner_id == account.id,
        Offer.status == Status.WITHDRAWN,
        Offer.status_reason == ACCOUNT_CLOSED,
        Offer.valid_until > utcnow(),
    )
    for offer in db.session.scalars(hidden.order_by(Offer.id)).all():
        lock(offer)
        rules.check_transition(offer.status, Status.PUBLISHED)
        offer.status, offer.status_reason = Status.PUBLISHED, ""
        changed(offer)


def _offers(account: Account) -> list[dict[str, Any]]:
    mine = select(Offer).where(Offer.owner_id == account.id).order_by(Offer.id)
    return [
        {
            "id": offer.id,
            "posted_at": offer.created_at.isoformat(),
            "published_at": offer.published_at.isoformat() if offer.published_at else None,
            "valid_until": offer.valid_until.isoformat(),
            "side": offer.side,
            "status": offer.status,
            "verification": offer.verification,
            "title": offer.title,
            "product": {"code": offer.product_code, "name": offer.product.name},
            "region": {"code": offer.region_code, "name": offer.region.name},
            **{name: getattr(offer, name) for name in TEXTS},
            **{name: _told(getattr(offer, name)) for name in ("quantity", "remaining", "min_lot")},
            "unit": offer.unit,
            "price_low": _told(offer.price_low),
            "price_high": _told(offer.price_high),
            "price_unit": offer.price_unit,
            "supply_from": _told(offer.supply_from),
            "supply_to": _told(offer.supply_to),
            "photos": [photo.sha256 for photo in offer.photos],
        }
        for offer in db.session.scalars(mine)
    ]


def _told(value: Any) -> str | None:
    return None if value is None else str(value)


def _erase(account: Account) -> None:
    """Take the offers away from everyone's eyes, and from them what the owner wrote.

    Product, quantity and price stay: fairs have counted them and deals came from them.
    """
    withdraw_standing(account, account.id)
    mine = select(Offer).where(Offer.owner_id == account.id).order_by(Offer.id)
    for offer in db.session.scalars(mine).all():
        lock(offer)
        offer.title = rules.default_title(offer.side, offer.product.name, offer.region.short_name)
        for name in TEXTS:
            setattr(offer, name, "")
        offer.photos.clear()
        changed(offer)


def _photos_in_use() -> list[str]:
    return list(db.session.scalars(select(OfferPhoto.sha256).distinct()))


def tidy_photos(now: float) -> int:
    """Delete photos that nothing uses, in every folder that says what it uses; how many files.

    `now` is in seconds since 1970.
    """
    media = current_app.config["MEDIA"]
    return sum(photos.tidy(media / name, used(), now) for name, used in photos.in_use.items())


def _written_about(person: Person) -> Any:
    """Offers of others that the person posted for them, or decided on."""
    return or_(Offer.posted_by_id == person.id, Offer.verified_by_id == person.id)


texts.append(Texts(Offer, WRITTEN, _written_about, changed))
exporters.append(("offers", _offers))
erasers.append(_erase)
closers.append(_hide)
reopeners.append(_show_again)
photos.in_use["offers"] = _photos_in_use
