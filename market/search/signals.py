"""What rooms above follow of saved searches without being imported from here.

Sent synchronously inside the transaction that makes the change.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# Its owner looks at what it finds: with `search=` (SavedSearch).
search_opened = _signals.signal("search-opened")
