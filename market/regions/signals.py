"""What rooms further down follow without being imported from here."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# A region has ended, with its `code=` and its `successor=`. Sent in the transaction that loads the
# reference data, each time: what is live is moved, and what was moved stays where it is.
region_ended = _signals.signal("region-ended")
