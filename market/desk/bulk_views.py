"""Deciding many things of a queue at once: what will be done is shown before it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from market.database import db
from market.deals.reasons import is_token
from market.desk import bp
from market.desk.decisions import AT_MOST, Act, Outcome, decide_each, refusal
from market.desk.forms import DecideForm
from market.desk.queue_types import QUEUES
from market.desk.queues import Item
from market.desk.views import filter_of, said_of
from market.permissions import requires
from market.text.characters import tidy
from market.web.converters import row_id
from market.web.errors import Invalid
from market.web.form_recovery import tell_refusal
from market.web.reasons import MAX_REASON_LENGTH

# So many skipped things are told one by one; the others are still in the queue to look at.
TOLD = 8


@bp.get("/desk/<any(deals, offers):kind>/confirm")
@requires("official")
def confirm(kind: str) -> str:
    return _confirm_page(kind, _chosen(request.args), DecideForm(kind))


@bp.post("/desk/<any(deals, offers):kind>/decide")
@requires("official")
def decide_chosen(kind: str) -> ResponseReturnValue:
    form, act, ids = DecideForm(kind), _act(), _chosen(request.form)
    asked = filter_of(QUEUES[kind])
    items = _inside(QUEUES[kind].items(db.session(), ids, asked.asked()))
    left_out = {i.id for i in items if i.flags} - _acknowledged()
    reasons = {id_: form.why() for id_ in ids} if act == "return" else _looked()
    said = {i.id: _of(reasons, i) for i in items if act == "verify" and i.stops}
    wordless = {id_ for id_, why in said.items() if is_token(why) or len(why) > MAX_REASON_LENGTH}
    valid = form.validate_on_submit()
    if act == "return" and not form.why():
        form.reason.errors = [*form.reason.errors, _("Say why.")]
        valid = False
    if not valid or wordless - left_out:
        return _confirm_page(kind, ids, form, wordless - left_out)
    todo = [item.id for item in items if item.id not in left_out]
    todo += sorted(set(ids) - {item.id for item in items})
    outcome = decide_each(current_user, QUEUES[kind], todo, act, reasons)
    outcome.skipped += [(id_, _("it has a flag and was not ticked")) for id_ in sorted(left_out)]
    _tell(kind, act, outcome)
    if unsaved := _unsaved(act, outcome, reasons):
        return _confirm_page(kind, unsaved, form)
    return redirect(url_for("desk.queue", kind=kind, **asked.kept()), 303)


def _unsaved(act: str, outcome: Outcome, reasons: Mapping[int, str]) -> list[int]:
    """The numbers passed over though something was written about them, which no event holds.

    The reason of returning is one for all: it is kept once anything was returned.
    """
    if act == "return" and outcome.done:
        return []
    return [id_ for id_, _why in outcome.skipped if reasons.get(id_)]


def _act() -> Act:
    """Which of the two is to be done."""
    acts: tuple[Act, ...] = get_args(Act)
    return next((act for act in acts if act == request.values.get("act")), None) or abort(400)


def _chosen(given: Any) -> list[int]:
    """The numbers ticked in the queue, as many as are decided at once."""
    return sorted(set(given.getlist("id", type=row_id)))[:AT_MOST]


def _acknowledged() -> set[int]:
    """The numbers whose flags the official has looked at."""
    return set(request.form.getlist("flags", type=row_id))


def _looked() -> dict[int, str]:
    """What the official wrote about each flag that says to stop, by number."""
    return {id_: tidy(request.form.get(f"looked-{id_}", "")) or "" for id_ in _chosen(request.form)}


def _inside(items: Iterable[Item]) -> list[Item]:
    """Those of the official's regions: of others nothing is said."""
    return [item for item in items if current_user.is_official_over(item.path)]


def _of(reasons: Mapping[int, str], item: Item) -> str:
    return reasons.get(item.id, "")


def _confirm_page(
    kind: str, ids: list[int], form: DecideForm, wordless: Collection[int] = ()
) -> str:
    act, queue, session, asked = _act(), QUEUES[kind], db.session(), filter_of(QUEUES[kind])
    things = queue.things(session, ids)
    inside = {item.id: item for item in _inside(queue.items(session, ids, asked.asked()))}
    why = {id_: refusal(current_user, queue, things.get(id_), act) for id_ in ids}
    todo = [item for id_, item in inside.items() if why[id_] is None]
    ready = [item for item in todo if not item.flags or item.id in _acknowledged()]
    return render_template(
        "desk/confirm.html",
        kind=kind,
        act=act,
        form=form,
        kept=asked.kept(),
        todo=todo,
        acknowledged=_acknowledged(),
        looked=_looked(),
        wordless=wordless,
        longest=MAX_REASON_LENGTH,
        ready=len(ready),
        total_fen=sum(item.amount_fen or 0 for item in ready),
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
        tell_refusal(Invalid(_("Nothing was chosen.")), "warning")
