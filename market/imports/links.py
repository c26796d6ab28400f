"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.web.slots import add_link

add_link("station.imports", "imports.index")
add_link("station.new_import", "imports.new")
