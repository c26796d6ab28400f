"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link, add_part

add_link("desk.table", "tables.desk_table")
add_link("punctuality.table", "tables.punctuality")
add_link("fair.tables", "tables.index")
add_link("fair.table", "tables.table")
add_link("offers.table", "tables.offers")
add_link("session.table", "tables.session_deals")
add_link("daily.table", "tables.daily")
add_part("fair.links", "tables/_crosstab_link.html")
add_part("region.after", "tables/_crosstab_link.html")
tabs.append(DeskTab(48, _l("Custom statistics"), "tables.crosstab"))
add_link("desk.evidence", "tables.evidence_of_first")
