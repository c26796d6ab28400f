"""Which sellers together fill a purchase too big for one: fewest, then nearest, then cheapest.

Pure: no database, no Flask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

# Up to so many sellers every combination is looked at: at most 4,095.
EXACT_UP_TO = 12


@dataclass(frozen=True, slots=True)
class Lot:
    """What one seller can give, in the purchase's base unit; km None: unknown.

    `price` is yuan per base unit, None when it is negotiable or not comparable.
    """

    id: int
    quantity: Decimal
    min_lot: Decimal = Decimal(0)
    km: int | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """What to take from whom.

    Attributes:
        takes: lot and quantity, nearest first.
        covered: the share of the purchase they fill, at most 1.
        exact: every combination was looked at; else it was filled greedily.
    """

    takes: tuple[tuple[Lot, Decimal], ...]
    covered: Decimal
    exact: bool


def plan(wanted: Decimal, lots: Sequence[Lot]) -> Basket | None:
    """The basket for a purchase of `wanted`.

    With no more than EXACT_UP_TO lots no other choice has fewer sellers, or as few and
    fewer kilometres in sum, or as many of both and a lower cost. When all lots together
    don't reach, it holds what can be had.

    Returns:
        None when no lot is of any use.
    """
    usable = [lot for lot in lots if lot.quantity > 0 and lot.min_lot <= wanted]
    usable.sort(key=_nearness)
    if not usable:
        return None
    exact = len(usable) <= EXACT_UP_TO
    chosen = (_best(wanted, usable) if exact else _greedy(wanted, usable)) or _all(wanted, usable)
    takes = shares(wanted, chosen)
    covered = min(Decimal(1), sum((amount for _, amount in takes), Decimal(0)) / wanted)
    return Basket(tuple(takes), covered, exact)


def shares(wanted: Decimal, lots: Sequence[Lot]) -> list[tuple[Lot, Decimal]]:
    """How much of each: everyone's least lot, then the nearest filled up first.

    The least lots must fit into `wanted` together (see `fits`).
    """
    left = wanted - sum(lot.min_lot for lot in lots)
    takes = []
    for lot in sorted(lots, key=_nearness):
        more = min(left, lot.quantity - lot.min_lot)
        left -= more
        takes.append((lot, lot.min_lot + more))
    return [(lot, amount) for lot, amount in takes if amount > 0]


def fits(wanted: Decimal, lots: Sequence[Lot]) -> bool:
    """Whether these together reach `wanted` without being made to sell more than that."""
    enough = sum(lot.quantity for lot in lots) >= wanted
    return enough and sum(lot.min_lot for lot in lots) <= wanted


def burden(wanted: Decimal, lots: Sequence[Lot]) -> tuple[int, int, int, int, Decimal]:
    """What is made small, in this order: sellers, unknown distances, kilometres, unknown
    prices, yuan."""
    known = [(amount, lot.price) for lot, amount in shares(wanted, lots)]
    return (
        len(lots),
        sum(lot.km is None for lot in lots),
        sum(lot.km or 0 for lot in lots),
        sum(price is None for _, price in known),
        sum((amount * price for amount, price in known if price is not None), Decimal(0)),
    )


def _nearness(lot: Lot) -> tuple[bool, int, bool, Decimal, int]:
    return (lot.km is None, lot.km or 0, lot.price is None, lot.price or Decimal(0), lot.id)


def _best(wanted: Decimal, lots: Sequence[Lot]) -> Sequence[Lot] | None:
    for size in range(_fewest(wanted, lots), len(lots) + 1):
        fitting = [some for some in combinations(lots, size) if fits(wanted, some)]
        if fitting:
            return min(fitting, key=lambda some: burden(wanted, some))
    return None


def _greedy(wanted: Decimal, lots: Sequence[Lot]) -> Sequence[Lot] | None:
    for size in range(_fewest(wanted, lots), len(lots) + 1):
        chosen = _nearest(wanted, lots, size)
        if chosen:
            return chosen
    return None


def _fewest(wanted: Decimal, lots: Sequence[Lot]) -> int:
    """How many of the largest reach `wanted`; one more than there are when all don't."""
    total = Decimal(0)
    for count, quantity in enumerate(sorted((lot.quantity for lot in lots), reverse=True), 1):
        total += quantity
        if total >= wanted:
            return count
    return len(lots) + 1


def _nearest(wanted: Decimal, lots: Sequence[Lot], size: int) -> Sequence[Lot] | None:
    """The nearest lot each time, so long as the largest of the others can still reach."""
    chosen: list[Lot] = []
    left, room = wanted, wanted
    rest = list(lots)
    for others in range(size - 1, -1, -1):
        largest = sorted((lot.quantity for lot in rest), reverse=True)
        needed, next_largest = left - sum(largest[:others]), largest[others]
        lot = next(
            (
                lot
                for lot in rest
                if min(lot.quantity, next_largest) >= needed and lot.min_lot <= room
            ),
            None,
        )
        if lot is None:
            return None
        rest.remove(lot)
        chosen.append(lot)
        left, room = left - lot.quantity, room - lot.min_lot
    return chosen


def _all(wanted: Decimal, lots: Sequence[Lot]) -> Sequence[Lot]:
    """Everyone, the largest first, whose least lot still finds room."""
    chosen: list[Lot] = []
    room = left = wanted
    for lot in sorted(lots, key=lambda lot: (-lot.quantity, _nearness(lot))):
        if left > 0 and lot.min_lot <= room:
            chosen.append(lot)
            room, left = room - lot.min_lot, left - lot.quantity
    return chosen
