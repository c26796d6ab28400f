"""What else there is for who looks at a sale: more of its seller, then other goods of the same
county. Who sells the same is a link away, never beside the seller who is being looked at."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, literal, select, union_all

from market.database import UTCDateTime, read, utcnow
from market.offers.cards import Card
from market.offers.models import Offer, Side, Verification
from market.offers.queries import card_columns, cards_of, depend_on_offers, public

# Of its seller, and of all.
MAX_OWN, MAX_SHOWN = 3, 4


def similar_offers(offer: Offer) -> list[Card]:
    """Cards of the seller's other sales, the latest first, then of verified sales of other goods
    in the same county, in one statement; none for a purchase, whose matches say what fits."""
    if offer.side is Side.BUY:
        return []
    found = cards_of(
        read(
            _SIMILAR,
            **{"id": offer.id, "owner": offer.owner_id, "product": offer.product_code},
            **{"region": offer.region_code, "now": utcnow()},
        )
    )
    depend_on_offers([card.id for card in found], {card.id: card.state for card in found})
    return found


_SALE = (Offer.side == Side.SELL, public(bindparam("now", type_=UTCDateTime)))
_OWN = (
    select(Offer.id.label("similar_id"), literal(0, Integer).label("is_other"))
    .where(Offer.owner_id == bindparam("owner"), Offer.id != bindparam("id"), *_SALE)
    .order_by(Offer.published_at.desc())
    .limit(MAX_OWN)
    .subquery()
)
# In the order of ix_offers_region_queue, so that a few rows of it are read.
_NEAR = (
    select(Offer.id.label("similar_id"), literal(1, Integer).label("is_other"))
    .where(Offer.region_code == bindparam("region"), *_SALE)
    .where(Offer.verification == Verification.VERIFIED, Offer.owner_id != bindparam("owner"))
    .where(Offer.product_code != bindparam("product"))
    .order_by(Offer.published_at.desc())
    .limit(MAX_SHOWN)
    .subquery()
)
_FOUND = union_all(select(_OWN), select(_NEAR)).subquery()
# Made once: putting it together takes longer than running it.
_SIMILAR = (
    card_columns()
    .add_columns(_FOUND.c.is_other)
    .join(_FOUND, _FOUND.c.similar_id == Offer.id)
    .order_by(_FOUND.c.is_other, Offer.published_at.desc(), Offer.id.desc())
    .limit(MAX_SHOWN)
)
