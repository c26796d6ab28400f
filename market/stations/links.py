"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.accounts.my_pages import MyPage, my_pages
from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link, fill_slot

add_link("station", "stations.desk")
fill_slot("offer.consent", "stations/_of_offer.html")
my_pages.append(
    MyPage(
        50,
        "stations.desk",
        _l("Station"),
        _l("The farmers you post and deal for."),
        is_shown=lambda account: account.is_assistant,
    )
)
tabs.append(DeskTab(53, _l("Stations"), "stations.county_figures"))
tabs.append(DeskTab(54, _l("Consents"), "stations.county_consents"))
