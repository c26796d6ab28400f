"""The flags an official sees before verifying a deal or an offer, each with its figures.

A fixed number of statements for any number of deals or offers. The rules are in
flag_rules, the texts here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from market.database import db
from market.deals.baselines import (
    MEASURES,
    Baselines,
    deal_baselines,
    deal_price_day,
    offer_baselines,
    offer_price_day,
)
from market.deals.duplicates import likely_duplicates, near_identical_offers, related_deals
from market.deals.flag_rules import (
    LARGE_FOR_NEW_FEN,
    MIN_SAME_DAY_DEALS,
    SEVERITIES,
    VERY_LARGE_FEN,
    FlagCode,
    ProductSeason,
    Quartiles,
    SamePersonReason,
    Severity,
    is_far_above,
    is_large_for_new,
    is_outside,
    product_season,
    same_person_reason,
)
from market.deals.labels import EVIDENCE_LABELS
from market.deals.models import LedgerEntry
from market.deals.party_facts import PartyFacts, party_facts
from market.deals.queries import reversal_reason
from market.deals.rules import Gap, amount_fen, amount_gap, price_gap
from market.offers.models import Offer, Side
from market.products.quantities import format_price, short_price
from market.products.units import UNITS, comparable, convert_price, in_base, per_base
from market.text.days import local_day
from market.web.filters import day as day_words
from market.web.filters import format_datetime, money, trimmed, yuan
from market.web.home_time import home_zone
from market.web.language import catalog
from market.web.language import lazy_gettext as _l

LABELS = {
    FlagCode.DUPLICATE: _l("Maybe entered twice"),
    FlagCode.ONE_PERSON: _l("Maybe one person on both sides"),
    FlagCode.PRICE: _l("Unusual price"),
    FlagCode.QUANTITY: _l("Unusual quantity"),
    FlagCode.AMOUNT: _l("Unusual amount"),
    FlagCode.VERY_LARGE: _l("Very large"),
    FlagCode.NEW_ACCOUNT: _l("Large for a new account"),
    FlagCode.MANY_A_DAY: _l("Many deals of the two in a day"),
    FlagCode.NEAR_IDENTICAL: _l("Posted more than once"),
    FlagCode.EXPLAINED: _l("Amount explained"),
    FlagCode.FAR_APART: _l("Total far from the price"),
    FlagCode.DATED_BACK: _l("Entered afterwards"),
    FlagCode.UNDONE: _l("Verification taken back before"),
    FlagCode.HAS_ACCOUNT: _l("The number has an account"),
    FlagCode.UNREGISTERED: _l("One side without an account"),
}
SAME_PERSON_LABELS = {
    SamePersonReason.STATION: _l("One station speaks for both."),
    SamePersonReason.SPEAKS_FOR: _l("One side is the station that speaks for the other."),
    SamePersonReason.NAME: _l("Both have the same name in the same county."),
}


@dataclass(frozen=True)
class Flag:
    """Something an official should look at before deciding.

    Attributes:
        message: why, with the figures, in the language of the page.
        others: ids of the deals (offers) that it is like.
    """

    code: FlagCode
    message: str
    others: tuple[int, ...] = ()

    @property
    def label(self) -> LazyString:
        return LABELS[self.code]

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.code]

    @property
    def is_blocking(self) -> bool:
        """Whether verifying in spite of it needs a written reason."""
        return self.severity is Severity.BLOCKING


def deal_flags(deals: Collection[Any], baselines: Baselines | None = None) -> dict[int, list[Flag]]:
    """The flags of each deal by id, the gravest first.

    Args:
        deals: Deal objects, or rows of queries.select_deal_rows().
    """
    baselines = baselines or deal_baselines(deals)
    ids = [deal.id for deal in deals]
    same, same_day = related_deals(ids)
    stops, undone = _blocking_flags(deals, same), _last_reversals(ids)
    return {
        deal.id: [
            *stops[deal.id],
            *_reversed_before(undone.get(deal.id)),
            *_many_a_day(same_day.get(deal.id, ())),
            *_price(
                deal.unit_price,
                deal.unit,
                deal_price_day(deal),
                baselines.price(deal.product_code, deal.unit, deal_price_day(deal)),
            ),
            *_quantity(
                deal.quantity,
                deal.unit,
                baselines.quantity(deal.home_region_code, deal.product_code, deal.unit),
            ),
            *_amount(deal.amount_fen, baselines.amounts.get(deal.home_region_code)),
            *_unregistered(deal),
            *_dated_back(deal),
            *_explained(deal.amount_reason),
        ]
        for deal in deals
    }


def blocking_flags(deal: Any) -> list[Flag]:
    """The flags of `deal` that need a written reason; in a few short statements."""
    return _blocking_flags([deal], likely_duplicates([deal.id]))[deal.id]


def _blocking_flags(deals: Collection[Any], same: dict[int, list[int]]) -> dict[int, list[Flag]]:
    people = party_facts(deals)
    offers = _compared_offers(deals)
    return {
        deal.id: [
            *_duplicate(same.get(deal.id)),
            *_one_person(*people[deal.id]),
            *_has_account(people[deal.id]),
            *_far_apart(deal, offers.get(_compared_offer_id(deal))),
            *_very_large(deal.amount_fen),
            *_new_account(deal, people[deal.id]),
        ]
        for deal in deals
    }


def _compared_offer_id(deal: Any) -> int | None:
    """The number of the offer that the proposal answered; of a deal with somebody without an
    account, of the own one."""
    if deal.unregistered_id is not None:
        return deal.seller_offer_id or deal.buyer_offer_id
    answers_sale = deal.proposed_side == Side.BUY
    return deal.seller_offer_id if answers_sale else deal.buyer_offer_id


def _compared_offers(deals: Collection[Any]) -> dict[int | None, Any]:
    ids = {_compared_offer_id(deal) for deal in deals} - {None}
    columns = (Offer.id, Offer.price_low, Offer.price_high, Offer.price_unit)
    return {row.id: row for row in db.session.execute(select(*columns).where(Offer.id.in_(ids)))}


def _last_reversals(ids: Collection[int]) -> dict[int, Any]:
    """The last reversal in the ledger of each of the deals that has any."""
    columns = (LedgerEntry.deal_id, LedgerEntry.at, reversal_reason())
    query = select(*columns).where(LedgerEntry.deal_id.in_(ids), LedgerEntry.deals < 0)
    return {row.deal_id: row for row in db.session.execute(query.order_by(LedgerEntry.id))}


def offer_flags(
    offers: Collection[Any], baselines: Baselines | None = None
) -> dict[int, list[Flag]]:
    """The flags of each of `offers` (Offer, or a row with its columns) by id."""
    baselines = baselines or offer_baselines(offers)
    same = near_identical_offers(offers)
    found: dict[int, list[Flag]] = {}
    for offer in offers:
        day = offer_price_day(offer)
        band = baselines.price(offer.product_code, offer.price_unit, day)
        quantity = baselines.quantity(offer.region_code, offer.product_code, offer.unit)
        found[offer.id] = [
            *_near_identical(same.get(offer.id)),
            *(_price(offer.price_low, offer.price_unit, day, band) if offer.price_low else ()),
            *_quantity(offer.quantity, offer.unit, quantity),
            *_very_large(offer_value_fen(offer) or 0),
        ]
    return found


def offer_value_fen(offer: Any) -> int | None:
    """What the offer's whole quantity comes to at its price, in fen; None on request."""
    price = offer.price_high if offer.side == "buy" else offer.price_low
    if price is None or MEASURES[offer.unit] != MEASURES[offer.price_unit]:
        return None
    each = per_base(price, offer.price_unit)
    return None if each is None else amount_fen(in_base(offer.quantity, offer.unit), each)


def format_season(season: ProductSeason) -> str:
    """'Sep–Nov': the months of a season."""
    first, last = season.spans[0]
    locale = catalog().locale
    return "–".join(format_date(day, "LLL", locale=locale) for day in (first, last))


def _duplicate(others: Sequence[int] | None) -> list[Flag]:
    message = _("The same sides, product and day, and nearly the same amount.")
    return [Flag(FlagCode.DUPLICATE, message, tuple(others))] if others else []


def _near_identical(others: Sequence[int] | None) -> list[Flag]:
    message = _("The same product and quantity, from the same owner or in the same words.")
    return [Flag(FlagCode.NEAR_IDENTICAL, message, tuple(others))] if others else []


def _one_person(seller: Any, buyer: Any) -> list[Flag]:
    tie = same_person_reason(seller, buyer)
    return [Flag(FlagCode.ONE_PERSON, str(SAME_PERSON_LABELS[tie]))] if tie else []


def _price(price: Decimal, unit: str, day: date, quartiles: Quartiles | None) -> list[Flag]:
    if quartiles is None or not is_outside(price, quartiles):
        return []
    message = _(
        "%(times)s times the middle price: usually %(range)s, middle %(median)s, from %(count)s "
        "verified prices of %(months)s, this year and last.",
        times=_format_multiple(price, quartiles),
        range=short_price(round(quartiles.low, 2), round(quartiles.high, 2), unit),
        median=short_price(round(quartiles.median, 2), None, unit),
        count=quartiles.count,
        months=format_season(product_season(day)),
    )
    return [Flag(FlagCode.PRICE, message)]


def _quantity(quantity: Decimal, unit: str, quartiles: Quartiles | None) -> list[Flag]:
    if quartiles is None or not is_far_above(quantity, quartiles):
        return []
    message = _(
        "%(times)s times the middle: in this county usually %(low)s–%(high)s %(unit)s of this "
        "product at a time, from %(count)s verified in a year.",
        times=_format_multiple(quantity, quartiles),
        low=trimmed(round(quartiles.low, 1)),
        high=trimmed(round(quartiles.high, 1)),
        unit=UNITS[unit].name,
        count=quartiles.count,
    )
    return [Flag(FlagCode.QUANTITY, message)]


def _amount(fen: int, quartiles: Quartiles | None) -> list[Flag]:
    if quartiles is None or not is_far_above(Decimal(fen), quartiles):
        return []
    message = _(
        "%(times)s times the middle: deals of this county usually come to %(low)s–%(high)s "
        "yuan, from %(count)s verified in a year.",
        times=_format_multiple(Decimal(fen), quartiles),
        low=yuan(int(quartiles.low)),
        high=yuan(int(quartiles.high)),
        count=quartiles.count,
    )
    return [Flag(FlagCode.AMOUNT, message)]


def _far_apart(deal: Any, offer: Any) -> list[Flag]:
    """The total is far from quantity times price, or the price from the offer's."""
    found = []
    if amount_gap(deal.amount_fen, deal.quantity, deal.unit_price) >= Gap.FAR:
        message = _(
            "The total is %(amount)s yuan, quantity times price %(computed)s yuan.",
            amount=yuan(deal.amount_fen),
            computed=yuan(amount_fen(deal.quantity, deal.unit_price)),
        )
        found.append(Flag(FlagCode.FAR_APART, message))
    if offer is None or offer.price_low is None or not comparable(offer.price_unit, deal.unit):
        return found
    low, high = (
        convert_price(price, offer.price_unit, deal.unit)
        for price in (offer.price_low, offer.price_high)
    )
    if price_gap(deal.unit_price, low, high) >= Gap.FAR:
        message = _(
            "The deal says %(price)s, the offer %(asked)s.",
            price=format_price(deal.unit_price, None, deal.unit),
            asked=format_price(offer.price_low, offer.price_high, offer.price_unit),
        )
        found.append(Flag(FlagCode.FAR_APART, message))
    return found


def _reversed_before(entry: Any) -> list[Flag]:
    if entry is None:
        return []
    return [
        Flag(
            FlagCode.UNDONE,
            _("%(when)s: %(reason)s", when=format_datetime(entry.at), reason=entry.reason),
        )
    ]


def _dated_back(deal: Any) -> list[Flag]:
    entered = local_day(deal.created_at, home_zone())
    if deal.agreed_on is None or deal.agreed_on >= entered:
        return []
    message = _(
        "Agreed on %(day)s, entered on %(entered)s: %(reason)s",
        day=day_words(deal.agreed_on),
        entered=day_words(entered),
        reason=deal.day_reason,
    )
    return [Flag(FlagCode.DATED_BACK, message)]


def _very_large(fen: int) -> list[Flag]:
    if fen < VERY_LARGE_FEN:
        return []
    message = _(
        "%(amount)s: from %(limit)s on, look at the contract itself.",
        amount=money(fen),
        limit=money(VERY_LARGE_FEN),
    )
    return [Flag(FlagCode.VERY_LARGE, message)]


def _has_account(parties: Sequence[PartyFacts]) -> list[Flag]:
    message = _("%(name)s has an account with this number: ask why the deal is not with that.")
    return [
        Flag(FlagCode.HAS_ACCOUNT, message % {"name": party.account_name})
        for party in parties
        if party.account_name
    ]


def _unregistered(deal: Any) -> list[Flag]:
    if deal.unregistered_id is None or deal.evidence is None:
        return []
    return [Flag(FlagCode.UNREGISTERED, str(EVIDENCE_LABELS[deal.evidence]))]


def _new_account(deal: Any, parties: Sequence[PartyFacts]) -> list[Flag]:
    young = [
        party.name
        for party in parties
        if party.created_at is not None
        and is_large_for_new(deal.amount_fen, deal.created_at - party.created_at)
    ]
    if not young:
        return []
    message = _(
        "%(amount)s, and the account of %(names)s was less than a week old. From %(limit)s on,"
        " ask who they are.",
        amount=money(deal.amount_fen),
        names=_(", ").join(young),
        limit=money(LARGE_FOR_NEW_FEN),
    )
    return [Flag(FlagCode.NEW_ACCOUNT, message)]


def _many_a_day(others: Sequence[int]) -> list[Flag]:
    if len(others) + 1 < MIN_SAME_DAY_DEALS:
        return []
    message = _("%(count)s deals between the same two on one day.", count=len(others) + 1)
    return [Flag(FlagCode.MANY_A_DAY, message, tuple(others))]


def _explained(reason: str) -> list[Flag]:
    return [Flag(FlagCode.EXPLAINED, reason)] if reason else []


def _format_multiple(figure: Decimal, quartiles: Quartiles) -> str:
    """By how many times a figure is the median, in two or three digits."""
    times = figure / quartiles.median
    return trimmed(round(times, 1) if times >= 1 else round(times, 2))
