"""What waits in the queues of deals and offers, for the list of what to do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import select

from market.accounts.models import OFFICIALS, Account, Role
from market.database import db
from market.deals.models import Deal
from market.desk import queries
from market.desk.labels import QUEUE_NAMES
from market.desk.queue_types import QUEUES
from market.desk.queues import QueueQuery, QueueState
from market.desk.shares import Shares, TaskWords, share_tasks
from market.permissions.trade import decides_in, second_official_of
from market.web.desk_registry import DeskTask, add_tasks
from market.web.language import lazy_gettext as _l


def _deals_to_verify(number: int) -> str:
    return ngettext("Verify %(num)s deal", "Verify %(num)s deals", number)


def _deals_at_counties(number: int) -> str:
    return ngettext(
        "%(num)s deal waits for its county to verify it",
        "%(num)s deals wait for their counties to verify them",
        number,
    )


def _offers_to_verify(number: int) -> str:
    return ngettext("Verify %(num)s offer", "Verify %(num)s offers", number)


def _offers_at_counties(number: int) -> str:
    return ngettext(
        "%(num)s offer waits for its county to verify it",
        "%(num)s offers wait for their counties to verify them",
        number,
    )


def _large_deals(number: int) -> str:
    return ngettext(
        "Verify %(num)s large deal that the county has verified",
        "Verify %(num)s large deals that the counties have verified",
        number,
    )


def _large_deals_above(number: int) -> str:
    return ngettext(
        "%(num)s large deal waits for the prefecture",
        "%(num)s large deals wait for the prefecture",
        number,
    )


def _disputed(number: int) -> str:
    return ngettext(
        "%(num)s deal is disputed: both sides settle it",
        "%(num)s deals are disputed: both sides settle them",
        number,
    )


def _returned_deals(number: int) -> str:
    return ngettext(
        "%(num)s deal was returned and is not yet mended",
        "%(num)s deals were returned and are not yet mended",
        number,
    )


def _undone(number: int) -> str:
    return ngettext(
        "%(num)s verification was taken back and is not yet mended",
        "%(num)s verifications were taken back and are not yet mended",
        number,
    )


def _returned_offers(number: int) -> str:
    return ngettext(
        "%(num)s offer was returned and is not yet mended",
        "%(num)s offers were returned and are not yet mended",
        number,
    )


# What one does and what others do; the parties, and nobody at a desk, do what has one alone.
_TITLES = {
    ("deals", QueueState.WAITING): (_deals_to_verify, _deals_at_counties),
    ("offers", QueueState.WAITING): (_offers_to_verify, _offers_at_counties),
    ("deals", QueueState.SECOND): (_large_deals, _large_deals_above),
    ("deals", QueueState.DISPUTED): (_disputed, _disputed),
    ("deals", QueueState.RETURNED): (_returned_deals, _returned_deals),
    ("deals", QueueState.UNDONE): (_undone, _undone),
    ("offers", QueueState.RETURNED): (_returned_offers, _returned_offers),
}


def queue_tasks(account: Account) -> list[DeskTask]:
    """A task for each state of the queues; those of the first lead to what has waited longest."""
    counties = {each.code: each.path for each in queries.counties(queries.scope(account))}
    acts = {
        QueueState.WAITING: account.has_role(Role.COUNTY_OFFICIAL),
        QueueState.SECOND: any(
            account.has_role(role) for role in OFFICIALS if role is not Role.COUNTY_OFFICIAL
        ),
    }
    found = []
    for (kind, state), titles in _TITLES.items():
        rows = [row for row in queries.waiting(kind, counties) if row.state is state]
        shares = Shares.of(
            (
                (counties[row.county], row.count, row.late, row.oldest, None, row.amount_fen)
                for row in rows
            ),
            lambda path, state=state: _is_own(account, state, path),  # type: ignore[misc]
        )
        values: Any = {} if state is QueueState.WAITING else {"state": state.value}
        url = url_for("desk.queue", kind=kind, **values)
        words = TaskWords(
            f"{kind}-{state}", QUEUE_NAMES[kind, state], *titles, url, _l("Verify now")
        )
        own = [code for code, path in counties.items() if _is_own(account, state, path)]
        first, details = "", []
        if shares.own.count:
            first = _first_url(account, kind, state, own)
            if kind == "deals" and (ring := queries.count_to_ring(own)):
                details = [ngettext("%(num)s to ring back", "%(num)s to ring back", ring)]
        found += share_tasks(words, shares, acts.get(state, False), first, details)
    return found


def _is_own(account: Account, state: QueueState, path: str) -> bool:
    if state is QueueState.WAITING:
        return decides_in(account, path)
    return state is QueueState.SECOND and second_official_of(account, path)


def _first_url(account: Account, kind: str, state: QueueState, counties: Collection[str]) -> str:
    """The page of what has waited longest and the account is no side of; else "": the queue."""
    queue, query = QUEUES[kind], QueueQuery(tuple(counties), state)
    statement = select(queue.model.id).where(*queue.conditions(query))
    if kind == "deals":
        hands = (Deal.seller_id, Deal.buyer_id, Deal.proposed_by_id, Deal.agreed_by_id)
        statement = statement.where(*(each.is_distinct_from(account.id) for each in hands))
    id_ = db.session.scalar(statement.order_by(*queue.order(query)).limit(1))
    if id_ is None:
        return ""
    values: Any = {} if state is QueueState.WAITING else {"state": state.value}
    if kind == "deals":
        return url_for("desk.review_deal", deal_id=id_, **values)
    return url_for("desk.review_offer", offer_id=id_, **values)


add_tasks(10, queue_tasks)
