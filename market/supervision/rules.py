"""How far a target is reached, and how much of a fair's time is over. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from market.supervision.models import TargetMeasure

# Of counties that one official supervises.
MAX_COUNTIES = 3


@dataclass(frozen=True)
class Elapsed:
    """How much of a fair is over: its day `day` of `days`; day 0 before it opens."""

    day: int
    days: int

    @property
    def share(self) -> Decimal:
        """The part of its days, the present one included, as a fraction to 0.1%."""
        return _share(self.day, self.days)


@dataclass(frozen=True)
class Progress:
    """One target of a unit: fen for the value of deals, else numbers."""

    measure: TargetMeasure
    target: int
    done: int

    @property
    def share(self) -> Decimal:
        """What is done of the target, as a fraction to 0.1%; more than 1 where it is passed."""
        return _share(self.done, self.target)

    @property
    def bar(self) -> int:
        """The length of its bar in percent: a passed target fills it."""
        return min(100, int(self.share * 100))

    def is_behind(self, elapsed: Elapsed) -> bool:
        """Whether less of the target is done than of the time is over."""
        return self.share < elapsed.share


def _share(some: int, of: int) -> Decimal:
    return (Decimal(some) / of).quantize(Decimal("0.001"), ROUND_HALF_UP)
