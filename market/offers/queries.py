"""Reading offers: what is public, and the columns of a card."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import abort
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased, joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import NullType

from market.accounts.contact import mask_for_visitors, visitors_mask
from market.accounts.models import Account
from market.accounts.today import ACCOUNT, NOW
from market.database import Path, UTCDateTime, db, read, utcnow
from market.offers.cards import Card, card_of, place_of, title_of
from market.offers.models import Offer, OfferPhoto, OfferStatus, Side
from market.offers.photos import photo_url
from market.offers.rules import WARNING_DAYS
from market.products.models import Product
from market.products.queries import named_products
from market.regions.forms import whole_named
from market.regions.models import Region, within
from market.regions.queries import get_region, place_below, region_lexicon
from market.web.filters import local_name
from market.web.language import gettext as _
from market.web.language import is_english
from market.web.page_cache import depends_on
from market.web.pagination import Pagination

Above = aliased(Region)
FIRST_PHOTO = and_(OfferPhoto.offer_id == Offer.id, OfferPhoto.position == 0)
# Offers of one owner among the newest: one owner must not fill the list.
MAX_NEWEST_OF_OWNER = 2
# When the offer was changed last, as the database says it: only compared, never read.
STATE = type_coerce(Offer.updated_at, NullType()).label("state")


def public(now: Any = None) -> ColumnElement[bool]:
    """SQL: anyone may read the offer (Offer.is_public), at `now`, an instant or a parameter."""
    at = utcnow() if now is None else now
    return and_(Offer.status == OfferStatus.PUBLISHED, Offer.valid_until > at)


def expiring_offers() -> Select[*tuple[Any, ...]]:
    """For the list of what waits today: how many public offers of ACCOUNT end within
    WARNING_DAYS."""
    soon = bindparam(
        "soon", type_=UTCDateTime(), callable_=lambda: utcnow() + timedelta(days=WARNING_DAYS)
    )
    return select(func.count(), cast(null(), UTCDateTime())).where(
        Offer.owner_id == ACCOUNT, public(NOW), Offer.valid_until <= soon
    )


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


def newest_ids(limit: int, region_path: str, side: Side) -> list[int]:
    """The latest public offers of a side inside the region path, at most `limit`, at most
    MAX_NEWEST_OF_OWNER of one owner."""
    found = read(_NEWEST, path=region_path, limit=limit, side=side, now=utcnow())
    return list(found.scalars())


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


def closing_reasons(ids: Collection[int]) -> dict[int, str]:
    """Why each of these offers is closed, where that is known."""
    rows = select(Offer.id, Offer.status_reason).where(
        Offer.id.in_(ids), Offer.status == OfferStatus.CLOSED, Offer.status_reason != ""
    )
    return dict(db.session.execute(rows).all())


def last_region(owner_id: int) -> Region | None:
    """Where the owner's last offer was placed."""
    return db.session.scalar(
        select(Region)
        .join(Offer, Offer.region_code == Region.code)
        .where(Offer.owner_id == owner_id)
        .order_by(Offer.id.desc())
        .limit(1)
    )


def last_contact(owner_id: int) -> str:
    """The number that the owner's last offer names; "" where it is their own."""
    numbers = select(Offer.contact_phone).where(Offer.owner_id == owner_id)
    return db.session.scalar(numbers.order_by(Offer.id.desc()).limit(1)) or ""


def card_columns() -> Select[*tuple[Any, ...]]:
    """A select of just the columns of a card, joined to Product and Region."""
    return (
        select(
            *(Offer.id, Offer.side, Offer.title, Offer.product_words, Offer.grade),
            *(Offer.price_low, Offer.price_high, Offer.price_unit, Offer.price_basis),
            *(Offer.remaining, Offer.unit, Offer.min_lot, Offer.supply_from, Offer.supply_to),
            *(Offer.verification, Offer.published_at, Offer.valid_until),
            *(Offer.status, Offer.owner_id, Offer.product_code, STATE),
            *(Offer.quotation_deadline, Offer.quotations, Offer.township_code),
            Product.name.label("product"),
            Product.name_en.label("product_en"),
            *(Region.name.label("region"), Region.name_en.label("region_en")),
            Region.short_name.label("place"),
            *(Region.latitude, Region.longitude),
            *(Above.name.label("above"), Above.name_en.label("above_en")),
            Above.short_name.label("above_place"),
            OfferPhoto.sha256,
        )
        .select_from(Offer)
        .join(Product, Product.code == Offer.product_code)
        .join(Region, Region.code == Offer.region_code)
        .outerjoin(Above, Above.code == Region.parent_code)
        .outerjoin(OfferPhoto, FIRST_PHOTO)
    )


def first_photos(ids: Iterable[int | None]) -> dict[int, str]:
    """The address of the small first photo of each of the offers that has one."""
    first = select(OfferPhoto.offer_id, OfferPhoto.sha256).where(
        OfferPhoto.position == 0, OfferPhoto.offer_id.in_([id_ for id_ in ids if id_])
    )
    return {id_: photo_url(sha256, thumb=True) for id_, sha256 in db.session.execute(first)}


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
    """The offer's title for this visitor; on a page in English the goods and the place where it
    is Chinese. Product and place are named from memory: lists ask it of many offers."""
    if not is_english():
        return mask_for_visitors(offer.title)
    product = named_products([offer.product_code]).get(offer.product_code) or offer.product
    place = region_lexicon().places.get(offer.region_code) or offer.region
    return title_of(
        *(offer.side, offer.title, offer.product_words, product.name, product.name_en),
        *(place.name, place.name_en, True, mask_for_visitors),
    )


def place_name(code: str) -> str:
    """A county after its prefecture: 常德市·石门县; Shimen County, Changde, Hunan."""
    lexicon = region_lexicon()
    place = lexicon.places.get(code)
    if place is None:
        # Another process brought it in a moment ago.
        return local_name(get_region(code))
    above = lexicon.above(place)
    outer, outer_en = (above.name, above.name_en) if above else (None, None)
    if not is_english():
        return place_of(place.name, place.name_en, outer, outer_en, False)
    province = lexicon.above(above) if above else None
    province_en = province.name_en if province else ""
    return place_of(place.name, place.name_en, outer, outer_en, True, province_en)


def place_in_full(offer: Offer) -> str:
    """Where an offer is or goes to, with the town and village."""
    below = place_below(offer.township_code, mask_for_visitors(offer.village))
    detail = mask_for_visitors(offer.place_detail)
    if below or not detail:
        return " ".join(filter(None, (place_name(offer.region_code), below, detail)))
    if whole := whole_named(offer.region, offer.place_detail):
        place = local_name(whole) + detail.removeprefix(whole.name)
        return _("%(place)s (any county of it)", place=place)
    return f"{place_name(offer.region_code)} {detail}"


def cards_of(rows: Iterable[Row[Any]]) -> list[Card]:
    """The cards of rows of `card_columns`."""
    english, mask = is_english(), visitors_mask()
    townships = region_lexicon().townships
    return [card_of(row, english, mask, townships) for row in rows]


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
        _Newer.side == Offer.side,
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
    select(Offer.id)
    .join(Region, Region.code == Offer.region_code)
    .where(_PUBLIC, within(Region.path, bindparam("path", type_=Path)))
    # Nothing is published later, but so SQLite walks the index by that, which needs no sorting.
    .where(Offer.published_at <= bindparam("now", type_=UTCDateTime))
    .where(Offer.side == bindparam("side", type_=Offer.side.type))
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
