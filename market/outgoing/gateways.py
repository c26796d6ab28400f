"""One interface to whatever carries a message away, and what each says when it does not.

A gateway is a function of a message. It returns when the other side has taken the message;
otherwise it raises NotSent, when the message surely was not taken, or Uncertain.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import current_app

from market.outgoing.models import OutgoingChannel

# Seconds: until a connection is there, and until an answer is.
CONNECT_TIMEOUT, READ_TIMEOUT = 5, 10

log = logging.getLogger("market.outgoing")


@dataclass(frozen=True)
class Parcel:
    """What a gateway needs of a message, apart from the database."""

    key: str
    channel: OutgoingChannel
    recipient: str
    template: str
    parameters: dict[str, str]
    subject: str
    text: str
    is_secret: bool


class NotSent(Exception):
    """The message was surely not taken.

    Attributes:
        error: a code of labels.ERRORS, or what the other side says.
        is_final: trying again is of no use.
    """

    def __init__(self, error: str, is_final: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.is_final = is_final


class Uncertain(Exception):
    """The line broke when the message was under way: nobody knows whether it was taken."""


Gateway = Callable[[Parcel, Any], None]
# By SMS_GATEWAY: the module is imported only when it is chosen, because its client is an extra.
SMS_GATEWAYS = {
    "console": "market.outgoing.console",
    "aliyun": "market.outgoing.aliyun",
    "tencent": "market.outgoing.tencent",
}


def send(parcel: Parcel) -> None:
    """Hand the message to the gateway of its channel that the settings choose.

    Raises:
        NotSent, Uncertain: see there.
    """
    settings = current_app.config
    match parcel.channel:
        case OutgoingChannel.SMS:
            name = SMS_GATEWAYS[settings["SMS_GATEWAY"]]
        case OutgoingChannel.EMAIL:
            name = "market.outgoing.smtp" if settings["SMTP_HOST"] else SMS_GATEWAYS["console"]
        case OutgoingChannel.WEBHOOK:
            name = "market.outgoing.webhooks"
    gateway: Gateway = import_module(name).send
    gateway(parcel, settings)
