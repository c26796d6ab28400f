"""What rooms further down follow without being imported from here.

Both are sent synchronously inside the transaction that makes the change, with
`offer=` (the Offer, flushed) and `at=` (the instant, UTC). A receiver that raises undoes
the change.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# Published for the first time, or renewed.
offer_published = _signals.signal("offer-published")
# Anything about it was changed one by one. Bulk expiry doesn't send it.
offer_changed = _signals.signal("offer-changed")
