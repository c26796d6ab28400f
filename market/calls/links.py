"""What pages of lower rooms show of this room: links, parts, tabs of the desk."""

from __future__ import annotations

from typing import Any

from market.accounts.models import Account, Role
from market.accounts.my_pages import MyPage, my_pages
from market.calls import bp, labels
from market.calls.pairs import calls_of_party
from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l
from market.web.slots import add_part

# The newest calls on a farmer's page.
CALLS_SHOWN = 10

my_pages.append(
    MyPage(
        51,
        "calls.index",
        _l("Match desk"),
        _l("Pairs worth a call, and what came of the calls."),
        is_shown=lambda account: account.is_assistant,
    )
)
add_part("station.pages", "calls/_station.html")
add_part("station.farmer", "calls/_farmer.html")


def _is_of_county(account: Account) -> bool:
    return account.has_role(Role.COUNTY_OFFICIAL)


_ALSO = ("calls.show", "calls.conversion", "calls.calls")
tabs.append(DeskTab(52, _l("Match desk"), "calls.index", shown=_is_of_county, also=_ALSO))
tabs.append(
    DeskTab(
        52,
        _l("Calls about matches"),
        "calls.conversion",
        shown=lambda account: not _is_of_county(account),
        also=_ALSO,
    )
)


@bp.app_context_processor
def _for_templates() -> dict[str, Any]:
    return {
        "calls_of_farmer": lambda account_id: calls_of_party(account_id, CALLS_SHOWN),
        "call_labels": labels,
    }
