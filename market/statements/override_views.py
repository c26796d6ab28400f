"""Overrides at the desk: a county asks that what stops its statement passes; the next level
decides."""

from __future__ import annotations

from flask import request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from market.accounts.models import OFFICIALS, Account, Role
from market.deals.step_forms import ReasonForm
from market.monitoring.queries import official_paths
from market.permissions import requires
from market.statements import bp, overrides
from market.statements.validation_labels import (
    RULE_NAMES,
    SEVERITIES,
    finding_links,
    finding_text,
)
from market.statements.validation_models import OverrideRequest
from market.statements.views import DraftRequest, load_draft
from market.web.actions import perform
from market.web.desk_registry import DeskTask, add_tasks
from market.web.language import lazy_gettext as _l


@bp.record_once
def _name_words(state: BlueprintSetupState) -> None:
    words = {"RULE_NAMES": RULE_NAMES, "SEVERITIES": SEVERITIES}
    state.app.jinja_env.globals.update(
        {**words, "finding_text": finding_text, "finding_links": finding_links}
    )


@bp.post("/desk/statements/draft/<slug>/<period>/<code>/override")
@requires("statement.submit", load=load_draft)
def request_override(draft: DraftRequest) -> Response:
    explanation = ReasonForm().reason.data or ""
    slug, period, code = draft.fair.slug, draft.period.key, draft.unit.code

    def step() -> str:
        before = draft.request
        given = current_user, draft.fair, code, draft.period, explanation
        if overrides.request_override(*given) is before:
            return _("It was asked already: the next level has not decided yet.")
        return _("Asked. Once it may pass, you can submit it here.")

    return perform(step, url_for("statements.draft", slug=slug, period=period, code=code))


@bp.post("/desk/statements/overrides/<int:request_id>")
@requires("statement.review", load=overrides.get_request)
def decide_override(asked: OverrideRequest) -> Response:
    """Let the statement pass, or not: the button's name says which."""
    reason, allowed = ReasonForm().reason.data or "", "allow" in request.form

    def step() -> str:
        overrides.decide_override(current_user, asked, allowed, reason)
        return _("It may pass.") if allowed else _("It may not pass.")

    return perform(step, url_for("statements.index"))


def override_tasks(account: Account) -> list[DeskTask]:
    """The requests that wait for the account's decision."""
    if not any(account.has_role(role) for role in OFFICIALS if role is not Role.COUNTY_OFFICIAL):
        return []
    found = overrides.requests_to_decide(account, official_paths(account))
    return [
        DeskTask(
            "statements-overrides",
            _l("Stopped statements to decide on"),
            ngettext(
                "Decide on %(num)s stopped statement",
                "Decide on %(num)s stopped statements",
                len(found),
            ),
            len(found),
            url_for("statements.index", _anchor="overrides"),
            _l("Decide now"),
            oldest=found[0].at if found else None,
        )
    ]


add_tasks(31, override_tasks)
