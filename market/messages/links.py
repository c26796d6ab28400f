"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import ngettext
from flask_login import current_user

from market.accounts.my_pages import MyPage, my_pages
from market.accounts.today import TodayEntry, add_today
from market.deals.models import Deal
from market.messages.enquiry_queries import (
    enquiries_about,
    open_quotations,
    thread_of_deal,
    unread_threads,
)
from market.messages.purchase_outcomes import missing_outcomes
from market.messages.queries import unread_answers
from market.offers.interest import InterestMeasure, add_measure
from market.offers.models import Offer
from market.permissions import may
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link, fill_slot


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
        parties, values = about.accounts, {"deal": about.id}
        asks = may(current_user, "deal.act", about)
    ours = [p.id for p in parties if may(current_user, "party.represent", p)]
    farmer = ours[0] if ours and current_user.id not in ours else None
    return url_for("messages.new", **{**values, "for": farmer}) if asks else ""


def _thread_of(deal: Deal) -> str:
    """The conversation in which a deal was bargained, for its two sides; "" for others."""
    thread = thread_of_deal(deal)
    if thread is None or not may(current_user, "enquiry.act", thread):
        return ""
    return url_for("messages.thread", thread_id=thread.id)


add_link("county_office", _ask_about)
add_link("deal.thread", _thread_of)
add_link("enquiry.new", "messages.enquire")
fill_slot("offer.request", "messages/_request.html")
my_pages.append(
    MyPage(
        40,
        "messages.index",
        _l("Messages"),
        _l("Enquiries and prices with the other side; questions to the county office."),
    )
)
add_today(
    TodayEntry(
        20,
        "quotations",
        open_quotations(),
        lambda number: ngettext(
            "%(num)s price waits for your answer", "%(num)s prices wait for your answer", number
        ),
        lambda: url_for("messages.index"),
        on_own_page=True,
    )
)
add_today(
    TodayEntry(
        25,
        "messages",
        unread_threads(),
        lambda number: ngettext(
            "%(num)s conversation with something new",
            "%(num)s conversations with something new",
            number,
        ),
        lambda: url_for("messages.index"),
        on_own_page=True,
    )
)
add_today(
    TodayEntry(
        40,
        "answers",
        unread_answers(),
        lambda number: ngettext(
            "%(num)s new answer of the county office",
            "%(num)s new answers of the county office",
            number,
        ),
        lambda: url_for("messages.index", tab="questions"),
    )
)
add_today(
    TodayEntry(
        30,
        "outcomes",
        missing_outcomes(),
        lambda number: ngettext(
            "%(num)s purchase of yours is past its deadline: say what came of it",
            "%(num)s purchases of yours are past their deadline: say what came of them",
            number,
        ),
        lambda: url_for("offers.mine", status="published"),
    )
)
add_measure(InterestMeasure(30, _l("Enquiries"), enquiries_about))
