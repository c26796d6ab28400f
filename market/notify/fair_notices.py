"""Telling whoever is in a fair, and the officials of its region, that it was moved, merged,
cancelled or closed early.

A fair has twenty thousand merchants: their notices are written by one statement. What they want by
e-mail goes into their next digest; the few who chose to hear of fairs at once are told one by one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CompoundSelect, func, insert, literal, or_, select, union
from sqlalchemy.orm import aliased

from market.accounts.models import OFFICIALS, Account, Grant
from market.database import db
from market.deals.models import Deal
from market.fairs.models import Fair, FairEvent, FairEventKind, FairListing
from market.fairs.signals import fair_event_recorded
from market.notify.models import Notice, NoticeChoice, NoticeKind, NoticeSettings, When
from market.notify.rules import DEFAULTS
from market.notify.services import notify
from market.outgoing.services import can_send_sms
from market.regions.models import Region, within

NOTIFIED = frozenset(
    {
        FairEventKind.POSTPONED,
        FairEventKind.EXTENDED,
        FairEventKind.CLOSED_EARLY,
        FairEventKind.CANCELLED,
        FairEventKind.MERGED,
    }
)


@fair_event_recorded.connect
def _tell_of_fair(sender: Any, fair: Fair, event: FairEvent) -> None:
    if event.kind not in NOTIFIED:
        return
    key = f"fair event {event.id}"
    facts: dict[str, Any] = {"event": event.kind.value, "count": 1}
    if event.to_day:
        facts["day"] = event.to_day.isoformat()
    people = _people_of(fair, event.by_id)
    at_once = select(NoticeChoice.account_id).where(
        NoticeChoice.kind == NoticeKind.FAIR,
        or_(NoticeChoice.email == When.AT_ONCE, NoticeChoice.sms == When.AT_ONCE),
    )
    for account_id in db.session.scalars(people.where(Account.id.in_(at_once))).all():
        notify(account_id, NoticeKind.FAIR, key, fair.id, is_listed=False, at=event.at, **facts)
    columns = ("account_id", "kind", "key", "about_id", "facts", "is_listed", "at")
    chosen = DEFAULTS[NoticeKind.FAIR]
    email = func.coalesce(NoticeChoice.email, chosen.email) == When.DIGEST
    sms = func.coalesce(NoticeChoice.sms, chosen.sms) == When.DIGEST
    rows = (
        people.where(Account.id.not_in(at_once))
        .outerjoin(NoticeSettings, NoticeSettings.account_id == Account.id)
        .outerjoin(
            NoticeChoice,
            (NoticeChoice.account_id == Account.id) & (NoticeChoice.kind == NoticeKind.FAIR),
        )
        .add_columns(
            literal(NoticeKind.FAIR, Notice.kind.type),
            literal(key),
            literal(fair.id),
            literal(facts, Notice.facts.type),
            literal(False),
            literal(event.at, Notice.at.type),
            email & NoticeSettings.email.is_not(None),
            sms & literal(can_send_sms()),
        )
    )
    names = [*columns, "email_due", "sms_due"]
    db.session.execute(insert(Notice).from_select(names, rows))


def _people_of(fair: Fair, but_id: int | None) -> Any:
    """Who can log in and has a listing or a deal of the fair, or represents who has; and the
    officials of its region and of those inside and around it."""
    deals = Deal.fair_id == fair.id
    parties: CompoundSelect[Any] = union(
        select(FairListing.owner_id).where(FairListing.fair_id == fair.id),
        select(Deal.seller_id).where(deals),
        select(Deal.buyer_id).where(deals),
    )
    owner = aliased(Account, flat=True)
    reached = select(func.coalesce(owner.represented_by_id, owner.id)).where(owner.id.in_(parties))
    path = fair.region.path
    officials = (
        select(Grant.account_id)
        .join(Region, Region.code == Grant.region_code)
        .where(
            Grant.role.in_(OFFICIALS),
            or_(within(Region.path, path), literal(f"{path}/").startswith(Region.path + "/")),
        )
    )
    return select(Account.id).where(
        or_(Account.id.in_(reached), Account.id.in_(officials)),
        Account.id != (but_id or 0),
        Account.password_hash.is_not(None),
        Account.disabled_at.is_(None),
    )
