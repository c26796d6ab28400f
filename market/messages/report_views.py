"""The queue of reported threads at the desk: the only place where officials read any."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from market.accounts.login import actor
from market.desk.cases import cases_page, decide_case
from market.desk.queries import scope
from market.messages import bp, enquiry_queries, reports
from market.messages.enquiry_forms import DecideReportForm
from market.messages.enquiry_queries import get_report
from market.messages.models import EnquiryReport, ReportDecision
from market.permissions import requires


@bp.get("/desk/reported")
@requires("official")
def reported() -> str:
    return _page()


def _page(refused: tuple[EnquiryReport, DecideReportForm] | None = None) -> str:
    paths = scope(actor())
    return cases_page(
        "messages/reported.html",
        "enquiry_report.decide",
        enquiry_queries.count_reports(paths),
        lambda pagination: enquiry_queries.reports_waiting(paths, pagination),
        DecideReportForm,
        refused,
    )


@bp.post("/desk/reported/<int:report_id>")
@requires("enquiry_report.decide", load=get_report)
def decide(report: EnquiryReport) -> ResponseReturnValue:
    form = DecideReportForm()
    return decide_case(
        form,
        lambda: reports.decide_report(
            actor(), report, ReportDecision(form.decision.data), form.reason.data or ""
        ),
        lambda: _page((report, form)),
        _("Decided: who reported it can read it."),
        "messages.reported",
    )
