"""The day's digests, and forgetting what is old. Each minute, by the calendar."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from flask_babel import ngettext
from sqlalchemy import delete, or_, select

from market.accounts.models import Account
from market.calendar.services import scheduled_steps
from market.database import db
from market.notify import rules
from market.notify.labels import format_notice
from market.notify.models import Notice
from market.notify.services import reached, send_email, send_sms, settings_of
from market.outgoing.sending import delete_settled
from market.web.home_time import home_zone
from market.web.language import in_language

# Accounts in one minute.
BATCH = 200
# What was read is kept for so long.
KEEP = timedelta(days=90)


def send_digests(now: datetime) -> int:
    """Queue the digests that have fallen due; to how many accounts.

    A digest tells of what came before it was due and is not read yet; what came later waits for
    the next day. Each account gets one a day and channel.
    """
    due = defaultdict(list)
    waiting = select(Notice).where(or_(Notice.email_due, Notice.sms_due))
    for notice in db.session.scalars(waiting.order_by(Notice.account_id, Notice.id)):
        due[notice.account_id].append(notice)
    local = now.astimezone(home_zone())
    count = 0
    for account_id, notices in due.items():
        settings = settings_of(account_id)
        at = rules.latest_digest(local, settings.quiet_from, settings.quiet_to)
        ready = [notice for notice in notices if notice.at < at]
        if ready and count < BATCH:
            count += 1
            _send_digest(account_id, ready, at)
    return count


def _send_digest(account_id: int, notices: list[Notice], at: datetime) -> None:
    account: Account | None = reached(account_id)
    by_email = [notice for notice in notices if notice.email_due]
    by_sms = [notice for notice in notices if notice.sms_due]
    for notice in notices:
        notice.email_due = notice.sms_due = False
    if account is None:
        return
    key = f"digest {account_id} {at.date().isoformat()}"
    with in_language(account.language):
        if by_email:
            lines = [f"· {format_notice(notice)}" for notice in by_email]
            send_email(account, settings_of(account_id), _title(by_email), lines, f"{key} email")
        if by_sms:
            send_sms(account, _title(by_sms), f"{key} sms")


def _title(notices: list[Notice]) -> str:
    if len(notices) == 1:
        return format_notice(notices[0])
    return ngettext("%(num)s new notice", "%(num)s new notices", len(notices))


def forget_old(now: datetime) -> None:
    """Delete the notices read long ago, and the messages settled long ago."""
    db.session.execute(delete(Notice).where(Notice.read_at < now - KEEP))
    delete_settled(now)


scheduled_steps += [send_digests, forget_old]
