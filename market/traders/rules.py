"""What a trader's page says of figures: pure, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from market.products.units import UNITS, Dimension, convert

# Answers are looked at for so long back, and fewer of them say nothing.
ANSWER_DAYS = 90
MIN_ANSWERS = 3
# Of fewer ratings no average is shown.
MIN_RATINGS = 3


def usual_answer_time(times: Sequence[timedelta]) -> timedelta | None:
    """The median of how long answers took; None where there are too few."""
    if len(times) < MIN_ANSWERS:
        return None
    return timedelta(seconds=median(each.total_seconds() for each in times))


def tonnes(amounts: Iterable[tuple[Decimal, str]]) -> Decimal:
    """The sum in tonnes of the quantities that are weights, by (quantity, code of the unit)."""
    weights = (a for a in amounts if UNITS[a[1]].dimension is Dimension.MASS)
    return sum((convert(quantity, unit, "ton") for quantity, unit in weights), Decimal(0))


def average_stars(total: int, count: int) -> Decimal | None:
    """The average of `count` ratings to one decimal; None where there are too few."""
    if count < MIN_RATINGS:
        return None
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP)
