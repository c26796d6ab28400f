"""The words of notices, and of what is chosen about them."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl

from flask import url_for
from flask_babel import ngettext

from market.database import db
from market.deals.labels import STATUSES
from market.deals.models import DealStatus
from market.fairs.labels import EVENT_LABELS
from market.fairs.models import Fair, FairEventKind
from market.notify.models import Notice, NoticeKind, When
from market.offers.search.query import parse_query
from market.outgoing.models import OutgoingChannel, OutgoingState
from market.products.queries import named_products
from market.search.models import SavedSearch
from market.traders.signals import TraderEvent
from market.web.filters import day, local_name
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l

KINDS = {
    NoticeKind.DEAL: _l("Deals"),
    NoticeKind.ENQUIRY: _l("Enquiries and quotations"),
    NoticeKind.MATCH: _l("New matches"),
    NoticeKind.SAVED_SEARCH: _l("Saved searches"),
    NoticeKind.EXPIRING: _l("Offers that end soon"),
    NoticeKind.ANSWER: _l("Answers of the county office"),
    NoticeKind.DEADLINE: _l("Deadlines of your purchases"),
    NoticeKind.PUBLIC_QUESTION: _l("Public questions about purchases, and their answers"),
    NoticeKind.TRADER: _l("Ratings, complaints and decisions about you"),
    NoticeKind.FAIR: _l("Fairs that are moved, merged, cancelled or closed early"),
}
TRADER_EVENTS = {
    TraderEvent.RATED: _l("Somebody rated a deal with you"),
    TraderEvent.RATING_ANSWERED: _l("Your rating was answered"),
    TraderEvent.CERTIFICATE_DECIDED: _l("The county looked at a certificate of yours"),
    TraderEvent.COMPLAINED: _l("Somebody complained about you: say your side"),
    TraderEvent.COMPLAINT_ANSWERED: _l("The other side answered your complaint"),
    TraderEvent.COMPLAINT_WITHDRAWN: _l("A complaint about you was withdrawn"),
    TraderEvent.COMPLAINT_DECIDED: _l("The county decided about a complaint"),
    TraderEvent.DISPUTE_DECIDED: _l("The county decided about a disputed line"),
}
WHENS = {
    When.AT_ONCE: _l("at once"),
    When.DIGEST: _l("once a day"),
    When.NEVER: _l("not at all"),
}
CHANNELS = {
    OutgoingChannel.SMS: _l("Text message"),
    OutgoingChannel.EMAIL: _l("E-mail"),
    OutgoingChannel.WEBHOOK: _l("Robot of a group"),
}
STATES = {
    OutgoingState.WAITING: _l("waits to be sent"),
    OutgoingState.SENDING: _l("is being sent"),
    OutgoingState.SENT: _l("sent"),
    OutgoingState.FAILED: _l("not sent"),
    OutgoingState.UNCERTAIN: _l("perhaps not sent"),
}
# Why a message was not sent; what is not here is what the gateway itself says.
ERRORS = {
    "no_gateway": _l("no gateway is set up"),
    "no_client": _l("the gateway's client is not installed"),
    "no_line": _l("the gateway could not be reached"),
    "no_tls": _l("the mail server does not encrypt"),
    "no_answer": _l("the answer could not be read"),
    "bad_address": _l("that is no address"),
    "expired": _l("it had run out"),
    "daily_limit": _l("too many for one day"),
    "worker_died": _l("the program stopped while sending"),
    "line_broke": _l("the line broke while sending"),
}
# A search of many words would not fit into a text message.
MAX_TITLE_LENGTH = 16


def format_error(error: str) -> str:
    """Why a message was not sent, in words where there are any."""
    return str(ERRORS.get(error, error))


def format_notice(notice: Notice, is_short: bool = True) -> str:
    """What a notice says, in the page's language.

    Args:
        is_short: it must fit into a text message.
    """
    count = int(notice.facts.get("count", 1))
    product = _product(notice)
    match notice.kind:
        case NoticeKind.DEAL if notice.facts.get("waits"):
            return _("%(product)s: a deal waits for your answer", product=product)
        case NoticeKind.DEAL:
            status = str(STATUSES[DealStatus(notice.facts["status"])]).lower()
            return _("%(product)s: your deal is now %(status)s", product=product, status=status)
        case NoticeKind.ENQUIRY if notice.facts.get("quotes"):
            return _("%(product)s: somebody quoted a price", product=product)
        case NoticeKind.ENQUIRY:
            return ngettext(
                "%(product)s: %(num)s new message",
                "%(product)s: %(num)s new messages",
                count,
                product=product,
            )
        case NoticeKind.MATCH:
            return ngettext(
                "%(product)s: %(num)s new match",
                "%(product)s: %(num)s new matches",
                count,
                product=product,
            )
        case NoticeKind.SAVED_SEARCH:
            return ngettext(
                "%(title)s: %(num)s new offer",
                "%(title)s: %(num)s new offers",
                count,
                title=_search_title(notice.about_id, MAX_TITLE_LENGTH if is_short else 100),
            )
        case NoticeKind.EXPIRING:
            return _("%(product)s: your offer ends within three days", product=product)
        case NoticeKind.ANSWER:
            return _("The county office answered your question")
        case NoticeKind.PUBLIC_QUESTION if notice.facts["what"] == "asked":
            return _("%(product)s: somebody asks about your purchase", product=product)
        case NoticeKind.PUBLIC_QUESTION:
            return _("%(product)s: the buyer answered your question", product=product)
        case NoticeKind.DEADLINE:
            return _("%(product)s: the time for quotations is over", product=product)
        case NoticeKind.TRADER:
            return str(TRADER_EVENTS[TraderEvent(notice.facts["event"])])
        case NoticeKind.FAIR:
            return format_fair_notice(notice)


def notice_address(notice: Notice) -> str:
    """The page that a notice leads to."""
    match notice.kind:
        case NoticeKind.DEAL:
            return url_for("deals.show", deal_id=notice.about_id)
        case NoticeKind.ENQUIRY:
            return url_for("messages.thread", thread_id=notice.about_id)
        case NoticeKind.MATCH:
            return url_for("matching.index", offer_id=notice.about_id)
        case NoticeKind.SAVED_SEARCH:
            search = db.session.get(SavedSearch, notice.about_id)
            return (
                f"{url_for('offers.index')}?{search.query}" if search else url_for("search.index")
            )
        case NoticeKind.EXPIRING:
            return url_for("offers.mine")
        case NoticeKind.ANSWER:
            return url_for("messages.show", question_id=notice.about_id)
        case NoticeKind.DEADLINE | NoticeKind.PUBLIC_QUESTION:
            return url_for("offers.show", offer_id=notice.about_id)
        case NoticeKind.TRADER if notice.facts["event"] == TraderEvent.CERTIFICATE_DECIDED:
            return url_for("traders.own_certificates", account_id=notice.about_id)
        case NoticeKind.TRADER if notice.facts["event"].startswith("complain"):
            return url_for("traders.complaint", complaint_id=notice.about_id)
        case NoticeKind.TRADER:
            return url_for("traders.show", account_id=notice.about_id)
        case NoticeKind.FAIR:
            return url_for("fairs.show", slug=db.session.get_one(Fair, notice.about_id).slug)


def format_fair_notice(notice: Notice) -> str:
    """What was done with a fair, and the day it now begins or ends on."""
    name = local_name(db.session.get_one(Fair, notice.about_id))
    done = str(EVENT_LABELS[FairEventKind(notice.facts["event"])]).lower()
    if text := notice.facts.get("day"):
        shown = day(date.fromisoformat(text))
        return _("%(fair)s: %(done)s, new date %(day)s", fair=name, done=done, day=shown)
    return _("%(fair)s: %(done)s", fair=name, done=done)


def _product(notice: Notice) -> str:
    code = notice.facts.get("product", "")
    named = named_products([code]).get(code)
    return local_name(named) if named else ""


def _search_title(search_id: int, length: int) -> str:
    search = db.session.get(SavedSearch, search_id)
    if search is None:
        return _("A search you saved")
    title = parse_query(dict(parse_qsl(search.query))).title
    return title if len(title) <= length else f"{title[: length - 1]}…"
