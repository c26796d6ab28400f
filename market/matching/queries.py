"""Reading matches: the index names the best, the database reads them, the rules score them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    column,
    false,
    func,
    or_,
    select,
    table,
)

from market.database import UTCDateTime, db, read
from market.matching.basket import ABOVE, Basket, Lot, plan_basket
from market.matching.candidates import basket_sellers, best_counterparts
from market.matching.labels import match_reasons, part_formatter
from market.matching.landed_price import BEYOND_HAGGLING
from market.matching.rules import (
    DELIVERED,
    NARROWER,
    PRODUCT_DIGITS,
    SAME_PREFECTURE,
    SAME_PRODUCT,
    SAME_PROVINCE,
    SIBLING,
    WEIGHTS,
    WIDER,
    Match,
    OfferFacts,
    freight_per_base,
    score,
)
from market.offers.cards import Card
from market.offers.models import Offer, Side, Verification
from market.offers.queries import card_columns, cards_of, depend_on_offers, public
from market.offers.quoting import takes_quotations
from market.offers.rules import is_past
from market.products.models import Product, Relation
from market.products.units import in_base, measure, per_base
from market.regions.models import Region, within
from market.search.engine import ask_index
from market.search.view import View
from market.web.home_time import home_now, home_today

# Without an index so many of the likeliest are scored: what stands behind in product and
# place seldom comes up far enough by the rest to be shown.
MAX_CANDIDATES = 240


@dataclass(frozen=True, slots=True)
class RankedOffer:
    """A counterpart of an offer and how well it fits.

    Attributes:
        row: the columns of its card, where one is wanted.
    """

    facts: OfferFacts
    match: Match
    row: Any = None

    @property
    def id(self) -> int:
        return self.facts.id


@dataclass(frozen=True, slots=True)
class Matches:
    """The best counterparts of an offer, the best first, and several for a big purchase.

    Attributes:
        partners: those of the basket that are not among the best.
    """

    ranked: Sequence[RankedOffer] = ()
    basket: Basket | None = None
    partners: Sequence[RankedOffer] = ()


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A counterpart on a page: its card, the parts of its score, and their words."""

    card: Card
    match: Match
    words: dict[str, str]


def matches_of(
    offer: Offer, limit: int, include: Collection[int] = (), with_basket: bool = False
) -> Matches:
    """The `limit` best counterparts of a public offer; none for any other.

    The index names the candidates, and where it can't answer the database does. Either
    way it is the database that says who is still published, valid and has something left, and
    which purchases still take quotations; who isn't is made up for by the next best.

    Args:
        include: ids of counterparts to show even if they are not among these.
        with_basket: plan a basket too.
    """
    now = home_now()
    if not (offer.is_public and offer.remaining > 0) or is_over(offer):
        return Matches()
    own = _facts_of_one(offer)
    batch = limit
    while True:
        ids, basket_ids = find_candidates(own, now, batch, with_basket)
        rows = {row.id: row for row in read_offers(SHOWN, {*ids, *basket_ids, *include}, now)}
        if len(ids) < batch or sum(id in rows for id in ids) >= limit:
            break
        batch *= 2
    facts = {id: facts_of_row(row) for id, row in rows.items()}
    found = {
        id: RankedOffer(one, m, rows[id])
        for id, one in facts.items()
        if (m := score(own, one, now))
    }
    shown = sorted((found[id] for id in {*ids, *include} if id in found), key=_rank_key)
    shown = shown[:limit] + [one for one in shown[limit:] if one.id in include]
    basket = basket_of(own, [found[id] for id in basket_ids if id in found])
    in_basket = {lot.id for lot, _ in basket.takes} if basket else set()
    return Matches(shown, basket, [found[id] for id in in_basket - {one.id for one in shown}])


def is_over(offer: Offer) -> bool:
    """Whether it is a purchase that takes no more quotations: nobody is looked for then."""
    return is_past(offer.quotation_deadline, home_today())


def find_candidates(
    own: OfferFacts, now: datetime, limit: int, with_basket: bool = False
) -> tuple[list[int], list[int]]:
    """Ids of the best counterparts of an offer, and with `with_basket` of the sellers to plan
    a basket of; exact to the last commit of the index, where there is one."""

    def question(view: View) -> tuple[list[int], list[int]]:
        ids = [id for id, _ in best_counterparts(view, own, now, limit)]
        return ids, basket_sellers(view, own, now) if with_basket else []

    answer = ask_index(question)
    if answer is None:
        ids = likely_candidates(own, now)
        return ids, ids if with_basket else []
    return answer


def likely_candidates(own: OfferFacts, now: datetime) -> list[int]:
    """Ids of counterparts ordered by product and place, the heaviest parts that SQL can compare,
    then the newest."""
    county, path = own.region_path, own.product_path
    place = case(
        (Region.path == county, 1.0),
        (within(Region.path, county.rpartition("/")[0] or county), SAME_PREFECTURE),
        (within(Region.path, county.partition("/")[0]), SAME_PROVINCE),
        else_=0.0,
    )
    above = [code for code in path.split("/")[:-1] if len(code) == PRODUCT_DIGITS]
    family = Product.family_path
    related = or_(Product.code.in_(above), within(family, path))
    is_variety = Product.relation == Relation.VARIETY
    beside = and_(is_variety, Product.parent_code == above[-1]) if above else false()
    product = case((family == path, SAME_PRODUCT), (related, WIDER), else_=SIBLING)
    promise = product * WEIGHTS["product"] + place * WEIGHTS["region"]
    return list(
        db.session.scalars(
            select(Offer.id)
            .join(Product, Product.code == Offer.product_code)
            .join(Region, Region.code == Offer.region_code)
            .where(
                Offer.side == Side(own.side).other,
                Offer.owner_id != own.owner_id,
                _is_available(now),
                takes_quotations(),
                or_(related, beside),
            )
            .order_by(promise.desc(), Offer.published_at.desc(), Offer.id.desc())
            .limit(MAX_CANDIDATES)
        )
    )


def facts_of(ids: Iterable[int], now: datetime) -> dict[int, OfferFacts]:
    """What the rules read of those of the offers that are public, have something left and are no
    purchase past its deadline."""
    return {row.id: facts_of_row(row) for row in read_offers(_FACTS, ids, now)}


def read_offers(statement: Any, ids: Iterable[int], now: datetime) -> Iterable[Any]:
    """Rows of STANDING or a select like it, of those of the offers that stand at `now`."""
    wanted = list(ids)
    return read(statement, ids=wanted, now=now) if wanted else ()


def facts_of_row(row: Any) -> OfferFacts:
    """What the rules read of an offer, of a row of `read_offers`."""
    return read_facts(row, row, row.region_path, row, row.finished_deals)


def _facts_of_one(offer: Offer) -> OfferFacts:
    """As `facts_of`, of an offer that has been read already."""
    finished = read(_FINISHED_BY, owner=offer.owner_id).scalar_one()
    return read_facts(offer, offer.product, offer.region.path, offer.region, finished)


def with_cards(ranked: Sequence[RankedOffer]) -> list[MatchRow]:
    """The ranked of matches_of() with their cards, read together with their facts."""
    by_id, tell, rows = {one.id: one.match for one in ranked}, part_formatter(), []
    found = cards_of(one.row for one in ranked)
    depend_on_offers(list(by_id), {card.id: card.state for card in found})
    for card in found:
        match = by_id[card.id]
        words = {name: tell(part) for name, part in match.parts.items()}
        card = replace(card, score=match.total, reasons=match_reasons(match, words))
        rows.append(MatchRow(card, match, words))
    return rows


def basket_of(own: OfferFacts, basket_sellers: Sequence[RankedOffer]) -> Basket | None:
    """Several of the sellers for a purchase.

    Returns:
        None for a sale, when one seller covers it all within the bid, or when there are no two.
        Of a seller with several offers the largest counts, within the bid if there is one.
    """
    if own.side != Side.BUY:
        return None
    of_owner: dict[int, Lot] = {}
    for one in basket_sellers:
        lot, other = _lot(own, one), of_owner.get(one.facts.owner_id)
        if _serves(one.match) and (other is None or _promise(lot) > _promise(other)):
            of_owner[one.facts.owner_id] = lot
    lots = list(of_owner.values())
    if any(lot.standing != ABOVE and lot.quantity >= own.quantity for lot in lots):
        return None
    basket = plan_basket(own.quantity, lots)
    return basket if basket and len(basket.takes) > 1 else None


def _promise(lot: Lot) -> tuple[bool, Decimal]:
    return lot.standing != ABOVE, lot.quantity


def _is_available(now: Any) -> ColumnElement[bool]:
    return and_(public(now), Offer.remaining > 0)


def _finished(owner: Any) -> ColumnElement[int]:
    """SQL: how many verified deals the owner, a column or a parameter, has on either side."""
    verified = select(func.count()).where(_deals.c.status == "verified")
    sold, bought = (
        verified.where(party == owner) for party in (_deals.c.seller_id, _deals.c.buyer_id)
    )
    return sold.scalar_subquery() + bought.scalar_subquery()


# The room of deals comes after this one.
_deals = table("deals", column("seller_id"), column("buyer_id"), column("status"))
_FINISHED = _finished(Offer.owner_id).label("finished_deals")
_FINISHED_BY = select(_finished(bindparam("owner")))
_PATHS = (
    *(Product.family_path, Product.storage_class, Product.perishable),
    Region.path.label("region_path"),
)
_AVAILABLE_AMONG = (
    Offer.id.in_(bindparam("ids", expanding=True)),
    _is_available(bindparam("now", type_=UTCDateTime)),
)
# Made once: putting a statement of so many columns together takes longer than running it.
_FACTS = (
    select(
        *(Offer.id, Offer.owner_id, Offer.side, Offer.product_code, Offer.region_code),
        *(Region.latitude, Region.longitude),
        *(Offer.remaining, Offer.min_lot, Offer.unit),
        *(Offer.price_low, Offer.price_high, Offer.price_unit, Offer.price_basis),
        *(Offer.supply_from, Offer.supply_to, Offer.published_at, Offer.verification),
        *(*_PATHS, _FINISHED),
    )
    .join(Product, Product.code == Offer.product_code)
    .join(Region, Region.code == Offer.region_code)
    .where(*_AVAILABLE_AMONG, takes_quotations())
)
# The facts with the columns of a card; and those of who can still be matched.
STANDING = (
    card_columns().add_columns(Offer.region_code, *_PATHS, _FINISHED).where(*_AVAILABLE_AMONG)
)
SHOWN = STANDING.where(takes_quotations())


def _rank_key(one: RankedOffer) -> tuple[float, int]:
    """Best first; of equals (but for how an addition was rounded) the newest."""
    return -round(one.match.total, 12), -one.id


def read_facts(row: Any, product: Any, region: str, place: Any, finished: int) -> OfferFacts:
    """What the rules read of an offer.

    Args:
        row: with the offer's own columns.
        product: with the columns of the product that matching reads.
        region: its path.
        place: with the latitude and longitude of the region, in degrees.
        finished: verified deals of the owner.
    """
    return OfferFacts(
        id=row.id,
        owner_id=row.owner_id,
        side=row.side,
        product_code=row.product_code,
        product_path=product.family_path,
        region_code=row.region_code,
        region_path=region,
        latitude=place.latitude,
        longitude=place.longitude,
        quantity=in_base(row.remaining, row.unit),
        min_lot=None if row.min_lot is None else in_base(row.min_lot, row.unit),
        measure=measure(row.unit),
        price_low=per_base(row.price_low, row.price_unit),
        price_high=per_base(row.price_high, row.price_unit),
        price_measure=measure(row.price_unit),
        price_unit=row.price_unit,
        price_basis=row.price_basis,
        storage_class=product.storage_class,
        perishable=product.perishable,
        supply_from=row.supply_from,
        supply_to=row.supply_to,
        published_at=row.published_at,
        verified=row.verification is Verification.VERIFIED,
        finished_deals=finished,
    )


def _serves(match: Match) -> bool:
    """Whether the buyer gets what they want, at a price and time within reach."""
    parts = match.parts
    return (
        "quantity" in parts
        and parts["product"].value >= NARROWER
        and ("price" not in parts or parts["price"].value >= BEYOND_HAGGLING)
        and ("time" not in parts or parts["time"].value > 0)
        and match.is_in_period
    )


def _lot(own: OfferFacts, one: RankedOffer) -> Lot:
    facts, km = one.facts, one.match.km
    freight = Decimal(0)
    if facts.price_measure == facts.measure:
        freight = round(Decimal(freight_per_base(facts, km) or 0), 4)
    return Lot(
        id=facts.id,
        quantity=facts.quantity,
        min_lot=min(facts.min_lot or Decimal(0), facts.quantity),
        km=None if km is None else round(km),
        price=_at_the_door(facts, facts.price_low, freight),
        limit=_at_the_door(own, own.price_high, freight),
    )


def _at_the_door(one: OfferFacts, price: Decimal | None, freight: Decimal) -> Decimal | None:
    """Yuan per base unit of the quantity; None where it is negotiable or not comparable."""
    if price is None or one.price_measure != one.measure:
        return None
    return price if one.price_basis == DELIVERED else price + freight
