"""The words of traders' pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import format_date, ngettext

from market.offers.certificates import CERTIFICATES
from market.traders.complaint_models import ComplaintDecision, ComplaintKind
from market.traders.models import CertificateDecision, CertificateKind, DisputeDecision
from market.traders.queries import DealRecord
from market.web.filters import trimmed
from market.web.home_time import home_zone
from market.web.language import gettext as _
from market.web.language import is_english
from market.web.language import lazy_gettext as _l

STARS = {
    5: _l("5: very good"),
    4: _l("4: good"),
    3: _l("3: all right"),
    2: _l("2: poor"),
    1: _l("1: very poor"),
}
DISPUTE_DECISIONS = {
    DisputeDecision.KEEP: _l("it stays"),
    DisputeDecision.HIDE: _l("taken off the page"),
}
CERTIFICATE_KINDS = {
    **{CertificateKind(one.value): word for one, word in CERTIFICATES.items()},
    CertificateKind.LICENCE: _l("Business licence"),
    CertificateKind.OTHER: _l("Another certificate"),
}
CERTIFICATE_DECISIONS = {
    None: _l("waits for the county"),
    CertificateDecision.CHECKED: _l("Checked by the county"),
    CertificateDecision.REFUSED: _l("Refused"),
}
COMPLAINT_KINDS = {
    ComplaintKind.NOT_DELIVERED: _l("Not delivered"),
    ComplaintKind.NOT_PAID: _l("Not paid"),
    ComplaintKind.NOT_AS_DESCRIBED: _l("The goods are not as described"),
    ComplaintKind.FALSE_OFFER: _l("The offer is false"),
    ComplaintKind.HARASSMENT: _l("Harassment"),
    ComplaintKind.OTHER: _l("Something else"),
}
COMPLAINT_DECISIONS = {
    ComplaintDecision.UPHELD: _l("Upheld"),
    ComplaintDecision.DISMISSED: _l("Dismissed"),
    ComplaintDecision.SETTLED: _l("Settled between the two sides"),
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def format_answer_time(usual: timedelta) -> str:
    """Within how long somebody answers, rounded up: minutes up to an hour, hours up to two days."""
    if usual <= HOUR:
        minutes = max(1, -(-usual // timedelta(minutes=1)))
        return ngettext("within %(num)s minute", "within %(num)s minutes", minutes)
    if usual <= 2 * DAY:
        return ngettext("within %(num)s hour", "within %(num)s hours", -(-usual // HOUR))
    return ngettext("within %(num)s day", "within %(num)s days", -(-usual // DAY))


def format_deal_record(record: DealRecord) -> str:
    """How many deals, and their weight; what is counted in pieces has none."""
    deals = ngettext("%(num)s deal", "%(num)s deals", record.deals)
    if not record.tonnes:
        return deals
    weight = trimmed(record.tonnes)
    return _("%(deals)s, %(tonnes)s tonnes in all", deals=deals, tonnes=weight)


def format_month(at: datetime) -> str:
    """The local month of an instant: 2026年11月, Nov 2026."""
    pattern = "MMM y" if is_english() else "y年M月"
    return format_date(at.astimezone(home_zone()), pattern)
