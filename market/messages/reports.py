"""Reporting an enquiry's thread to the county, and what its office decides."""

from __future__ import annotations

from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.messages.enquiries import side_of
from market.messages.models import EnquiryReport, EnquiryThread, ReportDecision
from market.permissions import may
from market.regions.models import Region, is_within
from market.regions.queries import home_region
from market.web.errors import InvalidTransition, Refused
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason


def report_thread(actor: Account, thread: EnquiryThread, reason: str) -> EnquiryReport:
    """Let the county's office read the thread and decide. A second report of the same side,
    while the first waits, adds nothing.

    Raises:
        Refused: the actor is of neither side.
        Invalid: no reason.
    """
    is_asker = side_of(actor, lock(thread))
    require_reason(reason, _l("Say what is wrong."))
    latest = latest_report(thread, is_asker)
    if latest is not None and latest.decision is None:
        return latest
    report = EnquiryReport(
        thread_id=thread.id,
        by_id=actor.id,
        from_asker=is_asker,
        region_code=_office(thread).code,
        reason=reason.strip(),
        at=utcnow(),
    )
    db.session.add(report)
    db.session.flush()
    return report


def latest_report(thread: EnquiryThread, is_asker: bool) -> EnquiryReport | None:
    """That side's last report of the thread."""
    of_side = (EnquiryReport.thread_id == thread.id, EnquiryReport.from_asker == is_asker)
    newest = select(EnquiryReport).where(*of_side).order_by(EnquiryReport.id.desc())
    return db.session.scalar(newest.limit(1))


def _office(thread: EnquiryThread) -> Region:
    """The county whose office reads it: the offer's, else that of a side which lies at home; the
    home region, whose own officials then decide, where none does."""
    home = home_region()
    places = (thread.offer.region, thread.owner.region, thread.asker.region)
    return next((place for place in places if is_within(place.path, home.path)), home)


def decide_report(
    official: Account, report: EnquiryReport, decision: ReportDecision, reason: str
) -> None:
    """Leave the thread as it is, or close it, so that nobody writes in it any more.

    Raises:
        Refused: the official is of another county, or is one of its sides.
        InvalidTransition: somebody decided it first.
        Invalid: no reason.
    """
    if not may(official, "enquiry_report.decide", lock(report)):
        raise Refused(_l("Your account has no right to do this."))
    if report.decision is not None:
        raise InvalidTransition()
    require_reason(reason)
    report.decision = decision
    report.decision_reason = reason.strip()
    report.decided_by_id, report.decided_at = official.id, utcnow()
    if decision is ReportDecision.CLOSED:
        thread = lock(report.thread)
        thread.closed_at = thread.closed_at or report.decided_at
    db.session.flush()
