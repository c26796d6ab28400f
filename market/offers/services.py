"""Writing offers: posting, changing, moving through the states, reserving for deals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from market.accounts.models import Account, Consent
from market.database import db, lock, utcnow
from market.offers import rules, signals
from market.offers.fields import OfferValues
from market.offers.guards import POSTS, check_unchanged, refuse_equal
from market.offers.models import (
    ClosingReason,
    Offer,
    OfferChange,
    OfferPublication,
    OfferStatus,
    Side,
    Verification,
)
from market.offers.values import outlast_deadline, replace_photos, values_of, write_values
from market.offers.verification import outlives_verification, verified_facts
from market.permissions import may
from market.products.labels import trade_note
from market.products.units import comparable
from market.web.errors import ConcurrentDecision, DomainError, Invalid, InvalidTransition, Refused
from market.web.filters import format_datetime
from market.web.home_time import home_today, home_zone
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l

MAX_REASON_LENGTH = 200
VERIFIABLE = (OfferStatus.PUBLISHED, OfferStatus.CLOSED)
DECIDED_BEFORE = {
    Verification.VERIFIED: _l("Already verified by %(who)s, %(when)s."),
    Verification.RETURNED: _l("Already returned by %(who)s, %(when)s."),
}


class InsufficientRemaining(DomainError):
    """More is wanted than the offer has left."""

    message = _l("That is more than remains of the offer.")


def draft_offer(actor: Account, owner: Account, values: OfferValues, key: str) -> Offer:
    """Save an offer of `owner` that nobody else sees yet.

    Raises:
        Repeated: the actor sent the same form before.
        Refused: the actor may not act for the owner.
        Invalid: a value can't be right; `field` says which.
    """
    offer = _create_draft(actor, owner, values, key)
    record_change(offer)
    return offer


def post_offer(
    actor: Account,
    owner: Account,
    values: OfferValues,
    key: str,
    meant: Collection[int] = (),
) -> Offer:
    """Save an offer and publish it at once. Raises like draft_offer and publish_offer.

    Args:
        meant: ids of offers that it may be just the same as.
    """
    offer = _create_draft(actor, owner, values, key)
    _require(actor, "offer.manage", offer)
    return _publish(offer, values.days, meant)


def edit_offer(
    actor: Account,
    offer: Offer,
    values: OfferValues,
    publish: bool = False,
    meant: Collection[int] = (),
    seen: str = "",
) -> Offer:
    """Change what an offer says. A rejected one becomes a draft again.

    With `publish`, a draft is shown to everyone at once.

    An offer is unverified again unless `outlives_verification` holds, and after any edit that
    follows a return.

    Args:
        seen: as for check_unchanged.

    Raises:
        Refused, Invalid, OfferChanged.
    """
    _require(actor, "offer.manage", lock(offer))
    check_unchanged(offer, seen)
    reserved = offer.quantity - offer.remaining
    if reserved and values.product.code != offer.product_code:
        raise Invalid(_("A deal was agreed on this: post the other product anew."), "product")
    try:
        remaining = rules.remaining_after_edit(
            offer.quantity, offer.remaining, offer.unit, values.quantity, values.unit
        )
    except ValueError:
        raise Invalid(
            _("A deal was agreed in another unit, which this can't be told in."), "unit"
        ) from None
    if remaining < 0 or (remaining == 0 and offer.status is OfferStatus.PUBLISHED):
        raise Invalid(_("Deals have already taken that much or more."), "quantity")
    before = verified_facts(offer)
    # Quantity and what remains of it change together: not half of it to the database.
    with db.session.no_autoflush:
        offer.remaining = remaining
        write_values(offer, values)
    replace_photos(offer, values.photos)
    is_still_verified = outlives_verification(before, verified_facts(offer))
    if not is_still_verified or offer.verification is Verification.RETURNED:
        _unverify(offer)
    if offer.status is OfferStatus.REJECTED:
        _set_status(offer, OfferStatus.DRAFT)
    record_change(offer)
    if publish and offer.status is OfferStatus.DRAFT:
        publish_offer(actor, offer, values.days, meant)
    return offer


def publish_offer(
    actor: Account, offer: Offer, days: int | None = None, meant: Collection[int] = ()
) -> Offer:
    """Show a draft to everyone, for `days`, or for as long as the draft says.

    Raises:
        Refused, InvalidTransition, Invalid.
    """
    _require(actor, "offer.manage", lock(offer))
    if offer.status is not OfferStatus.DRAFT:
        raise InvalidTransition()
    zone = home_zone()
    days = days or rules.days_valid(offer.updated_at, offer.valid_until, zone)
    return _publish(offer, days, meant)


def renew_offer(
    actor: Account, offer: Offer, days: int = rules.DEFAULT_DAYS, meant: Collection[int] = ()
) -> Offer:
    """Show an offer for `days` from now, whether it still runs, expired or closed.

    One that is shown is renewed once a day at most, or it would always be the newest.

    Raises:
        Refused, InvalidTransition, Invalid.
    """
    _require(actor, "offer.manage", lock(offer))
    if offer.status is OfferStatus.DRAFT:
        raise InvalidTransition()
    if offer.is_public and _published_today(offer):
        raise Refused(_("It was published or renewed today: once a day is enough."))
    offer.quotation_deadline = rules.still_due(offer.quotation_deadline, home_today())
    return _publish(offer, days, meant)


def close_offer(
    actor: Account, offer: Offer, reason: ClosingReason = ClosingReason.STOPPED
) -> Offer:
    """Take an offer off the market, or give up a draft. Raises Refused, InvalidTransition."""
    _require(actor, "offer.manage", lock(offer))
    _set_status(offer, OfferStatus.CLOSED, reason)
    record_change(offer)
    return offer


def change_price(actor: Account, offer: Offer, price: Decimal) -> Offer:
    """Ask less for a sale, or bid more for a purchase; yuan per `price_unit`, both ends of a range.

    Raises:
        Refused, InvalidTransition.
        Invalid: it is no lower price of a sale, or no higher one of a purchase.
    """
    _require(actor, "offer.manage", lock(offer))
    if not offer.is_public:
        raise InvalidTransition()
    is_sale, before = offer.side is Side.SELL, offer.price_high
    if before is not None and is_sale and price >= (offer.price_low or before):
        raise Invalid(_("That is not less than now: to ask more, change the offer."), "price")
    if before is not None and not is_sale and price <= before:
        raise Invalid(_("That is not more than now: to bid less, change the offer."), "price")
    return edit_offer(actor, offer, values_of(offer, price_low=price, price_high=price))


def copy_offer(actor: Account, offer: Offer) -> OfferValues:
    """The values of an earlier offer for a new one, its season moved on. Raises Refused."""
    _require(actor, "offer.manage", offer)
    today = home_today()
    start, end = rules.next_season(offer.supply_from, offer.supply_to, today)
    deadline = rules.still_due(offer.quotation_deadline, today)
    return values_of(offer, supply_from=start, supply_to=end, quotation_deadline=deadline)


def reject_offer(official: Account, offer: Offer, reason: str) -> Offer:
    """Reject an offer; its owner reads the reason. Raises Refused, InvalidTransition."""
    _require(official, "offer.verify", lock(offer))
    _set_status(offer, OfferStatus.REJECTED, _checked_reason(reason))
    record_change(offer)
    return offer


def verify_offer(official: Account, offer: Offer) -> Offer:
    """The county confirms the offer. Raises Refused, InvalidTransition, ConcurrentDecision."""
    return _decide(official, offer, Verification.VERIFIED)


def return_offer(official: Account, offer: Offer, reason: str) -> Offer:
    """Ask the owner to put something right. Raises like verify_offer; Invalid: no reason."""
    return _decide(official, offer, Verification.RETURNED, _checked_reason(reason))


def check_awaiting(offer: Offer) -> None:
    """Refuse an offer that was decided already, and say who did what with it, when.

    Raises:
        ConcurrentDecision: it was. InvalidTransition: it is no longer shown.
    """
    if offer.status not in VERIFIABLE:
        raise InvalidTransition()
    if offer.verification is Verification.UNVERIFIED:
        return
    by = db.session.get(Account, offer.verified_by_id) if offer.verified_by_id else None
    who, at = by.name if by else _("the county"), offer.verified_at or offer.updated_at
    words = DECIDED_BEFORE[offer.verification] % {"who": who, "when": format_datetime(at)}
    raise ConcurrentDecision(words, offer.verified_by_id)


def reserve_quantity(offer: Offer, quantity: Decimal, unit: str) -> None:
    """Subtract what a deal agreed from the remaining quantity; at zero the offer closes.

    Raises:
        InsufficientRemaining: less remains.
        InvalidTransition: the offer was rejected, or never published.
        Invalid: the unit can't be converted to the offer's.
    """
    lock(offer)
    if offer.status in (OfferStatus.DRAFT, OfferStatus.REJECTED):
        raise InvalidTransition()
    reserved = _in_unit_of(offer, quantity, unit)
    if reserved > offer.remaining:
        raise InsufficientRemaining(field="quantity")
    offer.remaining -= reserved
    if offer.remaining == 0 and offer.status is OfferStatus.PUBLISHED:
        _set_status(offer, OfferStatus.CLOSED, ClosingReason.SOLD_OUT)
    record_change(offer)


def release_quantity(offer: Offer, quantity: Decimal, unit: str) -> None:
    """Give back what a cancelled deal had reserved; an offer sold out meanwhile opens again.

    Raises:
        Invalid: the unit can't be converted to the offer's.
    """
    lock(offer)
    offer.remaining = min(offer.quantity, offer.remaining + _in_unit_of(offer, quantity, unit))
    sold_out = offer.status is OfferStatus.CLOSED and offer.status_reason == ClosingReason.SOLD_OUT
    if sold_out and offer.remaining and offer.valid_until > utcnow():
        _set_status(offer, OfferStatus.PUBLISHED)
    record_change(offer)


def record_change(offer: Offer, at: datetime | None = None) -> None:
    """Record that `offer` changed: in the outbox of the index, and by the signal."""
    at = at or utcnow()
    db.session.flush()
    db.session.add(OfferChange(offer_id=offer.id, at=at))
    signals.offer_changed.send(offer=offer, at=at)


def _require(actor: Account, permission: str, offer: Offer) -> None:
    if not may(actor, permission, offer):
        raise Refused(_("Your account has no right to do this."))


def _consent(actor: Account, owner: Account) -> int | None:
    """The id of the consent an assistant acts on; None for one's own offer."""
    if actor.id == owner.id:
        return None
    consent_id = db.session.scalar(
        select(Consent.id)
        .where(
            Consent.farmer_id == owner.id,
            Consent.assistant_id == actor.id,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.id.desc())
        .limit(1)
    )
    if consent_id is None or not may(actor, "party.represent", owner):
        raise Refused(_("There is no recorded consent to act for this farmer."))
    return consent_id


def _create_draft(actor: Account, owner: Account, values: OfferValues, key: str) -> Offer:
    """A new offer, saved; no signal is sent."""
    consent_id = _consent(actor, owner)
    key = bound_key(actor, Offer, key)
    refuse_repeated(Offer, key)
    POSTS.check(actor)
    offer = Offer(
        owner=owner,
        posted_by=actor,
        consent_id=consent_id,
        key=key,
        side=values.side,
        status=OfferStatus.DRAFT,
        status_reason="",
        verification=Verification.UNVERIFIED,
        remaining=values.quantity,
    )
    write_values(offer, values)
    replace_photos(offer, values.photos)
    add_once(offer)
    return offer


def _checked_reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why, so that the owner can put it right."), "reason")
    if len(reason.strip()) > MAX_REASON_LENGTH:
        raise Invalid(_("At most %(count)s characters.", count=MAX_REASON_LENGTH), "reason")
    return reason.strip()


def _unverify(offer: Offer) -> None:
    offer.verification = Verification.UNVERIFIED
    offer.verification_reason = ""
    offer.verified_by_id = None
    offer.verified_at = None


def _decide(official: Account, offer: Offer, decision: Verification, reason: str = "") -> Offer:
    _require(official, "offer.verify", lock(offer))
    if offer.status not in VERIFIABLE:
        raise InvalidTransition()
    if offer.verification is decision:
        check_awaiting(offer)
    offer.verification = decision
    offer.verification_reason = reason
    offer.verified_by_id = official.id
    offer.verified_at = utcnow()
    record_change(offer)
    return offer


def _set_status(offer: Offer, to: OfferStatus, reason: str = "") -> None:
    rules.check_transition(offer.status, to)
    offer.status = to
    offer.status_reason = reason


def _publish(offer: Offer, days: int, meant: Collection[int] = ()) -> Offer:
    if not offer.product.listable:
        raise Invalid(
            trade_note(offer.product) or _("This product may not be traded here."), "product"
        )
    if offer.remaining == 0:
        raise Invalid(_("Nothing is left of it: edit the quantity first."), "quantity")
    if successor := offer.region.successor_code:
        offer.region_code = successor
    refuse_equal(offer, meant)
    now = utcnow()
    try:
        offer.valid_until = rules.valid_until(now, days, home_zone())
    except ValueError:
        raise Invalid(_("Between 1 and 180 days."), "days") from None
    outlast_deadline(offer)
    if offer.status is not OfferStatus.PUBLISHED:
        _set_status(offer, OfferStatus.PUBLISHED)
    # What is closed and shown again on one day keeps its place among the newest.
    if not _published_today(offer):
        offer.published_at = now
    record_change(offer, now)
    db.session.add(OfferPublication(offer_id=offer.id, at=now))
    signals.offer_published.send(offer=offer, at=now)
    return offer


def _published_today(offer: Offer) -> bool:
    zone = home_zone()
    return rules.published_today(offer.published_at, utcnow(), zone)


def _in_unit_of(offer: Offer, quantity: Decimal, unit: str) -> Decimal:
    if not comparable(unit, offer.unit):
        raise Invalid(_("This unit can't be told in the unit of the offer."), "unit")
    return rules.convert_rounded_up(quantity, unit, offer.unit)
