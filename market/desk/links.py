"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from functools import partial

from flask import url_for

from market.accounts.my_pages import MyPage, my_pages
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link

add_link("desk", "desk.index")
add_link("deal.review", "desk.review_deal")
add_link("deal.queue", partial(url_for, "desk.queue", kind="deals"))
my_pages.append(
    MyPage(
        60,
        "desk.index",
        _l("Desk"),
        _l("Verify, report and review."),
        is_shown=lambda account: account.is_official,
    )
)
