"""The assistant's desk: farmers without an account, represented with their recorded consent."""

from flask import Blueprint

bp = Blueprint("stations", __name__)

from market.stations import (
    audit_labels,
    consent_views,
    duplicate_views,
    figure_views,
    figures,
    lapsed,
    links,
    privacy,
)
