"""The card of an offer: what the lists show of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy import Row

from market.database import utcnow
from market.offers.english import goods_in_english, has_chinese, language_of, localize_phrase
from market.offers.models import OfferStatus, PriceBasis, Side, Verification
from market.offers.periods import format_period
from market.offers.photos import photo_url
from market.offers.rules import default_title
from market.products.quantities import format_quantity, format_quantity_beside, price_parts
from market.products.units import UNITS
from market.regions.rules import short_english_name
from market.regions.townships import NamedTownship, Townships

_serials = itertools.count()
# Characters of a place's name that is said in full.
SHORT_NAME = 3
# Of a county and its town together.
MAX_WITH_TOWN = 6


@dataclass(frozen=True, slots=True)
class Card:
    """An offer in a list, as the offer_card component wants it.

    Attributes:
        state: what is another whenever the offer has changed.
        goods: the product in the owner's words, or its name.
        heading: the goods, or the title where that says them.
        remark: the title that the owner wrote; empty where we made it ourselves, but on a page
            in English, whose reader has to have the Chinese word for it.
        remark_language: its `lang`, where it is not the page's.
        quantity: what remains, in `unit`.
        place: the county after its prefecture, shortly, with the town; `region_name` the county
            in full.
        latitude, longitude: of its region, in degrees.
        quotation_deadline, quotations: of a purchase (Offer).
        score, reasons: set by matching, which compares it with another offer.
        serial: another for each card that was read, the key of its cached fragment.
    """

    id: int
    state: tuple[Any, ...]
    side: Side
    title: str
    goods: str
    heading: str
    remark: str
    remark_language: str
    product_code: str
    product_name: str
    grade: str
    price_low: Decimal | None
    price_high: Decimal | None
    price_unit: str
    price_basis: PriceBasis
    quantity: Decimal
    unit: str
    min_lot: Decimal | None
    place: str
    region_name: str
    supply_from: date | None
    supply_to: date | None
    verified: bool
    published_at: datetime | None
    valid_until: datetime
    status: OfferStatus
    owner_id: int
    photo: str | None
    latitude: float | None
    longitude: float | None
    quotation_deadline: date | None
    quotations: int
    score: float | None = None
    reasons: Sequence[str] = ()
    serial: int = field(default_factory=_serials.__next__, init=False, repr=False, compare=False)

    @property
    def is_public(self) -> bool:
        """Whether anyone may read the offer, as Offer.is_public."""
        return self.status is OfferStatus.PUBLISHED and self.valid_until > utcnow()

    @property
    def unit_name(self) -> LazyString:
        return UNITS[self.unit].name

    @property
    def amount(self) -> str:
        """The quantity as people say it: 8万斤."""
        return format_quantity(self.quantity, self.unit)

    @property
    def amount_beside(self) -> str:
        """The same in other words: 40吨; in English the owner's own, 80,000 jin."""
        return format_quantity_beside(self.quantity, self.unit)

    @property
    def least(self) -> str:
        """The minimum lot as people say it; empty without one."""
        return format_quantity(self.min_lot, self.unit)

    @property
    def period(self) -> str:
        """When the goods are there or wanted, as seen today."""
        return format_period(self.side, self.supply_from, self.supply_to)

    @property
    def price_parts(self) -> tuple[str, str, str]:
        """The price in three: the number, by what it is, and the same beside it in other words."""
        return price_parts(self.price_low, self.price_high, self.price_unit)

    @property
    def price_unit_name(self) -> LazyString:
        return UNITS[self.price_unit].name


def card_of(
    row: Row[Any], english: bool, mask: Callable[[str | None], str], townships: Townships
) -> Card:
    """The card of a row of `queries.card_columns`, its texts through `mask`."""
    words = row.product_words
    is_default = row.title == default_title(row.side, words or row.product, row.place)
    title = title_of(
        *(row.side, row.title, words, row.product, row.product_en),
        *(row.place, row.region_en, english, mask),
    )
    name = row.product_en if english and row.product_en else row.product
    # The owner's own word for it says the variety; an English reader reads the product first.
    goods = goods_in_english(words, row.product, name) if english else mask(words) or name
    says_it = not is_default and (goods in title or name in title)
    own_title = mask(row.title) if english else title
    is_foreign = english and has_chinese(own_title)
    return Card(
        id=row.id,
        state=(row.state, row.sha256),
        side=row.side,
        title=title,
        goods=goods,
        heading=title if says_it and not is_foreign else goods,
        remark="" if is_default and not is_foreign else own_title,
        remark_language=language_of(own_title) if english else "",
        product_code=row.product_code,
        product_name=name,
        grade=localize_phrase(mask(row.grade)),
        price_low=row.price_low,
        price_high=row.price_high,
        price_unit=row.price_unit,
        price_basis=row.price_basis,
        quantity=row.remaining,
        unit=row.unit,
        min_lot=row.min_lot,
        place=_short_place(row, english, townships.get(row.township_code)),
        region_name=place_of(row.region, row.region_en, row.above, row.above_en, english),
        supply_from=row.supply_from,
        supply_to=row.supply_to,
        verified=row.verification is Verification.VERIFIED,
        published_at=row.published_at,
        valid_until=row.valid_until,
        status=row.status,
        owner_id=row.owner_id,
        photo=photo_url(row.sha256, thumb=True) if row.sha256 else None,
        latitude=row.latitude,
        longitude=row.longitude,
        quotation_deadline=row.quotation_deadline,
        quotations=row.quotations,
    )


def title_of(
    side: str,
    title: str,
    words: str,
    product: str,
    product_en: str,
    place: str,
    place_en: str,
    english: bool,
    mask: Callable[[str | None], str],
) -> str:
    """The title for this reader; in English the goods and the place where it is Chinese."""
    if english and has_chinese(title):
        goods = goods_in_english(words, product, product_en)
        return default_title(side, goods, place_en or place, english=True)
    return mask(title)


def _short_place(row: Row[Any], english: bool, town: NamedTownship | None) -> str:
    """A county as people say it: 常德·石门; 长沙·雨花区; with its town where there is room:
    常德·石门·皂市镇."""
    if english:
        return place_of(row.region, row.region_en, row.above, row.above_en, english)
    if town and len(row.place) + len(town.name) <= MAX_WITH_TOWN:
        return "·".join(filter(None, (row.above_place, row.place, town.name)))
    # A long name (城步苗族自治县) is said by its short one.
    name = row.region if len(row.region) <= SHORT_NAME else row.place
    return f"{row.above_place}·{name}" if row.above_place else name


def place_of(
    name: str,
    name_en: str,
    above: str | None,
    above_en: str | None,
    english: bool,
    province_en: str = "",
) -> str:
    """A county after its prefecture; in English the other way round, and its province last."""
    if english:
        outer = (short_english_name(o) for o in (above_en or above or "", province_en))
        return ", ".join(filter(None, (name_en or name, *outer)))
    return f"{above}·{name}" if above else name
