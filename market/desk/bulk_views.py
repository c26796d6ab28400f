"""Deciding many things of a queue at once: what will be done is shown before it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from market.deals.reasons import is_token
from market.desk import bp
from market.desk.decisions import MAX_DECISIONS, Decision, Outcome, decide_each, refusal_reason
from market.desk.forms import DecideForm
from market.desk.queue_types import QUEUES
from market.desk.queues import QueueItem
from market.desk.views import filter_of, format_outcome
from market.permissions import requires
from market.text.characters import tidy
from market.web.converters import row_id
from market.web.errors import Invalid
from market.web.form_recovery import flash_refusal
from market.web.reasons import MAX_REASON_LENGTH

# The others are still in the queue to look at.
MAX_REASONS_SHOWN = 8


@bp.get("/desk/<any(deals, offers):kind>/confirm")
@requires("official")
def confirm(kind: str) -> str:
    return _confirm_page(kind, _chosen(request.args), DecideForm(kind))


@bp.post("/desk/<any(deals, offers):kind>/decide")
@requires("official")
def decide_chosen(kind: str) -> ResponseReturnValue:
    form, act, ids = DecideForm(kind), _act(), _chosen(request.form)
    form_filter = filter_of(QUEUES[kind])
    items = _inside(QUEUES[kind].items(ids, form_filter.query()))
    left_out = {i.id for i in items if i.flags} - _acknowledged()
    reasons = {id_: form.why() for id_ in ids} if act == "return" else _stop_reasons()
    stop_reasons = {i.id: _of(reasons, i) for i in items if act == "verify" and i.stops}
    unexplained = {
        id_ for id_, why in stop_reasons.items() if is_token(why) or len(why) > MAX_REASON_LENGTH
    }
    valid = form.validate_on_submit()
    if act == "return" and not form.why():
        form.reason.errors = [*form.reason.errors, _("Say why.")]
        valid = False
    if not valid or unexplained - left_out:
        return _confirm_page(kind, ids, form, unexplained - left_out)
    todo = [item.id for item in items if item.id not in left_out]
    todo += sorted(set(ids) - {item.id for item in items})
    outcome = decide_each(current_user, QUEUES[kind], todo, act, reasons)
    outcome.skipped += [(id_, _("it has a flag and was not ticked")) for id_ in sorted(left_out)]
    _flash_outcome(kind, act, outcome)
    if undecided := _undecided_with_reason(act, outcome, reasons):
        return _confirm_page(kind, undecided, form)
    return redirect(url_for("desk.queue", kind=kind, **form_filter.arguments()), 303)


def _undecided_with_reason(act: str, outcome: Outcome, reasons: Mapping[int, str]) -> list[int]:
    """The numbers passed over though something was written about them, which no event holds.

    The reason of returning is one for all: it is stored once anything was returned.
    """
    if act == "return" and outcome.done:
        return []
    return [id_ for id_, _why in outcome.skipped if reasons.get(id_)]


def _act() -> Decision:
    """Which of the two is to be done."""
    acts: tuple[Decision, ...] = get_args(Decision)
    return next((act for act in acts if act == request.values.get("act")), None) or abort(400)


def _chosen(given: Any) -> list[int]:
    """The numbers ticked in the queue, as many as are decided at once."""
    return sorted(set(given.getlist("id", type=row_id)))[:MAX_DECISIONS]


def _acknowledged() -> set[int]:
    """The numbers whose flags the official has looked at."""
    return set(request.form.getlist("flags", type=row_id))


def _stop_reasons() -> dict[int, str]:
    """What the official wrote about each flag that says to stop, by number."""
    return {id_: tidy(request.form.get(f"looked-{id_}", "")) or "" for id_ in _chosen(request.form)}


def _inside(items: Iterable[QueueItem]) -> list[QueueItem]:
    """Those of the official's regions: nothing is shown of others."""
    return [item for item in items if current_user.is_official_over(item.path)]


def _of(reasons: Mapping[int, str], item: QueueItem) -> str:
    return reasons.get(item.id, "")


def _confirm_page(
    kind: str, ids: list[int], form: DecideForm, unexplained: Collection[int] = ()
) -> str:
    act, queue, form_filter = _act(), QUEUES[kind], filter_of(QUEUES[kind])
    things = queue.things(ids)
    inside = {item.id: item for item in _inside(queue.items(ids, form_filter.query()))}
    why = {id_: refusal_reason(current_user, queue, things.get(id_), act) for id_ in ids}
    todo = [item for id_, item in inside.items() if why[id_] is None]
    ready = [item for item in todo if not item.flags or item.id in _acknowledged()]
    return render_template(
        "desk/confirm.html",
        kind=kind,
        act=act,
        form=form,
        filters=form_filter.arguments(),
        todo=todo,
        acknowledged=_acknowledged(),
        looked=_stop_reasons(),
        unexplained=unexplained,
        max_length=MAX_REASON_LENGTH,
        ready=len(ready),
        total_fen=sum(item.amount_fen or 0 for item in ready),
        skipped=[(id_, inside.get(id_), why[id_]) for id_ in ids if why[id_] is not None],
    )


def _flash_outcome(kind: str, act: str, outcome: Outcome) -> None:
    """How many were decided, how many were not, and why not."""
    done, skipped = len(outcome.done), len(outcome.skipped)
    if done and act == "verify":
        flash(ngettext("%(num)s verified.", "%(num)s verified.", done), "success")
    elif done:
        flash(ngettext("%(num)s returned.", "%(num)s returned.", done), "success")
    if skipped:
        texts = [format_outcome(kind, id_, why) for id_, why in outcome.skipped[:MAX_REASONS_SHOWN]]
        if skipped > MAX_REASONS_SHOWN:
            texts.append(_("and %(count)s more", count=skipped - MAX_REASONS_SHOWN))
        why = " ".join(texts)
        flash(
            ngettext("%(num)s skipped: %(why)s", "%(num)s skipped: %(why)s", skipped, why=why),
            "warning",
        )
    if not done and not skipped:
        flash_refusal(Invalid(_("Nothing was chosen.")), "warning")
