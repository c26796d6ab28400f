"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from market.accounts.my_pages import MyPage, my_pages
from market.accounts.today import TodayEntry, add_today
from market.deals.queries import waiting_deals
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link

add_link("deal.propose", "deals.propose")
add_link("deal.record", lambda offer_id: url_for("deals.record", offer=offer_id))


my_pages.append(
    MyPage(
        30,
        "deals.index",
        _l("My deals"),
        _l("Agree to what was proposed; see what was counted."),
    )
)
add_today(
    TodayEntry(
        10,
        "deals",
        waiting_deals(),
        lambda number: ngettext(
            "%(num)s deal waits for your answer", "%(num)s deals wait for your answer", number
        ),
        lambda: url_for("deals.index", tab="waiting"),
        on_own_page=True,
    )
)
