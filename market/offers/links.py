"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from market.accounts.my_pages import MyPage, my_pages
from market.accounts.today import TodayEntry, add_today
from market.offers.public_questions import unanswered_questions
from market.offers.queries import expiring_offers
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link, fill_slot

add_link("offer", "offers.show")
add_link("shortlist.star", "offers.star")
add_link("shortlist.unstar", "offers.unstar")
my_pages.append(MyPage(15, "offers.shortlist", _l("Shortlist"), _l("Offers you keep, to compare.")))
add_today(
    TodayEntry(
        50,
        "expiring",
        expiring_offers(),
        lambda number: ngettext(
            "%(num)s offer of yours ends within three days: renew it with one tap",
            "%(num)s offers of yours end within three days: renew them with one tap",
            number,
        ),
        lambda: url_for("offers.mine"),
    )
)
fill_slot("account.reveals", "offers/_my_reveals.html")
add_today(
    TodayEntry(
        35,
        "public_questions",
        unanswered_questions(),
        lambda number: ngettext(
            "%(num)s question about your purchases waits for your answer",
            "%(num)s questions about your purchases wait for your answer",
            number,
        ),
        lambda: url_for("offers.mine"),
    )
)
