"""Who acts now, and from where: known when the request comes, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass

import click
from flask import g, has_request_context, request
from flask_login import current_user

from market.audit.models import Source
from market.audit.rules import Held
from market.permissions import granted

READING = {"GET", "HEAD", "OPTIONS"}
# Commands that invent a market, and the worker, which is nobody.
UNWATCHED = {"seed demo", "fair replay", "worker"}


@dataclass(frozen=True)
class Watch:
    """Whose changes are recorded, and what is known of them beforehand."""

    source: Source
    endpoint: str
    actor_id: int | None = None
    held: tuple[Held, ...] = ()
    permission: str = ""
    ip: str = ""
    agent: str = ""


def look(permission: str) -> None:
    """Remember who sends something, if they hold a role. Reading requests change nothing.

    Asked once the permission is granted: the account is loaded by then.
    """
    g.pop("audit_watch", None)
    if request.method in READING or not current_user.is_authenticated:
        return
    held = tuple(Held(g.role, g.region_code, g.region.path) for g in current_user.grants)
    if held:
        g.audit_watch = Watch(
            Source.WEB,
            endpoint=(request.endpoint or "")[:80],
            actor_id=current_user.id,
            held=held,
            permission=permission,
            ip=_printable(request.remote_addr, 45),
            agent=_printable(request.user_agent.string, 120),
        )


granted.append(look)


def watch() -> Watch | None:
    """Whose changes these are; None when they are not recorded."""
    if has_request_context():
        found: Watch | None = g.get("audit_watch")
        return found
    command = _command()
    return Watch(Source.COMMAND, endpoint=command[:80]) if command else None


def _command() -> str:
    """The words of the running `flask` command; "" for none, or one that is not watched."""
    context = click.get_current_context(silent=True)
    names: list[str] = []
    while context is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    command = " ".join(names[1:] or names)
    return "" if command in UNWATCHED else command


def _printable(text: str | None, longest: int) -> str:
    """`text` from outside, without what no page or database could show, and cut."""
    return "".join(c for c in text or "" if c.isprintable())[:longest]
