"""Which verified deals of a day are looked at again: pure, no database, no Flask."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from math import ceil

from market.sampling.models import SampleReason

# Of the deals of a prefecture and a day that are not above the threshold; at least one.
RANDOM_SHARE = Fraction(5, 100)


def choose_sample(
    seed: str, amounts: Mapping[int, int], large_above_fen: int
) -> dict[int, SampleReason]:
    """The deals to look at again, by id, in the order of their ids.

    Every deal above the threshold, and RANDOM_SHARE of the others, rounded up: those whose
    SHA-256 of "seed:id" is smallest. Who has the seed can repeat it; before the day is over
    nobody has it.

    Args:
        seed: the hash of the day's last entry of the ledger.
        amounts: fen, by the deal's id.
    """
    large = {id_ for id_, amount in amounts.items() if amount > large_above_fen}
    others = sorted(amounts.keys() - large, key=lambda id_: (_lot(seed, id_), id_))
    drawn = set(others[: ceil(len(others) * RANDOM_SHARE)])
    return {
        id_: SampleReason.LARGE if id_ in large else SampleReason.RANDOM
        for id_ in sorted(large | drawn)
    }


def _lot(seed: str, deal_id: int) -> str:
    return hashlib.sha256(f"{seed}:{deal_id}".encode()).hexdigest()
