"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.slots import add_link

add_link("log_in", "accounts.login")
