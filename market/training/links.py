"""What pages of lower rooms show of this room: a tab of the desk, a figure of the stations."""

from __future__ import annotations

from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l

tabs.append(DeskTab(54, _l("Training"), "training.index"))
