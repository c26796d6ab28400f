"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from market.accounts.my_pages import MyPage, my_pages
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link, fill_slot

add_link("save_search", "search.save")
fill_slot("offers.trending", "search/_trending.html")
my_pages.append(
    MyPage(
        20,
        "search.index",
        _l("Saved searches"),
        _l("What you look for, and what is new in it."),
    )
)
