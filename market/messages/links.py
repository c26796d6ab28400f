"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import ngettext
from flask_login import current_user

from market.accounts.models import Account
from market.accounts.my_pages import MyPage, my_pages
from market.deals.models import Deal
from market.messages.queries import count_news
from market.offers.models import Offer
from market.permissions import may
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link


def _ask_about(about: Offer | Deal) -> str:
    """Where to ask the county about an offer or a deal; "" for those who may not.

    An assistant asks on behalf of the farmer whom it concerns.
    """
    if not current_user.is_authenticated:
        return ""
    if isinstance(about, Offer):
        parties = [about.owner]
        values: dict[str, Any] = {"offer": about.id}
        asks = not may(current_user, "offer.verify", about)
    else:
        parties, values = [about.seller, about.buyer], {"deal": about.id}
        asks = may(current_user, "deal.act", about)
    ours = [p.id for p in parties if may(current_user, "party.represent", p)]
    farmer = ours[0] if ours and current_user.id not in ours else None
    return url_for("messages.new", **{**values, "for": farmer}) if asks else ""


def _news(account: Account) -> str:
    number = count_news(account)
    return ngettext("%(num)s new answer", "%(num)s new answers", number) if number else ""


add_link("county_office", _ask_about)
my_pages.append(
    MyPage(
        40,
        "messages.index",
        _l("Questions"),
        _l("What you asked the county office, and its answers."),
        news=_news,
    )
)
