"""What came of an offer: how often it was seen, and what rooms above count besides.

Views are counted in memory and written now and then (market.web.gathered_counts): of people, not
of programs, of each network and browser once in half an hour, and not the owner's own. They are
about right: a cache in front of the site answers some that nobody here hears of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, request
from flask_login import current_user
from sqlalchemy import delete, select, update

from market.accounts.models import PhoneReveal
from market.cache.stores import TimeLimitedStore, app_store
from market.database import AdvisoryLock, advisory_lock, db, transaction, utcnow
from market.offers.models import Offer, OfferViews
from market.offers.reveals import reveal_page
from market.permissions import may
from market.text.days import local_day, local_midnight
from market.web import page_cache
from market.web.gathered_counts import GatheredCounts
from market.web.home_time import home_today, home_zone
from market.web.language import lazy_gettext as _l
from market.web.network import network_of

# Days that numbers and lines are of; older views are deleted.
DAYS, RETENTION = 30, timedelta(days=400)
AGAIN_SECONDS, MAX_SEEN = 1800.0, 20_000
PROGRAMS = re.compile(
    r"bot|spider|crawl|slurp|preview|monitor|curl|wget|python|java/|go-http|okhttp|headless", re.I
)
PATH = re.compile(r"/offers/(\d{1,18})")


@dataclass(frozen=True)
class InterestMeasure:
    """Something that happens to offers, each time at an instant.

    Attributes:
        place: its place in the row.
        read: of these offers since an instant: (offer's id, when). One statement.
    """

    place: int
    label: Any
    read: Callable[[Collection[int], datetime], Iterable[tuple[int, datetime]]]


@dataclass(frozen=True)
class Interest:
    """What came of an offer in the last DAYS days.

    Attributes:
        numbers: (label, how often), views first.
        views: of each day, the oldest first.
    """

    numbers: Sequence[tuple[Any, int]]
    views: Sequence[int]


_measures: list[InterestMeasure] = []


def add_measure(measure: InterestMeasure) -> None:
    """Have `measure` counted for each own offer. Called by rooms above while the app is made."""
    _measures.append(measure)
    _measures.sort(key=lambda each: each.place)


def interest_of(offer_ids: Sequence[int]) -> dict[int, Interest]:
    """What came of each of these offers; one statement for each measure."""
    today = home_today()
    first = today - timedelta(days=DAYS - 1)
    since = local_midnight(first, home_zone())
    views = _views_of(offer_ids, first)
    counts = [
        (measure.label, Counter(id for id, _at in measure.read(offer_ids, since)))
        for measure in _measures
    ]
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return {
        id: Interest(
            [
                (_l("Views"), sum(views.get(id, {}).values())),
                *((label, of_offer[id]) for label, of_offer in counts),
            ],
            [views.get(id, {}).get(day, 0) for day in days],
        )
        for id in offer_ids
    }


def record_view(offer: Offer) -> None:
    """Count that this request looked at the offer, unless it is its owner's side."""
    if not (current_user.is_authenticated and may(current_user, "offer.manage", offer)):
        _count(request.environ, offer.id)


def _record_cached_view(app: Flask, environ: Mapping[str, Any]) -> None:
    """The same of a page that came from the cache, which only visitors get."""
    if found := PATH.fullmatch(environ["PATH_INFO"]):
        with app.app_context():
            _count(environ, int(found[1]))


def _count(environ: Mapping[str, Any], offer_id: int) -> None:
    agent = environ.get("HTTP_USER_AGENT", "")
    if not agent or PROGRAMS.search(agent):
        return
    seen: TimeLimitedStore[bool] = app_store(
        "offer views", lambda: TimeLimitedStore(MAX_SEEN, AGAIN_SECONDS)
    )
    who = offer_id, network_of(environ.get("REMOTE_ADDR")), agent
    if seen.get(who) is None:
        seen.put(who, True)
        view_counts.add((offer_id, home_today()))


def _write(gathered: Mapping[tuple[int, date], int]) -> None:
    of = OfferViews
    with transaction():
        advisory_lock(AdvisoryLock.OFFER_VIEWS)
        known = set(
            db.session.scalars(select(Offer.id).where(Offer.id.in_({n for n, _ in gathered})))
        )
        for (offer_id, day), number in gathered.items():
            if offer_id not in known:
                continue
            same = (of.offer_id == offer_id, of.day == day)
            more = update(of).where(*same).values(number=of.number + number)
            if not db.session.execute(more).rowcount:  # type: ignore[attr-defined]
                db.session.add(of(offer_id=offer_id, day=day, number=number))
        db.session.execute(delete(of).where(of.day < local_day(utcnow() - RETENTION, home_zone())))


def _views_of(offer_ids: Collection[int], first: date) -> dict[int, dict[date, int]]:
    of = OfferViews
    rows = select(of.offer_id, of.day, of.number).where(of.offer_id.in_(offer_ids), of.day >= first)
    found: dict[int, dict[date, int]] = {}
    for offer_id, day, number in db.session.execute(rows):
        found.setdefault(offer_id, {})[day] = number
    return found


def _reveals_of(offer_ids: Collection[int], since: datetime) -> Iterable[tuple[int, datetime]]:
    pages = {reveal_page(id): id for id in offer_ids}
    rows = select(PhoneReveal.page, PhoneReveal.at).where(
        PhoneReveal.page.in_(pages), PhoneReveal.at >= since
    )
    return [(pages[page], at) for page, at in db.session.execute(rows)]


view_counts: GatheredCounts[tuple[int, date]] = GatheredCounts("views of offers", _write)
add_measure(InterestMeasure(10, _l("Phone seen"), _reveals_of))
page_cache.on_reuse.append(_record_cached_view)
