"""Signals for higher rooms, which this room can't import.

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

# A listing is about to change, with `fair_id=`; sent before anything is written, so that the
# present state can still be counted.
listing_changing = _signals.signal("listing-changing")

# A fair has a new event in its history; with `fair=` and `event=`.
fair_event_recorded = _signals.signal("fair-event-recorded")

# A fair is about to be merged into another and is not locked yet: whoever moves rows of it then
# locks them now; with `fair=`.
fair_merging = _signals.signal("fair-merging")

# A fair was merged into another, before anything of it was counted; with `fair=` and `into=`.
fair_merged = _signals.signal("fair-merged")
