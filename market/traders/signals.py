"""What rooms further down follow of traders' pages without being imported from here.

Sent synchronously inside the transaction that makes the change. A receiver that raises undoes it.
"""

from __future__ import annotations

import enum

from blinker import Namespace

_signals = Namespace()


class TraderEvent(enum.StrEnum):
    """What happened to somebody's page or case."""

    RATED = "rated"
    RATING_ANSWERED = "rating_answered"
    CERTIFICATE_DECIDED = "certificate_decided"
    COMPLAINED = "complained"
    COMPLAINT_ANSWERED = "complaint_answered"
    COMPLAINT_WITHDRAWN = "complaint_withdrawn"
    COMPLAINT_DECIDED = "complaint_decided"
    DISPUTE_DECIDED = "dispute_decided"


# Somebody is to be told: with `party_id=` (of the account), `event=` (TraderEvent), `about_id=` (of
# the account whose page it is about, or of the complaint) and `key=` (of what happened: the same is
# told once).
trader_event = _signals.signal("trader-event")
