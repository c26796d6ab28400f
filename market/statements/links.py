"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.slots import add_link, fill_slot

add_link("fair.certify", "statements.certify")
fill_slot("fair.published", "statements/_published_link.html")
