"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.slots import add_link

add_link("desk.table", "tables.desk_table")
add_link("punctuality.table", "tables.punctuality")
add_link("fair.tables", "tables.index")
add_link("fair.table", "tables.table")
add_link("offers.table", "tables.offers")
add_link("session.table", "tables.session_deals")
