"""Telling an account of something, reading it, and choosing how to be told.

Called inside transaction(); nothing is sent here (market.outgoing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.database import db, utcnow, violated
from market.notify import rules
from market.notify.labels import format_notice
from market.notify.models import Notice, NoticeChoice, NoticeKind, NoticeSettings, When
from market.notify.rules import CHANNELS, DEFAULTS, Choice
from market.outgoing.models import OutgoingChannel
from market.outgoing.services import (
    can_send_email,
    can_send_sms,
    cancel_messages,
    queue_email,
    queue_sms,
)
from market.web.home_time import home_zone
from market.web.language import gettext as _
from market.web.language import in_language

# Of these one notice counts what came since it was read; the others are told one by one.
COUNTED = {NoticeKind.MATCH, NoticeKind.SAVED_SEARCH, NoticeKind.ENQUIRY}


def notify(
    party_id: int,
    kind: NoticeKind,
    key: str,
    about_id: int,
    *,
    is_listed: bool,
    at: datetime | None = None,
    count: int = 1,
    **facts: Any,
) -> Notice | None:
    """Tell whoever acts for the party: a notice in the site, and messages as they chose.

    The same key is told once. What is counted adds to the notice that is not read yet, and
    sends nothing again. None: nobody is there to be told.

    Args:
        at: when it happened; now by default.
        count: how many things it tells of.
        facts: what the words are made of (labels.format_notice).
    """
    account = reached(party_id)
    if account is None:
        return None
    mine = select(Notice).where(Notice.account_id == account.id)
    if known := db.session.scalar(mine.where(Notice.key == key)):
        return known
    at = at or utcnow()
    if kind in COUNTED and (unread := _unread(account, kind, about_id)):
        unread.facts = {**unread.facts, **facts, "count": unread.facts["count"] + count}
        unread.at = at
        return unread
    notice = Notice(
        account_id=account.id,
        kind=kind,
        key=key,
        about_id=about_id,
        facts={**facts, "count": count},
        is_listed=is_listed,
        at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(notice)
    except IntegrityError as error:
        if not violated(error, "notices_account_id_key") and not violated(error, "notices.key"):
            raise
        # Another process told it in this moment.
        return db.session.scalars(mine.where(Notice.key == key)).one()
    _send(notice, account)
    return notice


def reached(party_id: int) -> Account | None:
    """Who is told what concerns a party: itself, or the assistant who represents it; None where
    nobody can log in."""
    party = db.session.get(Account, party_id)
    if party is not None and party.represented_by_id is not None:
        party = db.session.get(Account, party.represented_by_id)
    if party is None or party.password_hash is None or not party.is_active:
        return None
    return party


def _unread(account: Account, kind: NoticeKind, about_id: int) -> Notice | None:
    return db.session.scalar(
        select(Notice)
        .where(Notice.account_id == account.id, Notice.read_at.is_(None))
        .where(Notice.kind == kind, Notice.about_id == about_id)
        .order_by(Notice.id.desc())
        .limit(1)
    )


def _send(notice: Notice, account: Account) -> None:
    """Queue the messages that the account wants at once, and mark the notice for its digests."""
    chosen = choices_of(account.id)[notice.kind]
    settings = settings_of(account.id)
    notice.email_due = chosen.email is When.DIGEST and settings.email is not None
    notice.sms_due = chosen.sms is When.DIGEST and can_send_sms()
    not_before = rules.quiet_until(
        utcnow().astimezone(home_zone()), settings.quiet_from, settings.quiet_to
    )
    with in_language(account.language):
        what = format_notice(notice)
        if chosen.email is When.AT_ONCE:
            send_email(
                account, settings, what, [what], _key(notice, OutgoingChannel.EMAIL), not_before
            )
        if chosen.sms is When.AT_ONCE:
            send_sms(account, what, _key(notice, OutgoingChannel.SMS), not_before)


def _key(notice: Notice, channel: OutgoingChannel) -> str:
    """Of the message that tells of a notice at once."""
    return f"notice {notice.account_id} {notice.id} {channel}"


def send_email(
    account: Account,
    settings: NoticeSettings,
    subject: str,
    lines: Iterable[str],
    key: str,
    not_before: datetime | None = None,
) -> None:
    """Queue an e-mail in the language of the moment, where the account has an address."""
    if settings.email is None or not can_send_email():
        return
    site = current_app.config["SITE_URL"]
    text = "\n".join(
        (
            *lines,
            "",
            _("Read it here: %(link)s", link=f"{site}/notices"),
            "",
            _("Change what we send you: %(link)s", link=f"{site}/me/notifications"),
            _(
                "Stop all e-mails with one tap: %(link)s",
                link=f"{site}/stop/{_stop(account, OutgoingChannel.EMAIL)}",
            ),
        )
    )
    queue_email(settings.email, subject, text, key=key, not_before=not_before)


def send_sms(account: Account, what: str, key: str, not_before: datetime | None = None) -> None:
    """Queue a text message in the language of the moment, where the account has a number."""
    if account.phone is None or not can_send_sms():
        return
    queue_sms(
        account.phone,
        "notice",
        {"what": what, "stop": _stop(account, OutgoingChannel.SMS)},
        key=key,
        not_before=not_before,
    )


def _stop(account: Account, channel: OutgoingChannel) -> str:
    return rules.stop_token(current_app.config["SECRET_KEY"], account.id, channel)


def choices_of(account_id: int) -> dict[NoticeKind, Choice]:
    """How the account wants to be told of each kind."""
    mine = select(NoticeChoice).where(NoticeChoice.account_id == account_id)
    chosen = {row.kind: Choice(row.email, row.sms) for row in db.session.scalars(mine)}
    return {kind: chosen.get(kind, default) for kind, default in DEFAULTS.items()}


def settings_of(account_id: int) -> NoticeSettings:
    """The account's settings; what is not stored is as at first."""
    found = db.session.get(NoticeSettings, account_id)
    return found or NoticeSettings(
        account_id=account_id,
        email=None,
        quiet_from=rules.QUIET_FROM,
        quiet_to=rules.QUIET_TO,
    )


def choose(
    actor: Account, chosen: Mapping[NoticeKind, Choice], quiet_from: int, quiet_to: int
) -> None:
    """Be told so from now on."""
    settings = db.session.merge(settings_of(actor.id))
    settings.quiet_from, settings.quiet_to = quiet_from, quiet_to
    for kind, choice in chosen.items():
        db.session.merge(NoticeChoice(account_id=actor.id, kind=kind, **choice._asdict()))


def stop_channel(account: Account, channel: OutgoingChannel) -> None:
    """Send nothing more to the account by that channel, neither what waits."""
    for kind, choice in choices_of(account.id).items():
        stopped = choice._replace(**{channel.value: When.NEVER})
        db.session.merge(NoticeChoice(account_id=account.id, kind=kind, **stopped._asdict()))
    unread = select(Notice).where(Notice.account_id == account.id, Notice.read_at.is_(None))
    cancel_messages(_key(notice, channel) for notice in db.session.scalars(unread))
    due = {f"{channel.value}_due": False}
    db.session.execute(update(Notice).where(Notice.account_id == account.id).values(due))


def mark_read(notices: Iterable[Notice]) -> None:
    """The account has seen them: messages about them that still wait are not sent."""
    unread = [notice for notice in notices if notice.read_at is None]
    for notice in unread:
        notice.read_at = utcnow()
        notice.email_due = notice.sms_due = False
    cancel_messages(_key(notice, channel) for notice in unread for channel in CHANNELS)


def mark_read_about(account_id: int, kind: NoticeKind, about_id: int) -> None:
    """The account has looked at what its notices of that kind tell of."""
    mark_read(
        db.session.scalars(
            select(Notice).where(
                Notice.account_id == account_id,
                Notice.read_at.is_(None),
                Notice.kind == kind,
                Notice.about_id == about_id,
            )
        ).all()
    )


def mark_all_read(actor: Account) -> None:
    """The account has seen all its notices."""
    unread = select(Notice).where(Notice.account_id == actor.id, Notice.read_at.is_(None))
    mark_read(db.session.scalars(unread).all())


def withdraw(notices: Iterable[Notice]) -> None:
    """Delete notices of what is no longer so, and what still waits to be sent of them."""
    withdrawn = list(notices)
    cancel_messages(_key(notice, channel) for notice in withdrawn for channel in CHANNELS)
    for notice in withdrawn:
        db.session.delete(notice)
