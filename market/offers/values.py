"""Reading what an offer says as values, and writing values to it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from market.database import db, utcnow
from market.offers import rules
from market.offers.fields import COLUMN_FIELDS, OfferValues
from market.offers.models import Offer, OfferPhoto, OfferStatus, Side
from market.offers.photos import StoredPhoto, keep_photo
from market.products.labels import trade_note
from market.regions.forms import whole_named
from market.regions.services import check_township
from market.text.days import local_midnight
from market.web.errors import Invalid
from market.web.home_time import home_zone

# Characters: the longest place and product name together stay below.
MAX_TITLE_LENGTH = 80
# Not copied as they are: a relation and its column, a default, or fixed for good.
WRITTEN_APART = (
    *("side", "product", "region", "township", "title", "price_unit", "contact_phone"),
)


def values_of(offer: Offer, **instead: Any) -> OfferValues:
    """What `offer` says now, with `instead` in place of some of it; an automatic title is ""."""
    values: dict[str, Any] = {field.name: getattr(offer, field.name) for field in COLUMN_FIELDS}
    photos = tuple(StoredPhoto(p.sha256, p.width, p.height) for p in offer.photos)
    zone = home_zone()
    days = rules.days_valid(offer.published_at or offer.updated_at, offer.valid_until, zone)
    if offer.title == automatic_title(offer):
        values["title"] = ""
    return OfferValues(**{**values, "days": days, "photos": photos, **instead})


def fingerprint(offer: Offer) -> str:
    """Another one for each state of what `offer` says; 20 hex digits."""
    columns = [getattr(offer, field.column) for field in COLUMN_FIELDS]
    photos = [photo.sha256 for photo in offer.photos]
    return hashlib.blake2b(repr((columns, photos)).encode(), digest_size=10).hexdigest()


def automatic_title(offer: Offer) -> str:
    """The title of an offer whose owner wrote none."""
    place = whole_named(offer.region, offer.place_detail) or offer.region
    words = offer.product_words or offer.product.name
    return rules.default_title(offer.side, words, place.short_name)[:MAX_TITLE_LENGTH]


def write_values(offer: Offer, values: OfferValues) -> None:
    """Set what `offer` says; the days of one not yet shown start anew. Raises Invalid."""
    _check(values)
    region, product = values.region, values.product
    is_automatic = not values.title or (offer.title and values.title == automatic_title(offer))
    offer.product, offer.product_code = product, product.code
    offer.region, offer.region_code = region, region.code
    offer.township = values.township
    offer.township_code = values.township.code if values.township else None
    for field in COLUMN_FIELDS:
        if field.name not in WRITTEN_APART:
            setattr(offer, field.name, getattr(values, field.name))
    offer.title = automatic_title(offer) if is_automatic else values.title
    # A number of its own is no copy of the account's, which may change.
    own = offer.owner.phone or ""
    offer.contact_phone = values.contact_phone if values.contact_phone != own else ""
    offer.price_unit = values.price_unit or values.unit
    offer.price_per_base = rules.price_per_base(
        offer.side, offer.price_low, offer.price_high, offer.price_unit
    )
    if offer.status in (None, OfferStatus.DRAFT, OfferStatus.REJECTED):
        zone = home_zone()
        offer.valid_until = rules.valid_until(utcnow(), values.days, zone)
        offer.updated_at = utcnow()
    outlast_deadline(offer)


def outlast_deadline(offer: Offer) -> None:
    """A purchase stays up at least until its last day for quotations is over."""
    if offer.quotation_deadline is not None:
        ends = local_midnight(offer.quotation_deadline + timedelta(days=1), home_zone())
        offer.valid_until = max(offer.valid_until, ends)


def _check(values: OfferValues) -> None:
    """The limits of the form and the database, for callers without a form."""
    low, high = values.price_low, values.price_high
    if not values.product.listable:
        note = trade_note(values.product)
        raise Invalid(note or _("This product may not be traded here."), "product")
    if not values.region.is_open:
        raise Invalid(_("Choose the county."), "region")
    check_township(values.township, values.region)
    if values.quantity <= 0 or rules.is_absurd(values.quantity, values.unit):
        raise Invalid(
            _("That is more than anybody has: check the number and the unit."), "quantity"
        )
    if (low is None) != (high is None) or (low is not None and not 0 < low <= high):  # type: ignore[operator]
        raise Invalid(_("The highest price is below the lowest."), "price_high")
    if values.min_lot is not None and not 0 < values.min_lot <= values.quantity:
        raise Invalid(_("The minimum lot is more than the whole quantity."), "min_lot")
    if values.supply_from and values.supply_to and values.supply_to < values.supply_from:
        raise Invalid(_("The last day is before the first."), "supply_to")
    is_sale, asks = values.side is Side.SELL, values.quotation_deadline or values.certificates
    if is_sale and (asks or not values.parts_allowed):
        raise Invalid(_("Only a purchase asks for quotations."), "quotation_deadline")
    if len(values.photos) > rules.MAX_PHOTOS:
        raise Invalid(_("At most six photos."), "photos")


def replace_photos(offer: Offer, photos: tuple[StoredPhoto, ...]) -> None:
    """Give `offer` exactly these photos, in this order. Raises Invalid: no room to keep them."""
    if [p.sha256 for p in offer.photos] == [p.sha256 for p in photos]:
        return
    for photo in photos:
        keep_photo(photo, "offers")
    offer.photos.clear()
    db.session.flush()  # the old leave before the new take their positions
    offer.photos.extend(
        OfferPhoto(position=n, sha256=p.sha256, width=p.width, height=p.height)
        for n, p in enumerate(photos)
    )
