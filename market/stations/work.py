"""What there is to do for the farmers of a station, first due first.

Rooms above register what else waits; a source is asked once for all the farmers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import func, select

from market.accounts.models import Account, Consent
from market.database import db, utcnow
from market.deals.queries import DealTab, find_deals
from market.matching.models import MatchNotice
from market.offers.models import Offer
from market.offers.queries import public
from market.offers.rules import WARNING_DAYS, published_today
from market.stations.rules import consent_ends, has_lapsed, renewable_before
from market.web.filters import local_name
from market.web.home_time import home_zone
from market.web.language import gettext as _
from market.web.pagination import Pagination

# An offer that stood so long is asked about: is it still there?
STALE_DAYS = 15
# Matches found since so long are of today.
NEW_MATCHES = timedelta(hours=24)
# Of one kind; more than that nobody does in a day.
MAX_OF_KIND = 300


@dataclass(frozen=True)
class WorkItem:
    """One thing to do for a farmer, with the one step that does it.

    Attributes:
        due: by when, or since when it waits.
        is_overdue: `due` is a term that is past.
        posts: the step is taken at once, by a button; else it is a page.
    """

    kind: str
    farmer_id: int
    due: datetime
    text: str
    step: str
    url: str
    posts: bool = False
    is_overdue: bool = False


WorkSource = Callable[[Collection[int]], Iterable[WorkItem]]
# Asked with the ids of the farmers.
work_sources: list[WorkSource] = []


def work_for(farmers: Collection[int]) -> list[WorkItem]:
    """What waits for these farmers, the first due first."""
    if not farmers:
        return []
    found = (item for source in work_sources for item in source(farmers))
    return sorted(found, key=lambda item: (item.due, item.farmer_id, item.url))


def _waiting_proposals(farmers: Collection[int]) -> Iterator[WorkItem]:
    for deal in find_deals(farmers, DealTab.WAITING, Pagination(1, MAX_OF_KIND, MAX_OF_KIND)):
        sells = deal.seller_id in farmers
        yield WorkItem(
            "proposal",
            deal.seller_id if sells else deal.buyer_id,
            deal.updated_at,
            _(
                "%(who)s proposes a deal: %(product)s",
                who=(deal.buyer_name if sells else deal.seller_name) or "",
                product=local_name(deal),
            ),
            _("Answer"),
            url_for("deals.show", deal_id=deal.id),
        )


def _offers_to_renew(farmers: Collection[int]) -> Iterator[WorkItem]:
    now = utcnow()
    soon, long_ago = now + timedelta(days=WARNING_DAYS), now - timedelta(days=STALE_DAYS)
    of = Offer
    rows = db.session.execute(
        select(of.id, of.owner_id, of.title, of.valid_until, of.published_at)
        .where(of.owner_id.in_(farmers), public(now))
        .where((of.valid_until <= soon) | (of.published_at <= long_ago))
        .order_by(of.valid_until)
        .limit(MAX_OF_KIND)
    )
    for row in rows:
        ends = row.valid_until <= soon
        days = (now - row.published_at).days
        if published_today(row.published_at, now, home_zone()):
            continue
        yield WorkItem(
            "expiring" if ends else "stale",
            row.owner_id,
            row.valid_until if ends else row.published_at + timedelta(days=STALE_DAYS),
            _("%(title)s ends soon", title=row.title)
            if ends
            else _(
                "%(title)s has stood for %(days)s days: still there?", title=row.title, days=days
            ),
            _("Renew") if ends else _("Still there: renew"),
            url_for("offers.renew", offer_id=row.id),
            posts=True,
        )


def _new_matches(farmers: Collection[int]) -> Iterator[WorkItem]:
    number, first = func.count(), func.min(MatchNotice.found_at)
    rows = db.session.execute(
        select(Offer.id, Offer.owner_id, Offer.title, number.label("number"), first.label("first"))
        .join(MatchNotice, MatchNotice.offer_id == Offer.id)
        .where(Offer.owner_id.in_(farmers), public(utcnow()))
        .where(MatchNotice.seen_at.is_(None), MatchNotice.found_at > utcnow() - NEW_MATCHES)
        .group_by(Offer.id, Offer.owner_id, Offer.title)
        .limit(MAX_OF_KIND)
    )
    for row in rows:
        text = ngettext(
            "%(num)s new match for %(title)s",
            "%(num)s new matches for %(title)s",
            row.number,
            title=row.title,
        )
        there = url_for("matching.index", offer_id=row.id)
        yield WorkItem("match", row.owner_id, row.first, text, _("Look and ring"), there)


def _consents_to_renew(farmers: Collection[int]) -> Iterator[WorkItem]:
    given = func.max(Consent.given_at)
    rows = db.session.execute(
        select(Consent.farmer_id, given.label("given"))
        .join(Account, Account.id == Consent.farmer_id)
        .where(Consent.farmer_id.in_(farmers), Consent.withdrawn_at.is_(None))
        .group_by(Consent.farmer_id)
        .having(given <= renewable_before(utcnow()))
        .limit(MAX_OF_KIND)
    )
    now = utcnow()
    for row in rows:
        yield WorkItem(
            "consent",
            row.farmer_id,
            consent_ends(row.given),
            _("The consent is to be renewed"),
            _("Renew the consent"),
            url_for("stations.consent", account_id=row.farmer_id),
            is_overdue=has_lapsed(row.given, now),
        )


work_sources += [_waiting_proposals, _offers_to_renew, _new_matches, _consents_to_renew]
