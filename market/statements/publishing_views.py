"""The published table, and what leads to it: publishing, certifying, who reported in time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.database import transaction, utcnow
from market.fairs.certification import certify_fair
from market.fairs.models import Fair, FairStatus
from market.fairs.queries import load_fair
from market.permissions import requires
from market.statements import bp, overview, publishing, queries, units
from market.statements.drift import cut_offs
from market.statements.forms import MissingForm
from market.statements.labels import STATEMENT_STATUSES
from market.statements.models import StatementKind
from market.statements.published_table import PublishedTable, published_table
from market.statements.reversals import find_reversals
from market.statements.rules import Period, parse_period
from market.statements.snapshots import sum_figures
from market.statements.views import act, load_reported
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.queries import Totals
from market.web.errors import DomainError, add_form_error
from market.web.filters import local_name


@bp.route("/desk/statements/publish/<slug>/<period>", methods=["GET", "POST"])
@requires("fair.manage", load=lambda slug, period: Publishing(slug, period))
def publish(asked: Publishing) -> ResponseReturnValue:
    form = MissingForm(queries.not_in(asked.lines))
    if form.validate_on_submit():
        try:
            with transaction():
                publishing.publish(
                    current_user,
                    asked.fair,
                    asked.period,
                    form.missing.data or [],
                    form.reason.data or "",
                )
            flash(_("Published."), "success")
            key = asked.period.key
            return redirect(url_for("statements.published", slug=asked.fair.slug, period=key), 303)
        except DomainError as error:
            add_form_error(error, form)
    parts = queries.current_figures(
        [x.statement_id for x in asked.lines if x.is_in and x.statement_id]
    )
    return render_template(
        "statements/publish.html",
        asked=asked,
        form=form,
        parts={id_: sum_figures([part], asked.period) for id_, part in parts.items()},
        totals=sum_figures(parts.values(), asked.period),
        publication=queries.publication_of(asked.fair, asked.period),
        STATUSES=STATEMENT_STATUSES,
    )


class Publishing:
    """What the province is about to publish; permissions ask for the fair's region."""

    def __init__(self, slug: str, period: str) -> None:
        self.fair = load_reported(slug)
        self.period = parse_period(period) or abort(404)
        if not self.fair.starts_on <= self.period.day <= self.fair.ends_on:
            abort(404)
        self.region = self.fair.region
        self.lines = units.statements_below(
            units.unit_statements(self.fair, self.period, utcnow()), None
        )


@bp.get("/desk/punctuality/<slug>")
@requires("official", load=load_reported)
def punctuality(fair: Fair) -> str:
    table = overview.punctuality(current_user, fair, utcnow())
    return render_template("statements/punctuality.html", fair=fair, table=table)


@bp.route("/desk/statements/certify/<slug>", methods=["GET", "POST"])
@requires("fair.manage", load=load_reported)
def certify(fair: Fair) -> ResponseReturnValue:
    if request.method == "POST":

        def step() -> str:
            certify_fair(current_user, fair)
            return _("The fair is certified.")

        act(step)
        return redirect(url_for("statements.certify", slug=fair.slug), 303)
    final = Period(fair.ends_on, StatementKind.FINAL)
    return render_template(
        "statements/certify.html",
        fair=fair,
        waiting=publishing.not_published(fair),
        publication=queries.publication_of(fair, final),
        over=fair.status is FairStatus.CLOSED,
        certified=fair.status is FairStatus.CERTIFIED,
        period=final,
        STATUSES=STATEMENT_STATUSES,
    )


def load_published(slug: str) -> tuple[Fair, PublishedTable]:
    """The fair with its published table, `?period=` one of several, or 404."""
    fair = load_fair(slug)
    table = published_table(fair, parse_period(request.args.get("period", "")))
    return fair, table or abort(404)


@bp.get("/fairs/<slug>/published")
@requires("fair.read", load=load_published)
def published(found: tuple[Fair, PublishedTable]) -> str:
    fair, table = found
    known = [Period(p.day, p.kind) for p in queries.publications(fair)]
    rows = [row for group in table.groups for row in (group, *group.rows)]
    return render_template(
        "statements/published.html",
        fair=fair,
        table=table,
        known=known,
        names={row.code: local_name(row) for row in rows},
        reversed=_reversed(table),
        increments=_increments(table.figures),
    )


def _reversed(table: PublishedTable) -> Counter[str]:
    """How many deals in the figures were reversed since, by county and prefecture; '' in all.

    A deal counts in one county, so these add up.
    """
    corrected = {c.code: c.ledger_id for c in table.corrections}
    found = find_reversals(table.publication.fair, {**cut_offs(table.figures), **corrected})
    counties = Counter(reversal.region_code for reversal in found)
    groups = {g.code: sum(counties[row.code] for row in g.rows) for g in table.groups if g.rows}
    return +(counties + Counter(groups) + Counter({"": len(found)}))


def _increments(figures: FrozenFigures) -> dict[str, Totals]:
    """What the day added, by the codes of the units in a daily table, '' being the whole; empty
    for a final one, and where figures of format 1 do not tell."""
    if figures.increment is None:
        return {}
    regions = [region for top in figures.children for region in (top, *top.children)]
    increments = {region.code: region.increment for region in regions if region.increment}
    return {"": figures.increment, **increments}


@bp.app_context_processor
def _link() -> dict[str, Any]:
    return {"is_published": queries.is_published}
