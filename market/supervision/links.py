"""What pages of lower rooms show of this room: a tab of the desk."""

from __future__ import annotations

from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link

tabs.append(DeskTab(34, _l("Targets and supervision"), "supervision.index"))
add_link("assessment.table", "supervision.assessment_file")
