"""The life of the demonstration's open fair: announced, opened by its dates, extended, with
two sessions for what is offered most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db
from market.fairs.lifecycle import extend_fair
from market.fairs.models import Fair
from market.fairs.rules import listing_window, make_slug
from market.fairs.services import create_fair, update_state
from market.fairs.session_services import add_session
from market.offers.models import OfferStatus
from market.products.models import Category, Product
from market.web.home_time import home_zone

# In the office's hours.
ANNOUNCED_BEFORE = timedelta(days=34) - timedelta(hours=9)
PLANNED_AFTER, EXTENDED_AFTER = timedelta(days=2, hours=15), timedelta(days=16, hours=10)
EXTENDED_BY = timedelta(days=7)
EXTENSION_REASON = "多个县来电：晚熟品种刚下树，请再给一周。"
# The first and the last day of each session, counted from the fair's first: one is over
# three weeks into the fair, one is running.
SESSIONS = ((4, 11), (16, 27))


def create_open_fair(official: Account, values: dict[str, Any]) -> Fair:
    """The open fair of `values`, whose last day was a week earlier at first."""
    planned = {**values, "ends_on": values["ends_on"] - EXTENDED_BY}
    opening, _end = listing_window(planned["starts_on"], planned["ends_on"], home_zone())
    fair = create_fair(official, planned, at=opening - ANNOUNCED_BEFORE)
    update_state(fair, opening)
    return extend_fair(
        official, fair, values["ends_on"], EXTENSION_REASON, at=opening + EXTENDED_AFTER
    )


def add_sessions(official: Account, fair: Fair, offers: Iterable[dict[str, Any]]) -> None:
    """Two sessions, each for a group of products of which there is most."""
    opening, _end = listing_window(fair.starts_on, fair.ends_on, home_zone())
    for (first, last), category in zip(SESSIONS, _most_offered(offers), strict=True):
        add_session(
            official,
            fair,
            {
                "name": f"{category.name}专场",
                "name_en": f"{category.name_en} session",
                "slug": make_slug(category.name_en),
                "note": "",
                "themes": [category.code],
                "starts_on": _day(fair, first),
                "ends_on": _day(fair, last),
            },
            at=opening + PLANNED_AFTER,
        )


def _day(fair: Fair, number: int) -> date:
    return fair.starts_on + timedelta(days=number)


def _most_offered(offers: Iterable[dict[str, Any]]) -> list[Category]:
    """The groups of products of which most is open, as many as there are sessions."""
    groups = dict(db.session.execute(select(Product.code, Product.category_code)).all())
    open_ = (o for o in offers if o["status"] is OfferStatus.PUBLISHED)
    counted = Counter(groups[offer["product_code"]] for offer in open_)
    ordered = sorted(counted, key=lambda code: (-counted[code], code))
    return [db.session.get_one(Category, code) for code in ordered[: len(SESSIONS)]]
