"""Notices and messages in the export and the erasure of an account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from market.accounts.models import Account, PhoneChange
from market.accounts.privacy.exports import erasers, exporters
from market.database import db
from market.messages.models import EnquiryThread
from market.notify.labels import format_notice
from market.notify.models import (
    EmailConfirmation,
    Notice,
    NoticeChoice,
    NoticeKind,
    NoticeSettings,
    SearchChange,
)
from market.notify.services import choices_of, settings_of
from market.offers.models import Offer
from market.outgoing.models import OutgoingMessage
from market.outgoing.services import erase_messages

# What the keys of messages begin with, before the account's id.
MESSAGE_KINDS = ("notice", "digest", "email-code")


def _recipients(account: Account) -> list[str]:
    """The numbers and addresses that messages to the account go to."""
    confirmation = db.session.get(EmailConfirmation, account.id)
    wished = select(PhoneChange.phone).where(PhoneChange.account_id == account.id)
    address = confirmation.address if confirmation else None
    mine = (account.phone, settings_of(account.id).email, address, *db.session.scalars(wished))
    return [each for each in mine if each]


def _export_notices(account: Account) -> list[dict[str, Any]]:
    mine = select(Notice).where(Notice.account_id == account.id).order_by(Notice.id)
    return [
        {
            "kind": notice.kind.value,
            "about": notice.about_id,
            "text": format_notice(notice),
            "at": notice.at.isoformat(),
            "read_at": notice.read_at.isoformat() if notice.read_at else None,
        }
        for notice in db.session.scalars(mine)
    ]


def _export_settings(account: Account) -> dict[str, Any]:
    settings = settings_of(account.id)
    return {
        "email": settings.email,
        "quiet_from": settings.quiet_from,
        "quiet_to": settings.quiet_to,
        "choices": {
            kind.value: choice._asdict() for kind, choice in choices_of(account.id).items()
        },
    }


def _export_messages(account: Account) -> list[dict[str, Any]]:
    mine = select(OutgoingMessage).where(OutgoingMessage.recipient.in_(_recipients(account)))
    return [
        {
            "channel": message.channel.value,
            "to": message.recipient,
            "subject": message.subject,
            "text": "" if message.is_secret else message.text,
            "state": message.state.value,
            "queued_at": message.queued_at.isoformat(),
        }
        for message in db.session.scalars(mine.order_by(OutgoingMessage.id))
    ]


def _erase(account: Account) -> None:
    erase_messages(_recipients(account), (f"{kind} {account.id} " for kind in MESSAGE_KINDS))
    for model in (Notice, NoticeChoice, NoticeSettings, EmailConfirmation):
        db.session.execute(delete(model).where(model.account_id == account.id))
    mine = select(Offer.id).where(Offer.owner_id == account.id)
    db.session.execute(delete(SearchChange).where(SearchChange.offer_id.in_(mine)))


def _drop_dead_ends(account: Account) -> None:
    """Delete what others were told of pages that have gone with the account."""
    offers = select(Offer.id).where(Offer.owner_id == account.id)
    no_thread = Notice.about_id.not_in(select(EnquiryThread.id))
    for kind, is_gone in (
        (NoticeKind.ENQUIRY, no_thread),
        (NoticeKind.PUBLIC_QUESTION, Notice.about_id.in_(offers)),
    ):
        db.session.execute(delete(Notice).where(Notice.kind == kind, is_gone))


exporters += [
    ("notices", _export_notices),
    ("notice_settings", _export_settings),
    ("messages_sent", _export_messages),
]
# Before the number and what they are about are gone.
erasers.insert(0, _erase)
erasers.append(_drop_dead_ends)
