"""What a person says about an offer, checked and put on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from market.database import db, utcnow
from market.offers import rules
from market.offers.models import Offer, OfferPhoto, PriceBasis, Side, Status
from market.offers.photos import StoredPhoto, keep_photo
from market.products.labels import trade_note
from market.products.models import Product
from market.regions.forms import whole_named
from market.regions.models import Region
from market.web.errors import Invalid
from market.web.home_time import home_zone

# Of a title, in characters: a place and a word of the longest stay below.
TITLE_LONGEST = 80


@dataclass(frozen=True)
class OfferValues:
    """What a person says about an offer; the attributes of Offer carry the units.

    Attributes:
        days: how long it stays valid once published, 1 to 180.
    """

    side: Side
    product: Product
    region: Region
    quantity: Decimal
    unit: str
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    price_unit: str = ""
    price_basis: PriceBasis = PriceBasis.EX_FARM
    title: str = ""
    description: str = ""
    grade: str = ""
    min_lot: Decimal | None = None
    supply_from: date | None = None
    supply_to: date | None = None
    place_detail: str = ""
    product_words: str = ""
    packaging: str = ""
    delivery: str = ""
    days: int = rules.DAYS_DEFAULT
    photos: tuple[StoredPhoto, ...] = ()


def values_of(offer: Offer, **instead: Any) -> OfferValues:
    """What `offer` says now, with `instead` in place of some of it; no title of our own."""
    names = set(OfferValues.__dataclass_fields__) - {"days", "photos"}
    values: dict[str, Any] = {name: getattr(offer, name) for name in names}
    photos = tuple(StoredPhoto(p.sha256, p.width, p.height) for p in offer.photos)
    zone = home_zone()
    days = rules.days_valid(offer.published_at or offer.updated_at, offer.valid_until, zone)
    if offer.title == automatic_title(offer):
        values["title"] = ""
    return OfferValues(**{**values, "days": days, "photos": photos, **instead})


def automatic_title(offer: Offer) -> str:
    """The title that we give it where its owner writes none."""
    place = whole_named(offer.region, offer.place_detail) or offer.region
    words = offer.product_words or offer.product.name
    return rules.default_title(offer.side, words, place.short_name)[:TITLE_LONGEST]


def write(offer: Offer, values: OfferValues) -> None:
    """Put `values` on `offer`; one not yet shown starts its days anew. Raises Invalid."""
    _check(values)
    region, product = values.region, values.product
    is_ours = not values.title or (offer.title and values.title == automatic_title(offer))
    offer.product, offer.product_code = product, product.code
    offer.region, offer.region_code = region, region.code
    offer.product_words, offer.place_detail = values.product_words, values.place_detail
    offer.title = automatic_title(offer) if is_ours else values.title
    offer.price_unit = values.price_unit or values.unit
    for name in (
        *("description", "grade", "quantity", "unit", "price_low", "price_high", "price_basis"),
        *("min_lot", "supply_from", "supply_to", "packaging", "delivery"),
    ):
        setattr(offer, name, getattr(values, name))
    offer.price_per_base = rules.price_per_base(
        offer.side, offer.price_low, offer.price_high, offer.price_unit
    )
    if offer.status in (None, Status.DRAFT, Status.REJECTED):
        zone = home_zone()
        offer.valid_until = rules.valid_until(utcnow(), values.days, zone)
        offer.updated_at = utcnow()


def _check(values: OfferValues) -> None:
    """The same limits as the form's and the database's, for whoever comes without a form."""
    low, high = values.price_low, values.price_high
    if not values.product.listable:
        note = trade_note(values.product)
        raise Invalid(note or _("This product may not be traded here."), "product")
    if not values.region.is_leaf:
        raise Invalid(_("Choose the county."), "region")
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
    if len(values.photos) > rules.PHOTOS_MOST:
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
