"""The tab bar of the desk: each room adds its page once, every page of the desk shows all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_login import current_user

from market.accounts.models import Account, Role
from market.language import lazy_gettext as _l
from market.reports import bp


def _every_official(_: Account) -> bool:
    return True


@dataclass(frozen=True)
class DeskTab:
    """A page of the desk.

    Attributes:
        place: tabs stand in this order.
        values: of the endpoint's address.
        shown: whether an official has it.
        also: endpoints of pages that belong to it although their address begins otherwise.
    """

    place: int
    label: Any
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    shown: Callable[[Account], bool] = _every_official
    also: Sequence[str] = ()


tabs: list[DeskTab] = [
    DeskTab(0, _l("Desk"), "reports.desk"),
    DeskTab(10, _l("Deals"), "reports.queue", {"kind": "deals"}),
    DeskTab(20, _l("Offers"), "reports.queue", {"kind": "offers"}),
    DeskTab(30, _l("Statements"), "reports.statements", also=["reports.punctuality"]),
    DeskTab(
        55,
        _l("Help with logging in"),
        "accounts.desk",
        shown=lambda account: account.has_role(Role.COUNTY_OFFICIAL),
        also=["accounts.help_page", "accounts.one_time_password", "accounts.change_phone"],
    ),
    DeskTab(60, _l("Fairs"), "fairs.desk", also=["fairs.new", "fairs.edit", "fairs.new_totals"]),
    DeskTab(
        70,
        _l("Monitoring"),
        "monitoring.market",
        also=["monitoring.prices", "monitoring.product", "monitoring.activity"],
    ),
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
