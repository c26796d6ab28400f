"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from market.accounts.login import actor
from market.accounts.models import Account
from market.accounts.my_pages import MyPage, my_pages
from market.deals.models import Deal
from market.messages.models import EnquiryThread
from market.permissions import may
from market.traders import bp
from market.traders.certificates import checked_of_asked
from market.traders.labels import CERTIFICATE_KINDS
from market.traders.models import CertificateKind
from market.traders.queries import is_trader
from market.traders.ratings import rating_obstacle
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link, add_part


def _page_of(account: Account) -> str:
    """The page of the account; "" where it has none."""
    return url_for("traders.show", account_id=account.id) if is_trader(account) else ""


def _rate(deal: Deal) -> str:
    """Where to rate the other side of a deal; "" for those who can't."""
    if not may(current_user, "deal.act", deal) or rating_obstacle(actor(), deal) is not None:
        return ""
    return url_for("traders.rate", deal_id=deal.id)


def _complain(deal: Deal | None = None, thread: EnquiryThread | None = None) -> str:
    """Where to complain about the other side; "" for those who can't."""
    if deal is None:
        return url_for("traders.complain", thread=thread.id) if thread else ""
    if deal.unregistered_id is not None or not may(current_user, "deal.act", deal):
        return ""
    both = all(may(current_user, "party.represent", party) for party in deal.accounts)
    return "" if both else url_for("traders.complain", deal=deal.id)


add_link("complaint.new", _complain)
add_link("trader", _page_of)
add_link("deal.rate", _rate)
add_part("quotation.seller", "traders/_asked.html")
add_part("offer.seller", "traders/_link.html")
my_pages.append(
    MyPage(
        47,
        "traders.my_certificates",
        _l("Certificates"),
        _l("Enter what you are certified for; the county office checks it."),
    )
)


def _list(kinds: Sequence[CertificateKind]) -> str:
    return " · ".join(str(CERTIFICATE_KINDS[kind]) for kind in kinds)


@bp.app_context_processor
def _asked() -> dict[str, Any]:
    return {"checked_of_asked": checked_of_asked, "certificate_list": _list}


my_pages.append(
    MyPage(
        48,
        "traders.complaints_of_mine",
        _l("My complaints"),
        _l("By you and about you: say your side, read what the county decides."),
    )
)
