"""The robots of offices: added by an administrator, told each morning what is overdue."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, url_for
from flask_babel import ngettext
from sqlalchemy import exists, select

from market.accounts.models import OFFICIALS, Account, Grant
from market.calendar.services import scheduled_steps
from market.database import db, utcnow
from market.notify.models import MAX_OFFICE_WEBHOOKS, OfficeWebhook
from market.outgoing.models import OutgoingMessage
from market.outgoing.services import cancel_recipient, queue_webhook
from market.regions.models import Region
from market.web.desk_registry import DeskTask, tasks_of
from market.web.errors import Invalid
from market.web.filters import local_name
from market.web.home_time import home_zone
from market.web.language import gettext as _
from market.web.language import in_language
from market.web.language import lazy_gettext as _l

# An hour at home: the office opens, and statements of yesterday are due at ten.
TELL_FROM, TELL_UNTIL = 9, 18


def add_webhook(actor: Account, region: Region, url: str) -> OfficeWebhook:
    """Tell this robot from now on.

    Raises:
        Invalid: the region has it already, or as many as it may have.
    """
    known = db.session.scalars(
        select(OfficeWebhook.url).where(OfficeWebhook.region_code == region.code)
    ).all()
    if url in known:
        raise Invalid(_l("This office has that robot already."), "url")
    if len(known) >= MAX_OFFICE_WEBHOOKS:
        raise Invalid(_l("An office has %(most)s robots at most.", most=MAX_OFFICE_WEBHOOKS), "url")
    webhook = OfficeWebhook(region_code=region.code, url=url, added_by_id=actor.id)
    db.session.add(webhook)
    db.session.flush()
    return webhook


def remove_webhook(webhook: OfficeWebhook) -> None:
    """Tell it nothing more, neither what waits."""
    cancel_recipient(webhook.url)
    db.session.delete(webhook)


def send_trial(webhook: OfficeWebhook) -> None:
    """Send a greeting, so that everybody sees that it works."""
    place = local_name(webhook.region)
    queue_webhook(
        webhook.url,
        _("Harvest Market"),
        _("This group hears each morning what waits at the desk of %(place)s.", place=place),
        key=f"office trial {webhook.id} {utcnow().timestamp():.6f}",
    )


def official_of(region_code: str) -> Account | None:
    """An official of exactly that region, whose desk is what the office has to do."""
    holds = exists().where(
        Grant.account_id == Account.id,
        Grant.region_code == region_code,
        Grant.role.in_(OFFICIALS),
    )
    active = select(Account).where(holds, Account.disabled_at.is_(None))
    return db.session.scalar(active.order_by(Account.id).limit(1))


def tell_offices(now: datetime) -> int:
    """Tell each robot, once a day and after the office opens, what is overdue; how many."""
    local = now.astimezone(home_zone())
    if not TELL_FROM <= local.hour < TELL_UNTIL:
        return 0
    count = 0
    day = local.date().isoformat()
    for webhook in db.session.scalars(select(OfficeWebhook).order_by(OfficeWebhook.id)).all():
        key = f"office {webhook.id} {day}"
        if db.session.scalar(select(OutgoingMessage.id).where(OutgoingMessage.key == key)):
            continue
        if _tell(webhook, key):
            count += 1
    return count


def _tell(webhook: OfficeWebhook, key: str) -> bool:
    """Queue what the office is to hear; False where there is nothing."""
    official = official_of(webhook.region_code)
    if official is None:
        return False
    # What waits at the desk is asked as for a page of it.
    with (
        current_app.test_request_context(base_url=current_app.config["SITE_URL"]),
        in_language(official.language),
    ):
        overdue = [task for task in tasks_of(official) if task.late]
        if not overdue:
            return False
        title = _("%(place)s: overdue at the desk", place=local_name(webhook.region))
        lines = [_line(task) for task in overdue]
        link = url_for("desk.index", _external=True)
        queue_webhook(webhook.url, title, "\n".join([*lines, link]), key=key)
    return True


def _line(task: DeskTask) -> str:
    late = ngettext("%(num)s overdue", "%(num)s overdue", task.late)
    return f"· {task.label} {task.count} ({late})"


scheduled_steps.append(tell_offices)
