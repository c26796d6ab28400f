"""How often the offers of those who can be logged in as were looked at, day by day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from market.offers.models import OfferStatus
from market.text.days import local_day
from market.web.home_time import home_zone

SEED = 20_261_129
# Of a day: most on the first ones, and at weekends more.
USUAL, FIRST_DAYS, WEEKEND = 6, 3, 1.5


def views_of(
    offers: Sequence[dict[str, Any]], counties: Collection[str], now: datetime
) -> Iterator[dict[str, Any]]:
    """The rows of the offers of these counties since they were published."""
    rng, zone = Random(SEED), home_zone()
    today = local_day(now, zone)
    for offer in offers:
        if offer["region_code"] not in counties or offer["status"] is OfferStatus.DRAFT:
            continue
        first = local_day(offer["published_at"], zone)
        for age in range((today - first).days + 1):
            day = first + timedelta(days=age)
            busy = (2.0 if age < FIRST_DAYS else 1.0) * (WEEKEND if day.weekday() > 4 else 1.0)
            if number := int(rng.expovariate(1 / USUAL) * busy):
                yield {"offer_id": offer["id"], "day": day, "number": number}
