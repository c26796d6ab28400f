"""The public page behind the QR code."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import parse

from market.papers import bp, verification
from market.papers.document_figures import Origin
from market.papers.forms import CheckForm
from market.papers.labels import ERROR_LABELS, KIND_LABELS
from market.papers.provenance import format_as_of, format_provenance
from market.permissions import requires
from market.statements.queries import publications
from market.statements.rules import Period
from market.tables.figures import FIGURES, kind_of
from market.tables.table import format_cell
from market.web.limits import spend
from market.web.network import client_network

# Reading a paper takes a person longer; trying codes would take for ever all the same.
LOOKUP_LIMIT = parse("120 per minute")


@bp.get("/verify")
@requires("anyone")
def verify_form() -> ResponseReturnValue:
    form = CheckForm(request.args)
    chosen = form.chosen() if request.args else {}
    if "code" in chosen and not form.hash.errors:
        code = verification.normalize_code(chosen["code"]) or "-"
        return redirect(url_for("papers.verify", code=code, hash=chosen.get("hash")), 303)
    return render_template("papers/verify_form.html", form=form)


@bp.get("/verify/<code>")
@requires("anyone")
def verify(code: str) -> ResponseReturnValue:
    spend(LOOKUP_LIMIT, "verify", client_network())
    found = verification.check(code, request.args.get("hash", "")[:64])
    page = render_template(
        "papers/verify.html",
        code=code,
        found=found,
        form=CheckForm(None),
        FIGURES=FIGURES,
        kind_of=kind_of,
        KINDS=KIND_LABELS,
        ERRORS=ERROR_LABELS,
        format_cell=format_cell,
        format_as_of=format_as_of,
        format_provenance=format_provenance,
        published=_published(found),
        max_shown=verification.MAX_CHANGES_SHOWN,
    )
    return page, 404 if found.document is None else 200


def _published(found: verification.CheckResult) -> str | None:
    """The period of the published table to look at: that which is printed, else the final one,
    else the latest day's; None while nothing is published."""
    if found.document is None or found.printed is None:
        return None
    if found.printed.provenance.kind is Origin.PUBLICATION:
        return found.printed.provenance.period
    known = publications(found.document.fair)
    return Period(known[0].day, known[0].kind).key if known else None
