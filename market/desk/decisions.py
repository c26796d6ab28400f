"""Deciding several things of a queue at once, each in its own transaction, with each outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import gettext as _

from market.accounts.models import Account
from market.database import db, lock, transaction
from market.deals.actions import why_not_decide
from market.deals.models import Deal
from market.desk.queue_types import DealQueue, OfferQueue
from market.offers.models import Offer
from market.permissions import may
from market.web.errors import ConcurrentDecision, DomainError, Refused

AnyQueue = DealQueue | OfferQueue
Decision = Literal["verify", "return"]
# Four pages of a queue: nobody looks at more before deciding.
MAX_DECISIONS = 100


@dataclass
class Outcome:
    """What became of each thing.

    Attributes:
        done: ids that were decided now.
        skipped: (id, why, in words) of the others.
        already_decided: of those, the ones somebody else decided before.
    """

    done: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    already_decided: list[int] = field(default_factory=list)


def decide(
    official: Account, queue: AnyQueue, thing: Any, decision: Decision, reason: str = ""
) -> None:
    """Verify or return one thing that waits for it; inside transaction().

    Unlike the services, it never turns round what a colleague decided a moment ago: who
    saw it waiting decides it only while it waits.

    Raises:
        ConcurrentDecision: it was decided before.
        Refused, Invalid, InvalidTransition: as the services.
    """
    queue.check(lock(thing), official)
    if decision == "verify":
        queue.verify(official, thing, reason)
    else:
        queue.send_back(official, thing, reason)


def decide_each(
    official: Account,
    queue: AnyQueue,
    ids: Sequence[int],
    decision: Decision,
    reasons: Mapping[int, str],
) -> Outcome:
    """Decide each of these in a transaction of its own, in their order, with its reason.

    So one that can't be decided holds up no other, an official who decides others at the
    same time waits for one at most, and what is reported as done stays done whatever happens next.
    """
    outcome, official_id = Outcome(), official.id
    for id_ in ids:
        try:
            with transaction():
                actor = db.session.get_one(Account, official_id)
                thing = _permitted(actor, queue, id_)
                decide(actor, queue, thing, decision, reasons.get(id_, ""))
        except DomainError as error:
            outcome.skipped.append((id_, str(error.message)))
            if isinstance(error, ConcurrentDecision):
                outcome.already_decided.append(id_)
        else:
            outcome.done.append(id_)
    return outcome


def refusal_reason(
    official: Account, queue: AnyQueue, thing: Any, decision: Decision
) -> str | None:
    """Why this thing would be skipped now, in words; None: it would be decided."""
    try:
        _permit(official, queue, thing)
        queue.check(thing, official)
        if decision == "verify":
            queue.check_verifiable(thing)
    except DomainError as error:
        return str(error.message)
    return None


def _permitted(official: Account, queue: AnyQueue, id_: int) -> Deal | Offer:
    thing: Any = db.session.get(queue.model, id_)
    _permit(official, queue, thing)
    return thing


def _permit(official: Account, queue: AnyQueue, thing: Any) -> None:
    """Raise Refused for what isn't there, is of another county, or the official's own."""
    if isinstance(thing, Deal) and may(official, "deal.act", thing):
        raise Refused(why_not_decide(official, thing))
    if thing is None or not may(official, queue.permission, thing):
        raise Refused(_("Not of your county, or you have a hand in it."))
    if official.id in (getattr(thing, "proposed_by_id", 0), getattr(thing, "agreed_by_id", 0)):
        raise Refused(_("You had a hand in this deal: a colleague verifies it."))
