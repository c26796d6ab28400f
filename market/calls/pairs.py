"""A pair of offers with all that is known of it: how well it fits, its calls, its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort
from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from market.accounts.contact import numbers_of
from market.accounts.models import Account
from market.calls.labels import format_price_gap
from market.calls.models import CallWithdrawal, MatchCall
from market.database import db
from market.matching.labels import match_reasons, part_formatter
from market.matching.queries import SHOWN, facts_of_row, read_offers
from market.matching.rules import Match, score
from market.offers.cards import Card
from market.offers.models import Offer, OfferStatus, Side
from market.offers.queries import cards_of
from market.offers.reveals import reveal_page
from market.permissions import may
from market.permissions.stations import CALLING_ROLES
from market.web.filters import days_left
from market.web.home_time import home_now


@dataclass(frozen=True)
class Pair:
    """A sale and a purchase."""

    sale: Offer
    purchase: Offer

    def offer(self, side: Side) -> Offer:
        return self.sale if side is Side.SELL else self.purchase


@dataclass(frozen=True)
class PairComparison:
    """How well two offers fit now, with the cards of both.

    Attributes:
        words: of each part of the score, by its name.
    """

    sale: Card
    purchase: Card
    match: Match
    words: dict[str, str]

    @property
    def days_left(self) -> int:
        """For how many days both are still open."""
        return days_left(min(self.sale.valid_until, self.purchase.valid_until))

    @property
    def price_gap(self) -> str:
        """How far the price at the buyer's door is above the bid; empty where the two are near."""
        return format_price_gap(self.match)

    @property
    def reasons(self) -> list[str]:
        return match_reasons(self.match, self.words)


@dataclass(frozen=True)
class SideNumber:
    """Whom to ring about one side of a pair.

    Attributes:
        is_own: a farmer whom the caller represents.
        reached: who answers: the party, or the assistant who represents it; None: there is no
            number.
        phone: E.164; None until the caller has asked for it.
    """

    party: Account
    is_own: bool
    reached: Account | None
    phone: str | None


def load_pair(sale_id: int, purchase_id: int) -> Pair:
    """The pair, or 404 where the two were never a match."""
    sale, purchase = (db.session.get(Offer, id_) for id_ in (sale_id, purchase_id))
    if sale is None or purchase is None or OfferStatus.DRAFT in (sale.status, purchase.status):
        abort(404)
    if sale.side is not Side.SELL or purchase.side is not Side.BUY:
        abort(404)
    pair = Pair(sale, purchase)
    if compare(pair) is None and not calls_of_pair(pair):
        abort(404)
    return pair


def compare(pair: Pair) -> PairComparison | None:
    """How well they fit now; None where one is closed or they are no match."""
    found = compare_pairs([(pair.sale.id, pair.purchase.id)])
    return found.get((pair.sale.id, pair.purchase.id))


def calls_of_pair(pair: Pair) -> Sequence[MatchCall]:
    """All calls about the pair, the newest first, those taken back too."""
    query = select(MatchCall).where(
        MatchCall.sale_id == pair.sale.id, MatchCall.purchase_id == pair.purchase.id
    )
    return db.session.scalars(query.order_by(MatchCall.id.desc())).all()


def calls_of_party(account_id: int, limit: int) -> Sequence[MatchCall]:
    """The newest calls about offers of the account that were not taken back."""
    theirs = select(Offer.id).where(Offer.owner_id == account_id)
    of_either = or_(MatchCall.sale_id.in_(theirs), MatchCall.purchase_id.in_(theirs))
    query = select(MatchCall).where(of_either, is_live()).order_by(MatchCall.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def numbers_of_pair(caller: Account, pair: Pair) -> list[SideNumber]:
    """Whom to ring: the seller's side, then the buyer's. Who asks has asked on the offer itself."""
    found = []
    for offer in (pair.sale, pair.purchase):
        party = offer.owner
        if may(caller, "party.represent", party):
            phone = offer.contact_phone or party.phone
            found.append(SideNumber(party, True, party if phone else None, phone))
            continue
        numbers = numbers_of(caller, [party], offer.contact_phone, reveal_page(offer.id))
        one = numbers[0] if numbers else None
        found.append(
            SideNumber(party, False, one.reached if one else None, one.phone if one else None)
        )
    return found


def calling_paths(caller: Account) -> list[str]:
    """The region paths in which the account rings traders."""
    return [grant.region.path for grant in caller.grants if grant.role in CALLING_ROLES]


def is_live() -> ColumnElement[bool]:
    """SQL: the call was not taken back."""
    return ~exists().where(CallWithdrawal.call_id == MatchCall.id)


def is_last() -> ColumnElement[bool]:
    """SQL: the call is the last about its pair that was not taken back."""
    later = aliased(MatchCall)
    withdrawn = exists().where(CallWithdrawal.call_id == later.id)
    follows = exists().where(
        later.sale_id == MatchCall.sale_id,
        later.purchase_id == MatchCall.purchase_id,
        later.id > MatchCall.id,
        ~withdrawn,
    )
    return and_(is_live(), ~follows)


def compare_pairs(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], PairComparison]:
    """Those of the pairs that are still public and a match."""
    now, tell = home_now(), part_formatter()
    rows = {row.id: row for row in read_offers(SHOWN, {id for pair in pairs for id in pair}, now)}
    facts = {id: facts_of_row(row) for id, row in rows.items()}
    cards = {card.id: card for card in cards_of(rows.values())}
    found = {}
    for sale, purchase in pairs:
        if sale not in facts or purchase not in facts:
            continue
        if match := score(facts[sale], facts[purchase], now):
            words = {name: tell(part) for name, part in match.parts.items()}
            found[sale, purchase] = PairComparison(cards[sale], cards[purchase], match, words)
    return found
