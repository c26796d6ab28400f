"""What rooms further down follow without being imported from here.

Sent synchronously inside the transaction that makes the change; a receiver that raises
undoes it.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# A county's act on an offer changed the listings of a fair after it closed; with `fair_id=`.
closed_fair_changed = _signals.signal("closed-fair-changed")
