"""Who may do what: named predicates in one table, and the one decorator that asks them.

A predicate takes the acting user and the object (None where there is none) and reads
only the object's own attributes, so this module imports no room. Roles act only inside
their region: the subtree of a path.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from market.web.form_recovery import log_in_first

Predicate = Callable[[Any, Any], bool]


def _anyone(user: Any, _: Any) -> bool:
    return True


def _member(user: Any, _: Any) -> bool:
    return bool(user.is_authenticated)


def _official(user: Any, _: Any) -> bool:
    return _member(user, _) and user.is_official


def _province(user: Any, _: Any) -> bool:
    return _member(user, _) and user.has_role("province_official")


def _administrator(user: Any, _: Any) -> bool:
    return _member(user, _) and user.is_administrator


def _assistant(user: Any, _: Any) -> bool:
    return _member(user, _) and user.is_assistant


def _account_help(user: Any, account: Any) -> bool:
    """Who lets somebody log in again: an official of their county, or an administrator.

    An official helps traders and assistants alone: whoever holds an office could be taken
    over by one who holds less.
    """
    if not _member(user, None) or user.id == account.id:
        return False
    return user.is_administrator or (
        user.has_role("county_official", within=account.region.path)
        and not account.is_official
        and not account.is_administrator
    )


def _account_session_end(user: Any, session: Any) -> bool:
    return _member(user, None) and session.account_id == user.id


def _speaks_for(user: Any, party: Any) -> bool:
    """The party itself, or the assistant who holds its recorded consent."""
    return _member(user, None) and (
        party.id == user.id or (party.represented_by_id == user.id and user.is_assistant)
    )


def _offer_manage(user: Any, offer: Any) -> bool:
    return _speaks_for(user, offer.owner)


def _offer_verify(user: Any, offer: Any) -> bool:
    """An official of the offer's county, with no interest of their own in it."""
    return (
        _member(user, None)
        and user.has_role("county_official", within=offer.region.path)
        and not _speaks_for(user, offer.owner)
    )


def _offer_read(user: Any, offer: Any) -> bool:
    """Anyone, while it is public; its owner's side always; officials once it was published."""
    if offer.is_public:
        return True
    return _offer_manage(user, offer) or _offer_review(user, offer)


def _deal_propose(user: Any, offer: Any) -> bool:
    return _member(user, None) and _offer_read(user, offer)


def _deal_party(user: Any, deal: Any) -> bool:
    return _speaks_for(user, deal.seller) or _speaks_for(user, deal.buyer)


def _deal_verify(user: Any, deal: Any) -> bool:
    """An official of the county, or of the prefecture once the county has verified a large one."""
    path = deal.home_region.path
    return (
        _member(user, None)
        and not _deal_party(user, deal)
        and (
            user.has_role("county_official", within=path)
            or (deal.county_verified_by_id is not None and _deal_second(user, deal))
        )
    )


def _deal_second(user: Any, deal: Any) -> bool:
    """An official of the prefecture, or of the province where none stands between."""
    return _member(user, None) and second_official_of(user, deal.home_region.path)


def second_official_of(user: Any, path: str) -> bool:
    """Whether `user` is an official of the level above the county of that path."""
    role = "prefecture_official" if path.count("/") > 1 else "province_official"
    return bool(user.has_role(role, within=path))


def _deal_read(user: Any, deal: Any) -> bool:
    return _deal_party(user, deal) or (
        _member(user, None) and user.is_official_over(deal.home_region.path)
    )


def _offer_review(user: Any, offer: Any) -> bool:
    """Any official over the offer's county: who may look at its desk, not only decide.

    A draft is its writer's alone.
    """
    return (
        offer.status != "draft" and _member(user, None) and user.is_official_over(offer.region.path)
    )


def _deal_review(user: Any, deal: Any) -> bool:
    return _member(user, None) and user.is_official_over(deal.home_region.path)


def _region_watch(user: Any, place: Any) -> bool:
    """An official of the region that the place's path is of, or of one above it."""
    return _member(user, None) and user.is_official_over(place.path)


def _search_own(user: Any, search: Any) -> bool:
    return _member(user, None) and search.account_id == user.id


def _question_own(user: Any, question: Any) -> bool:
    """Whoever asked, or the assistant who represents them."""
    return _speaks_for(user, question.asker)


def _question_answer(user: Any, question: Any) -> bool:
    """An official of the county asked, who doesn't speak for the asker."""
    return (
        _member(user, None)
        and user.has_role("county_official", within=question.region.path)
        and not _question_own(user, question)
    )


def _question_read(user: Any, question: Any) -> bool:
    return _question_own(user, question) or (
        _member(user, None) and user.is_official_over(question.region.path)
    )


def _fair_manage(user: Any, fair: Any) -> bool:
    return _member(user, None) and user.has_role("province_official", within=fair.region.path)


def _statement_submit(user: Any, unit: Any) -> bool:
    """A county's official for it, a prefecture's for what gathers its counties."""
    role = "county_official" if unit.is_leaf else "prefecture_official"
    return _member(user, None) and user.has_role(role, within=unit.path)


def _statement_review(user: Any, statement: Any) -> bool:
    """The level it was submitted to: the prefecture, or straight the province."""
    if not _member(user, None):
        return False
    if statement.parent is not None:
        return user.has_role("prefecture_official", within=statement.parent.path)
    return user.has_role("province_official", within=statement.region.path)


def _statement_read(user: Any, statement: Any) -> bool:
    return _statement_review(user, statement) or (
        _member(user, None) and user.is_official_over(statement.region.path)
    )


def _statement_correct(user: Any, statement: Any) -> bool:
    return _statement_submit(user, statement.region)


def _session_manage(user: Any, session: Any) -> bool:
    return _fair_manage(user, session.fair)


def _fair_follow(user: Any, fair: Any) -> bool:
    """An official whose region has to do with the fair's: what is done with it is theirs to see."""
    return _member(user, None) and user.is_official_near(fair.region.path)


def _fair_read(user: Any, fair: Any) -> bool:
    return True


def _region_oversee(user: Any, region: Any) -> bool:
    return _member(user, None) and user.is_official_over(region.path)


def _document_read(user: Any, document: Any) -> bool:
    """Anyone, once it is published; before, those who may have it made."""
    return document.published_at is not None or _document_manage(user, document)


def _document_manage(user: Any, document: Any) -> bool:
    if document.kind == "bulletin":
        return _fair_manage(user, document.fair)
    return _region_oversee(user, document.region)


POLICY: dict[str, Predicate] = {
    "anyone": _anyone,
    "member": _member,
    "official": _official,
    "assistant": _assistant,
    "administrator": _administrator,
    "account.help": _account_help,
    "account_session.end": _account_session_end,
    "offer.read": _offer_read,
    "offer.manage": _offer_manage,
    "offer.verify": _offer_verify,
    "offer.review": _offer_review,
    "deal.propose": _deal_propose,
    "deal.read": _deal_read,
    "deal.review": _deal_review,
    "deal.act": _deal_party,
    "deal.verify": _deal_verify,
    "deal.verify_second": _deal_second,
    "question.own": _question_own,
    "question.read": _question_read,
    "question.answer": _question_answer,
    "region.watch": _region_watch,
    "search.own": _search_own,
    "statement.submit": _statement_submit,
    "statement.review": _statement_review,
    "statement.read": _statement_read,
    "statement.correct": _statement_correct,
    "fair.create": _province,
    "fair.read": _fair_read,
    "fair.manage": _fair_manage,
    "region.oversee": _region_oversee,
    "document.read": _document_read,
    "document.manage": _document_manage,
    "fair.follow": _fair_follow,
    "session.manage": _session_manage,
    "party.represent": _speaks_for,
}


def may(user: Any, permission: str, obj: Any = None) -> bool:
    """Whether `user` holds `permission` on `obj`.

    Raises:
        KeyError: no such permission.
    """
    return POLICY[permission](user, obj)


# Called with a permission once it was granted to a request, before the view acts on it;
# rooms add what has to know.
granted: list[Callable[[str], None]] = []


def requires(
    permission: str, load: Callable[..., Any] | None = None, purpose: Any = None
) -> Callable[..., Any]:
    """Declare the permission of a view, and with `load` the object it is about.

    `load` takes the view's URL arguments and returns the object or aborts with 404; the
    view is then called with that object in their place. The anonymous are sent to the
    log-in page, which says why with `purpose`, and come back; others get 403.
    """
    predicate = POLICY[permission]

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**arguments: Any) -> ResponseReturnValue:
            obj = load(**arguments) if load else None
            if not predicate(current_user, obj):
                return refuse()
            for hear in granted:
                hear(permission)
            return view(obj) if load else view(**arguments)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.purpose = purpose  # type: ignore[attr-defined]
        return guarded

    return decorate


def refuse() -> Response:
    """To the log-in page for the anonymous (what they typed is stored), else 403."""
    if current_user.is_authenticated:
        abort(403)
    return log_in_first(request.endpoint or "")
