"""Which sellers together fill a purchase too big for one: fewest, then nearest, then cheapest.

Pure: no database, no Flask.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappush, heapreplace
from itertools import accumulate
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# Up to so many sellers every combination is compared: there are at most 4,095.
MAX_EXACT_LOTS = 12
# More sellers than this are of no use to a buyer.
MAX_LOTS = 60


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
        exact: no combination is better; else it was filled greedily.
    """

    takes: tuple[tuple[Lot, Decimal], ...]
    covered: Decimal
    exact: bool


def plan_basket(wanted: Decimal, lots: Sequence[Lot]) -> Basket | None:
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
    exact = len(usable) <= MAX_EXACT_LOTS
    chosen = (_best(wanted, usable) if exact else _greedy(wanted, usable)) or _all(wanted, usable)
    takes = shares(wanted, chosen)
    covered = min(Decimal(1), sum((amount for _, amount in takes), Decimal(0)) / wanted)
    return Basket(tuple(takes), covered, exact)


def select_lots(wanted: float, quantity: Array, min_lot: Array, km: Array) -> Array:
    """The numbers of the lots, at most AT_MOST, that a plan is best made from.

    Left out first is what no best basket can hold: a lot with as many strictly nearer,
    no smaller ones without a least lot as are enough for the whole purchase; any of
    these would do better in its place. Of what is then still too many, as many of the
    largest as are needed stay, and otherwise the nearest.

    Args:
        quantity, min_lot, km: of each lot, as in Lot; nan for an unknown distance.
    """
    enough = _enough(wanted, quantity[min_lot == 0])
    far = np.where(np.isnan(km), np.inf, np.rint(km))
    useful = _unsurpassed(enough, np.lexsort((-quantity, far)), quantity, min_lot, far)
    if len(useful) <= MAX_LOTS:
        return useful
    by_size = useful[np.lexsort((far[useful], -quantity[useful]))]
    needed = min(MAX_LOTS, _enough(wanted, quantity[useful]))
    rest = by_size[needed:]
    rest = rest[np.argsort(far[rest], kind="stable")]
    return np.concatenate([by_size[:needed], rest[: MAX_LOTS - needed]])


def _enough(wanted: float, quantity: Array) -> int:
    """How many of the largest reach `wanted`, rather one too many than one too few."""
    sums = np.cumsum(-np.sort(-quantity))
    return int(np.searchsorted(sums, wanted * (1 + 1e-9))) + 1


def _unsurpassed(count: int, order: Array, quantity: Array, min_lot: Array, far: Array) -> Array:
    """Those of the lots, given nearest first, that fewer than `count` nearer ones surpass."""
    useful: list[int] = []
    nearer: list[float] = []  # the `count` largest of those strictly nearer
    level: list[float] = []  # those as near as the lot
    last = -1.0
    columns = (order, quantity[order], min_lot[order], far[order])
    for number, size, least, away in zip(*(c.tolist() for c in columns), strict=True):
        if away != last:
            for other in level:
                if len(nearer) < count:
                    heappush(nearer, other)
                elif other > nearer[0]:
                    heapreplace(nearer, other)
            level, last = [], away
        if len(nearer) < count or nearer[0] < size:
            useful.append(number)
        if not least:
            level.append(size)
    return np.array(useful, np.intp)


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


def cost_key(wanted: Decimal, lots: Sequence[Lot]) -> tuple[int, int, int, int, Decimal]:
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
        found = _Search(wanted, lots, size).best
        if found:
            return found
    return None


class _Search:
    """All baskets of `size` of the lots (nearest first), but for those that the bounds on
    what is still to be chosen show to be too small, too large or farther than the best."""

    def __init__(self, wanted: Decimal, lots: Sequence[Lot], size: int) -> None:
        self.wanted = wanted
        self.lots = lots
        self.best: tuple[Lot, ...] | None = None
        self.burden: tuple[int, int, int, int, Decimal] | None = None
        rest = [lots[start:] for start in range(len(lots) + 1)]
        # By the first lot still to be looked at and the number still to be chosen.
        self.most = [_sums(sorted((lot.quantity for lot in some), reverse=True)) for some in rest]
        self.least = [_sums(sorted(lot.min_lot for lot in some)) for some in rest]
        self.unknown = [_counts([lot.km is None for lot in some]) for some in rest]
        self.km = [_counts([lot.km or 0 for lot in some]) for some in rest]
        self._choose(0, size, wanted, wanted, (), 0, 0)

    def _choose(
        self,
        start: int,
        count: int,
        left: Decimal,
        room: Decimal,
        chosen: tuple[Lot, ...],
        unknown: int,
        km: int,
    ) -> None:
        if not count:
            if left > 0 or room < 0:
                return
            found = cost_key(self.wanted, chosen)
            if self.burden is None or found < self.burden:
                self.best, self.burden = chosen, found
            return
        for place in range(start, len(self.lots) - count + 1):
            if self.most[place][count] < left or self.least[place][count] > room:
                return
            nearest = unknown + self.unknown[place][count], km + self.km[place][count]
            if self.burden is not None and nearest > self.burden[1:3]:
                return
            lot = self.lots[place]
            self._choose(
                place + 1,
                count - 1,
                left - lot.quantity,
                room - lot.min_lot,
                (*chosen, lot),
                unknown + (lot.km is None),
                km + (lot.km or 0),
            )


def _sums(amounts: Sequence[Decimal]) -> list[Decimal]:
    return list(accumulate(amounts, initial=Decimal(0)))


def _counts(amounts: Sequence[int]) -> list[int]:
    return list(accumulate(amounts, initial=0))


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
    sizes = sorted(-lot.quantity for lot in lots)
    for others in range(size - 1, -1, -1):
        needed, next_largest = left + sum(sizes[:others]), -sizes[others]
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
        del sizes[bisect_left(sizes, -lot.quantity)]
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
