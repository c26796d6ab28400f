"""The tab bar of the desk: what the rooms have added, with the tab of the page that is shown."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_login import current_user

from market.desk import bp
from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l

tabs += [
    DeskTab(0, _l("Desk"), "desk.index"),
    DeskTab(10, _l("Deals"), "desk.queue", {"kind": "deals"}),
    DeskTab(20, _l("Offers"), "desk.queue", {"kind": "offers"}),
]


@bp.app_template_global()
def desk_tabs() -> list[tuple[Any, str, bool, None]]:
    """Rows (label, address, whether here, no count) for the tabs component; for officials."""
    if not current_user.is_authenticated or not current_user.is_official:
        return []
    rows = [
        (tab.label, url_for(tab.endpoint, **tab.values), request.endpoint in tab.also)
        for tab in sorted(tabs, key=lambda tab: tab.place)
        if tab.shown(current_user)
    ]
    # A page belongs to the tab that names it, or to the one whose address its own begins
    # with, the longest of them.
    named = [url for _label, url, also in rows if also]
    inside = [url for _label, url, _also in rows if f"{request.path}/".startswith(f"{url}/")]
    here = max(named or inside, key=len, default=None)
    return [(label, url, url == here, None) for label, url, _also in rows]
