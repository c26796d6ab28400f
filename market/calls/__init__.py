"""The match desk 撮合: pairs of offers worth a call, what came of each call, and of them all."""

from flask import Blueprint

bp = Blueprint("calls", __name__)

from market.calls import (
    audit_labels,
    call_views,
    figure_views,
    links,
    privacy,
    station_work,
    tables,
    views,
)
