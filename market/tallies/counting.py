"""Counting a fair from its listings and its ledger, at the finest grains that are stored.

Nothing is written here: market.tallies.services stores the counts and compares them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, bindparam, case, exists, func, select

from market.accounts.models import Account
from market.database import UTCDateTime, read
from market.deals.models import Deal, LedgerEntry
from market.fairs.models import Fair, FairListing
from market.fairs.rules import listing_window
from market.offers.models import Offer, Side, Verification
from market.products.units import UNITS, Dimension, in_base
from market.tallies.merchants import Trader, identities
from market.tallies.trees import Tree
from market.text.days import local_day
from market.web.home_time import home_zone

# The columns by their source. Products have neither merchants nor sides.
FROM_LISTINGS = ("sell_listings", "buy_listings", "merchants")
FROM_LEDGER = ("deals", "amount_fen", "sold_fen", "bought_fen", "mass_kg")
PLACE_COLUMNS = (*FROM_LISTINGS, *FROM_LEDGER)
PRODUCT_COLUMNS = ("sell_listings", "buy_listings", "deals", "amount_fen", "mass_kg")
SIDES = {Side.SELL: "sell_listings", Side.BUY: "buy_listings"}

CellKey = tuple[Any, ...]
Cells = dict[CellKey, dict[str, Any]]


def _cells(names: Iterable[str]) -> Callable[[], Cells]:
    zeros = dict.fromkeys(names, 0) | {"mass_kg": Decimal(0)}
    return lambda: defaultdict(zeros.copy)


@dataclass
class Count:
    """The figures of a fair by leaf region; by region and product; by region and local day."""

    tallies: Cells = field(default_factory=_cells(PLACE_COLUMNS))
    products: Cells = field(default_factory=_cells(PRODUCT_COLUMNS))
    days: Cells = field(default_factory=_cells(PLACE_COLUMNS))

    @property
    def codes(self) -> set[str]:
        """The regions that have something."""
        return {code for code, *_ in (*self.tallies, *self.products, *self.days)}

    def roll_up(self, tree: Tree) -> None:
        """Add the products and days of the leaves to every region above them."""
        above = {code: [node.code for node in tree.above(tree.nodes[code])] for code in self.codes}
        for cells in (self.products, self.days):
            for (code, what), figures in list(cells.items()):
                for higher in above[code]:
                    _add(cells[higher, what], figures)

    def varieties(self, tree: Tree) -> dict[str, int]:
        """Of a count that is lifted, how many different products each region lists."""
        found = dict.fromkeys(tree.nodes, 0)
        for (code, _product), figures in self.products.items():
            if figures["sell_listings"] or figures["buy_listings"]:
                found[code] += 1
        return found


def count_listings(fair: Fair, count: Count) -> None:
    """Add the listings of each side and the effective merchants to `count`."""
    for code, product, sell, buy in read(_BY_PRODUCT, fair=fair.id):
        sides = {"sell_listings": sell, "buy_listings": buy}
        count.products[code, product].update(sides)
        _add(count.tallies[code,], sides)
    days = _days(fair)
    for day, begin, end in days:
        for code, side, number in read(_BY_DAY, fair=fair.id, begin=begin, end=end):
            count.days[code, day][SIDES[side]] = number
    begins = [begin for _day, begin, _end in days]
    for code, at in effective_merchants(fair):
        count.tallies[code,]["merchants"] += 1
        count.days[code, days[bisect_right(begins, at) - 1][0]]["merchants"] += 1


def effective_merchants(
    fair: Fair, until: datetime | None = None
) -> Iterator[tuple[str, datetime]]:
    """(region, time) of the earliest verified listing of each effective merchant, who counts
    there and nowhere else: so regions and days add up, though a merchant may list in several.

    Args:
        until: leave out what was listed from then on, or is verified only since then.
    """
    given: dict[str, Any] = {"fair": fair.id}
    owners, unsure = _MERCHANTS, _WITHOUT_PHONE
    if until is not None:
        given["until"] = until
        owners, unsure = _MERCHANTS_UNTIL, _WITHOUT_PHONE_UNTIL
    same = identities(Trader(*row) for row in read(unsure, **given))
    counted = set()
    for owner, code, at in read(owners, **given).all():
        who = same.get(owner, owner)
        if who not in counted:
            counted.add(who)
            yield code, at


def listings_until(fair: Fair, until: datetime) -> Iterator[tuple[str, str, int, int]]:
    """(region, product, to sell, to buy) of what was listed before `until`."""
    yield from read(_BY_PRODUCT_UNTIL, fair=fair.id, until=until)


def _days(fair: Fair) -> list[tuple[date, datetime, datetime]]:
    """Each local day on which the fair listed something, and its instants in UTC."""
    first, last = read(_SPAN, fair=fair.id).one()
    if first is None:
        return []
    zone = home_zone()
    begin, end = local_day(first, zone), local_day(last, zone)
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    return [(day, *listing_window(day, day, zone)) for day in days]


def count_ledger(fair: Fair, count: Count, after: int, up_to: int) -> None:
    """Add what the ledger counts to `count`: its entries after `after`, up to `up_to`.

    Regions that `count` has no tally for get one when they are a deal's home.
    """
    entries = read(_LEDGER, fair=fair.id, after=after, up_to=up_to).all()
    inside = count.tallies.keys() | {(row.region_code,) for row in entries}
    for row in entries:
        mass = mass_of(row.quantity, row.unit) * row.deals
        home = {"deals": row.deals, "amount_fen": row.amount_fen, "mass_kg": mass}
        _add(count.products[row.region_code, row.product_code], home)
        _add(count.tallies[row.region_code,], home)
        _add(count.days[row.region_code, row.agreed_on], home)
        for name, code in (("sold_fen", row.seller), ("bought_fen", row.buyer)):
            # The other side of a deal may be of another province: that is no row of ours.
            if (code,) in inside:
                _add(count.tallies[code,], {name: row.amount_fen})
                _add(count.days[code, row.agreed_on], {name: row.amount_fen})


def _add(figures: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        figures[name] += value


def mass_of(quantity: Decimal, unit: str) -> Decimal:
    """Kilograms; 0 for what is not weighed."""
    weighed = UNITS[unit].dimension is Dimension.MASS
    return in_base(quantity, unit) if weighed else Decimal(0)


def count_fair(fair: Fair, tree: Tree, up_to: int) -> Count:
    """The count of the leaves, each with a row, of zeros where it has nothing.

    Args:
        up_to: the last ledger entry to count.
    """
    count = empty_count(tree)
    count_listings(fair, count)
    count_ledger(fair, count, 0, up_to)
    return count


def empty_count(tree: Tree) -> Count:
    """A row of zeros for every reporting region."""
    count = Count()
    for leaf in tree.leaves():
        count.tallies[leaf.code,]
    return count


def _merchants(verified: Any) -> Select[Any]:
    """The earliest verified listing of each owner, the earliest of all first."""
    order = (FairListing.listed_at, FairListing.offer_id)
    turn = func.row_number().over(partition_by=FairListing.owner_id, order_by=order)
    columns = (FairListing.owner_id, FairListing.region_code, FairListing.listed_at)
    first = select(*columns, FairListing.offer_id, turn.label("turn")).where(*verified).subquery()
    return (
        select(first.c.owner_id, first.c.region_code, first.c.listed_at)
        .where(first.c.turn == 1)
        .order_by(first.c.listed_at, first.c.offer_id)
    )


def _without_phone(verified: Any) -> Select[*tuple[Any, ...]]:
    """The owners of verified listings in counties where one of them has no phone: who may be
    the same trader as another."""
    owners = select(FairListing.owner_id).where(*verified)
    columns = (
        *(Account.id, Account.name, Account.region_code, Account.phone),
        *(Account.represented_by_id, Account.disabled_at.is_not(None)),
    )
    counties = select(Account.region_code).where(Account.phone.is_(None), Account.id.in_(owners))
    return select(*columns).where(Account.id.in_(owners), Account.region_code.in_(counties))


# Made once: putting these together takes longer than running them.
_COUNTING = (FairListing.fair_id == bindparam("fair"), FairListing.counts)
_VERIFIED = (*_COUNTING, FairListing.verified)
_UNTIL = FairListing.listed_at < bindparam("until", type_=UTCDateTime)
# An offer verified since then was not verified yet.
_VERIFIED_UNTIL = (
    *(*_VERIFIED, _UNTIL),
    ~exists().where(
        Offer.id == FairListing.offer_id,
        Offer.verification == Verification.VERIFIED,
        Offer.verified_at >= bindparam("until", type_=UTCDateTime),
    ),
)
_BY_PRODUCT = (
    select(
        *(FairListing.region_code, FairListing.product_code),
        *(func.count(case((FairListing.side == side, 1))) for side in SIDES),
    )
    .where(*_COUNTING)
    .group_by(FairListing.region_code, FairListing.product_code)
)
_BY_DAY = (
    select(FairListing.region_code, FairListing.side, func.count())
    .where(
        *_COUNTING,
        FairListing.listed_at >= bindparam("begin", type_=UTCDateTime),
        FairListing.listed_at < bindparam("end", type_=UTCDateTime),
    )
    .group_by(FairListing.region_code, FairListing.side)
)
_SPAN = select(func.min(FairListing.listed_at), func.max(FairListing.listed_at)).where(*_COUNTING)
_BY_PRODUCT_UNTIL = _BY_PRODUCT.where(_UNTIL)
_MERCHANTS, _WITHOUT_PHONE = _merchants(_VERIFIED), _without_phone(_VERIFIED)
_MERCHANTS_UNTIL, _WITHOUT_PHONE_UNTIL = (
    _merchants(_VERIFIED_UNTIL),
    _without_phone(_VERIFIED_UNTIL),
)
_LEDGER = (
    select(
        *(LedgerEntry.region_code, LedgerEntry.product_code),
        LedgerEntry.seller_region_code.label("seller"),
        LedgerEntry.buyer_region_code.label("buyer"),
        *(LedgerEntry.deals, LedgerEntry.amount_fen),
        *(Deal.agreed_on, Deal.quantity, Deal.unit),
    )
    .join(Deal, Deal.id == LedgerEntry.deal_id)
    .where(
        LedgerEntry.fair_id == bindparam("fair"),
        LedgerEntry.id > bindparam("after"),
        LedgerEntry.id <= bindparam("up_to"),
    )
)
