"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from flask_babel import ngettext

from market.accounts.models import Account
from market.accounts.my_pages import MyPage, my_pages
from market.matching.queries import new_matches
from market.web.language import lazy_gettext as _l
from market.web.slots import fill_slot

fill_slot("offer.matches", "matching/_best_matches.html")
fill_slot("my_offer.matches", "matching/_new_of_offer.html")


def _news(account: Account) -> str:
    number = sum(new_matches(account.id).values())
    return ngettext("%(num)s new match", "%(num)s new matches", number) if number else ""


# At the offers, because that is where the matches are; offers themselves know of none.
my_pages.append(
    MyPage(
        10,
        "offers.mine",
        _l("My offers"),
        _l("Renew, change or close what you posted."),
        news=_news,
    )
)
