"""What pages of lower rooms show of this room: links, and a tab of the desk."""

from __future__ import annotations

from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link

add_link("station.imports", "imports.index")
tabs.append(DeskTab(46, _l("Imported sheets"), "imports.index"))
