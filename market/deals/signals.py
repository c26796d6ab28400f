"""What rooms above follow of deals without being imported from here.

Sent synchronously inside the transaction that makes the change, with `deal=` (the Deal, flushed),
`by=` (the Account that took the step) and `at=` (the instant, UTC). A receiver that raises undoes
the change.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# It was proposed or changed its state, or other figures of a returned one were written or declined.
deal_changed = _signals.signal("deal-changed")
# Its page was opened: with `deal=` and `by=`, before the page is rendered and in no transaction.
deal_opened = _signals.signal("deal-opened")
