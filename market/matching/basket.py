"""Which sellers together fill a purchase too big for one: within the bid first, then cheapest at
the door, then fewest, then nearest.

Pure: no database, no Flask.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# Up to so many sellers every combination is compared: there are at most 4,095.
MAX_EXACT_LOTS = 12
# More sellers than this are of no use to a buyer.
MAX_LOTS = 30
# What sets sellers apart before their price does.
WITHIN, UNPRICED, ABOVE = range(3)


@dataclass(frozen=True, slots=True)
class Lot:
    """What one seller can give, in the purchase's base unit; km None: unknown.

    `price` is what it costs at the buyer's door, in yuan per base unit, None when it is
    negotiable or not comparable; `limit` what the bid comes to there, None where there is none.
    """

    id: int
    quantity: Decimal
    min_lot: Decimal = Decimal(0)
    km: int | None = None
    price: Decimal | None = None
    limit: Decimal | None = None

    @property
    def standing(self) -> int:
        """WITHIN the bid, UNPRICED or ABOVE the bid."""
        if self.price is None:
            return UNPRICED
        return ABOVE if self.limit is not None and self.price > self.limit else WITHIN


# What is made small, in this order: the quantity above the bid and that without a price, yuan,
# sellers, unknown distances, kilometres.
CostKey = tuple[Decimal, Decimal, Decimal, int, int, int]


@dataclass(frozen=True, slots=True)
class Basket:
    """What to take from whom.

    Attributes:
        takes: lot and quantity, the cheapest first.
        covered: the share of the purchase they fill, at most 1.
        exact: no combination is better; else it was filled greedily.
    """

    takes: tuple[tuple[Lot, Decimal], ...]
    covered: Decimal
    exact: bool

    @property
    def cost(self) -> Decimal:
        """Yuan at the door, of what has a price."""
        return _sum(amount * lot.price for lot, amount in self.takes if lot.price is not None)

    @property
    def limit(self) -> Decimal | None:
        """Yuan at the door by the bid, of what has a price; None where there is no bid."""
        priced = [(lot.limit, amount) for lot, amount in self.takes if lot.price is not None]
        if not priced or any(limit is None for limit, _ in priced):
            return None
        return _sum(amount * limit for limit, amount in priced if limit is not None)

    def count(self, standing: int) -> int:
        """How many of the sellers stand so to the bid."""
        return sum(lot.standing == standing for lot, _ in self.takes)


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, Decimal(0))


def plan_basket(wanted: Decimal, lots: Sequence[Lot]) -> Basket | None:
    """The basket for a purchase of `wanted`.

    With no more than MAX_EXACT_LOTS lots no other choice is less by `cost_key`. When all lots
    together don't reach, it holds what can be had.

    Returns:
        None when no lot is of any use.
    """
    usable = [lot for lot in lots if lot.quantity > 0 and lot.min_lot <= wanted]
    usable.sort(key=_cheapness)
    if not usable:
        return None
    exact = len(usable) <= MAX_EXACT_LOTS
    best = _Search(wanted, usable).best if exact else _greedy(wanted, usable)
    takes = shares(wanted, best or _all(wanted, usable))
    covered = min(Decimal(1), _sum(amount for _, amount in takes) / wanted)
    return Basket(tuple(takes), covered, exact)


def select_lots(
    wanted: float, quantity: Array, min_lot: Array, standing: Array, price: Array
) -> Array:
    """The numbers of the lots, at most MAX_LOTS, that a plan is best made from.

    Left out first is what no best basket can hold: a lot with as many strictly cheaper ones
    without a least lot as are enough for the whole purchase; some of these would do better in
    its place. Of what is then still too many, as many of the largest as are needed stay, those
    above the bid last, and otherwise the cheapest.

    Args:
        quantity, min_lot, standing, price: of each lot, as in Lot; nan for an unknown price.
    """
    price = np.nan_to_num(np.round(price, 4))
    order = np.lexsort((-quantity, price, standing))
    key = np.stack([standing[order], price[order]])
    is_new = np.r_[True, (key[:, 1:] != key[:, :-1]).any(axis=0)]
    free = np.where(min_lot[order] == 0, quantity[order], 0.0)
    before = np.cumsum(free) - free
    cheaper = before[is_new][np.cumsum(is_new) - 1]
    useful = order[cheaper < wanted * (1 + 1e-9)]
    if len(useful) <= MAX_LOTS:
        return useful
    by_size = np.lexsort((-quantity[useful], standing[useful] == ABOVE))
    sums = np.cumsum(quantity[useful][by_size])
    needed = min(MAX_LOTS, int(np.searchsorted(sums, wanted * (1 + 1e-9))) + 1)
    rest = np.sort(by_size[needed:])
    return useful[np.concatenate([by_size[:needed], rest[: MAX_LOTS - needed]])]


def shares(wanted: Decimal, lots: Sequence[Lot]) -> list[tuple[Lot, Decimal]]:
    """How much of each: everyone's least lot, then the cheapest filled up first.

    The least lots must fit into `wanted` together (see `fits`).
    """
    left = wanted - sum(lot.min_lot for lot in lots)
    takes = []
    for lot in sorted(lots, key=_cheapness):
        more = min(left, lot.quantity - lot.min_lot)
        left -= more
        takes.append((lot, lot.min_lot + more))
    return [(lot, amount) for lot, amount in takes if amount > 0]


def fits(wanted: Decimal, lots: Sequence[Lot]) -> bool:
    """Whether these together reach `wanted` without being made to sell more than that."""
    enough = sum(lot.quantity for lot in lots) >= wanted
    return enough and sum(lot.min_lot for lot in lots) <= wanted


def cost_key(wanted: Decimal, lots: Sequence[Lot]) -> CostKey:
    """What is made small."""
    return _key(lots, shares(wanted, lots))


def _key(lots: Sequence[Lot], takes: Sequence[tuple[Lot, Decimal]]) -> CostKey:
    above = unpriced = yuan = Decimal(0)
    for lot, amount in takes:
        if lot.price is None:
            unpriced += amount
            continue
        yuan += amount * lot.price
        if lot.standing == ABOVE:
            above += amount
    far = sum(lot.km is None for lot in lots), sum(lot.km or 0 for lot in lots)
    return (above, unpriced, yuan, len(lots), *far)


def _cheapness(lot: Lot) -> tuple[int, Decimal, bool, int, int]:
    return (lot.standing, lot.price or Decimal(0), lot.km is None, lot.km or 0, lot.id)


class _Search:
    """All baskets of the lots (cheapest first), but for those that can't become better than the
    best: the rest filled up with the cheapest as if nobody had a least lot is no dearer, and with
    the largest no more sellers."""

    def __init__(self, wanted: Decimal, lots: Sequence[Lot]) -> None:
        self.wanted = wanted
        self.lots = lots
        self.best: tuple[Lot, ...] | None = None
        self._key: CostKey | None = None
        self._free = [Lot(lot.id, lot.quantity, price=lot.price, limit=lot.limit) for lot in lots]
        # Of the lots from each on: what so many of the largest reach together.
        self._reach = [
            list(accumulate(sorted((lot.quantity for lot in lots[start:]), reverse=True)))
            for start in range(len(lots) + 1)
        ]
        self._choose(0, (), wanted, wanted)

    def _choose(self, start: int, chosen: tuple[Lot, ...], left: Decimal, room: Decimal) -> None:
        """`left` is what they don't reach, `room` what their least lots leave free."""
        if room < 0:
            return
        if left <= 0:
            # Everyone who comes next is as dear or dearer.
            found = cost_key(self.wanted, chosen)
            if self._key is None or found < self._key:
                self.best, self._key = chosen, found
            return
        reach = self._reach[start]
        more = bisect_left(reach, left) + 1
        if more > len(reach):
            return
        if self._key is not None:
            takes = shares(self.wanted, (*chosen, *self._free[start:]))
            least = _key(chosen, takes)
            if (*least[:3], least[3] + more, *least[4:]) >= self._key:
                return
        lot = self.lots[start]
        self._choose(start + 1, (*chosen, lot), left - lot.quantity, room - lot.min_lot)
        self._choose(start + 1, chosen, left, room)


def _greedy(wanted: Decimal, lots: Sequence[Lot]) -> Sequence[Lot] | None:
    """The cheapest each time, so long as the least lots find room; None if they don't reach."""
    chosen: list[Lot] = []
    left = room = wanted
    for lot in lots:
        if lot.min_lot <= room:
            chosen.append(lot)
            left, room = left - lot.quantity, room - lot.min_lot
            if left <= 0:
                return chosen
    return None


def _all(wanted: Decimal, lots: Sequence[Lot]) -> Sequence[Lot]:
    """Everyone whose least lot finds room, those above the bid last, the largest first."""
    chosen: list[Lot] = []
    room = left = wanted
    for lot in sorted(lots, key=lambda lot: (lot.standing == ABOVE, -lot.quantity)):
        if left > 0 and lot.min_lot <= room:
            chosen.append(lot)
            room, left = room - lot.min_lot, left - lot.quantity
    return chosen
