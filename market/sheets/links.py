"""What pages of lower rooms show of this room: links, parts and a tab of the desk."""

from __future__ import annotations

from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l
from market.web.slots import add_part

add_part("station.pages", "sheets/_of_station.html")
add_part("region.links", "sheets/_of_region.html")
add_part("fair.links", "sheets/_of_fair.html")
tabs.append(DeskTab(45, _l("Village sheets"), "sheets.desk"))
