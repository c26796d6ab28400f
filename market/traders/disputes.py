"""Disputing a line of a trader's page, and deciding it. Called inside transaction()."""

from __future__ import annotations

from flask_babel import ngettext as _n
from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.quotas import Quota, count_by
from market.database import db, lock, utcnow
from market.permissions import may
from market.traders.models import DisputeDecision, TraderCertificate, TraderDispute, TraderRating
from market.traders.offices import office_of
from market.traders.signals import TraderEvent, trader_event
from market.web.errors import InvalidTransition, Refused
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason

DISPUTES = Quota(
    "disputes",
    count_by(TraderDispute.by_id, TraderDispute.at),
    _l("You have disputed as much as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can dispute %(num)s more line today.",
        "You can dispute %(num)s more lines today.",
        left,
    ),
)


def dispute(
    actor: Account,
    trader: Account,
    line: TraderRating | TraderCertificate | None,
    reason: str,
    key: str,
) -> TraderDispute:
    """Say that a line is wrong: one, or with None the figures of the verified deals. While
    the actor's dispute of a line waits, another of theirs adds nothing.

    Raises:
        Repeated: the actor sent this form before.
        Invalid: no reason.
        QuotaReached.
    """
    key = bound_key(actor, TraderDispute, key)
    refuse_repeated(TraderDispute, key)
    require_reason(reason, _l("Say what is wrong."))
    DISPUTES.check(actor)
    rating_id = line.id if isinstance(line, TraderRating) else None
    certificate_id = line.id if isinstance(line, TraderCertificate) else None
    waiting = select(TraderDispute).where(
        TraderDispute.trader_id == trader.id,
        TraderDispute.by_id == actor.id,
        TraderDispute.rating_id.is_not_distinct_from(rating_id),
        TraderDispute.certificate_id.is_not_distinct_from(certificate_id),
        TraderDispute.decision.is_(None),
    )
    if known := db.session.scalar(waiting.limit(1)):
        return known
    row = TraderDispute(
        trader_id=trader.id,
        rating_id=rating_id,
        certificate_id=certificate_id,
        by_id=actor.id,
        region_code=office_of(trader, actor).code,
        reason=reason.strip(),
        key=key,
    )
    add_once(row)
    return row


def decide_dispute(
    official: Account, row: TraderDispute, decision: DisputeDecision, reason: str
) -> None:
    """Keep the line on the page, or hide it; either may be disputed again.

    Raises:
        Refused: the official is of another county, or concerned.
        InvalidTransition: somebody decided it first.
        Invalid: no reason.
    """
    if not may(official, "trader_case.decide", lock(row)):
        raise Refused(_l("Your account has no right to do this."))
    if row.decision is not None:
        raise InvalidTransition()
    require_reason(reason)
    row.decision, row.decision_reason = decision, reason.strip()
    row.decided_by_id, row.decided_at = official.id, utcnow()
    if (line := row.rating or row.certificate) is not None:
        lock(line).is_hidden = decision is DisputeDecision.HIDE
    db.session.flush()
    for party_id in {row.trader_id, row.by_id}:
        trader_event.send(
            None,
            party_id=party_id,
            event=TraderEvent.DISPUTE_DECIDED,
            about_id=row.trader_id,
            key=f"dispute {row.id}",
        )
