"""Which offers a sheet has, and in which order: what is near before what is far. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

# Of each list; what is beyond is counted. No paper has room for as many.
MAX_ROWS = 40
# So many make a list: from farther away nothing is added to them.
MIN_ROWS = 6
MAX_OF_OWNER, MAX_OF_PRODUCT = 2, 2


def choose(rows: Sequence[Any], ring_of: Callable[[Any], int], near: int) -> list[int]:
    """The ids of the offers that a list has, those of the innermost ring first.

    Few are printed, and those shall not all be one trader's tea: what goes beyond MAX_OF_OWNER of
    one owner or MAX_OF_PRODUCT of one product comes after all others of the near rings.

    Args:
        rows: with id, owner_id and product_code, the one to be preferred first.
        ring_of: how far away an offer is, from 0.
        near: rings up to this one are listed whole; those beyond it only fill up to MIN_ROWS.
    """
    first: list[int] = []
    later: list[int] = []
    far: list[int] = []
    owners: Counter[int] = Counter()
    products: Counter[str] = Counter()
    for row in sorted(rows, key=ring_of):
        owners[row.owner_id] += 1
        products[row.product_code] += 1
        is_one_more = owners[row.owner_id] > MAX_OF_OWNER
        is_one_more |= products[row.product_code] > MAX_OF_PRODUCT
        if ring_of(row) > near:
            far.append(row.id)
        else:
            (later if is_one_more else first).append(row.id)
    chosen = (first + later)[:MAX_ROWS]
    return chosen + far[: max(0, MIN_ROWS - len(chosen))]
