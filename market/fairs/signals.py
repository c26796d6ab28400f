"""What rooms further down follow without being imported from here.

Sent synchronously inside the transaction that makes the change; a receiver that raises
undoes it.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# A fair has just closed, or a county's act on an offer changed its listings after that; with
# `fair_id=`.
closed_fair_changed = _signals.signal("closed-fair-changed")

# A fair has just opened and listed what was published on its first day; with `fair_id=`.
fair_opened = _signals.signal("fair-opened")

# What a listing says of its offer is about to change; with `fair_id=`, before anything of it
# is written, so that what stood until now can still be counted.
listing_changing = _signals.signal("listing-changing")
