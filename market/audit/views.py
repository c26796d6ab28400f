"""The administrator's search, and what pages of other rooms show of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from market.accounts.labels import ROLES
from market.accounts.models import Account
from market.audit import bp, queries
from market.audit.action_labels import action_label, permission_label
from market.audit.forms import ActFilter
from market.audit.labels import CHANGES, column_label, object_label, value_label
from market.audit.queries import ActSearch, RecordedAct
from market.audit.rules import audited_tables
from market.permissions import requires
from market.products.models import AddedWord
from market.text.cells import csv_bytes
from market.web.filters import format_datetime


@bp.app_template_global()
def acts_on(thing: Any) -> list[RecordedAct]:
    """The latest acts on an offer, deal, fair or account, for those who may read them: the
    officials over its region and administrators. Others get nothing, and no query is asked."""
    if not current_user.is_authenticated:
        return []
    region = getattr(thing, "home_region", None) or thing.region
    over = thing.__tablename__ != Account.__tablename__ and current_user.is_official_over(
        region.path
    )
    if not (over or current_user.is_administrator):
        return []
    return queries.acts_at(thing.__tablename__, thing.id)


@bp.app_template_global()
def acts_on_reference(row: Any) -> list[RecordedAct]:
    """The latest acts on a product, region or township, for administrators."""
    if not (current_user.is_authenticated and current_user.is_administrator):
        return []
    return queries.acts_at(row.__tablename__, row.code)


@bp.app_template_global()
def acts_on_words() -> list[RecordedAct]:
    """The latest acts on words that officials added, for officials: also on those withdrawn.
    Without the addresses they came from, which concern those who may read the record."""
    if not (current_user.is_authenticated and current_user.is_official):
        return []
    found, _more = queries.find_acts(ActSearch(kind=AddedWord.__tablename__), None)
    return [replace(act, ip="") for act in found]


@bp.app_context_processor
def labels() -> dict[str, Any]:
    return {
        "act_labels": {
            "action": action_label,
            "object": object_label,
            "column": column_label,
            "value": value_label,
            "changes": CHANGES,
            "permission": permission_label,
            "roles": ROLES,
        }
    }


def _filter() -> ActFilter:
    return ActFilter(request.args, audited_tables())


@bp.get("/admin/audit")
@requires("administrator")
def index() -> str:
    form = _filter()
    search = form.search()
    acts, more = queries.find_acts(search, form.chosen().get("before"))
    return render_template(
        "audit/index.html",
        form=form,
        acts=acts,
        more=more,
        total=queries.count_acts(search),
        address=form.address(),
    )


@bp.get("/admin/audit/<int:act_id>")
@requires("administrator", load=queries.get_act)
def show(act: RecordedAct) -> str:
    return render_template("audit/show.html", act=act)


@bp.get("/admin/audit.csv")
@requires("administrator")
def table() -> Response:
    response = Response(csv_bytes(_lines(_filter())), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="audit.csv")
    return response


def _lines(form: ActFilter) -> Iterator[list[Any]]:
    """A line for each column that an act changed."""
    yield [
        *(_("Act"), _("When"), _("Account"), _("Name"), _("Role"), _("Acts in")),
        *(_("What was done"), _("Permission"), _("From where"), _("Browser")),
        *(_("Object"), _("Its number"), _("What became of it"), _("Column")),
        *(_("Before"), _("After")),
    ]
    # Thousands of lines share a few words.
    label = cache(lambda find, *names: str(find(*names)))
    for act, difference in queries.every_change(form.search()):
        who = [act.actor_id or label(_, "command line"), act.name or ""]
        role = [label(ROLES.get, act.role) if act.role else "", act.role_region or ""]
        what = [
            label(action_label, act.permission, act.endpoint),
            label(permission_label, act.permission),
        ]
        about = [label(object_label, difference.kind), difference.object_id]
        at = label(format_datetime, act.at)
        start = [act.id, at, *who, *role, *what, act.ip, act.agent, *about]
        for column, *values in difference.columns:
            words = (label(value_label, difference.kind, column, value) for value in values)
            change = label(CHANGES.get, difference.change)
            yield [*start, change, label(column_label, column), *words]
