"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from flask_babel import ngettext

from market.accounts.models import Account
from market.accounts.my_pages import MyPage, my_pages
from market.deals.views import waiting_deals
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link

add_link("deal.propose", "deals.propose")


def _news(_: Account) -> str:
    number = waiting_deals()
    return ngettext("%(num)s waits for you", "%(num)s wait for you", number) if number else ""


my_pages.append(
    MyPage(
        30,
        "deals.index",
        _l("My deals"),
        _l("Agree to what was proposed; see what was counted."),
        news=_news,
    )
)
