"""Deciding many things of a queue at once: what will be done is shown before it is."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from market.converters import row_id
from market.extensions import db
from market.permissions import requires
from market.reports import bp
from market.reports.decisions import AT_MOST, Outcome, decide_each, refusal
from market.reports.forms import DecideForm
from market.reports.kinds import QUEUES
from market.reports.views import filter_of, said_of

# So many skipped things are told one by one; the others are still in the queue to look at.
TOLD = 8


@bp.get("/desk/<any(deals, offers):kind>/confirm")
@requires("official")
def confirm(kind: str) -> str:
    return _confirm_page(kind, request.args.getlist("id", type=row_id), DecideForm(kind))


@bp.post("/desk/<any(deals, offers):kind>/decide")
@requires("official")
def decide_chosen(kind: str) -> Any:
    form, act, ids = DecideForm(kind), _act(), request.form.getlist("id", type=row_id)
    kept = filter_of(QUEUES[kind]).kept()
    valid = form.validate_on_submit()
    if not valid or (act == "return" and not form.why()):
        form.reason.errors = [*form.reason.errors, _("Say why.")]
        return _confirm_page(kind, ids, form)
    outcome = decide_each(current_user, QUEUES[kind], ids, act, form.why())
    _tell(kind, act, outcome)
    return redirect(url_for("reports.queue", kind=kind, **kept), 303)


def _act() -> Any:
    """Which of the two is to be done."""
    act = request.values.get("act")
    return act if act in ("verify", "return") else abort(400)


def _confirm_page(kind: str, ids: list[int], form: DecideForm) -> str:
    act, queue, session = _act(), QUEUES[kind], db.session()
    ids = sorted(set(ids))[:AT_MOST]
    things, items = queue.things(session, ids), queue.items(session, ids)
    inside = {item.id: item for item in items if current_user.is_official_over(item.path)}
    why = {id_: refusal(current_user, queue, things.get(id_)) for id_ in ids}
    todo = [inside[id_] for id_ in ids if id_ in inside and why[id_] is None]
    return render_template(
        "reports/confirm.html",
        kind=kind,
        act=act,
        form=form,
        kept=filter_of(queue).kept(),
        todo=todo,
        total_fen=sum(item.amount_fen or 0 for item in todo),
        skipped=[(id_, inside.get(id_), why[id_]) for id_ in ids if why[id_] is not None],
    )


def _tell(kind: str, act: str, outcome: Outcome) -> None:
    """How many were decided, how many were not, and why not."""
    done, skipped = len(outcome.done), len(outcome.skipped)
    if done and act == "verify":
        flash(ngettext("%(num)s verified.", "%(num)s verified.", done), "success")
    elif done:
        flash(ngettext("%(num)s returned.", "%(num)s returned.", done), "success")
    if skipped:
        told = [said_of(kind, id_, why) for id_, why in outcome.skipped[:TOLD]]
        if skipped > TOLD:
            told.append(_("and %(count)s more", count=skipped - TOLD))
        why = " ".join(told)
        flash(
            ngettext("%(num)s skipped: %(why)s", "%(num)s skipped: %(why)s", skipped, why=why),
            "warning",
        )
    if not done and not skipped:
        flash(_("Nothing was chosen."), "warning")
