"""Whom an account wants nothing to do with."""

from __future__ import annotations

from flask_babel.speaklater import LazyString
from sqlalchemy import delete, exists, select

from market.accounts.models import Account, AccountBlock
from market.database import db
from market.permissions import may
from market.web.errors import Refused
from market.web.language import lazy_gettext as _l


def block(actor: Account, party: Account, other: Account) -> None:
    """Let `other` neither write to `party` (the actor, or a farmer they represent), nor propose
    deals to it, nor see its number any more. Doing it twice changes nothing.

    Raises:
        Refused: the actor doesn't speak for the party, or it is themselves.
    """
    _need(actor, party)
    if party.id == other.id:
        raise Refused(_l("Nobody blocks themselves."))
    if not is_blocked(other, party):
        db.session.add(AccountBlock(blocker_id=party.id, blocked_id=other.id))
        db.session.flush()


def unblock(actor: Account, party: Account, other: Account) -> None:
    """Take that back. Raises Refused as block()."""
    _need(actor, party)
    db.session.execute(
        delete(AccountBlock).where(
            AccountBlock.blocker_id == party.id, AccountBlock.blocked_id == other.id
        )
    )


def _need(actor: Account, party: Account) -> None:
    if not may(actor, "party.represent", party):
        raise Refused(_l("Your account has no right to do this."))


def is_blocked(account: Account, *by: Account) -> bool:
    """Whether one of `by` has blocked the account."""
    blockers = [each.id for each in by]
    found = exists().where(
        AccountBlock.blocked_id == account.id, AccountBlock.blocker_id.in_(blockers)
    )
    return bool(db.session.scalar(select(found)))


def write_obstacle(account: Account, other: Account) -> LazyString | None:
    """Why the account can't write to `other` or propose it a deal; None where it can."""
    if is_blocked(account, other):
        return _l("They take no more messages from you.")
    if is_blocked(other, account):
        return _l("You have blocked them: unblock them to write.")
    return None


def check_may_write(account: Account, other: Account) -> None:
    """Raises Refused where one of the two has blocked the other."""
    if why := write_obstacle(account, other):
        raise Refused(why)
