"""Who acts in this request or command: known before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import click
from flask import g, has_request_context, request
from flask_login import current_user

from market.accounts.models import Account
from market.audit.models import Source
from market.audit.rules import HeldRole
from market.permissions import granted
from market.web.audit_registry import unaudited_commands

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class RecordedActor:
    """Whose changes are recorded, and where they come from.

    Attributes:
        account_id: None on the command line.
    """

    source: Source
    endpoint: str
    account_id: int | None = None
    held_roles: tuple[HeldRole, ...] = ()
    permission: str = ""
    ip: str = ""
    agent: str = ""


# Whose changes the worker makes, once they have asked for them.
_acting_for: ContextVar[RecordedActor | None] = ContextVar("acting_for", default=None)


@contextmanager
def acting_for(account: Account, endpoint: str, permission: str) -> Iterator[None]:
    """Record what is changed inside as the account's: it was asked for at that endpoint, and is
    done later."""
    actor = RecordedActor(
        Source.WEB,
        endpoint=endpoint,
        account_id=account.id,
        held_roles=_held_roles(account),
        permission=permission,
    )
    token = _acting_for.set(actor)
    try:
        yield
    finally:
        _acting_for.reset(token)


def _held_roles(account: Account) -> tuple[HeldRole, ...]:
    return tuple(HeldRole(g.role, g.region_code, g.region.path) for g in account.grants)


def remember_actor(permission: str) -> None:
    """Remember who sends a changing request, if they hold a role.

    Called once the permission is granted: the account is loaded by then.
    """
    g.pop("audit_actor", None)
    if request.method in SAFE_METHODS or not current_user.is_authenticated:
        return
    if held_roles := _held_roles(current_user):
        g.audit_actor = RecordedActor(
            Source.WEB,
            endpoint=(request.endpoint or "")[:80],
            account_id=current_user.id,
            held_roles=held_roles,
            permission=permission,
            ip=_printable(request.remote_addr, 45),
            agent=_printable(request.user_agent.string, 120),
        )


granted.append(remember_actor)


def recorded_actor() -> RecordedActor | None:
    """Whose changes these are; None when they are not recorded."""
    if (asked := _acting_for.get()) is not None:
        return asked
    if has_request_context():
        found: RecordedActor | None = g.get("audit_actor")
        return found
    command = _command()
    return RecordedActor(Source.COMMAND, endpoint=command[:80]) if command else None


def _command() -> str:
    """The words of the running `flask` command; "" for none, or one that is not recorded."""
    context = click.get_current_context(silent=True)
    names: list[str] = []
    while context is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    command = " ".join(names[1:] or names)
    return "" if command in unaudited_commands else command


def _printable(text: str | None, max_length: int) -> str:
    """`text` without characters that no page or database could show, cut to a length."""
    return "".join(c for c in text or "" if c.isprintable())[:max_length]
