"""Reading offers: what is public, and the columns of a card."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from flask import abort
from flask_babel.speaklater import LazyString
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased, joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import NullType

from market.accounts.contact import mask_for_visitors, visitors_mask
from market.accounts.models import Account
from market.database import Path, UTCDateTime, db, read, utcnow
from market.offers.models import Offer, OfferPhoto, OfferStatus, PriceBasis, Side, Verification
from market.offers.photos import photo_url
from market.offers.rules import default_title
from market.products.models import Product
from market.products.units import UNITS
from market.regions.forms import whole_named
from market.regions.models import Region, within
from market.regions.queries import get_region, region_lexicon
from market.web.filters import local_name
from market.web.language import gettext as _
from market.web.language import is_english
from market.web.page_cache import depends_on
from market.web.pagination import Pagination

Above = aliased(Region)
FIRST_PHOTO = and_(OfferPhoto.offer_id == Offer.id, OfferPhoto.position == 0)
_serials = itertools.count()
# Offers of one owner among the newest: one owner must not fill the list.
MAX_NEWEST_OF_OWNER = 2
# When the offer was changed last, as the database says it: only compared, never read.
STATE = type_coerce(Offer.updated_at, NullType()).label("state")


@dataclass(frozen=True, slots=True)
class Card:
    """An offer in a list, as the offer_card component wants it.

    Attributes:
        state: what is another whenever the offer has changed.
        quantity: what remains, in `unit`.
        latitude, longitude: of its region, in degrees.
        score, reasons: set by matching, which compares it with another offer.
        serial: another for each card that was read, the key of its cached fragment.
    """

    id: int
    state: tuple[Any, ...]
    side: Side
    title: str
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
    score: float | None = None
    reasons: Sequence[str] = ()
    serial: int = field(default_factory=_serials.__next__, init=False, repr=False, compare=False)

    @property
    def unit_name(self) -> LazyString:
        return UNITS[self.unit].name

    @property
    def price_unit_name(self) -> LazyString:
        return UNITS[self.price_unit].name


def public(now: Any = None) -> ColumnElement[bool]:
    """SQL: anyone may read the offer (Offer.is_public), at `now`, an instant or a parameter."""
    at = utcnow() if now is None else now
    return and_(Offer.status == OfferStatus.PUBLISHED, Offer.valid_until > at)


def get_offer(offer_id: int) -> Offer:
    """The offer with what its page shows but for photos, in one select; 404 where there is none."""
    found = db.session.execute(_OFFER, {"id": offer_id}).one_or_none() or abort(404)
    offer: Offer = found.Offer
    if found.sha256 is None:
        # Most have no photo: whoever asks for them needs no other select to know.
        set_committed_value(offer, "photos", [])
    depend_on_offers([offer_id], {offer_id: (found.state, found.sha256)})
    return offer


def cards(ids: Sequence[int]) -> list[Card]:
    """The cards of these offers in this order, in one select; what isn't public is left out."""
    if not ids:
        return []
    by_id = {card.id: card for card in cards_of(read(_CARDS, ids=list(ids), now=utcnow()))}
    return [by_id[id] for id in ids if id in by_id]


def newest_cards(limit: int, region_path: str) -> list[Card]:
    """The latest public offers inside the region path, at most `limit`, at most
    OF_ONE_OWNER of one owner."""
    return cards_of(read(_NEWEST, path=region_path, limit=limit, now=utcnow()))


def newest_publication() -> datetime | None:
    """When the offer published last was, or None; one step in an index."""
    found: datetime | None = read(_NEWEST_PUBLICATION).scalar()
    return found


def cards_of_owner(
    owner_ids: Iterable[int], statuses: Iterable[OfferStatus], pagination: Pagination
) -> list[Card]:
    """A page of the owners' offers in any of these states, the latest changed first."""
    query = card_columns().where(Offer.owner_id.in_(owner_ids), Offer.status.in_(statuses))
    query = query.order_by(Offer.updated_at.desc(), Offer.id.desc())
    return cards_of(db.session.execute(pagination.limit(query)))


def counts_of_owner(owner_ids: Iterable[int]) -> dict[OfferStatus, int]:
    """How many offers the owners have in each state."""
    rows = db.session.execute(
        select(Offer.status, func.count())
        .where(Offer.owner_id.in_(owner_ids))
        .group_by(Offer.status)
    )
    return dict(rows.all())


def last_region(owner_id: int) -> Region | None:
    """Where the owner's last offer was placed."""
    return db.session.scalar(
        select(Region)
        .join(Offer, Offer.region_code == Region.code)
        .where(Offer.owner_id == owner_id)
        .order_by(Offer.id.desc())
        .limit(1)
    )


def card_columns() -> Select[*tuple[Any, ...]]:
    """A select of just the columns of a card, joined to Product and Region."""
    return (
        select(
            *(Offer.id, Offer.side, Offer.title, Offer.product_words, Offer.grade),
            *(Offer.price_low, Offer.price_high, Offer.price_unit, Offer.price_basis),
            *(Offer.remaining, Offer.unit, Offer.min_lot, Offer.supply_from, Offer.supply_to),
            *(Offer.verification, Offer.published_at, Offer.valid_until),
            *(Offer.status, Offer.owner_id, Offer.product_code, STATE),
            Product.name.label("product"),
            Product.name_en.label("product_en"),
            *(Region.name.label("region"), Region.name_en.label("region_en")),
            Region.short_name.label("place"),
            *(Region.latitude, Region.longitude),
            *(Above.name.label("above"), Above.name_en.label("above_en")),
            OfferPhoto.sha256,
        )
        .select_from(Offer)
        .join(Product, Product.code == Offer.product_code)
        .join(Region, Region.code == Offer.region_code)
        .outerjoin(Above, Above.code == Region.parent_code)
        .outerjoin(OfferPhoto, FIRST_PHOTO)
    )


def states(ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The `Card.state` of those of the offers that are public."""
    rows = read(_STATES, ids=list(ids), now=utcnow())
    return {id: (changed, photo) for id, changed, photo in rows}


def depend_on_offers(ids: Sequence[int], known: Mapping[int, tuple[Any, ...]]) -> None:
    """The page being made shows of these offers those that are `known`, in these states."""
    depends_on(partial(_current_states_key, tuple(ids)), _states_key(known))


def _current_states_key(ids: Sequence[int]) -> int:
    return _states_key(states(ids))


def _states_key(known: Mapping[int, tuple[Any, ...]]) -> int:
    return hash(frozenset(known.items()))


def offer_title(offer: Offer) -> str:
    """The offer's title for this visitor; one that we made ourselves, in the page's language."""
    return _title(
        *(offer.side, offer.title, offer.product_words, offer.product.name, offer.product.name_en),
        *(offer.region.short_name, offer.region.name_en),
        *(is_english(), mask_for_visitors),
    )


def place_name(code: str) -> str:
    """A county after its prefecture: 常德市·石门县; in English the other way round."""
    lexicon = region_lexicon()
    place = lexicon.places.get(code)
    if place is None:
        # Another process brought it in a moment ago.
        return local_name(get_region(code))
    above = lexicon.above(place)
    outer, outer_en = (above.name, above.name_en) if above else (None, None)
    return _place(place.name, place.name_en, outer, outer_en, is_english())


def place_in_full(offer: Offer) -> str:
    """Where an offer is or goes to, with the town and village that were typed."""
    detail = mask_for_visitors(offer.place_detail)
    if not detail:
        return place_name(offer.region_code)
    if whole := whole_named(offer.region, offer.place_detail):
        place = local_name(whole) + detail.removeprefix(whole.name)
        return _("%(place)s (any county of it)", place=place)
    return f"{place_name(offer.region_code)} {detail}"


def cards_of(rows: Iterable[Row[Any]]) -> list[Card]:
    """The cards of rows of `card_columns`."""
    english, mask = is_english(), visitors_mask()
    return [_card(row, english, mask) for row in rows]


def _card(row: Row[Any], english: bool, mask: Callable[[str | None], str]) -> Card:
    return Card(
        id=row.id,
        state=(row.state, row.sha256),
        side=row.side,
        title=_title(
            *(row.side, row.title, row.product_words, row.product, row.product_en),
            *(row.place, row.region_en, english, mask),
        ),
        product_code=row.product_code,
        product_name=row.product_en if english and row.product_en else row.product,
        grade=mask(row.grade),
        price_low=row.price_low,
        price_high=row.price_high,
        price_unit=row.price_unit,
        price_basis=row.price_basis,
        quantity=row.remaining,
        unit=row.unit,
        min_lot=row.min_lot,
        region_name=_place(row.region, row.region_en, row.above, row.above_en, english),
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
    )


def _title(
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
    if english and title == default_title(side, words or product, place):
        return default_title(side, product_en or product, place_en or place, english=True)
    return mask(title)


def _place(name: str, name_en: str, above: str | None, above_en: str | None, english: bool) -> str:
    if english:
        return ", ".join(filter(None, (name_en or name, above_en or above)))
    return f"{above}·{name}" if above else name


# Made once: putting a statement of so many columns together takes longer than running it.
_PUBLIC = public(bindparam("now", type_=UTCDateTime))
_CARDS = card_columns().where(Offer.id.in_(bindparam("ids", expanding=True)), _PUBLIC)
_STATES = (
    select(Offer.id, STATE, OfferPhoto.sha256)
    .outerjoin(OfferPhoto, FIRST_PHOTO)
    .where(Offer.id.in_(bindparam("ids", expanding=True)), _PUBLIC)
)
_Newer, _ItsRegion = aliased(Offer), aliased(Region)
# How many of the owner's offers stand before this one: a few, found by its owner.
_NEWER_OF_OWNER = (
    select(func.count())
    .select_from(_Newer)
    .join(_ItsRegion, _ItsRegion.code == _Newer.region_code)
    .where(
        _Newer.owner_id == Offer.owner_id,
        _Newer.status == OfferStatus.PUBLISHED,
        _Newer.valid_until > bindparam("now", type_=UTCDateTime),
        within(_ItsRegion.path, bindparam("path", type_=Path)),
        or_(
            _Newer.published_at > Offer.published_at,
            and_(_Newer.published_at == Offer.published_at, _Newer.id > Offer.id),
        ),
    )
    .correlate(Offer)
    .scalar_subquery()
)
_NEWEST = (
    card_columns()
    .where(_PUBLIC, within(Region.path, bindparam("path", type_=Path)))
    .where(_NEWER_OF_OWNER < MAX_NEWEST_OF_OWNER)
    .order_by(Offer.published_at.desc(), Offer.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_NEWEST_PUBLICATION = select(func.max(Offer.published_at)).where(
    Offer.status == OfferStatus.PUBLISHED
)
_OFFER = (
    select(Offer, STATE, OfferPhoto.sha256)
    .outerjoin(OfferPhoto, FIRST_PHOTO)
    .where(Offer.id == bindparam("id"))
    .options(
        # Inner joins: SQLite would build the whole inside of a nested outer one.
        joinedload(Offer.product, innerjoin=True),
        joinedload(Offer.region, innerjoin=True),
        # The roles of whom is looked at matter to nobody; places are named from memory.
        joinedload(Offer.owner, innerjoin=True).options(
            lazyload(Account.grants), lazyload(Account.region)
        ),
    )
)
