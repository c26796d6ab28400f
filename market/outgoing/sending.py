"""Sending what is queued: the worker's step. Each message leaves at most once.

A message is claimed in a transaction of its own before it is sent and settled in another one
afterwards. A worker that dies between the two leaves it claimed: nobody knows then whether it
left, so it is not sent again, and is shown as uncertain.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import case, delete, func, select

from market.database import db, transaction, utcnow
from market.outgoing.gateways import CONNECT_TIMEOUT, READ_TIMEOUT, NotSent, Parcel, Uncertain, send
from market.outgoing.models import (
    MAX_ERROR_LENGTH,
    TRANSITIONS,
    OutgoingChannel,
    OutgoingMessage,
    OutgoingState,
)
from market.outgoing.rules import next_try
from market.outgoing.services import keeps_texts
from market.text.days import local_day, local_midnight
from market.web.home_time import home_zone

# In one turn of the worker.
BATCH = 20
# A claim this old is of a worker that died: a gateway answers or fails before.
CLAIM_HOLDS = timedelta(seconds=3 * (CONNECT_TIMEOUT + READ_TIMEOUT))
# What is settled is kept to be shown for so long.
KEEP = timedelta(days=30)

log = logging.getLogger("market.outgoing")


def send_waiting(limit: int = BATCH) -> int:
    """Send what is due, the codes first; how many messages were looked at. Worker only."""
    _release_claims(utcnow())
    for done in range(limit):
        if (claimed := _claim(utcnow())) is None:
            return done
        _deliver(claimed)
    return limit


def delete_settled(now: datetime) -> None:
    """Forget what was settled more than KEEP ago. Inside transaction()."""
    db.session.execute(delete(OutgoingMessage).where(OutgoingMessage.settled_at < now - KEEP))


def _release_claims(now: datetime) -> None:
    """Settle what a worker claimed that died since."""
    sending = OutgoingMessage.state == OutgoingState.SENDING
    old = (sending, OutgoingMessage.claimed_at < now - CLAIM_HOLDS)
    if not db.session.scalar(select(OutgoingMessage.id).where(*old).limit(1)):
        return
    with transaction():
        for message in db.session.scalars(select(OutgoingMessage).where(*old)):
            _settle(message, OutgoingState.UNCERTAIN, "worker_died")


def _claim(now: datetime) -> Parcel | None:
    """Claim the next message that is due and may be sent; None where there is none."""
    due = (OutgoingMessage.state == OutgoingState.WAITING, OutgoingMessage.next_try_at <= now)
    order = (case((OutgoingMessage.is_secret, 0), else_=1), OutgoingMessage.next_try_at)
    next_id = select(OutgoingMessage.id).where(*due).order_by(*order, OutgoingMessage.id).limit(1)
    while (id_ := db.session.scalar(next_id)) is not None:
        with transaction():
            # Of several workers on several hosts one gets it.
            message = db.session.get(OutgoingMessage, id_, with_for_update=True)
            # Erased or claimed by another host's worker in this moment.
            if message is None or message.state is not OutgoingState.WAITING:
                continue
            refusal = _refusal(message, now)
            if not refusal:
                _move(message, OutgoingState.SENDING)
                message.claimed_at, message.attempts = now, message.attempts + 1
                return Parcel(
                    message.key,
                    message.channel,
                    message.recipient,
                    message.template,
                    message.parameters,
                    message.subject,
                    message.text,
                    message.is_secret,
                )
            _settle(message, OutgoingState.FAILED, refusal)
    return None


def _refusal(message: OutgoingMessage, now: datetime) -> str:
    """Why a message is not sent at all, as a code; "" where it is."""
    if message.expires_at is not None and message.expires_at <= now:
        return "expired"
    return "daily_limit" if _is_limit_reached(message, now) else ""


def _is_limit_reached(message: OutgoingMessage, now: datetime) -> bool:
    """Whether the recipient got as many of these today as the setting allows. Codes are counted
    apart, so that alerts never keep anybody from logging in."""
    limit = current_app.config["OUTGOING_PER_DAY"][message.channel]
    zone = home_zone()
    today = local_midnight(local_day(now, zone), zone)
    sent = select(func.count()).where(
        OutgoingMessage.recipient == message.recipient,
        OutgoingMessage.channel == message.channel,
        OutgoingMessage.is_secret == message.is_secret,
        OutgoingMessage.state.in_((OutgoingState.SENT, OutgoingState.UNCERTAIN)),
        OutgoingMessage.settled_at >= today,
    )
    return (db.session.scalar(sent) or 0) >= limit


def _deliver(parcel: Parcel) -> None:
    """Send what was claimed, in no transaction, and write down what came of it."""
    db.session.rollback()
    try:
        send(parcel)
    except NotSent as failure:
        _finish(parcel, OutgoingState.WAITING, failure.error, failure.is_final)
    except Uncertain as failure:
        _finish(parcel, OutgoingState.UNCERTAIN, str(failure) or "line_broke")
    except ImportError:
        log.exception("the client of the gateway is not installed (the extra `sms`)")
        _finish(parcel, OutgoingState.WAITING, "no_client")
    except Exception as error:
        log.exception("%s could not be sent", parcel.channel)
        _finish(parcel, OutgoingState.UNCERTAIN, type(error).__name__)
    else:
        _finish(parcel, OutgoingState.SENT, "")


def _finish(parcel: Parcel, state: OutgoingState, error: str, is_final: bool = False) -> None:
    now = utcnow()
    with transaction():
        message = db.session.scalar(
            select(OutgoingMessage).where(
                OutgoingMessage.key == parcel.key, OutgoingMessage.state == OutgoingState.SENDING
            )
        )
        if message is None:  # erased meanwhile
            return
        if state is not OutgoingState.WAITING:
            _settle(message, state, error)
            return
        again = None if is_final else next_try(message.attempts, now, message.expires_at)
        if again is None:
            _settle(message, OutgoingState.FAILED, error)
        else:
            _move(message, OutgoingState.WAITING)
            message.claimed_at, message.next_try_at = None, again
            message.error = error[:MAX_ERROR_LENGTH]


def _settle(message: OutgoingMessage, state: OutgoingState, error: str) -> None:
    _move(message, state)
    message.claimed_at, message.settled_at = None, utcnow()
    message.error = error[:MAX_ERROR_LENGTH]
    if not (keeps_texts() and _is_read_here(message)):
        message.text, message.parameters = "", {}
    if state is not OutgoingState.SENT:
        log.warning("%s %s: %s", message.channel, state, error)


def _is_read_here(message: OutgoingMessage) -> bool:
    """Whether the page of the console is where the message is read."""
    settings = current_app.config
    return (message.channel is OutgoingChannel.SMS and settings["SMS_GATEWAY"] == "console") or (
        message.channel is OutgoingChannel.EMAIL and not settings["SMTP_HOST"]
    )


def _move(message: OutgoingMessage, to: OutgoingState) -> None:
    if to not in TRANSITIONS[message.state]:
        raise ValueError(f"a message that is {message.state} can't become {to}")
    message.state = to
