"""The gateway where none is chosen: what would be sent is logged, and can be read on a page.

In production nothing is: codes in a log would be worse than a message that is not sent.
"""

from __future__ import annotations

import logging
from typing import Any

from market.outgoing.gateways import NotSent, Parcel
from market.text.phones import mask_phones

log = logging.getLogger("market.outgoing")


def send(parcel: Parcel, settings: Any) -> None:
    """Log the message. Raises NotSent in production."""
    if settings["ENV_NAME"] == "production":
        raise NotSent("no_gateway", is_final=True)
    log.info("%s to %s: %s", parcel.channel, mask_phones(parcel.recipient), parcel.text)
