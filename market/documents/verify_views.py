"""The public page behind the QR code."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from limits import parse

from market.documents import bp, verifying
from market.documents.figures import FIGURES, kind_of, thawed
from market.documents.filed import PUBLISHED, standing_of
from market.documents.forms import CheckForm
from market.documents.labels import ERRORS, KINDS
from market.documents.models import Document
from market.documents.standing import both, cut_off, local_time, said
from market.documents.tables import shown
from market.documents.wording import name_of
from market.limits import spend
from market.network import client_network
from market.permissions import requires
from market.reports.filing_queries import publications
from market.reports.rules import Period

# Reading a paper takes a person longer; trying codes would take for ever all the same.
LOOKS = parse("120 per minute")


@bp.get("/verify")
@requires("anyone")
def verify_form() -> Any:
    form = CheckForm(request.args)
    chosen = form.chosen() if request.args else {}
    if "code" in chosen and not form.hash.errors:
        code = verifying.tidy_code(chosen["code"]) or "-"
        return redirect(url_for("documents.verify", code=code, hash=chosen.get("hash")), 303)
    return render_template("documents/verify_form.html", form=form)


@bp.get("/verify/<code>")
@requires("anyone")
def verify(code: str) -> Any:
    spend(LOOKS, "verify", client_network())
    found = verifying.check(code, request.args.get("hash", "")[:64])
    page = render_template(
        "documents/verify.html",
        code=code,
        found=found,
        form=CheckForm(None),
        FIGURES=FIGURES,
        kind_of=kind_of,
        thawed=thawed,
        KINDS=KINDS,
        ERRORS=ERRORS,
        shown=shown,
        name_of=name_of,
        cut_off=cut_off,
        both=both,
        local_time=local_time,
        said=said,
        published=_published(found.document),
        most=verifying.MOST_TOLD,
    )
    return page, 404 if found.document is None else 200


def _published(document: Document | None) -> str | None:
    """The period of the published table to look at: that which is printed, else the final one,
    else the latest day's; None while nothing is published."""
    if document is None:
        return None
    standing = standing_of(document.figures)
    if standing["kind"] == PUBLISHED:
        return str(standing["period"])
    known = publications(document.fair)
    return Period(known[0].day, known[0].kind).key if known else None
