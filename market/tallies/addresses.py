"""Which fair an address of the public pages leads to."""

from __future__ import annotations

from flask import abort, redirect, url_for

from market.fairs.models import Fair, FairStatus
from market.fairs.queries import load_fair


def load_public_fair(slug: str) -> Fair:
    """The fair of that slug, or 404; redirects to the page of the one that it was merged into."""
    fair = load_fair(slug)
    if fair.merged_into_id is not None and fair.merged_into is not None:
        abort(redirect(url_for("fairs.show", slug=fair.merged_into.slug), 301))
    return fair


def load_counted_fair(slug: str) -> Fair:
    """As load_public_fair; 404 for a fair known by its totals alone."""
    fair = load_public_fair(slug)
    return abort(404) if fair.totals_only else fair


def load_held_fair(slug: str) -> Fair:
    """As load_counted_fair; redirects to the fair's own page while it is only announced: there is
    nothing to count yet."""
    fair = load_counted_fair(slug)
    if fair.status is FairStatus.ANNOUNCED:
        abort(redirect(url_for("fairs.show", slug=fair.slug)))
    return fair
