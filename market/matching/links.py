"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from market.accounts.my_pages import MyPage, my_pages
from market.accounts.today import TodayEntry, add_today
from market.matching.notice_queries import matches_found, unseen_matches
from market.offers.interest import InterestMeasure, add_measure
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link, add_part, fill_slot

add_link("offers.compare", "matching.comparison")
add_part("offer.similar", "matching/_similar.html")
add_measure(InterestMeasure(20, _l("Matches"), matches_found))
fill_slot("offer.matches", "matching/_best_matches.html")
fill_slot("my_offer.matches", "matching/_new_of_offer.html")


# At the offers, because that is where the matches are; offers themselves know of none.
my_pages.append(
    MyPage(
        10,
        "offers.mine",
        _l("My offers"),
        _l("Renew, change or close what you posted."),
    )
)
add_today(
    TodayEntry(
        30,
        "matches",
        unseen_matches(),
        lambda number: ngettext(
            "%(num)s new match for your offers", "%(num)s new matches for your offers", number
        ),
        lambda: url_for("offers.mine"),
        is_news=True,
    )
)
