"""Who may do what: named predicates in one table, and the one decorator that asks them.

A predicate takes the acting user and the object (None where there is none) and reads only the
object's own attributes: this module imports no room. Roles act only inside their region's subtree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from market.permissions import sampling, stations, supervision, trade
from market.web.form_recovery import log_in_first

Predicate = Callable[[Any, Any], bool]


def _deal_review(user: Any, deal: Any) -> bool:
    return trade.member(user, None) and user.is_official_over(deal.home_region.path)


def _region_watch(user: Any, place: Any) -> bool:
    """An official of the region that the place's path is of, or of one above it."""
    return trade.member(user, None) and user.is_official_over(place.path)


def _account_own(user: Any, thing: Any) -> bool:
    return trade.member(user, None) and thing.account_id == user.id


def _crosstab_own(user: Any, saved: Any) -> bool:
    """An official, of what they saved themselves."""
    return trade.official(user, None) and _account_own(user, saved)


def _question_own(user: Any, question: Any) -> bool:
    """Whoever asked, or the assistant who represents them."""
    return trade.speaks_for(user, question.asker)


def _question_answer(user: Any, question: Any) -> bool:
    """An official of the county asked, who doesn't speak for the asker."""
    return (
        trade.member(user, None)
        and user.has_role("county_official", within=question.region.path)
        and not _question_own(user, question)
    )


def _question_read(user: Any, question: Any) -> bool:
    return _question_own(user, question) or (
        trade.member(user, None) and user.is_official_over(question.region.path)
    )


def _enquiry_open(user: Any, offer: Any) -> bool:
    """Whoever is logged in, about what is public; not about one's own."""
    return trade.member(user, None) and offer.is_public and not trade.offer_manage(user, offer)


def _enquiry_act(user: Any, thread: Any) -> bool:
    """The two sides, and nobody else: officials read what is reported at their desk."""
    return trade.speaks_for(user, thread.asker) or trade.speaks_for(user, thread.owner)


def _enquiry_report_decide(user: Any, report: Any) -> bool:
    """An official of the office that decides in its region, who is no side of it."""
    return (
        trade.member(user, None)
        and trade.decides_in(user, report.region.path)
        and not _enquiry_act(user, report.thread)
    )


def _party_of(name: str) -> Predicate:
    """Whoever speaks for the party that the object names so."""
    return lambda user, obj: trade.speaks_for(user, getattr(obj, name))


def _trader_case_read(user: Any, case: Any) -> bool:
    """Its parties, and officials over the region it is decided in."""
    return _region_watch(user, case.region) or (
        trade.member(user, None) and any(trade.speaks_for(user, party) for party in case.parties)
    )


def _trader_case_decide(user: Any, case: Any) -> bool:
    """An official of the office that decides in its region, who speaks for nobody of it."""
    if not trade.member(user, None):
        return False
    is_party = any(trade.speaks_for(user, party) for party in case.parties)
    return trade.decides_in(user, case.region.path) and not is_party


def _offer_ask(user: Any, offer: Any) -> bool:
    """Members who may read it, but for its own side."""
    return (
        trade.member(user, None)
        and trade.offer_read(user, offer)
        and not trade.offer_manage(user, offer)
    )


def _public_question_answer(user: Any, question: Any) -> bool:
    """The side of the purchase that is asked about."""
    return trade.offer_manage(user, question.offer)


def _public_question_moderate(user: Any, question: Any) -> bool:
    """An official of the purchase's county."""
    return trade.offer_verify(user, question.offer)


def _public_question_withdraw(user: Any, question: Any) -> bool:
    """Whoever asked, or an official of the purchase's county."""
    return trade.member(user, None) and (
        question.asker_id == user.id or _public_question_moderate(user, question)
    )


def _public_question_read(user: Any, question: Any) -> bool:
    """Members who may read the purchase."""
    return trade.member(user, None) and trade.offer_read(user, question.offer)


def _fair_manage(user: Any, fair: Any) -> bool:
    return trade.member(user, None) and user.has_role("province_official", within=fair.region.path)


def _statement_submit(user: Any, unit: Any) -> bool:
    """A county's official for it, a prefecture's for what gathers its counties."""
    role = "county_official" if unit.is_leaf else "prefecture_official"
    return trade.member(user, None) and user.has_role(role, within=unit.path)


def _statement_review(user: Any, statement: Any) -> bool:
    """The level it was submitted to: the prefecture, or straight the province."""
    if not trade.member(user, None):
        return False
    if statement.parent is not None:
        return user.has_role("prefecture_official", within=statement.parent.path)
    return user.has_role("province_official", within=statement.region.path)


def _statement_remind(user: Any, statement: Any) -> bool:
    """The level it is submitted to, and the province, which waits for all of them."""
    return _statement_review(user, statement) or (
        trade.member(user, None)
        and user.has_role("province_official", within=statement.region.path)
    )


def _statement_read(user: Any, statement: Any) -> bool:
    return _statement_review(user, statement) or (
        trade.member(user, None) and user.is_official_over(statement.region.path)
    )


def _statement_of_own_unit(user: Any, statement: Any) -> bool:
    return _statement_submit(user, statement.region)


def _session_manage(user: Any, session: Any) -> bool:
    return _fair_manage(user, session.fair)


def _fair_follow(user: Any, fair: Any) -> bool:
    """An official whose region has to do with the fair's: what is done with it is theirs to see."""
    return trade.member(user, None) and user.is_official_near(fair.region.path)


def _document_read(user: Any, document: Any) -> bool:
    """Anyone, once it is published; before, those who may have it made."""
    return document.published_at is not None or _document_manage(user, document)


def _document_manage(user: Any, document: Any) -> bool:
    is_bulletin = document.kind == "bulletin"
    return (
        _fair_manage(user, document.fair) if is_bulletin else _region_watch(user, document.region)
    )


POLICY: dict[str, Predicate] = {
    "anyone": trade.anyone,
    "member": trade.member,
    "official": trade.official,
    "assistant": trade.assistant,
    "administrator": trade.administrator,
    "account.help": trade.account_help,
    "account_session.end": _account_own,
    "offer.read": trade.offer_read,
    "offer.compose": trade.offer_compose,
    "offer.manage": trade.offer_manage,
    "offer.verify": trade.offer_verify,
    "offer.review": trade.offer_review,
    "offer.ask": _offer_ask,
    "deal.propose": trade.deal_propose,
    "deal.read": trade.deal_read,
    "deal.review": _deal_review,
    "deal.act": trade.deal_party,
    "deal.verify": trade.deal_verify,
    "deal.verify_second": trade.deal_second,
    "question.own": _question_own,
    "question.read": _question_read,
    "question.answer": _question_answer,
    "enquiry.open": _enquiry_open,
    "enquiry.act": _enquiry_act,
    "enquiry_report.decide": _enquiry_report_decide,
    "public_question.answer": _public_question_answer,
    "public_question.moderate": _public_question_moderate,
    "public_question.read": _public_question_read,
    "public_question.withdraw": _public_question_withdraw,
    "rating.answer": _party_of("rated"),
    "complaint.answer": _party_of("accused"),
    "complaint.withdraw": _party_of("complainant"),
    "complaint.read": _trader_case_read,
    "certificate.manage": _party_of("account"),
    "certificate.read": _trader_case_read,
    "trader_case.decide": _trader_case_decide,
    "region.watch": _region_watch,
    "import.list": stations.import_list,
    "import.manage": stations.import_manage,
    "import.read": stations.import_read,
    "search.own": _account_own,
    "crosstab.own": _crosstab_own,
    "notice.own": _account_own,
    "statement.submit": _statement_submit,
    "statement.review": _statement_review,
    "statement.remind": _statement_remind,
    "statement.read": _statement_read,
    "statement.correct": _statement_of_own_unit,
    "statement.withdraw": _statement_of_own_unit,
    "fair.create": trade.province,
    "fair.read": trade.anyone,
    "fair.manage": _fair_manage,
    "region.oversee": _region_watch,
    "document.read": _document_read,
    "document.manage": _document_manage,
    "fair.follow": _fair_follow,
    "session.manage": _session_manage,
    "sheet.issue": stations.sheet_issue,
    "sheet.manage": stations.sheet_manage,
    "sheet.print": stations.sheet_print,
    "call.list": stations.call_list,
    "call.record": stations.call_record,
    "call.read": stations.call_read,
    "call.withdraw": stations.call_withdraw,
    "call.figures": stations.call_figures,
    "training.enter": stations.training_enter,
    "training.manage": stations.training_manage,
    "training.read": stations.training_read,
    "target.set": supervision.target_set,
    "supervisor.assign": supervision.supervisor_assign,
    "county.note": supervision.county_note,
    "sample.check": sampling.sample_check,
    "sample.answer": sampling.sample_answer,
    "sample.read": sampling.sample_read,
    "assessment.weigh": _fair_manage,
    "county.commend": _fair_manage,
    "commendation.withdraw": lambda user, commendation: _fair_manage(user, commendation.fair),
    "party.represent": trade.speaks_for,
    "consent.read": trade.consent_read,
}


def may(user: Any, permission: str, obj: Any = None) -> bool:
    """Whether `user` holds `permission` on `obj`; KeyError where none has that name."""
    # A predicate asks for many attributes; Flask-Login's proxy looks for the request at each.
    return POLICY[permission](getattr(user, "_get_current_object", lambda: user)(), obj)


# Called with a permission once a request was granted it, before the view acts.
granted: list[Callable[[str], None]] = []


def requires(
    permission: str, load: Callable[..., Any] | None = None, purpose: Any = None
) -> Callable[..., Any]:
    """Declare the permission of a view, and with `load` the object it is about.

    `load` takes the view's URL arguments and returns the object, which the view gets in their
    place, or aborts with 404. The anonymous log in first, told why with `purpose`; others get 403.
    """
    predicate = POLICY[permission]

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**arguments: Any) -> ResponseReturnValue:
            obj = load(**arguments) if load else None
            if predicate is not trade.anyone and not may(current_user, permission, obj):
                return refuse()
            for hear in granted:
                hear(permission)
            return view(obj) if load else view(**arguments)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.purpose = purpose  # type: ignore[attr-defined]
        return guarded

    return decorate


def require(permission: str, obj: Any) -> None:
    """Ask inside a view for a further permission than it began with; 403 without it."""
    if not may(current_user, permission, obj):
        abort(403)
    for hear in granted:
        hear(permission)


def refuse() -> Response:
    """To the log-in page for the anonymous (what they typed is stored), else 403."""
    if current_user.is_authenticated:
        abort(403)
    return log_in_first(request.endpoint or "")
