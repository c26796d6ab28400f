"""What rooms above follow of matches without being imported from here.

Sent synchronously inside the transaction that makes the change. A receiver that raises undoes it.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# Offers have new matches: with `found=` (by offer's id, the ids of the notices) and `at=` (UTC).
matches_found = _signals.signal("matches-found")
# Whoever manages an offer has seen its new matches: with `offer=` (Offer) and `by=` (Account).
matches_seen = _signals.signal("matches-seen")
# Offers have fewer matches, because the others were taken back: with `left=` (by offer's id, how
# many of its matches nobody has seen).
matches_withdrawn = _signals.signal("matches-withdrawn")
