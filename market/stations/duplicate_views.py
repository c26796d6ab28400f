"""Farmers who are perhaps the same: looked at side by side, merged, undone, kept apart."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.models import Account
from market.permissions import requires
from market.stations import bp, merging
from market.stations.consents import consent_of
from market.stations.duplicates import possible_duplicates
from market.stations.farmers import counts_of
from market.stations.labels import format_consent
from market.stations.models import FarmerMerge
from market.stations.queries import get_farmer
from market.web.actions import perform
from market.web.converters import row_id


@bp.get("/station/duplicates")
@requires("assistant")
def duplicates() -> str:
    pairs = possible_duplicates(actor().id)
    everybody = {farmer.id: farmer for pair in pairs for farmer in pair}
    return render_template(
        "stations/duplicates.html",
        pairs=pairs,
        counts=counts_of(everybody),
        witnesses={id_: _witness(farmer) for id_, farmer in everybody.items()},
        merges=merging.recent_merges(actor().id),
    )


def _witness(farmer: Account) -> str:
    """Who witnessed the farmer's consent: the same for both speaks for one person."""
    consent = consent_of(farmer)
    return format_consent(consent.how)[1] if consent else ""


def _other() -> Account:
    number: Any = request.form.get("other", type=row_id)
    return get_farmer(number) if number else abort(404)


@bp.post("/station/farmers/<int:account_id>/merge")
@requires("party.represent", load=get_farmer)
def merge(account: Account) -> Response:
    """Make one of this farmer, who is kept, and another."""
    other = _other()
    return perform(
        lambda: merging.merge_farmers(actor(), account, other),
        url_for("stations.duplicates"),
        _("They are one now: %(name)s. It can be taken back for a day.", name=account.name),
    )


@bp.post("/station/farmers/<int:account_id>/keep-apart")
@requires("party.represent", load=get_farmer)
def keep_apart(account: Account) -> Response:
    other = _other()
    return perform(
        lambda: merging.keep_apart(actor(), account, other),
        url_for("stations.duplicates"),
        _("Kept apart: they are two people."),
    )


@bp.post("/station/merges/<int:merge_id>/undo")
@requires("assistant", load=merging.get_merge)
def undo_merge(merge: FarmerMerge) -> Response:
    return perform(
        lambda: merging.undo_merge(actor(), merge),
        url_for("stations.duplicates"),
        _("They are two again."),
    )
